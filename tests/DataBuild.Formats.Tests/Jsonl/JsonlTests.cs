using System.IO.Compression;
using System.Text;
using System.Text.Json;
using DataBuild.Formats.Jsonl;
using DataBuild.Tests;

namespace DataBuild.Formats.Tests.Jsonl;

public class JsonlTests
{
    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.json.gz")]
    [InlineData("a.ndjson.zst")]
    public void Rows_are_read_from_every_packing(string name)
    {
        const string Lines = "\uFEFF{\"id\":\"1\",\"text\":\"one\\u00e4\\n\",\"url\":\"https://example.org/\",\"date\":\"2024-01-01\"}\r\n\r\n{\"id\":2,\"text\":\"two\",\"more\":{\"a\":[1,2]}}";
        CrawlSamples.Reading reading = CrawlSamples.Read(name, Pack(name, Encoding.UTF8.GetBytes(Lines)), new CrawlReaderOptions { KeepExtraFields = true });

        Assert.Equal("jsonl", reading.Format);
        Assert.Equal([("1", "oneä\n", "https://example.org/", "2024-01-01", null), ("2", "two", "", null, "{\"more\":{\"a\":[1,2]}}")], reading.Documents.Select(d => (d.Id, d.Text!, d.Url, d.Date, d.Extra)));
        Assert.Empty(reading.Defects);
    }

    [Theory]
    [InlineData("{\"text\":\"a\\ud800b\"}", "a\uFFFDb")]
    [InlineData("{\"text\":\"\\ud83d\\ude00\"}", "\U0001F600")]
    [InlineData("{\"te\\u0078t\":\"escaped name\"}", "escaped name")]
    [InlineData("{\"text\":\"first\",\"text\":\"last\"}", "last")]
    [InlineData("{\"text\":\"tab\\t\\\"\\\\\\/\\b\\f\\r\\ud800\"}", "tab\t\"\\/\b\f\r\uFFFD")]
    public void Strings_come_out_as_valid_text(string line, string expected)
    {
        Assert.Equal(expected, CrawlSamples.Read("a.jsonl", Encoding.UTF8.GetBytes(line)).Single.Text);
    }

    [Fact]
    public void Invalid_bytes_in_a_string_become_replacement_characters()
    {
        Assert.Equal("a\uFFFDb", CrawlSamples.Read("a.jsonl", [.. "{\"text\":\"a"u8, 0xFF, .. "b\"}"u8]).Single.Text);
    }

    [Theory]
    [InlineData("[1]", CrawlDiagnostics.JsonLine)]
    [InlineData("{\"text\":\"cut", CrawlDiagnostics.JsonLine)]
    [InlineData("{\"text\":\"a\"} tail", CrawlDiagnostics.JsonLine)]
    [InlineData("{\"text\":5}", CrawlDiagnostics.TextMissing)]
    [InlineData("{\"text\":null}", CrawlDiagnostics.TextMissing)]
    [InlineData("{\"content\":\"a\"}", CrawlDiagnostics.TextMissing)]
    public void A_bad_line_is_counted_with_its_offset_and_the_next_is_read(string line, string code)
    {
        CrawlSamples.Reading reading = CrawlSamples.Read("a.jsonl", Encoding.UTF8.GetBytes("{\"text\":\"before\"}\n" + line + "\n{\"text\":\"after\"}\n"));

        Assert.Equal(["before", "after"], reading.Documents.Select(d => d.Text));
        CrawlDefect defect = Assert.Single(reading.Defects);
        Assert.Equal((code, 18L, true), (defect.Code, defect.Offset, defect.RecordLost));
    }

    [Fact]
    public void Deep_nesting_and_a_line_over_the_limit_are_counted()
    {
        string deep = "{\"x\":" + new string('[', 1_000_000);
        string large = "{\"text\":\"" + new string('x', 3_000_000) + "\"}";
        byte[] content = Encoding.UTF8.GetBytes(deep + "\n" + large + "\n{\"text\":\"after\"}");

        CrawlSamples.Reading reading = CrawlSamples.Read("a.jsonl", content, new CrawlReaderOptions { MaxPayloadBytes = 1 << 20 });

        Assert.Equal(["after"], reading.Documents.Select(d => d.Text));
        Assert.Equal($"{CrawlDiagnostics.JsonLine} {CrawlDiagnostics.LineTooLong}", reading.Codes);
    }

