using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace DataBuild.Formats;

/// <summary>A file that is one document: a page, a text, source code, or anything else.</summary>
internal sealed class FileDocuments(DecodedStream content, string? mediaType, CrawlReaderOptions options, CrawlCounts counts, Action<CrawlDefect> report) : DocumentSource
{
    private bool _read;

    public override string Format => "file";

    public override bool TryRead([NotNullWhen(true)] out RawDocument? document)
    {
        document = null;
        if (_read)
        {
            return false;
        }

        _read = true;
        var payload = new PooledBytes();
        string? reason = null;
        for (int read; reason is null && (read = content.Read(payload.Free(Math.Max(4096, Math.Min(payload.Length, 1 << 20))))) > 0;)
        {
            payload.Advance(read);
            if (payload.Length > options.MaxPayloadBytes)
            {
                reason = DropReasons.PayloadTooLarge;
                report(new CrawlDefect(CrawlDiagnostics.PayloadTooLarge, 0, $"found more than {options.MaxPayloadBytes} bytes, expected at most that", RecordLost: false));
            }
        }

        counts.BytesCompressed = content.FilePosition;
        counts.BytesUncompressed = content.Position;
        if (content.IsDamaged)
        {
            payload.Dispose();
            return false;
        }

        counts.Record("file");
        string? type = mediaType ?? InputSniffer.MediaTypeOf(payload.Span) ?? "application/octet-stream";
        if (payload.Span.StartsWith(Encoding.UTF8.Preamble) && type is not ("text/html" or "application/xhtml+xml"))
        {
            payload.RemoveStart(3);
        }

        bool isText = type.StartsWith("text/", StringComparison.Ordinal) && type != "text/html" && Utf8.IsValid(payload.Span) && payload.Span.IndexOf((byte)0) < 0;
        reason ??= payload.Length == 0 ? DropReasons.Empty : null;
        string id = CrawlReader.DigestId("", payload.Span);
        if (reason is not null)
        {
            payload.Truncate(0);
        }

        document = new RawDocument(payload) { Id = id, RecordType = "file", MediaType = type, IsText = isText && reason is null, DropReason = reason };
        return true;
    }

    public override void Dispose() => content.Dispose();
}
