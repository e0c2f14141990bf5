using System.IO.Compression;
using System.Text;
using DataBuild.Formats.Warc;

namespace DataBuild.Formats.Tests.Warc;

public class WarcDamageTests
{
    private const int Responses = 12;

    [Theory]
    [InlineData(WarcCompression.Gzip)]
    [InlineData(WarcCompression.Zstd)]
    [InlineData(WarcCompression.None)]
    public void A_file_cut_at_any_byte_of_its_last_three_records_keeps_all_records_before_the_cut(WarcCompression compression)
    {
        byte[] file = WarcSamples.Crawl(Responses, compression, out List<long> offsets);
        offsets.Add(file.Length);
        for (int cut = (int)offsets[^4] + 1; cut < file.Length; cut++)
        {
            WarcSamples.Reading reading = WarcSamples.Read(file[..cut]);

            int whole = offsets.Count(o => o <= cut) - 1;
            bool atBoundary = offsets.Contains(cut);
            int kept = reading.Records.Count;
            // A plain record is complete without its final line ends.
            Assert.True(kept == whole || (compression == WarcCompression.None && kept == whole + 1 && offsets[whole + 1] - cut <= 4), $"cut at {cut}: {kept} records, expected {whole}");
            Assert.True(atBoundary ? reading.Defects.Count == 0 : reading.Defects.Count == 1, $"cut at {cut}: {string.Join("; ", reading.Defects)}");
        }
    }

    [Theory]
    [InlineData(WarcCompression.Gzip)]
    [InlineData(WarcCompression.Zstd)]
    public void One_bit_flipped_in_a_member_costs_that_record_and_no_other(WarcCompression compression)
    {
        byte[] file = WarcSamples.Crawl(Responses, compression, out List<long> offsets);
        offsets.Add(file.Length);
        List<string> blocks = [.. WarcSamples.Read(file).Records.Select(r => Convert.ToHexString(r.Block.ToArray()))];
        for (int member = 0; member <= Responses; member++)
        {
            // The middle holds data; the gzip header's time and system bytes may change without harm.
            for (int at = (int)offsets[member] + 12; at < offsets[member + 1]; at += 7)
            {
                byte[] damaged = (byte[])file.Clone();
                damaged[at] ^= (byte)(1 << (at % 8));

                WarcSamples.Reading reading = WarcSamples.Read(damaged);
                if (reading.Defects.Count == 0)
                {
                    // Some bits are padding: nothing may differ then.
                    Assert.Equal(blocks, reading.Records.Select(r => Convert.ToHexString(r.Block.ToArray())));
                    continue;
                }

                string note = $"{compression}, member {member} at {offsets[member]}, byte {at}: {string.Join("; ", reading.Defects)}";
                Assert.True(Enumerable.Range(0, Responses + 1).Where(i => i != member).Select(i => WarcSamples.Id(i)[9..]).SequenceEqual(reading.Records.Select(r => r.Id)), note);
                CrawlDefect defect = Assert.Single(reading.Defects);
                Assert.True(defect.RecordLost);
                Assert.Equal(offsets[member], defect.Offset);
            }
        }
    }

