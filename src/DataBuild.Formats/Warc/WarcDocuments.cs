using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;
using DataBuild.Formats.Http;

namespace DataBuild.Formats.Warc;

/// <summary>The documents of a WARC, WET or ARC file: responses, resources, conversions; revisits are handed out as dropped.</summary>
internal sealed class WarcDocuments(WarcReader reader, CrawlReaderOptions options, CrawlCounts counts, Action<CrawlDefect> report) : DocumentSource
{
    private readonly HttpHead _head = new();
    private readonly HttpBody _body = new();

    public override string Format => "warc";

    public override bool TryRead([NotNullWhen(true)] out RawDocument? document)
    {
        while (reader.TryRead(out WarcRecord? record))
        {
            string type = record.Type;
            document = type is "response" or "resource" or "conversion" or "revisit" && IsDocument(record) ? Read(record, type) : null;
            bool whole = reader.FinishRecord();
            counts.BytesCompressed = reader.Position;
            counts.BytesUncompressed = reader.BytesDecoded;
            if (!whole)
            {
                document?.Dispose();
                continue;
            }

            counts.Record(type);
            if (document is not null)
            {
                return true;
            }
        }

        counts.BytesCompressed = reader.Position;
        counts.BytesUncompressed = reader.BytesDecoded;
        document = null;
        return false;
    }

    public override void Dispose()
    {
        _body.Dispose();
        reader.Dispose();
    }

    /// <summary>Name look-ups and the crawler's own notes are stored as responses and resources too.</summary>
    private static bool IsDocument(WarcRecord record)
    {
        string? url = record.TargetUri;
        return (url is null || !(url.StartsWith("dns:", StringComparison.OrdinalIgnoreCase) || url.StartsWith("whois:", StringComparison.OrdinalIgnoreCase) || url.StartsWith("metadata:", StringComparison.OrdinalIgnoreCase)))
            && record.ContentType?.StartsWith("text/dns", StringComparison.OrdinalIgnoreCase) != true;
    }

    private RawDocument Read(WarcRecord record, string type)
    {
        string url = record.TargetUri ?? "";
        string? truncated = record.Truncated;
        string? reason = type == "revisit" ? DropReasons.Revisit
            : !record.Value("WARC-Segment-Number"u8).IsEmpty ? DropReasons.Segmented
            : truncated is not null ? DropReasons.Truncated
            : null;
        long offset = record.Offset;
        string? id = record.RecordId;
        string? date = record.Date;
        MediaType stated = default;
        _ = record.ContentType is { } contentType && MediaType.TryParse(System.Text.Encoding.UTF8.GetBytes(contentType), out stated);
        string? identified = record.IdentifiedPayloadType;
        long length = record.ContentLength;

        var payload = new PooledBytes((int)Math.Clamp(length, 256, 1 << 20));
        int status = 0;
        bool isText = false;
        MediaType mediaType = stated;
        if (!TryReadBlock(payload, reason is not null ? HttpHead.MaxHeadBytes : options.MaxPayloadBytes + HttpHead.MaxHeadBytes))
        {
            reason ??= TooLarge(offset, $"found a block of {length} bytes");
        }

        bool isHttp = type != "conversion" && (payload.Span.StartsWith("HTTP/"u8) || stated.Essence == "application/http" || (record.IsArc && url.StartsWith("http", StringComparison.OrdinalIgnoreCase)));
        if (isHttp)
        {
            if (_head.TryParse(payload.Span))
            {
                status = _head.Status;
                mediaType = _head.ContentType;
                payload.RemoveStart(_head.Length);
                reason ??= status is >= 200 and < 300 and not 206 ? null : DropReasons.HttpStatus;
                if (reason is null)
                {
                    reason = _body.Decode(_head, payload, options.MaxPayloadBytes, offset, report);
                }
            }
            else if (reason != DropReasons.Revisit)
            {
                mediaType = default;
                if (reason is null)
                {
                    string finding = _head.IsTooLong
                        ? $"found an HTTP head of more than {HttpHead.MaxHeadBytes} bytes, expected at most that"
                        : $"found {Printable.Bytes(payload.Span[..Math.Min(32, payload.Length)])}, expected an HTTP status line";
                    report(new CrawlDefect(CrawlDiagnostics.HttpHead, offset, finding, RecordLost: false));
                    reason = DropReasons.HttpMessage;
                }
            }
        }
        else if (type == "conversion")
        {
            isText = mediaType.Essence is null or "text/plain" && Utf8.IsValid(payload.Span);
        }

        if (payload.Length > options.MaxPayloadBytes)
        {
            reason ??= TooLarge(offset, $"found {payload.Length} bytes");
        }

        string? essence = mediaType.Essence ?? (isHttp || type == "resource" ? Sniff(payload.Span, identified) : null);
        reason ??= payload.Length == 0 ? DropReasons.Empty : type != "conversion" && !options.MediaTypes.Contains(essence ?? "") ? DropReasons.MediaType : null;
        if (reason is not null)
        {
            payload.Truncate(0);
        }

        return new RawDocument(payload)
        {
            Id = id ?? CrawlReader.DigestId(url, payload.Span),
            Url = url,
            Date = date,
            RecordType = type,
            HttpStatus = status,
            MediaType = essence,
            Charset = mediaType.Charset,
            IsText = isText && reason is null,
            Truncated = truncated,
            Offset = offset,
            DropReason = reason,
        };
    }

    /// <summary>Media type where the response states none: the crawler's own finding, or HTML by its first bytes.</summary>
    private static string? Sniff(ReadOnlySpan<byte> payload, string? identified) =>
        identified?.ToLowerInvariant() ?? InputSniffer.MediaTypeOf(payload);

    private string TooLarge(long offset, string found)
    {
        report(new CrawlDefect(CrawlDiagnostics.PayloadTooLarge, offset, $"{found}, expected at most {options.MaxPayloadBytes}", RecordLost: false));
        return DropReasons.PayloadTooLarge;
    }

    /// <summary>Reads the block up to a limit; false where it is longer. The declared length is never trusted with memory.</summary>
    private bool TryReadBlock(PooledBytes payload, int limit)
    {
        const int Step = 64 * 1024;
        while (payload.Length <= limit)
        {
            Span<byte> free = payload.Free(1);
            if (free.Length < Step && payload.Length > 0)
            {
                free = payload.Free(Math.Min(Step, Math.Max(256, payload.Length)));
            }

            int read = reader.ReadBlock(free);
            if (read == 0)
            {
                return true;
            }

            payload.Advance(read);
        }

        payload.Truncate(limit);
        return false;
    }
}
