using System.Buffers.Binary;
using System.Text;
using DataBuild.Formats.Warc;
using DataBuild.Tests;

namespace DataBuild.Formats.Tests.Warc;

public class ZstdFramesTests
{
    private static readonly byte[] EmptyFrame = [0x28, 0xB5, 0x2F, 0xFD, 0x20, 0x00, 0x01, 0x00, 0x00];

    [SkippableTheory]
    [InlineData("golden-decompression/block-128k.zst", 131_068)]
    [InlineData("golden-decompression/empty-block.zst", 0)]
    [InlineData("golden-decompression/rle-first-block.zst", 1_048_576)]
    [InlineData("golden-decompression/zeroSeq_2B.zst", 13)]
    public void Golden_frames_decode_to_their_length(string file, long length)
    {
        var defects = new List<CrawlDefect>();
        using var stream = new DecodedStream(File.OpenRead(TestPaths.Shared("data/conformance/zstd/tests/" + file)), file, defects.Add);
        var content = new MemoryStream();
        stream.CopyTo(content);

        Assert.Empty(defects);
        Assert.Equal(length, content.Length);
    }

    [SkippableTheory]
    [InlineData("off0.bin.zst")]
    [InlineData("truncated_huff_state.zst")]
    [InlineData("zeroSeq_extraneous.zst")]
    public void Golden_errors_are_reported(string file)
    {
        var defects = new List<CrawlDefect>();
        using var stream = new DecodedStream(File.OpenRead(TestPaths.Shared("data/conformance/zstd/tests/golden-decompression-errors/" + file)), file, defects.Add);
        stream.CopyTo(Stream.Null);

        Assert.Equal(CrawlDiagnostics.MemberDamaged, Assert.Single(defects).Code);
    }

    [Fact]
    public void Empty_and_skippable_frames_between_records_are_passed()
    {
        byte[] crawl = WarcSamples.Crawl(3, WarcCompression.Zstd);
        byte[] skippable = [0x53, 0x2A, 0x4D, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5];
        byte[] empty = [.. Enumerable.Repeat(EmptyFrame, 1000).SelectMany(f => f)];

        WarcSamples.Reading reading = WarcSamples.Read([.. skippable, .. empty, .. crawl, .. skippable, .. crawl, .. empty]);

        Assert.Equal(8, reading.Records.Count);
        Assert.Empty(reading.Defects);
    }

    [Fact]
    public void A_window_of_two_gigabytes_is_refused_and_the_next_record_read()
    {
        // Frame header without single segment: window descriptor 21 << 3 means 2^31 bytes.
        byte[] bomb = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 21 << 3, 0x01, 0x00, 0x00];

        WarcSamples.Reading reading = WarcSamples.Read([.. WarcSamples.Crawl(1, WarcCompression.Zstd), .. bomb, .. WarcSamples.Crawl(1, WarcCompression.Zstd)]);

        Assert.Equal(4, reading.Records.Count);
        Assert.Contains("requires too much memory", Assert.Single(reading.Defects).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_content_size_that_lies_costs_that_record()
    {
        byte[] good = WarcSamples.Crawl(2, WarcCompression.Zstd, out List<long> offsets);
        byte[] bad = (byte[])good.Clone();
        int size = (int)offsets[1] + 5;
        BinaryPrimitives.WriteUInt16LittleEndian(bad.AsSpan(size), (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(bad.AsSpan(size)) + 1));

        WarcSamples.Reading reading = WarcSamples.Read(bad);

        Assert.Equal([WarcSamples.Id(0)[9..], WarcSamples.Id(2)[9..]], reading.Records.Select(r => r.Id));
        Assert.Equal(CrawlDiagnostics.MemberDamaged, Assert.Single(reading.Defects).Code);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(1000)]
    public void A_cut_dictionary_frame_is_an_error(int kept)
    {
        byte[] file = new byte[8 + kept];
        BinaryPrimitives.WriteUInt32LittleEndian(file, 0x184D2A5D);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(4), 5000);

        Assert.Equal(CrawlDiagnostics.ZstdDictionary, Assert.Throws<CrawlFormatException>(() => WarcSamples.Read(file)).Code);
    }

    [Fact]
    public void A_dictionary_that_claims_gigabytes_is_an_error()
    {
        byte[] file = [0x5D, 0x2A, 0x4D, 0x18, 0xFF, 0xFF, 0xFF, 0xFF, .. Encoding.ASCII.GetBytes("short")];

        Assert.Equal(CrawlDiagnostics.ZstdDictionary, Assert.Throws<CrawlFormatException>(() => WarcSamples.Read(file)).Code);
    }
}
