using System.Security.Cryptography;
using System.Text;

namespace DataBuild.Engine.Inputs;

/// <summary>Where an input from afar lies: <c>https://host/path</c>, <c>http://host/path</c> or <c>s3://bucket/key</c>, with <c>#bytes=first-last</c> for a part of it.</summary>
internal sealed record RemoteAddress
{
    private const int MaximumLength = 2048;
    private const string PathList = ".paths";
    private const string Parquet = ".parquet";

    private static readonly string[] Compressions = [".gz", ".zst"];
    private static readonly string[] Archives = [".warc", ".arc", ".wet", ".jsonl", ".ndjson", ".json", PathList];

    private RemoteAddress(string text, Uri uri, ByteRange? range, string extension) => (Text, Uri, Range, Extension) = (text, uri, range, extension);

    /// <summary>As the project names it.</summary>
    public string Text { get; }

    /// <summary>The address without the range.</summary>
    public Uri Uri { get; }

    /// <summary>The part that is asked for; null for all of it.</summary>
    public ByteRange? Range { get; }

    /// <summary>What the name ends with, such as <c>.warc.gz</c>: known formats only, so that it may be a part of a local name.</summary>
    public string Extension { get; }

    /// <summary>True for an object in a bucket.</summary>
    public bool IsS3 => Uri.Scheme == "s3";

    /// <summary>True for a list of paths.</summary>
    public bool IsPathList => IsPathListName(Extension);

    /// <summary>Name of its local copy: a digest of the address, so that no address can choose a place.</summary>
    public string LocalName => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)))[..40] + Extension;

    /// <summary>True for an input that is named by an address, not by a path.</summary>
    public static bool IsRemote(string include) => include.Contains("://", StringComparison.Ordinal);

    /// <summary>True for the name of a list of paths, local or not.</summary>
    public static bool IsPathListName(string name) => EndOf(WithoutCompression(name), [PathList]) is not null;

    /// <summary>Reads an address.</summary>
    /// <param name="text">What the project says.</param>
    /// <param name="problem">What is wrong with it, without repeating anything that may be a secret.</param>
    public static RemoteAddress? TryParse(string text, out string problem)
    {
        int hash = text.IndexOf('#', StringComparison.Ordinal);
        ByteRange range = default;
        if (hash >= 0 && !ByteRange.TryParse(text[(hash + 1)..], out range))
        {
            problem = "what follows '#' is no range; expected #bytes=first-last, both counted from 0";
            return null;
        }

        if (text.Length > MaximumLength || !Uri.TryCreate(hash < 0 ? text : text[..hash], UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https" or "s3") || uri.Host.Length == 0)
        {
            problem = $"expected https://host/path, http://host/path or s3://bucket/key, of at most {MaximumLength} characters";
            return null;
        }

        if (uri.UserInfo.Length > 0 || uri.Query.Length > 0 || text.Contains('?', StringComparison.Ordinal))
        {
            problem = "it holds a user, a password or a query, which would stand in the plan and the manifest; credentials come from the environment";
            return null;
        }

        if (ExtensionOf(uri.AbsolutePath) is not { } extension)
        {
            problem = "only archives are fetched; expected a name that ends with .warc, .arc, .wet, .jsonl, .ndjson, .json or .paths (each also with .gz or .zst), or .parquet";
            return null;
        }

        problem = "";
        return new RemoteAddress(text, uri, hash < 0 ? null : range, extension.ToLowerInvariant());
    }

    // Asked of every input of every build: no regular expression, whose making takes longer than a small build's look at its inputs.
    private static string? ExtensionOf(string path)
    {
        ReadOnlySpan<char> plain = WithoutCompression(path);
        return EndOf(plain, Archives) is { } archive ? path[(plain.Length - archive.Length)..] : EndOf(path, [Parquet]);
    }

    private static ReadOnlySpan<char> WithoutCompression(string path) => path.AsSpan(0, path.Length - (EndOf(path, Compressions)?.Length ?? 0));

    private static string? EndOf(ReadOnlySpan<char> path, ReadOnlySpan<string> extensions)
    {
        foreach (string extension in extensions)
        {
            if (path.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
            {
                return extension;
            }
        }

        return null;
    }
}