    [Theory]
    [InlineData("-1", CrawlDiagnostics.ContentLengthInvalid)]
    [InlineData("9223372036854775808", CrawlDiagnostics.ContentLengthInvalid)]
    [InlineData("9223372036854775807", CrawlDiagnostics.ContentLengthMismatch)]
    [InlineData("1000000000000", CrawlDiagnostics.ContentLengthMismatch)]
    [InlineData("twelve", CrawlDiagnostics.ContentLengthInvalid)]
    [InlineData("12 34", CrawlDiagnostics.ContentLengthInvalid)]
    [InlineData("", CrawlDiagnostics.ContentLengthInvalid)]
    [InlineData("5\r\nContent-Length: 6", CrawlDiagnostics.ContentLengthInvalid)]
    [InlineData("5", CrawlDiagnostics.ContentLengthMismatch)]
    [InlineData("-", CrawlDiagnostics.ContentLengthInvalid)]
    [InlineData("2000", CrawlDiagnostics.ContentLengthMismatch)]
    [InlineData(null, CrawlDiagnostics.ContentLengthInvalid)]
    public void A_wrong_content_length_is_reported_and_the_next_record_is_read(string? length, string code)
    {
        string line = length is null ? "" : $"Content-Length: {length}\r\n";
        byte[] bad = Encoding.ASCII.GetBytes($"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:x:1>\r\n{line}\r\nsome text of the block\r\n\r\n");
        byte[] before = WarcSamples.Crawl(1, WarcCompression.None);
        byte[] after = WarcSamples.Crawl(2, WarcCompression.None);

        foreach (bool gzip in new[] { false, true })
        {
            byte[] file = gzip ? [.. WarcSamples.Crawl(1, WarcCompression.Gzip), .. Gzip(bad), .. WarcSamples.Crawl(2, WarcCompression.Gzip)] : [.. before, .. bad, .. after];
            WarcSamples.Reading reading = WarcSamples.Read(file);

            Assert.Equal(5, reading.Records.Count);
            CrawlDefect defect = Assert.Single(reading.Defects);
            Assert.Equal(code, defect.Code);
            Assert.True(defect.RecordLost);
        }
    }

    [Fact]
    public void A_content_length_that_is_off_by_the_line_end_is_tolerated_and_noted()
    {
        string record = "WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: 6\r\n\r\ntext\r\n\r\n";
        WarcSamples.Reading reading = WarcSamples.Read(Encoding.ASCII.GetBytes(record + record));

        Assert.Equal(2, reading.Records.Count);
        Assert.All(reading.Defects, d => Assert.Equal((CrawlDiagnostics.RecordTerminator, false), (d.Code, d.RecordLost)));
    }

    [Fact]
    public void Garbage_before_between_and_after_members_is_skipped_and_counted()
    {
        byte[] nulls = new byte[4096];
        byte[] noise = [.. Enumerable.Range(0, 3000).Select(i => (byte)(i * 131 >> 3)), 0x1F, 0x8B, 0x08, 0x00, 1, 2, 3];
        byte[] file = [.. noise, .. WarcSamples.Crawl(2, WarcCompression.Gzip), .. nulls, .. WarcSamples.Crawl(3, WarcCompression.Gzip), .. noise];

        WarcSamples.Reading reading = WarcSamples.Read(file, "crawl.warc.gz");

        Assert.Equal(7, reading.Records.Count);
        Assert.Equal(3, reading.Defects.Count);
        Assert.All(reading.Defects, d => Assert.Equal((CrawlDiagnostics.Garbage, false), (d.Code, d.RecordLost)));
    }

    [Fact]
    public void Garbage_between_plain_records_is_skipped_and_counted()
    {
        byte[] crawl = WarcSamples.Crawl(2, WarcCompression.None);
        byte[] file = [.. "noise\0\0\r\n"u8, .. crawl, .. new byte[5000], .. "\r\n"u8, .. crawl, .. new byte[100]];

        WarcSamples.Reading reading = WarcSamples.Read(file);

        Assert.Equal(6, reading.Records.Count);
        Assert.Equal(3, reading.Defects.Count);
        Assert.All(reading.Defects, d => Assert.Equal(CrawlDiagnostics.VersionLine, d.Code));
    }

