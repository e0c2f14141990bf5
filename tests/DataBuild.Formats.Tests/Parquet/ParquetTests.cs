using DataBuild.Formats.Parquet;
using ParquetSharp;

namespace DataBuild.Formats.Tests.Parquet;

public class ParquetTests
{
    private static readonly ColumnSchema[] Schema =
    [
        new("id", ColumnType.String), new("text", ColumnType.String), new("flag", ColumnType.Boolean), new("count", ColumnType.Int32), new("size", ColumnType.Int64),
        new("digest", ColumnType.UInt64), new("score", ColumnType.Single), new("exact", ColumnType.Double), new("bytes", ColumnType.Binary),
        new("tokens", ColumnType.Int32List), new("signature", ColumnType.UInt64List), new("vector", ColumnType.SingleList),
    ];

    [Fact]
    public void Every_type_of_column_comes_back_as_it_was_written()
    {
        byte[] file = Write(Columns(0, 1000), Columns(1000, 700));

        using var reader = new ParquetFileReader(new ParquetSharp.IO.ManagedRandomAccessFile(new MemoryStream(file)));
        Assert.Equal(1700, reader.FileMetaData.NumRows);
        Assert.Equal("DataBuild version 1.0.0", reader.FileMetaData.CreatedBy);
        Assert.Equal("value", reader.FileMetaData.KeyValueMetadata["key"]);
        using RowGroupReader group = reader.RowGroup(0);
        Assert.Equal(Enumerable.Range(0, 1700).Select(Text), Values<string?>(group, 1));
        Assert.Equal(Enumerable.Range(0, 1700).Select(i => i % 7 == 0 ? null : (int?)i), Values<int?>(group, 3));
        Assert.Equal(Enumerable.Range(0, 1700).Select(i => (bool?)(i % 2 == 0)), Values<bool?>(group, 2));
        Assert.Equal(Enumerable.Range(0, 1700).Select(i => (ulong?)(ulong.MaxValue - (ulong)i)), Values<ulong?>(group, 5));
        Assert.Equal(Enumerable.Range(0, 1700).Select(i => (float?)(i / 4f)), Values<float?>(group, 6));
        Assert.Equal(Enumerable.Range(0, 1700).Select(i => new byte[] { (byte)i, 0xFF }), Values<byte[]?>(group, 8));
        Assert.Equal(Enumerable.Range(0, 1700).Select(i => i % 5 == 4 ? null : Enumerable.Range(i, i % 5).ToArray()), Values<int[]?>(group, 9));
        Assert.Equal(Enumerable.Range(0, 1700).Select(i => new[] { (ulong)i, ulong.MaxValue }), Values<ulong[]?>(group, 10));
        Assert.Equal(Enumerable.Range(0, 1700).Select(i => new[] { i * 0.5f }), Values<float[]?>(group, 11));
        using ColumnChunkMetaData text = group.MetaData.GetColumnChunkMetaData(1);
        Assert.Equal(ParquetSharp.Compression.Zstd, text.Compression);
        using ColumnChunkMetaData count = group.MetaData.GetColumnChunkMetaData(3);
        Assert.True(count.Statistics!.HasMinMax);
    }

    [Fact]
    public void Equal_tables_make_equal_bytes()
    {
        Assert.Equal(Write(Columns(0, 500)), Write(Columns(0, 500)));
    }

    [Fact]
    public void Row_groups_are_cut_by_size()
    {
        var stream = new MemoryStream();
        using (var writer = new ParquetTableWriter(stream, Schema, rowGroupBytes: 20_000))
        {
            writer.Write(Columns(0, 2000));
            Assert.Equal(2000, writer.Rows);
        }

        using var reader = new ParquetFileReader(new ParquetSharp.IO.ManagedRandomAccessFile(new MemoryStream(stream.ToArray())));
        Assert.True(reader.FileMetaData.NumRowGroups > 2);
        Assert.Equal(2000, reader.FileMetaData.NumRows);
    }

