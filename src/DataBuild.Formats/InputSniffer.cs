using System.Text;
using DataBuild.Formats.Jsonl;
using DataBuild.Formats.Parquet;
using DataBuild.Formats.Warc;

namespace DataBuild.Formats;

/// <summary>Tells what an input is: by its first bytes where they are decisive, else by its name.</summary>
internal static class InputSniffer
{
    private const int ProbeBytes = 4096;

    public static DocumentSource Open(string path, CrawlReaderOptions options, CrawlCounts counts, Action<CrawlDefect> report)
    {
        byte[] probe = Probe(path, out bool compressed, out bool parquet);
        string name = Path.GetFileName(path);
        if (compressed)
        {
            name = Path.GetFileNameWithoutExtension(name);
        }

        string extension = Path.GetExtension(name).ToLowerInvariant();
        if (RecordStart.IsWarcOrArc(probe) || extension is ".warc" or ".arc" or ".wet" || path.EndsWith(".warc.gz", StringComparison.OrdinalIgnoreCase))
        {
            return new WarcDocuments(WarcReader.Open(path, report), options, counts, report);
        }

        if (parquet)
        {
            return new ParquetDocuments(path, options, counts, report);
        }

        switch (extension)
        {
            case ".parquet":
                throw new CrawlFormatException(CrawlDiagnostics.InputFormat, path, 0, Printable.Bytes(probe.AsSpan(0, Math.Min(16, probe.Length))), "a Parquet file, starting with 'PAR1'");
            case ".jsonl" or ".ndjson" or ".json":
                return new JsonlDocuments(new DecodedStream(CrawlFile.Open(path), path, report), path, options, counts, report);
            default:
                return new FileDocuments(new DecodedStream(CrawlFile.Open(path), path, report), MediaTypeOfName(extension), options, counts, report);
        }
    }

    /// <summary>HTML, PDF, images, WAV files or text by the first bytes (after WHATWG MIME Sniffing, section 7.1); null where they tell nothing.</summary>
    public static string? MediaTypeOf(ReadOnlySpan<byte> content)
    {
        ReadOnlySpan<byte> start = content[..Math.Min(content.Length, ProbeBytes)];
        if (start.StartsWith(Encoding.UTF8.Preamble))
        {
            start = start[3..];
        }

        if ((ImageTypeOf(start) ?? AudioTypeOf(start)) is { } binary)
        {
            return binary;
        }

        start = start.TrimStart(" \t\r\n\f"u8);
        if (start.StartsWith("%PDF-"u8))
        {
            return "application/pdf";
        }

        if (start.Length > 0 && start[0] == (byte)'<')
        {
            ReadOnlySpan<string> tags = ["<!doctype html", "<html", "<head", "<body", "<title", "<meta", "<script", "<style", "<!--", "<div", "<table", "<p", "<h1", "<a", "<br", "<b", "<iframe", "<font"];
            foreach (string tag in tags)
            {
                if (start.Length > tag.Length && Ascii.EqualsIgnoreCase(start[..tag.Length], tag) && (tag == "<!--" || start[tag.Length] is (byte)' ' or (byte)'>' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
                {
                    return "text/html";
                }
            }

            if (start.StartsWith("<?xml"u8))
            {
                return start.IndexOf("<html"u8) >= 0 ? "application/xhtml+xml" : "application/xml";
            }
        }

        return start.IsEmpty || start.ContainsAnyInRange((byte)0, (byte)8) ? null : "text/plain";
    }

    // WHATWG MIME Sniffing, section 6.1.
    private static string? ImageTypeOf(ReadOnlySpan<byte> start) =>
        start.Length >= 8 && start[0] == 0x89 && start[1..].StartsWith("PNG\r\n\x1A\n"u8) ? "image/png"
        : start.Length >= 3 && start[0] == 0xFF && start[1] == 0xD8 && start[2] == 0xFF ? "image/jpeg"
        : start.StartsWith("GIF87a"u8) || start.StartsWith("GIF89a"u8) ? "image/gif"
        : start.Length >= 14 && start.StartsWith("RIFF"u8) && start[8..].StartsWith("WEBPVP"u8) ? "image/webp"
        : start.Length >= 14 && start.StartsWith("BM"u8) && start[6..10].IndexOfAnyExcept((byte)0) < 0 ? "image/bmp"
        : null;

    // Section 6.2: a RIFF container of WAVE, and its form for files above 4 GiB.
    private static string? AudioTypeOf(ReadOnlySpan<byte> start) =>
        start.Length >= 12 && (start.StartsWith("RIFF"u8) || start.StartsWith("RF64"u8)) && start[8..].StartsWith("WAVE"u8) ? "audio/wav" : null;

    private static string? MediaTypeOfName(string extension) => extension switch
    {
        ".html" or ".htm" => "text/html",
        ".xhtml" => "application/xhtml+xml",
        ".md" or ".markdown" => "text/markdown",
        ".txt" or ".text" => "text/plain",
        ".xml" => "application/xml",
        ".pdf" => "application/pdf",
        _ => null,
    };

    private static byte[] Probe(string path, out bool compressed, out bool parquet)
    {
        FileStream file = CrawlFile.Open(path);
        byte[] probe = new byte[ProbeBytes];
        try
        {
            // Defects found here are found again, and reported, by the reader of the format.
            using var decoded = new DecodedStream(file, path, static _ => { });
            int length = decoded.ReadAtLeast(probe, probe.Length, throwOnEndOfStream: false);
            Span<byte> raw = stackalloc byte[4];
            file.Position = 0;
            raw = raw[..file.ReadAtLeast(raw, 4, throwOnEndOfStream: false)];
            compressed = CrawlFile.CompressionOf(raw) != Compression.None;
            parquet = raw.SequenceEqual("PAR1"u8);
            return probe[..length];
        }
        catch (IOException e)
        {
            throw new CrawlFormatException(CrawlDiagnostics.InputUnreadable, path, 0, e.Message, "a readable file", e);
        }
    }
}
