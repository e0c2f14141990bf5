using System.Text;
using CsCheck;
using DataBuild.Formats.Warc;

namespace DataBuild.Formats.Tests.Warc;

public class WarcRoundTripTests
{
    private static readonly string[] Types = ["response", "request", "metadata", "resource", "conversion", "monkeys"];

    private static readonly Gen<string> Uri = Gen.Char['!', '~'].Array[1, 60].Select(c => "https://example.org/" + new string(c));

    private static readonly Gen<byte[]> Block = Gen.OneOf(
        Gen.Byte.Array[0, 300],
        Gen.Int[0, 200_000].Select(n => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("text ", n / 5)))),
        Gen.Const(Encoding.ASCII.GetBytes("\r\n\r\nWARC/1.0\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n")),
        Gen.Const(new byte[] { 0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0 }));

    private static readonly Gen<(string Type, string Uri, byte[] Block)> Record = Gen.Select(Gen.Int[0, Types.Length - 1].Select(i => Types[i]), Uri, Block);

    [Fact]
    public void What_is_written_is_read_back_in_every_packing()
    {
        Gen.Select(Record.Array[1, 8], Gen.Enum<WarcCompression>()).Sample(
            (records, compression) =>
            {
                var stream = new MemoryStream();
                var offsets = new List<long>();
                using (var writer = new WarcWriter(stream, compression, leaveOpen: true))
                {
                    for (int i = 0; i < records.Length; i++)
                    {
                        offsets.Add(writer.Write(records[i].Type, WarcSamples.Id(i), WarcSamples.Date, records[i].Uri, "application/octet-stream", records[i].Block));
                    }
                }

                WarcSamples.Reading reading = WarcSamples.Read(stream.ToArray());

                Assert.Empty(reading.Defects);
                Assert.Equal(records.Select(r => (r.Type, r.Uri)), reading.Records.Select(r => (r.Type, r.Url!)));
                Assert.Equal(offsets, reading.Records.Select(r => r.Offset));
                Assert.All(records.Zip(reading.Records), pair => Assert.Equal(pair.First.Block, pair.Second.Block.ToArray()));
            },
            iter: 150,
            seed: "0000KOIPX4V2");
    }

    [Theory]
    [InlineData(WarcCompression.None)]
    [InlineData(WarcCompression.Gzip)]
    [InlineData(WarcCompression.Zstd)]
    public void Equal_records_make_equal_bytes(WarcCompression compression)
    {
        Assert.Equal(WarcSamples.Crawl(20, compression), WarcSamples.Crawl(20, compression));
    }
}
