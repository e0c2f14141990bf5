using DataBuild.Generators.Tests.Samples;

namespace DataBuild.Generators.Tests.Figures;

public sealed class FiguresTests
{
    [Fact]
    public void A_row_comes_back_as_it_went_in()
    {
        AllFigures full = new(
            true, -1, long.MaxValue, ulong.MaxValue, 0.5f, 0.1, true, 2, 3, 4, 5f, 6d, "a", "b", "c\u00e9".AsMemory(), "d".AsMemory(),
            new byte[] { 1 }, new byte[] { 2, 3 }, new[] { 4, 5 }, new[] { 6 }, new[] { 7ul }, new[] { 0.25f });
        AllFigures empty = new();
        AllFigures[] read = RoundTrip(full, empty);

        AllFigures first = read[0];
        Assert.Equal((true, -1, long.MaxValue, ulong.MaxValue, 0.5f, 0.1), (first.Flag, first.Number, first.Big, first.Digest, first.Fraction, first.Precise));
        Assert.Equal((true, 2, 3L, 4ul, 5f, 6d), (first.MaybeFlag, first.MaybeNumber, first.MaybeBig, first.MaybeDigest, first.MaybeFraction, first.MaybePrecise));
        Assert.Equal(("a", "b", "c\u00e9", "d"), (first.Word, first.MaybeWord, first.Characters.ToString(), first.MaybeCharacters.ToString()));
        Assert.Equal([1], first.Bytes.ToArray());
        Assert.Equal([2, 3], first.MaybeBytes!.Value.ToArray());
        Assert.Equal([4, 5], first.Tokens.ToArray());
        Assert.Equal([6], first.MaybeTokens!.Value.ToArray());
        Assert.Equal([7ul], first.Signature.ToArray());
        Assert.Equal([0.25f], first.URLEmbedding.ToArray());

        AllFigures second = read[1];
        Assert.Null(second.MaybeFlag ?? second.MaybeNumber ?? second.MaybeBig ?? (object?)second.MaybeDigest ?? second.MaybeFraction ?? second.MaybePrecise);
        Assert.Null(second.MaybeWord);
        Assert.Null(second.MaybeCharacters);
        Assert.Null(second.MaybeBytes);
        Assert.Null(second.MaybeTokens);
        Assert.Equal((0, 0, 0), (second.Characters.Length, second.Bytes.Length, second.Tokens.Length));
    }

    [Fact]
    public void Columns_have_names_types_and_descriptions()
    {
        Assert.Equal(
            [new(".words", ColumnType.Int32, "Words of the document."), new(".meanWeight", ColumnType.Single, "Mean weight of a word."), new("text", ColumnType.String, "The new text.")],
            WordFigures.Columns);
        Assert.Equal("embedding", AllFigures.Columns[^1].Name);
        Assert.Equal(".maybeCharacters", AllFigures.Columns[15].Name);
    }

    private static AllFigures[] RoundTrip(params AllFigures[] rows)
    {
        ColumnBuilder[] builders = [.. AllFigures.Columns.Select(c => ColumnTypes.CreateBuilder(c.Type))];
        foreach (AllFigures row in rows)
        {
            AllFigures.Append(in row, builders);
        }

        Column[] columns = [.. builders.Select(b => b.Build())];
        return [.. rows.Select((_, i) => AllFigures.Read(columns, i))];
    }
}
