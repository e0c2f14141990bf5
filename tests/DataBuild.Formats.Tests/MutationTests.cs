using System.Text;
using DataBuild.Formats.Tests.Warc;
using DataBuild.Formats.Warc;
using DataBuild.Tests;

namespace DataBuild.Formats.Tests;

/// <summary>Readers of damaged input: a seeded loop of mutations may only ever end in documents, defects or the one exception.</summary>
public class MutationTests
{
    private const int Iterations = 1500;

    private static readonly string[] Tokens =
        ["WARC/1.0\r\n", "\r\n\r\n", "Content-Length: 99999999999\r\n", "\x1f\x8b\x08", "(\xb5/\xfd", "Transfer-Encoding: chunked\r\n", "Content-Encoding: gzip\r\n", "FFFFFFFFFFFFFFFF\r\n"];

    public static TheoryData<string> Seeds => ["plain.warc", "gzip.warc.gz", "zstd.warc.zst", "arc.arc", "http.warc", "rows.jsonl"];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Mutated_inputs_are_read_to_an_end(string name)
    {
        Mutator.Run(Mutator.WithRealSeeds(Seed(name), RealSeeds(name)), Iterations, Tokens, input =>
        {
            long documents = 0;
            try
            {
                documents = name.EndsWith(".jsonl", StringComparison.Ordinal) ? CrawlSamples.Read(name, input).Documents.Count : Drain(input, name);
            }
            catch (CrawlFormatException e)
            {
                Assert.Contains(name, e.Message, StringComparison.Ordinal);
            }

            Assert.InRange(documents, 0, input.Length);
        });
    }

    private static long Drain(byte[] input, string name)
    {
        var counts = new CrawlCounts();
        using var documents = new WarcDocuments(new WarcReader(new MemoryStream(input), name, _ => { }), CrawlReaderOptions.Default, counts, _ => { });
        long count = 0;
        while (documents.TryRead(out RawDocument? document))
        {
            document.Dispose();
            count++;
        }

        return count;
    }

    // In the long run: files of crawlers, and files that readers of others are tested with.
    private static string[] RealSeeds(string name) => name switch
    {
        "plain.warc" => ["warc/whirlwind.warc", "warc/IAH-20080430204825-00000-blackbook-truncated.warc"],
        "gzip.warc.gz" => ["warc/sample-0000.warc.gz", "warc/clueweb-quirk.warc.gz", "warc/test.warc.gz"],
        "zstd.warc.zst" => ["refs/dolma-tests-data/formats/test.jsonl.zst"],
        "arc.arc" => ["warc/small_BNF.arc"],
        "rows.jsonl" => ["refs/dolma-tests-data/formats/test.jsonl", "refs/dolma-tests-data/multiple_files/cc_en_head-0174.jsonl"],
        _ => ["warc/whirlwind.warc"],
    };

    private static byte[] Seed(string name) => name switch
    {
        "plain.warc" => WarcSamples.Crawl(5, WarcCompression.None),
        "gzip.warc.gz" => WarcSamples.Crawl(5, WarcCompression.Gzip),
        "zstd.warc.zst" => WarcSamples.Crawl(5, WarcCompression.Zstd),
        "arc.arc" => Encoding.ASCII.GetBytes(
            "filedesc://a.arc 0.0.0.0 20060305082251 text/plain 20\n1 0 InternetArchive\n\n\nhttp://example.com/a 1.2.3.4 19970417175710 text/html 31\nHTTP/1.0 200 OK\r\n\r\n<p>text</p>\n\nhttp://example.com/b 1.2.3.4 19970417175711 text/html 31\nHTTP/1.0 200 OK\r\n\r\n<p>more</p>\n\n"),
        "http.warc" => HttpSeed(),
        _ => Encoding.UTF8.GetBytes("{\"id\":\"1\",\"text\":\"one \\u00e4 \\ud83d\\ude00\",\"more\":[1,{\"a\":null}]}\n{\"id\":\"2\",\"text\":\"two\"}\n"),
    };

    private static byte[] HttpSeed()
    {
        var stream = new MemoryStream();
        using var writer = new WarcWriter(stream, WarcCompression.None, leaveOpen: true);
        int id = 0;
        foreach (string coding in new[] { "gzip", "deflate", "br", "zstd" })
        {
            var body = new MemoryStream();
            using (Stream encoder = coding switch
            {
                "gzip" => new System.IO.Compression.GZipStream(body, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true),
                "deflate" => new System.IO.Compression.ZLibStream(body, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true),
                "br" => new System.IO.Compression.BrotliStream(body, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true),
                _ => new ZstdSharp.CompressionStream(body, 3, leaveOpen: true),
            })
            {
                encoder.Write(WarcSamples.Body(3));
            }

            byte[] chunked = [.. Encoding.ASCII.GetBytes($"{body.Length:x}\r\n"), .. body.ToArray(), .. "\r\n0\r\n\r\n"u8];
            byte[] block = WarcWriter.HttpResponse(200, "OK", [("Content-Type", "text/html"), ("Content-Encoding", coding), ("Transfer-Encoding", "chunked")], chunked);
            writer.Write("response", WarcSamples.Id(id++), WarcSamples.Date, "https://example.org/", "application/http; msgtype=response", block);
        }

        return stream.ToArray();
    }
}
