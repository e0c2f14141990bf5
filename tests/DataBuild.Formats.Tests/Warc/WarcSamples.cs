using System.Text;
using DataBuild.Formats.Warc;

namespace DataBuild.Formats.Tests.Warc;

/// <summary>Small crawls made in memory, and readings of them.</summary>
internal static class WarcSamples
{
    public const string Date = "2024-05-01T10:00:00Z";

    public static byte[] Body(int i) => Encoding.UTF8.GetBytes($"<html><head><title>page {i}</title></head><body><p>" + string.Concat(Enumerable.Range(0, 40 + i * 7).Select(k => $"word{k * 31 % 97} ")) + "</p></body></html>");

    public static string Id(int i) => $"urn:uuid:00000000-0000-4000-8000-{i:d12}";

    /// <summary>A warcinfo record and then the given number of responses.</summary>
    public static byte[] Crawl(int responses, WarcCompression compression) => Crawl(responses, compression, out _);

    public static byte[] Crawl(int responses, WarcCompression compression, out List<long> offsets)
    {
        var stream = new MemoryStream();
        offsets = [];
        using (var writer = new WarcWriter(stream, compression, leaveOpen: true))
        {
            offsets.Add(writer.Write("warcinfo", Id(0), Date, null, "application/warc-fields", "software: test\r\n"u8));
            for (int i = 1; i <= responses; i++)
            {
                byte[] block = WarcWriter.HttpResponse(200, "OK", [("Content-Type", "text/html; charset=utf-8")], Body(i));
                offsets.Add(writer.Write("response", Id(i), Date, $"https://example.org/{i}", "application/http; msgtype=response", block));
            }
        }

        return stream.ToArray();
    }

    public static Reading Read(byte[] file, string name = "crawl.warc") => Read(d => new WarcReader(new MemoryStream(file), name, d));

    public static Reading Read(string path) => Read(d => WarcReader.Open(path, d));

    public static string Types(Reading reading) => string.Join(' ', reading.Records.GroupBy(r => r.Type).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key}={g.Count()}"));

    private static Reading Read(Func<Action<CrawlDefect>, WarcReader> open)
    {
        var reading = new Reading([], []);
        byte[] buffer = new byte[10_000];
        using WarcReader reader = open(reading.Defects.Add);
        while (reader.TryRead(out WarcRecord? record))
        {
            var block = new MemoryStream();
            var row = new Row(record.Type, record.RecordId, record.TargetUri, record.Offset, record.ContentLength, block);
            for (int read; (read = reader.ReadBlock(buffer)) > 0;)
            {
                block.Write(buffer, 0, read);
            }

            if (reader.FinishRecord())
            {
                reading.Records.Add(row);
            }
        }

        return reading;
    }

    internal sealed record Row(string Type, string? Id, string? Url, long Offset, long ContentLength, MemoryStream Block);

    internal sealed record Reading(List<Row> Records, List<CrawlDefect> Defects);
}
