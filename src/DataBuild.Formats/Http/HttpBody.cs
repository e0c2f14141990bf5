namespace DataBuild.Formats.Http;

/// <summary>Undoes the transfer and content codings of response bodies; what the head claims is checked against the body.</summary>
internal sealed class HttpBody : IDisposable
{
    /// <summary>Most codings stacked on one body; nothing real goes beyond three.</summary>
    private const int MaxCodings = 5;

    private readonly ContentDecoder _decoder = new();

    /// <summary>Decodes a body in place. Returns null, or why it cannot be used.</summary>
    /// <param name="head">The head that came with it.</param>
    /// <param name="body">The body as stored; the decoded body afterwards.</param>
    /// <param name="limit">Most bytes after decoding.</param>
    /// <param name="offset">Offset of the record, for defects.</param>
    /// <param name="report">Takes the defects.</param>
    public string? Decode(HttpHead head, PooledBytes body, int limit, long offset, Action<CrawlDefect> report)
    {
        if (head.IsChunked && body.Length > 0)
        {
            ChunkedResult chunked = ChunkedBody.Decode(body.Span, out int length);
            if (chunked == ChunkedResult.NotChunked)
            {
                Report(CrawlDiagnostics.NotChunked, $"found {Start(body)}, expected the size of a chunk as the head says; kept as it is");
            }
            else
            {
                if (chunked == ChunkedResult.Damaged)
                {
                    Report(CrawlDiagnostics.ChunkDamaged, $"found a cut chunk or an invalid chunk size after {length} bytes of content, expected a last chunk of size 0");
                }

                body.Truncate(length);
            }
        }

        IReadOnlyList<string> codings = head.ContentEncodings;
        if (codings.Count > MaxCodings)
        {
            Report(CrawlDiagnostics.EncodingDamaged, $"found {codings.Count} content codings, expected at most {MaxCodings}");
            return DropReasons.ContentEncoding;
        }

        for (int i = codings.Count - 1; i >= 0 && body.Length > 0; i--)
        {
            if (DecodeOne(codings[i], body, limit, Report) is { } reason)
            {
                return reason;
            }
        }

        // Some servers compress twice, or compress and do not say so: a page is never gzip.
        if (head.ContentType.Essence is "text/html" or "application/xhtml+xml" && ContentDecoder.IsGzip(body.Span))
        {
            Report(CrawlDiagnostics.NotEncoded, "found gzip data that the head does not tell of, expected HTML; decoded it");
            return DecodeOne("gzip", body, limit, Report);
        }

        return null;

        void Report(string code, string message) => report(new CrawlDefect(code, offset, message, RecordLost: false));
    }

    public void Dispose() => _decoder.Dispose();

    private static string Start(PooledBytes body) => Printable.Bytes(body.Span[..Math.Min(body.Length, 16)]);

    private string? DecodeOne(string coding, PooledBytes body, int limit, Action<string, string> report)
    {
        using var output = new PooledBytes(Math.Max(4096, body.Length));
        switch (_decoder.Decode(coding, body.Array, 0, body.Length, output, limit))
        {
            case DecodeResult.Decoded:
                body.Swap(output);
                return null;
            case DecodeResult.NotEncoded:
                report(CrawlDiagnostics.NotEncoded, $"found {Start(body)}, expected {Printable.Bytes(System.Text.Encoding.Latin1.GetBytes(coding))} data as the head says; kept as it is");
                return null;
            case DecodeResult.TooLarge:
                report(CrawlDiagnostics.PayloadTooLarge, $"found {body.Length} encoded bytes that decode to more than {limit}, expected at most that");
                return DropReasons.PayloadTooLarge;
            default:
                report(CrawlDiagnostics.EncodingDamaged, $"found {body.Length} bytes starting {Start(body)} that do not decode, expected whole data of the coding {Printable.Bytes(System.Text.Encoding.Latin1.GetBytes(coding))}");
                return DropReasons.ContentEncoding;
        }
    }
}
