using System.Buffers.Binary;
using DataBuild.Formats.Tokens;

namespace DataBuild.Tests.Tokens;

public class MegatronTests
{
    [Theory]
    [InlineData(TokenWidth.UInt16, 8)]
    [InlineData(TokenWidth.Int32, 4)]
    public void A_reader_written_from_the_layout_finds_every_sequence(TokenWidth width, byte code)
    {
        int[][] sequences = [[1, 2, 3], [], [65535], [.. Enumerable.Range(0, 70_000).Select(i => i % 60_000)]];
        var bin = new MemoryStream();
        var index = new MemoryStream();
        using (var writer = new MegatronWriter(bin, index, width))
        {
            writer.AddSequence(sequences[0]);
            writer.AddSequence(sequences[1]);
            writer.EndDocument();
            writer.AddDocument(sequences[2]);
            writer.AddDocument(sequences[3]);
            writer.Complete();
            Assert.Equal((4, 3, 70_004), (writer.SequenceCount, writer.DocumentCount, writer.TokenCount));
        }

        byte[] idx = index.ToArray();
        byte[] tokens = bin.ToArray();
        Assert.Equal("MMIDIDX\0\0"u8.ToArray(), idx[..9]);
        Assert.Equal(1UL, BinaryPrimitives.ReadUInt64LittleEndian(idx.AsSpan(9)));
        Assert.Equal(code, idx[17]);
        Assert.Equal(4UL, BinaryPrimitives.ReadUInt64LittleEndian(idx.AsSpan(18)));
        Assert.Equal(4UL, BinaryPrimitives.ReadUInt64LittleEndian(idx.AsSpan(26)));
        Assert.Equal(34 + (4 * 4) + (4 * 8) + (4 * 8), idx.Length);
        for (int s = 0; s < 4; s++)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(idx.AsSpan(34 + (4 * s)));
            int offset = (int)BinaryPrimitives.ReadInt64LittleEndian(idx.AsSpan(50 + (8 * s)));
            int[] read = [.. Enumerable.Range(0, length).Select(i => width == TokenWidth.UInt16
                ? BinaryPrimitives.ReadUInt16LittleEndian(tokens.AsSpan(offset + (2 * i)))
                : BinaryPrimitives.ReadInt32LittleEndian(tokens.AsSpan(offset + (4 * i))))];
            Assert.Equal(sequences[s], read);
        }

        Assert.Equal([0L, 2, 3, 4], Enumerable.Range(0, 4).Select(d => BinaryPrimitives.ReadInt64LittleEndian(idx.AsSpan(82 + (8 * d)))));
    }

    [Fact]
    public void An_id_that_does_not_fit_the_width_is_an_error()
    {
        using var writer = new MegatronWriter(new MemoryStream(), new MemoryStream(), TokenWidth.UInt16);
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.AddDocument([65536]));
    }

    [Fact]
    public void A_sequence_outside_of_any_document_is_an_error()
    {
        using var writer = new MegatronWriter(new MemoryStream(), new MemoryStream(), TokenWidth.Int32);
        writer.AddSequence([1]);
        Assert.Throws<InvalidOperationException>(writer.Complete);
    }

    [Theory]
    [InlineData(65_536, TokenWidth.UInt16)]
    [InlineData(65_537, TokenWidth.Int32)]
    public void The_narrowest_width_that_holds_the_vocabulary_is_chosen(int vocabularySize, TokenWidth width) =>
        Assert.Equal(width, TokenWidths.For(vocabularySize));
}
