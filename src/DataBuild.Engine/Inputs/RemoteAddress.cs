using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace DataBuild.Engine.Inputs;

/// <summary>Where an input from afar lies: <c>https://host/path</c>, <c>http://host/path</c> or <c>s3://bucket/key</c>, with <c>#bytes=first-last</c> for a part of it.</summary>
internal sealed partial record RemoteAddress
{
    private const int MaximumLength = 2048;

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
    public static bool IsPathListName(string name) => PathListName().IsMatch(name);

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

        Match extension = ArchiveName().Match(uri.AbsolutePath);
        if (!extension.Success)
        {
            problem = "only archives are fetched; expected a name that ends with .warc, .arc, .wet, .jsonl, .ndjson, .json or .paths (each also with .gz or .zst), or .parquet";
            return null;
        }

        problem = "";
        return new RemoteAddress(text, uri, hash < 0 ? null : range, extension.Value.ToLowerInvariant());
    }

    [GeneratedRegex(@"\.(?:(?:warc|arc|wet|jsonl|ndjson|json|paths)(?:\.(?:gz|zst))?|parquet)$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex ArchiveName();

    [GeneratedRegex(@"\.paths(?:\.(?:gz|zst))?$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex PathListName();
}
