using System.IO.Compression;
using System.Text;
using DataBuild.Formats.Tests.Warc;
using DataBuild.Formats.Warc;
using DataBuild.Tests;

namespace DataBuild.Formats.Tests;

public class CrawlReaderTests
{
    [SkippableTheory]
    [InlineData("warc/IAH-20080430204825-00000-blackbook-truncated.warc", 7, "media_type=4", "")]
    [InlineData("warc/IAH-20080430204825-00000-blackbook.warc.gz", 261, "empty=1 http_status=47 media_type=84", "")]
    [InlineData("warc/books.toscrape.warc", 30, "media_type=29", "DB2030=60 DB2041=4")]
    [InlineData("warc/clueweb-quirk.warc.gz", 29, "", "DB2043=29")]
    [InlineData("warc/flashfrozen-jwat-recompressed.warc.gz", 39, "empty=1 media_type=36", "")]
    [InlineData("warc/iana.warc.gz", 171, "empty=16 http_status=4 media_type=12 revisit=123", "DB2041=25")]
    [InlineData("warc/kiwix-with-redirects.warc.gz", 54, "http_status=3 media_type=48", "")]
    [InlineData("warc/sample-0000.warc.gz", 22, "", "")]
    [InlineData("warc/sample-0001.warc.gz", 15, "", "")]
    [InlineData("warc/small_BNF.arc", 5, "media_type=2", "")]
    [InlineData("warc/solidaritenum.warc.gz", 95, "empty=2 http_status=4 media_type=86", "")]
    [InlineData("warc/sopa-wikipedia-homepage.warc.gz", 74, "media_type=71", "")]
    [InlineData("warc/test.warc.gz", 20, "http_status=1 media_type=14 revisit=2", "")]
    [InlineData("warc/warcfile.warc", 16, "", "")]
    [InlineData("warc/whirlwind.warc", 1, "", "")]
    [InlineData("zst/sample-dict-zstd.warc.zst", 400, "", "")]
    [InlineData("pages/segments.warc.gz", 521, "", "")]
    [InlineData("pages/structured.warc.gz", 30, "", "")]
    public void Every_record_of_a_crawl_is_a_document_or_counted(string file, int documents, string drops, string defects)
    {
        CrawlSamples.Reading reading = CrawlSamples.Read(TestPaths.Shared("data/" + file));

        Assert.Equal("warc", reading.Format);
        Assert.Equal(documents, reading.Documents.Count);
        Assert.Equal(drops, Join(reading.Counts.DropsByReason));
        Assert.Equal(defects, Join(reading.Counts.DefectsByCode));
        Assert.Equal(reading.Counts.Documents, reading.Counts.Dropped + reading.Documents.Count(d => d.Reason is null && d.Payload.Length > 0));
        Assert.Equal(new FileInfo(TestPaths.Shared("data/" + file)).Length, reading.Counts.BytesCompressed);
        Assert.Equal(reading.Documents.Count, reading.Documents.Select(d => d.Id).Distinct().Count());
    }

    [Fact]
    public void Wet_records_are_text()
    {
        var stream = new MemoryStream();
        using (var writer = new WarcWriter(stream, WarcCompression.Gzip, leaveOpen: true))
        {
            writer.Write("warcinfo", WarcSamples.Id(0), WarcSamples.Date, null, "application/warc-fields", "a: b\r\n"u8);
            writer.Write("conversion", WarcSamples.Id(1), WarcSamples.Date, "https://example.org/a", "text/plain", "Grüße aus der Seite\n"u8);
            writer.Write("conversion", WarcSamples.Id(2), WarcSamples.Date, "https://example.org/b", "text/plain", [0xFF, 0xFE]);
            writer.Write("request", WarcSamples.Id(3), WarcSamples.Date, "https://example.org/b", "application/http", "GET / HTTP/1.1\r\n\r\n"u8);
        }

        CrawlSamples.Reading reading = CrawlSamples.Read("x.warc.wet.gz", stream.ToArray());

        Assert.Equal(2, reading.Documents.Count);
        Assert.Equal(("Grüße aus der Seite\n", "https://example.org/a", "conversion", null), (reading.Documents[0].Text, reading.Documents[0].Url, reading.Documents[0].Type, reading.Documents[0].Reason));
        Assert.Null(reading.Documents[1].Text);
        Assert.Equal("conversion=2 request=1 warcinfo=1", Join(reading.Counts.RecordsByType));
    }

    [Theory]
    [InlineData("resource", "text/html", "https://example.org/", null)]
    [InlineData("resource", "text/dns", "dns:example.org", "none")]
    [InlineData("response", "text/dns", "dns:example.org", "none")]
    [InlineData("resource", "image/png", "https://example.org/x.png", DropReasons.MediaType)]
    [InlineData("revisit", "application/http", "https://example.org/", DropReasons.Revisit)]
    [InlineData("metadata", "application/warc-fields", "https://example.org/", "none")]
    [InlineData("monkeys", "text/html", "https://example.org/", "none")]
    public void Records_are_documents_by_type_and_kind(string type, string contentType, string url, string? reason)
    {
        var stream = new MemoryStream();
        using (var writer = new WarcWriter(stream, WarcCompression.None, leaveOpen: true))
        {
            writer.Write(type, WarcSamples.Id(0), WarcSamples.Date, url, contentType, "<p>content</p>"u8);
        }

        CrawlSamples.Reading reading = CrawlSamples.Read("x.warc", stream.ToArray());

        Assert.Equal(reason == "none" ? [] : [reason], reading.Documents.Select(d => d.Reason));
        Assert.Equal(1, reading.Counts.Records);
    }

