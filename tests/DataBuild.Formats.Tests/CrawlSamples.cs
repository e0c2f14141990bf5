using DataBuild.Formats.Tests.Warc;
using DataBuild.Formats.Warc;

namespace DataBuild.Formats.Tests;

/// <summary>Reads whole inputs and keeps what came out.</summary>
internal static class CrawlSamples
{
    public static Reading Read(string path, CrawlReaderOptions? options = null)
    {
        var rows = new List<Row>();
        using CrawlReader reader = CrawlReader.Open(path, options);
        while (reader.TryRead(out RawDocument? document))
        {
            using (document)
            {
                rows.Add(new Row(document.Id, document.Url, document.Date, document.RecordType, document.HttpStatus, document.MediaType, document.Charset, document.Payload.ToArray(), document.Text, document.DropReason, document.Offset, document.ExtraFields));
            }
        }

        return new Reading(reader.Format, rows, reader.Counts, [.. reader.Defects]);
    }

    public static Reading Read(string name, byte[] content, CrawlReaderOptions? options = null)
    {
        using var file = new TempFile(name, content);
        return Read(file.Path, options);
    }

    /// <summary>The document that a crawl of one HTTP response makes.</summary>
    public static Reading ReadResponse(byte[] message, CrawlReaderOptions? options = null, params (string, string)[] fields)
    {
        var stream = new MemoryStream();
        using (var writer = new WarcWriter(stream, WarcCompression.None, leaveOpen: true))
        {
            writer.Write("response", WarcSamples.Id(1), WarcSamples.Date, "https://example.org/", "application/http; msgtype=response", message, fields);
        }

        return Read("crawl.warc", stream.ToArray(), options);
    }

    internal sealed record Row(string Id, string Url, string? Date, string Type, int Status, string? MediaType, string? Charset, byte[] Payload, string? Text, string? Reason, long Offset, string? Extra);

    internal sealed record Reading(string Format, List<Row> Documents, CrawlCounts Counts, List<CrawlDefect> Defects)
    {
        public Row Single => Assert.Single(Documents);

        public string Codes => string.Join(' ', Defects.Select(d => d.Code));
    }
}