    [Fact]
    public void A_cut_gzip_file_is_said_to_be_cut()
    {
        byte[] content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(i => $"{{\"text\":\"row {i} {i * 7919 % 104729}\"}}\n")));
        byte[] packed = Pack("a.gz", content);

        CrawlSamples.Reading reading = CrawlSamples.Read("a.jsonl.gz", packed[..(packed.Length / 2)]);

        Assert.InRange(reading.Documents.Count, 1000, 4000);
        Assert.Contains(reading.Defects, d => d.Code == CrawlDiagnostics.MemberTruncated);
    }

    [SkippableFact]
    public void Json_that_must_be_refused_is_counted_and_json_that_must_be_read_is()
    {
        foreach (string file in Directory.EnumerateFiles(TestPaths.Shared("data/conformance/JSONTestSuite/test_parsing"), "*.json"))
        {
            byte[] value = File.ReadAllBytes(file);
            string name = Path.GetFileName(file);
            if (value.AsSpan().ContainsAny((byte)'\n', (byte)'\r') || value.Length is 0 or > 50_000)
            {
                continue;
            }

            byte[] line = [.. "{\"value\":"u8, .. value, .. ",\"text\":\"read\"}\n{\"text\":\"next\"}\n"u8];
            CrawlSamples.Reading reading = CrawlSamples.Read("a.jsonl", line);

            Assert.Equal("next", reading.Documents[^1].Text);
            if (name.StartsWith("y_", StringComparison.Ordinal))
            {
                Assert.Equal((2, name), (reading.Documents.Count, name));
            }
        }
    }

    [Fact]
    public void Written_rows_are_read_back_from_every_packing_and_equal_rows_make_equal_bytes()
    {
        ColumnSchema[] schema = [new("id", ColumnType.String), new("text", ColumnType.String), new("score", ColumnType.Single), new("tokens", ColumnType.Int32List), new("good", ColumnType.Boolean), new("hash", ColumnType.UInt64)];
        Column[] columns = Columns();
        foreach ((JsonlCompression compression, string name) in new[] { (JsonlCompression.None, "a.jsonl"), (JsonlCompression.Gzip, "a.jsonl.gz"), (JsonlCompression.Zstd, "a.jsonl.zst") })
        {
            byte[] first = Write(compression);
            Assert.Equal(first, Write(compression));

            CrawlSamples.Reading reading = CrawlSamples.Read(name, first, new CrawlReaderOptions { KeepExtraFields = true });
            Assert.Equal(["Grüße \"quoted\" \U0001F600 </p>", "\u2028 two"], reading.Documents.Select(d => d.Text));
            Assert.Equal("{\"score\":0.5,\"tokens\":[1,2,3],\"good\":true,\"hash\":18446744073709551615}", reading.Documents[0].Extra);
            Assert.Equal("{\"score\":null,\"tokens\":[],\"good\":false,\"hash\":0}", reading.Documents[1].Extra);
            Assert.Empty(reading.Defects);
        }

        byte[] Write(JsonlCompression compression)
        {
            var stream = new MemoryStream();
            using (var writer = new JsonlWriter(stream, compression))
            {
                writer.Write(schema, columns);
            }

            return stream.ToArray();
        }

        static Column[] Columns()
        {
            var id = new StringColumnBuilder();
            var text = new StringColumnBuilder();
            var score = new ValueColumnBuilder<float>();
            var tokens = new ListColumnBuilder<int>();
            var good = new ValueColumnBuilder<bool>();
            var hash = new ValueColumnBuilder<ulong>();
            id.Append("a");
            id.AppendNull();
            text.Append("Grüße \"quoted\" \U0001F600 </p>");
            text.Append("\u2028 two");
            score.Append(0.5f);
            score.Append(float.NaN);
            tokens.Append([1, 2, 3]);
            tokens.Append([]);
            good.Append(true);
            good.Append(false);
            hash.Append(ulong.MaxValue);
            hash.Append(0UL);
            return [id.Build(), text.Build(), score.Build(), tokens.Build(), good.Build(), hash.Build()];
        }
    }

    [Fact]
    public void Every_line_written_is_one_json_object()
    {
        var text = new StringColumnBuilder();
        text.Append("a\nb\r\u0000\u001b[31m");
        var stream = new MemoryStream();
        using (var writer = new JsonlWriter(stream, JsonlCompression.None))
        {
            writer.Write([new ColumnSchema("text", ColumnType.String)], text.Build());
        }

        string line = Assert.Single(Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("a\nb\r\u0000\u001b[31m", JsonDocument.Parse(line).RootElement.GetProperty("text").GetString());
    }

    private static byte[] Pack(string name, byte[] content)
    {
        var stream = new MemoryStream();
        using (Stream packer = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true) : name.EndsWith(".zst", StringComparison.Ordinal) ? new ZstdSharp.CompressionStream(stream, 3, leaveOpen: true) : new BufferedStream(stream))
        {
            packer.Write(content);
        }

        return stream.ToArray();
    }
}
