using System.IO.Compression;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace DataBuild.ExtractionBenchmark;

/// <summary>A page with its ground truth.</summary>
internal sealed record TruthPage(string Set, string Url, byte[] Html, string? Charset, Truth Truth)
{
    /// <summary>The registrable domain, near enough: the last two labels, three where the second is a short general one.</summary>
    public string Site { get; } = SiteOf(Url);

    /// <summary>Whether the page belongs to the fifth of the sites that training never sees.</summary>
    public bool IsValidation => Hash(Site) % 5 == 0;

    /// <summary>A number from 0 to 3 by site, for cross-fitting among the training pages.</summary>
    public int Fold => (int)(Hash("fold:" + Site) % 4);

    private static string SiteOf(string url)
    {
        string host = Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.Host.Length > 0 ? uri.Host : url;
        int colons = host.IndexOf("::", StringComparison.Ordinal);
        if (colons >= 0)
        {
            host = host[(colons + 2)..];
            int dash = host.IndexOf('-', StringComparison.Ordinal);
            host = dash > 0 && host[..dash].Contains('.', StringComparison.Ordinal) ? host[..dash] : host;
        }

        string[] labels = host.ToLowerInvariant().Split('.');
        int take = labels.Length > 2 && labels[^2].Length <= 3 && labels[^1].Length == 2 ? 3 : 2;
        return string.Join('.', labels.TakeLast(take));
    }

    private static uint Hash(string text)
    {
        uint h = 2166136261;
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            h = (h ^ b) * 16777619;
        }

        h ^= h >> 15;
        h *= 0x85EBCA6B;
        h ^= h >> 13;
        return h;
    }
}

/// <summary>What a page's main content is known to be.</summary>
internal sealed record Truth(string? Kind, string? Text, string? Markdown, string[] With, string[] Without, string? Title, string? Author, string? Date);

/// <summary>Reads the page sets of the shared data folder.</summary>
internal static class PageSet
{
    public static string SharedRoot { get; } = Metadata("SharedDataRoot");

    public static string RepositoryRoot { get; } = Metadata("RepositoryRoot");

    public static List<TruthPage> Read(string set)
    {
        string folder = Path.Combine(SharedRoot, "data", "pages");
        Dictionary<string, (byte[] Html, string? Charset)> pages = ReadWarc(Path.Combine(folder, set + ".warc.gz"));
        using JsonDocument truth = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, set + ".json")));
        List<TruthPage> list = [];
        foreach (JsonProperty p in truth.RootElement.EnumerateObject())
        {
            if (!pages.TryGetValue(p.Name, out (byte[] Html, string? Charset) page))
            {
                throw new InvalidDataException($"{set}: no page for {p.Name}");
            }

            list.Add(new TruthPage(set, p.Name, page.Html, page.Charset, new Truth(
                Text("kind"), Text("text"), Text("markdown"), Texts("with"), Texts("without"), Text("title"), Text("author"), Text("date"))));

            string? Text(string name) => p.Value.TryGetProperty(name, out JsonElement e) && e.ValueKind == JsonValueKind.String ? e.GetString() : null;
            string[] Texts(string name) => p.Value.TryGetProperty(name, out JsonElement e) && e.ValueKind == JsonValueKind.Array ? [.. e.EnumerateArray().Select(x => x.GetString() ?? "")] : [];
        }

        return list;
    }

    private static string Metadata(string key) =>
        typeof(PageSet).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == key).Value!;

    private static Dictionary<string, (byte[] Html, string? Charset)> ReadWarc(string path)
    {
        using MemoryStream data = new();
        using (FileStream file = File.OpenRead(path))
        using (GZipStream gzip = new(file, CompressionMode.Decompress))
        {
            gzip.CopyTo(data);
        }

        ReadOnlySpan<byte> rest = data.GetBuffer().AsSpan(0, (int)data.Length);
        Dictionary<string, (byte[] Html, string? Charset)> pages = [];
        while (true)
        {
            int start = rest.IndexOf("WARC/1."u8);
            if (start < 0)
            {
                return pages;
            }

            rest = rest[start..];
            int end = rest.IndexOf("\r\n\r\n"u8);
            string[] header = Encoding.UTF8.GetString(rest[..end]).Split("\r\n");
            int length = int.Parse(Field(header, "Content-Length")!, System.Globalization.CultureInfo.InvariantCulture);
            ReadOnlySpan<byte> block = rest.Slice(end + 4, length);
            if (Field(header, "WARC-Type") == "response")
            {
                string uri = header.First(l => l.StartsWith("WARC-Target-URI:", StringComparison.Ordinal))["WARC-Target-URI: ".Length..];
                int bodyStart = block.IndexOf("\r\n\r\n"u8);
                string[] http = Encoding.Latin1.GetString(block[..bodyStart]).Split("\r\n");
                string? type = Field(http, "Content-Type");
                int charset = type?.IndexOf("charset=", StringComparison.OrdinalIgnoreCase) ?? -1;
                pages[uri] = (block[(bodyStart + 4)..].ToArray(), charset < 0 ? null : type![(charset + 8)..]);
            }

            rest = rest[(end + 4 + length)..];
        }
    }

    private static string? Field(string[] header, string name)
    {
        foreach (string line in header)
        {
            if (line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            {
                return line[(name.Length + 1)..].Trim();
            }
        }

        return null;
    }
}
