using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using DataBuild.Formats.Tokens;

namespace DataBuild.Tests.Tokens;

/// <summary>Each format is read back by a reader written from its published layout alone.</summary>
public class TokenFileTests
{
    [Fact]
    public void Datatrove_documents_lie_between_the_ends_of_the_index()
    {
        MemoryStream data = new(), index = new(), metadata = new();
        using (var writer = new DatatroveWriter(data, index, metadata, "gpt2", vocabularySize: 50_257))
        {
            writer.AddDocument([1, 2, 50_256]);
            writer.AddDocument([50_256]);
            writer.AddDocument([.. Enumerable.Range(0, 1500)]);
            writer.Complete();
        }

        ushort[] tokens = MemoryMarshal.Cast<byte, ushort>(data.ToArray()).ToArray();
        long[] ends = MemoryMarshal.Cast<byte, long>(index.ToArray()).ToArray();
        Assert.Equal([3L, 4, 1504], ends);
        Assert.Equal([1, 2, 50_256, 50_256, 0], tokens[..5]);
        Assert.Equal("gpt2|2\n1504\n1.5 KTokens", Encoding.UTF8.GetString(metadata.ToArray()));
    }

    [Fact]
    public void Datatrove_ids_are_four_bytes_for_large_vocabularies()
    {
        MemoryStream data = new(), index = new(), metadata = new();
        using var writer = new DatatroveWriter(data, index, metadata, "o200k_base", vocabularySize: 200_019);
        writer.AddDocument([199_999]);
        writer.Complete();
        Assert.Equal(199_999u, BinaryPrimitives.ReadUInt32LittleEndian(data.ToArray()));
        Assert.StartsWith("o200k_base|4\n1\n1 Tokens", Encoding.UTF8.GetString(metadata.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Dolma_files_have_no_header_and_a_row_a_document()
    {
        MemoryStream data = new(), rows = new();
        using (var writer = new DolmaWriter(data, rows, TokenWidth.UInt16))
        {
            writer.AddDocument([7, 8, 9], "a", "documents/x.jsonl.gz", 0);
            writer.AddDocument([10], "b,\"c\"", "documents/x.jsonl.gz", 1);
            writer.Complete();
        }

        Assert.Equal([7, 8, 9, 10], MemoryMarshal.Cast<byte, ushort>(data.ToArray()).ToArray().Select(t => (int)t));
        using var reader = new StreamReader(new GZipStream(new MemoryStream(rows.ToArray()), CompressionMode.Decompress));
        Assert.Equal("0,3,a,documents/x.jsonl.gz,0\n3,4,\"b,\"\"c\"\"\",documents/x.jsonl.gz,1\n", reader.ReadToEnd());
    }

    [Theory]
    [InlineData("=HYPERLINK(\"http://x/\")", "\"'=HYPERLINK(\"\"http://x/\"\")\"")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(1)", "'@SUM(1)")]
    [InlineData("\tx", "'\tx")]
    [InlineData("a=b", "a=b")]
    public void Fields_that_begin_like_a_formula_are_text(string id, string field)
    {
        MemoryStream data = new(), rows = new();
        using (var writer = new DolmaWriter(data, rows, TokenWidth.UInt16))
        {
            writer.AddDocument([7], id, id, 0);
            writer.Complete();
        }

        using var reader = new StreamReader(new GZipStream(new MemoryStream(rows.ToArray()), CompressionMode.Decompress));
        Assert.Equal($"0,1,{field},{field},0\n", reader.ReadToEnd());
    }

    [Theory]
    [InlineData(TokenWidth.UInt16, "ndarray:uint16")]
    [InlineData(TokenWidth.Int32, "ndarray:int32")]
    public void Mosaic_shards_hold_every_sample_where_their_header_says(TokenWidth width, string encoding)
    {
        var files = new SortedDictionary<string, MemoryStream>(StringComparer.Ordinal);
        int[][] samples = [.. Enumerable.Range(1, 40).Select(n => Enumerable.Range(n, n * 9).ToArray())];
        var writer = new MosaicWriter(name => files[name] = new MemoryStream(), width, sizeLimit: 4096);
        foreach (int[] sample in samples)
        {
            writer.AddSample(sample);
        }

        writer.Complete();
        using JsonDocument index = JsonDocument.Parse(files["index.json"].ToArray());
        Assert.Equal(2, index.RootElement.GetProperty("version").GetInt32());
        var read = new List<int[]>();
        foreach (JsonElement shard in index.RootElement.GetProperty("shards").EnumerateArray())
        {
            byte[] bytes = files[shard.GetProperty("raw_data").GetProperty("basename").GetString()!].ToArray();
            Assert.Equal("mds", shard.GetProperty("format").GetString());
            Assert.Equal(bytes.Length, shard.GetProperty("raw_data").GetProperty("bytes").GetInt32());
            Assert.True(bytes.Length <= 4096);
            Assert.Equal(encoding, shard.GetProperty("column_encodings")[0].GetString());
            int count = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            Assert.Equal(count, shard.GetProperty("samples").GetInt32());
            int[] offsets = MemoryMarshal.Cast<byte, int>(bytes.AsSpan(4, 4 * (count + 1))).ToArray();
            using JsonDocument configuration = JsonDocument.Parse(bytes.AsMemory(4 + (4 * (count + 1)), offsets[0] - 4 - (4 * (count + 1))));
            Assert.Equal("tokens", configuration.RootElement.GetProperty("column_names")[0].GetString());
            for (int i = 0; i < count; i++)
            {
                byte[] sample = bytes[offsets[i]..offsets[i + 1]];
                Assert.Equal(sample.Length - 4, BinaryPrimitives.ReadInt32LittleEndian(sample));
                Assert.Equal(1, sample[4] >> 2);
                int shapeWidth = 1 << (sample[4] & 3);
                int length = shapeWidth == 1 ? sample[5] : BinaryPrimitives.ReadUInt16LittleEndian(sample.AsSpan(5));
                byte[] values = sample[(5 + shapeWidth)..];
                read.Add([.. Enumerable.Range(0, length).Select(t => width == TokenWidth.UInt16
                    ? BinaryPrimitives.ReadUInt16LittleEndian(values.AsSpan(2 * t))
                    : BinaryPrimitives.ReadInt32LittleEndian(values.AsSpan(4 * t)))]);
            }
        }

        Assert.Equal(samples, read);
    }

    [Fact]
    public void An_empty_mosaic_sample_is_an_error() =>
        Assert.Throws<ArgumentException>(() => new MosaicWriter(_ => new MemoryStream(), TokenWidth.Int32).AddSample([]));
}