    [Theory]
    [InlineData("crawl.warc.gz")]
    [InlineData("crawl.warc")]
    [InlineData("crawl.dat")]
    public void The_packing_is_told_by_content_and_not_by_name(string name)
    {
        byte[] plain = WarcSamples.Crawl(Responses, WarcCompression.None);
        byte[] halves = [.. Gzip(plain[..(plain.Length / 2)]), .. Gzip(plain[(plain.Length / 2)..])];
        foreach (byte[] file in new[] { plain, WarcSamples.Crawl(Responses, WarcCompression.Gzip), WarcSamples.Crawl(Responses, WarcCompression.Zstd), Gzip(plain), halves })
        {
            WarcSamples.Reading reading = WarcSamples.Read(file, name);

            Assert.Empty(reading.Defects);
            Assert.Equal(Enumerable.Range(0, Responses + 1).Select(i => WarcSamples.Id(i)[9..]), reading.Records.Select(r => r.Id));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_header_bomb_is_dropped_at_the_limit(bool oneLine)
    {
        string bomb = oneLine ? new string('x', 20_000_000) : string.Concat(Enumerable.Repeat("A: b\r\n", 1_000_000));
        byte[] file = [.. WarcSamples.Crawl(1, WarcCompression.None), .. Encoding.ASCII.GetBytes($"WARC/1.0\r\nWARC-Type: resource\r\nX: {bomb}\r\n\r\n"), .. WarcSamples.Crawl(1, WarcCompression.None)];
        foreach (byte[] packed in new[] { file, Gzip(file) })
        {
            WarcSamples.Reading reading = WarcSamples.Read(packed);

            Assert.Equal(4, reading.Records.Count);
            Assert.Equal(CrawlDiagnostics.HeaderTooLong, Assert.Single(reading.Defects).Code);
        }
    }

    [Theory]
    [InlineData("", CrawlDiagnostics.InputEmpty)]
    [InlineData("\r\n\r\n", CrawlDiagnostics.InputEmpty)]
    [InlineData("<html>this is no crawl</html>", CrawlDiagnostics.InputFormat)]
    public void A_file_that_is_no_crawl_is_an_error(string content, string code)
    {
        var error = Assert.Throws<CrawlFormatException>(() => WarcSamples.Read(Encoding.ASCII.GetBytes(content), "some/crawl.warc"));

        Assert.Equal(code, error.Code);
        Assert.Contains("some/crawl.warc", error.Message, StringComparison.Ordinal);
        Assert.Contains("expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_members_that_decode_on_and_on_do_not_make_reading_quadratic()
    {
        // Each place looks like a gzip member with a record in a stored block that swallows the following ones.
        var stream = new MemoryStream();
        for (int i = 0; i < 20_000; i++)
        {
            stream.Write([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 0, 0xFF, 0xFF, 0, 0]);
            stream.Write("WARC/1.0\r\nWARC-Type: x\r\nContent-Length: 5\r\n\r\n"u8);
        }

        WarcSamples.Reading reading = WarcSamples.Read(stream.ToArray());

        Assert.NotEmpty(reading.Defects);
    }

    [Fact]
    public void A_damaged_member_of_many_records_costs_what_follows_the_damage_in_it()
    {
        byte[] one = Gzip(WarcSamples.Crawl(30, WarcCompression.None));
        byte[] damaged = (byte[])one.Clone();
        damaged[one.Length / 2] ^= 0x10;

        WarcSamples.Reading reading = WarcSamples.Read([.. damaged, .. WarcSamples.Crawl(2, WarcCompression.Gzip)]);

        Assert.InRange(reading.Records.Count, 3 + 5, 3 + 30);
        Assert.Equal(["00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"], reading.Records.TakeLast(3).Select(r => r.Id));
        Assert.Contains(reading.Defects, d => d.RecordLost && d.Code is CrawlDiagnostics.MemberDamaged or CrawlDiagnostics.MemberChecksum or CrawlDiagnostics.MemberTruncated);
    }

    [Fact]
    public void A_wrong_checksum_alone_loses_the_record_it_guards()
    {
        byte[] file = WarcSamples.Crawl(2, WarcCompression.Gzip, out List<long> offsets);
        file[offsets[2] - 8] ^= 1;

        WarcSamples.Reading reading = WarcSamples.Read(file);

        Assert.Equal(2, reading.Records.Count);
        Assert.Equal((CrawlDiagnostics.MemberChecksum, offsets[1]), (Assert.Single(reading.Defects).Code, reading.Defects[0].Offset));
    }

    private static byte[] Gzip(byte[] content)
    {
        var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return stream.ToArray();
    }
}