    [Fact]
    public void Payloads_over_the_limit_are_dropped_before_they_are_held()
    {
        byte[] page = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + new string('x', 5_000_000));

        CrawlSamples.Reading reading = CrawlSamples.ReadResponse(page, new CrawlReaderOptions { MaxPayloadBytes = 100_000 });

        Assert.Equal((DropReasons.PayloadTooLarge, 0), (reading.Single.Reason, reading.Single.Payload.Length));
        Assert.Equal(CrawlDiagnostics.PayloadTooLarge, reading.Codes);
    }

    [Theory]
    [InlineData("page.html", "<!doctype html><p>x", "text/html", false)]
    [InlineData("page.htm", "x", "text/html", false)]
    [InlineData("page.xhtml", "<?xml version='1.0'?><html/>", "application/xhtml+xml", false)]
    [InlineData("page", "<!doctype html><p>x", "text/html", false)]
    [InlineData("readme.md", "# title", "text/markdown", true)]
    [InlineData("notes.txt", "text", "text/plain", true)]
    [InlineData("program.cs", "class C;", "text/plain", true)]
    [InlineData("paper.pdf", "%PDF-1.7", "application/pdf", false)]
    [InlineData("data.bin", "\u0001\u0002\u0000x", "application/octet-stream", false)]
    public void A_file_is_one_document(string name, string content, string mediaType, bool isText)
    {
        foreach (bool gzip in new[] { false, true })
        {
            byte[] bytes = Encoding.UTF8.GetBytes(content);
            CrawlSamples.Reading reading = gzip ? CrawlSamples.Read(name + ".gz", Gzip(bytes)) : CrawlSamples.Read(name, bytes);

            Assert.Equal("file", reading.Format);
            Assert.Equal((mediaType, isText ? content : null, "file", null), (reading.Single.MediaType, reading.Single.Text, reading.Single.Type, reading.Single.Reason));
            Assert.Equal(content, Encoding.UTF8.GetString(reading.Single.Payload));
        }
    }

    [Fact]
    public void A_file_without_an_id_gets_one_of_its_content()
    {
        string Id(string content) => CrawlSamples.Read("a.txt", Encoding.UTF8.GetBytes(content)).Single.Id;

        Assert.Equal(Id("one"), Id("one"));
        Assert.NotEqual(Id("one"), Id("two"));
        Assert.Matches("^[0-9a-f]{32}$", Id("one"));
    }

    [Fact]
    public void Missing_empty_and_foreign_inputs_each_have_one_clear_error()
    {
        using var folder = new TempFile("a.txt", [1]);
        string directory = Path.GetDirectoryName(folder.Path)!;

        Assert.Equal(CrawlDiagnostics.InputMissing, Code(() => CrawlReader.Open(Path.Combine(directory, "none.warc.gz"))));
        Assert.Equal(CrawlDiagnostics.InputNotAFile, Code(() => CrawlReader.Open(directory)));
        Assert.Equal(CrawlDiagnostics.InputEmpty, Code(() => CrawlSamples.Read("a.warc.gz", [])));
        Assert.Equal(CrawlDiagnostics.InputEmpty, Code(() => CrawlSamples.Read("a.jsonl", [])));
        Assert.Equal(CrawlDiagnostics.InputFormat, Code(() => CrawlSamples.Read("a.warc", "<html>no crawl</html>"u8.ToArray())));
        Assert.Equal(CrawlDiagnostics.InputFormat, Code(() => CrawlSamples.Read("a.warc.gz", Gzip("<html>no crawl</html>"u8.ToArray()))));
        Assert.Equal(CrawlDiagnostics.InputFormat, Code(() => CrawlSamples.Read("a.parquet", "no table"u8.ToArray())));
        Assert.Equal(CrawlDiagnostics.InputFormat, Code(() => CrawlSamples.Read("a.parquet", "PAR1 no table PAR1"u8.ToArray())));

        static string Code(Action open) => Assert.Throws<CrawlFormatException>(open).Code;
    }

    [SkippableFact]
    public void A_device_is_refused_without_waiting_for_it()
    {
        Skip.IfNot(File.Exists("/dev/zero"));

        Assert.Equal(CrawlDiagnostics.InputEmpty, Assert.Throws<CrawlFormatException>(() => CrawlReader.Open("/dev/zero")).Code);
    }

    private static string Join(IReadOnlyDictionary<string, long> counts) => string.Join(' ', counts.Select(c => $"{c.Key}={c.Value}"));

    private static byte[] Gzip(byte[] content)
    {
        var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return stream.ToArray();
    }
}
