using System.IO.Compression;
using System.Text;
using DataBuild.Formats.Http;
using DataBuild.Tests;

namespace DataBuild.Formats.Tests.Http;

public class HttpResponseTests
{
    private const string Page = "<html><p>a page of text, long enough to be compressed: text text text text text</p></html>";

    public static TheoryData<string> Codings => ["gzip", "x-gzip", "GZIP", "deflate", "raw", "br", "gzip, br", "gzip,gzip", "deflate, gzip, br", "identity", "zstd"];

    [Theory]
    [MemberData(nameof(Codings))]
    public void Content_codings_are_undone_in_reverse_order(string coding)
    {
        byte[] body = Encoding.UTF8.GetBytes(Page);
        foreach (string one in coding.Split(','))
        {
            body = Encode(one.Trim(), body);
        }

        foreach (bool chunked in new[] { false, true })
        {
            byte[] message = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {coding.Replace("raw", "deflate", StringComparison.Ordinal)}\r\n{(chunked ? "Transfer-Encoding: chunked\r\n" : "")}\r\n"), .. chunked ? Chunk(body, 7) : body];
            CrawlSamples.Reading reading = CrawlSamples.ReadResponse(message);

            Assert.Null(reading.Single.Reason);
            Assert.Equal(Page, Encoding.UTF8.GetString(reading.Single.Payload));
            Assert.Empty(reading.Defects);
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("zstd")]
    [InlineData("utf-8")]
    public void A_plain_body_under_a_coding_is_kept_and_counted(string coding)
    {
        CrawlSamples.Reading reading = CrawlSamples.ReadResponse(Message($"Content-Type: text/html\r\nContent-Encoding: {coding}\r\n", Page));

        Assert.Equal(Page, Encoding.UTF8.GetString(reading.Single.Payload));
        Assert.Equal(CrawlDiagnostics.NotEncoded, reading.Codes);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("zstd")]
    public void A_cut_encoded_body_is_dropped_with_its_reason(string coding)
    {
        byte[] body = Encode(coding, Encoding.UTF8.GetBytes(Page));
        byte[] message = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {coding}\r\n\r\n"), .. body[..^9]];

        CrawlSamples.Reading reading = CrawlSamples.ReadResponse(message);

        Assert.Equal((DropReasons.ContentEncoding, 0), (reading.Single.Reason, reading.Single.Payload.Length));
        Assert.Equal(CrawlDiagnostics.EncodingDamaged, reading.Codes);
    }

    /// <summary>Found by mutation: zlib answers with an error of its own where a body asks for a dictionary that nobody has (RFC 1950, FDICT).</summary>
    [Fact]
    public void A_zlib_body_that_asks_for_a_dictionary_is_dropped()
    {
        byte[] message = [.. "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: deflate\r\n\r\n"u8, 0x78, 0x20, 1, 2, 3, 4, .. new byte[100]];

        Assert.Equal(DropReasons.ContentEncoding, CrawlSamples.ReadResponse(message).Single.Reason);
    }

    [Fact]
    public void A_page_compressed_without_notice_is_decoded_and_counted()
    {
        byte[] message = [.. Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"), .. Encode("gzip", Encoding.UTF8.GetBytes(Page))];

        CrawlSamples.Reading reading = CrawlSamples.ReadResponse(message);

        Assert.Equal(Page, Encoding.UTF8.GetString(reading.Single.Payload));
        Assert.Equal(CrawlDiagnostics.NotEncoded, reading.Codes);
    }

    [Theory]
    [InlineData("4\r\ntext\r\n0\r\n\r\n", "text", "")]
    [InlineData("4;name=value\r\ntext\r\n0\r\nTrailer: x\r\n\r\n", "text", "")]
    [InlineData("4  \r\ntext\r\n0\r\n\r\n", "text", "")]
    [InlineData("4\ntext\n2\n!!\n0\n\n", "text!!", "")]
    [InlineData("0004\r\ntext\r\n0\r\n\r\n", "text", "")]
    [InlineData("4\r\ntext\r\n", "text", "DB2042")]
    [InlineData("9\r\ntext", "text", "DB2042")]
    [InlineData("4\r\ntext\r\nzz\r\nmore", "text", "DB2042")]
    [InlineData("FFFFFFFFFFFFFFFF\r\ntext", "text", "DB2042")]
    [InlineData("FFFFFFFFFFFFFFFFF\r\ntext", "FFFFFFFFFFFFFFFFF\r\ntext", "DB2041")]
    [InlineData("-4\r\ntext", "-4\r\ntext", "DB2041")]
    [InlineData("<html>text", "<html>text", "DB2041")]
    public void Chunked_bodies_are_joined_and_lies_kept(string body, string expected, string codes)
    {
        CrawlSamples.Reading reading = CrawlSamples.ReadResponse(Message("Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n", body));

        Assert.Equal(expected, Encoding.UTF8.GetString(reading.Single.Payload));
        Assert.Equal(codes, reading.Codes);
    }

    [Fact]
    public void A_million_chunks_of_one_byte_are_read()
    {
        byte[] body = new byte[6_000_000];
        for (int i = 0; i < body.Length; i += 6)
        {
            "1\r\nx\r\n"u8.CopyTo(body.AsSpan(i));
        }

        CrawlSamples.Reading reading = CrawlSamples.ReadResponse([.. "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"u8, .. body, .. "0\r\n\r\n"u8]);

        Assert.Equal(1_000_000, reading.Single.Payload.Length);
        Assert.Empty(reading.Defects);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("zstd")]
    public void A_decompression_bomb_stops_at_the_limit(string coding)
    {
        byte[] bomb = Encode(coding, new byte[50_000_000]);
        byte[] message = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {coding}\r\n\r\n"), .. bomb];

        CrawlSamples.Reading reading = CrawlSamples.ReadResponse(message, new CrawlReaderOptions { MaxPayloadBytes = 1 << 20 });

        Assert.Equal(DropReasons.PayloadTooLarge, reading.Single.Reason);
        Assert.Equal(CrawlDiagnostics.PayloadTooLarge, reading.Codes);
    }

    [SkippableTheory]
    [InlineData("bomb-br.bin", "br")]
    [InlineData("bomb-gzip.bin", "gzip")]
    [InlineData("bomb-deflate.bin", "deflate")]
    [InlineData("bomb-zstd.bin", "zstd")]
    public void Known_bombs_stop_at_the_limit(string file, string coding)
    {
        byte[] message = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {coding}\r\n\r\n"), .. File.ReadAllBytes(TestPaths.Shared("data/conformance/scrapy/tests/sample_data/compressed/" + file))];

        Assert.Equal(DropReasons.PayloadTooLarge, CrawlSamples.ReadResponse(message, new CrawlReaderOptions { MaxPayloadBytes = 1 << 20 }).Single.Reason);
    }

    [SkippableTheory]
    [InlineData("html-br.bin", "br", 74837)]
    [InlineData("html-gzip.bin", "gzip", 74837)]
    [InlineData("html-rawdeflate.bin", "deflate", 74840)]
    [InlineData("html-zlibdeflate.bin", "deflate", 74840)]
    [InlineData("html-gzip-deflate.bin", "gzip, deflate", 74837)]
    [InlineData("html-gzip-deflate-gzip.bin", "gzip, deflate, gzip", 74837)]
    [InlineData("html-zstd-static-content-size.bin", "zstd", 74837)]
    [InlineData("html-zstd-static-no-content-size.bin", "zstd", 74837)]
    [InlineData("html-zstd-streaming-no-content-size.bin", "zstd", 74837)]
    public void Pages_encoded_by_other_programs_decode(string file, string coding, int length)
    {
        byte[] body = File.ReadAllBytes(TestPaths.Shared("data/conformance/scrapy/tests/sample_data/compressed/" + file));

        byte[] page = CrawlSamples.ReadResponse([.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {coding}\r\n\r\n"), .. body]).Single.Payload;

        Assert.StartsWith("<!DOCTYPE", Encoding.UTF8.GetString(page), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(length, page.Length);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\nContent-Type: text/html; charset=\"EUC-JP\"\n\n<p>x", 200, "text/html", "EUC-JP", null)]
    [InlineData("HTTP/1.0 200\r\ncontent-type:TEXT/HTML;Charset='utf-8'\r\n\r\n<p>x", 200, "text/html", "utf-8", null)]
    [InlineData("HTTP/2 200\r\nContent-Type: text/html;a=b; charset = latin1 ;c\r\n\r\n<p>x", 200, "text/html", "latin1", null)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Type: text/html\r\n\r\n<p>x", 200, "text/html", null, null)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: nonsense\r\n\r\n<!doctype html><p>x", 200, "text/html", null, null)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n<!doctype html><p>x", 200, "text/html", null, null)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nxxx", 200, "image/png", null, DropReasons.MediaType)]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\nxxx", 404, "text/html", null, DropReasons.HttpStatus)]
    [InlineData("HTTP/1.1 301 Moved\r\nLocation: x\r\n\r\n", 301, null, null, DropReasons.HttpStatus)]
    [InlineData("HTTP/1.1 206 Partial\r\nContent-Type: text/html\r\n\r\nxxx", 206, "text/html", null, DropReasons.HttpStatus)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", 200, "text/html", null, DropReasons.Empty)]
    [InlineData("<html>no head</html>", 0, null, null, DropReasons.HttpMessage)]
    [InlineData("HTTP/1.1 abc\r\n\r\nxxx", 0, null, null, DropReasons.HttpMessage)]
    [InlineData("HTTP/1.1\r\n\r\nxxx", 0, null, null, DropReasons.HttpMessage)]
    [InlineData("", 0, null, null, DropReasons.HttpMessage)]
    public void Status_media_type_and_charset_are_read_and_judged(string message, int status, string? mediaType, string? charset, string? reason)
    {
        CrawlSamples.Row row = CrawlSamples.ReadResponse(Encoding.Latin1.GetBytes(message)).Single;

        Assert.Equal((status, reason, charset), (row.Status, row.Reason, row.Charset));
        Assert.Equal(mediaType, reason == DropReasons.HttpMessage ? null : row.MediaType);
    }

    [Fact]
    public void A_record_that_the_crawler_cut_is_dropped()
    {
        CrawlSamples.Reading reading = CrawlSamples.ReadResponse(Message("Content-Type: text/html\r\n", Page), null, ("WARC-Truncated", "length"));

        Assert.Equal(DropReasons.Truncated, reading.Single.Reason);
    }

    /// <summary>Responses that llhttp accepts: status and number of fields must agree with its log.</summary>
    [SkippableTheory]
    [InlineData("sample.md")]
    [InlineData("content-length.md")]
    [InlineData("transfer-encoding.md")]
    [InlineData("connection.md")]
    [InlineData("finish.md")]
    public void Heads_are_read_as_llhttp_reads_them(string file)
    {
        string[] cases = File.ReadAllText(TestPaths.Shared("data/conformance/llhttp/test/response/" + file)).Split("```http\n")[1..];
        int replayed = 0;
        foreach (string test in cases)
        {
            string message = test[..test.IndexOf("\n```", StringComparison.Ordinal)];
            string log = test[(test.IndexOf("```log\n", StringComparison.Ordinal) + 7)..];
            log = log[..log.IndexOf("```", StringComparison.Ordinal)];
            int done = log.IndexOf("headers complete status=", StringComparison.Ordinal);
            if (log.Contains("error", StringComparison.Ordinal) || done < 0 || !message.StartsWith("HTTP/", StringComparison.Ordinal))
            {
                continue;
            }

            string head = log[..done];
            byte[] bytes = Encoding.Latin1.GetBytes(message.Replace("\\\n", "", StringComparison.Ordinal).Replace("\\r", "\r", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\t", "\t", StringComparison.Ordinal));
            var parsed = new HttpHead();

            Assert.True(parsed.TryParse(bytes), message);
            Assert.Equal(int.Parse(log[(done + 24)..].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), parsed.Status);
            Assert.Equal(head.Split("header_field complete").Length - 1, parsed.FieldCount);
            replayed++;
        }

        Assert.True(replayed > 0);
    }

    [Fact]
    public void More_than_five_codings_are_not_undone()
    {
        byte[] body = Encoding.UTF8.GetBytes(Page);
        for (int codings = 1; codings <= 6; codings++)
        {
            body = Encode("gzip", body);
            CrawlSamples.Reading reading = CrawlSamples.ReadResponse(
                [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {string.Join(", ", Enumerable.Repeat("gzip", codings))}\r\n\r\n"), .. body]);
            Assert.Equal(codings <= 5 ? null : DropReasons.ContentEncoding, reading.Single.Reason);
        }
    }

    [Theory]
    [InlineData(4000, "text", "")]
    [InlineData(5000, "4;", "DB2041")]
    public void A_size_line_of_a_chunk_is_read_up_to_its_limit(int extension, string start, string codes)
    {
        CrawlSamples.Reading reading = CrawlSamples.ReadResponse(Message("Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n", $"4;{new string('x', extension)}\r\ntext\r\n0\r\n\r\n"));
        Assert.StartsWith(start, Encoding.UTF8.GetString(reading.Single.Payload), StringComparison.Ordinal);
        Assert.Equal(codes, reading.Codes);
    }

    [Theory]
    [InlineData(1_000_000, null)]
    [InlineData(1_100_000, DropReasons.HttpMessage)]
    public void A_head_is_read_up_to_its_limit(int bytes, string? reason) =>
        Assert.Equal(reason, CrawlSamples.ReadResponse(Message($"X: {new string('x', bytes)}\r\nContent-Type: text/html\r\n", Page)).Single.Reason);

    private static byte[] Message(string fields, string body) => Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\n{fields}\r\n{body}");

    private static byte[] Chunk(byte[] body, int size)
    {
        var stream = new MemoryStream();
        for (int at = 0; at < body.Length; at += size)
        {
            int count = Math.Min(size, body.Length - at);
            stream.Write(Encoding.ASCII.GetBytes($"{count:X}\r\n"));
            stream.Write(body, at, count);
            stream.Write("\r\n"u8);
        }

        stream.Write("0\r\n\r\n"u8);
        return stream.ToArray();
    }

    private static byte[] Encode(string coding, byte[] content)
    {
        var stream = new MemoryStream();
        Stream encoder;
        switch (coding.ToLowerInvariant())
        {
            case "gzip" or "x-gzip":
                encoder = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true);
                break;
            case "deflate":
                encoder = new ZLibStream(stream, CompressionLevel.Optimal, leaveOpen: true);
                break;
            case "raw":
                encoder = new DeflateStream(stream, CompressionLevel.Optimal, leaveOpen: true);
                break;
            case "br":
                encoder = new BrotliStream(stream, CompressionLevel.Optimal, leaveOpen: true);
                break;
            case "zstd":
                encoder = new ZstdSharp.CompressionStream(stream, 3, leaveOpen: true);
                break;
            default:
                return content;
        }

        using (encoder)
        {
            encoder.Write(content);
        }

        return stream.ToArray();
    }
}