    [Fact]
    public void A_column_of_another_type_or_length_is_refused()
    {
        using var writer = new ParquetTableWriter(new MemoryStream(), [new("id", ColumnType.String), new("n", ColumnType.Int32)]);
        Column[] columns = Columns(0, 3);

        Assert.Contains("'n'", Assert.Throws<ArgumentException>(() => writer.Write(columns[0], columns[1])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => writer.Write(columns[0]));
        Assert.Throws<ArgumentException>(() => writer.Write(columns[0], Columns(0, 4)[3]));
    }

    [Fact]
    public void A_written_table_is_a_crawl_input()
    {
        CrawlSamples.Reading reading = CrawlSamples.Read("table.dat", Write(Columns(0, 300)));

        Assert.Equal("parquet", reading.Format);
        Assert.Equal(300, reading.Documents.Count);
        Assert.Equal([.. Enumerable.Range(0, 300).Select(Text)], reading.Documents.Select(d => d.Text));
        Assert.Equal("id 7", reading.Documents[7].Id);
        Assert.Equal(DropReasons.Empty, reading.Documents[11].Reason);
        Assert.Equal(CrawlDiagnostics.TextMissing, reading.Defects[0].Code);
    }

    [Fact]
    public void A_table_without_the_text_column_names_those_it_has()
    {
        var error = Assert.Throws<CrawlFormatException>(() => CrawlSamples.Read("table.parquet", Write(Columns(0, 3)), new CrawlReaderOptions { TextField = "content" }));

        Assert.Equal(CrawlDiagnostics.TextColumn, error.Code);
        Assert.Contains("text", error.Found, StringComparison.Ordinal);
        Assert.Equal(CrawlDiagnostics.TextColumn, Assert.Throws<CrawlFormatException>(() => CrawlSamples.Read("table.parquet", Write(Columns(0, 3)), new CrawlReaderOptions { TextField = "count" })).Code);
    }

    private static string? Text(int i) => i % 11 == 0 && i > 0 ? null : $"text {i} äöü";

    private static T[] Values<T>(RowGroupReader group, int column)
    {
        using ColumnReader reader = group.Column(column);
        using LogicalColumnReader<T> values = reader.LogicalReader<T>();
        return values.ReadAll((int)group.MetaData.NumRows);
    }

    private static byte[] Write(params Column[][] batches)
    {
        var stream = new MemoryStream();
        using (var writer = new ParquetTableWriter(stream, Schema, new Dictionary<string, string> { ["key"] = "value", ["another"] = "x" }))
        {
            foreach (Column[] batch in batches)
            {
                writer.Write(batch);
            }
        }

        return stream.ToArray();
    }

    private static Column[] Columns(int from, int count)
    {
        ColumnBuilder[] builders = [.. Schema.Select(c => ColumnTypes.CreateBuilder(c.Type))];
        for (int i = from; i < from + count; i++)
        {
            ((StringColumnBuilder)builders[0]).Append($"id {i}");
            ((StringColumnBuilder)builders[1]).Append(Text(i));
            ((ValueColumnBuilder<bool>)builders[2]).Append(i % 2 == 0);
            ((ValueColumnBuilder<int>)builders[3]).Append(i % 7 == 0 ? null : i);
            ((ValueColumnBuilder<long>)builders[4]).Append((long)i << 33);
            ((ValueColumnBuilder<ulong>)builders[5]).Append(ulong.MaxValue - (ulong)i);
            ((ValueColumnBuilder<float>)builders[6]).Append(i / 4f);
            ((ValueColumnBuilder<double>)builders[7]).Append(i / 3.0);
            ((StringColumnBuilder)builders[8]).Append([(byte)i, 0xFF]);
            if (i % 5 == 4)
            {
                builders[9].AppendNull();
            }
            else
            {
                ((ListColumnBuilder<int>)builders[9]).Append(Enumerable.Range(i, i % 5).ToArray());
            }

            ((ListColumnBuilder<ulong>)builders[10]).Append([(ulong)i, ulong.MaxValue]);
            ((ListColumnBuilder<float>)builders[11]).Append([i * 0.5f]);
        }

        return [.. builders.Select(b => b.Build())];
    }
}
