using DataBuild.Engine.Columns;

namespace DataBuild.Engine.Tests;

/// <summary>Rows taken out of columns.</summary>
public sealed class ColumnCopyTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Chosen_strings_are_those_of_the_rows_with_and_without_missing_ones(bool hasMissing)
    {
        StringColumnBuilder builder = new();
        string?[] texts = [.. Enumerable.Range(0, 50).Select(i => hasMissing && i % 3 == 1 ? null : new string('ä', i % 7))];
        Array.ForEach(texts, t => builder.Append(t));
        int[] rows = [.. Enumerable.Range(0, 50).Where(i => i % 4 != 0)];

        StringColumn chosen = Assert.IsType<StringColumn>(ColumnCopy.Select(builder.Build(), rows));

        Assert.Equal(rows.Select(r => texts[r]), Enumerable.Range(0, chosen.Length).Select(chosen.GetString));
        Assert.Equal(ColumnType.String, chosen.Type);
        Assert.Equal(rows.Length + 1, chosen.Offsets.Length);
        Assert.Equal(chosen.ByteMemory.Length, chosen.Offsets[^1]);
    }

    [Fact]
    public void All_rows_are_the_column_itself_and_none_an_empty_one()
    {
        StringColumnBuilder builder = new();
        builder.Append("a");
        builder.AppendNull();
        Column column = builder.Build();

        Assert.Same(column, ColumnCopy.Select(column, [0, 1]));
        Assert.Equal(0, ColumnCopy.Select(column, []).Length);
    }
}
