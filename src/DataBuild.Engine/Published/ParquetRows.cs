using System.Globalization;
using ParquetSharp;

namespace DataBuild.Engine.Published;

/// <summary>Reads chosen columns of Parquet files as text, batch by batch.</summary>
internal static class ParquetRows
{
    private const int BatchRows = 256;

    /// <summary>The rows of a file, one array of values each, in the order of the columns; columns that the file lacks have no values.</summary>
    public static IEnumerable<string?[]> Read(string path, IReadOnlyList<string> columns)
    {
        using ParquetFileReader file = new(path);
        int[] ordinals = [.. columns.Select(c => OrdinalOf(file, c))];
        for (int group = 0; group < file.FileMetaData.NumRowGroups; group++)
        {
            using RowGroupReader reader = file.RowGroup(group);
            LogicalColumnReader?[] readers = [.. ordinals.Select(o => o < 0 ? null : reader.Column(o).LogicalReader())];
            try
            {
                Func<int, string?[]>?[] sources = [.. readers.Select(r => r?.Apply(new TextReading()))];
                for (long left = reader.MetaData.NumRows; left > 0; left -= BatchRows)
                {
                    int rows = (int)Math.Min(left, BatchRows);
                    string?[]?[] batch = [.. sources.Select(s => s?.Invoke(rows))];
                    for (int row = 0; row < rows; row++)
                    {
                        string?[] values = new string?[columns.Count];
                        for (int column = 0; column < values.Length; column++)
                        {
                            values[column] = batch[column]?[row];
                        }

                        yield return values;
                    }
                }
            }
            finally
            {
                foreach (LogicalColumnReader? open in readers)
                {
                    open?.Dispose();
                }
            }
        }
    }

    private static int OrdinalOf(ParquetFileReader file, string column)
    {
        for (int i = 0; i < file.FileMetaData.NumColumns; i++)
        {
            if (file.FileMetaData.Schema.Column(i).Path.ToDotVector()[0] == column)
            {
                return i;
            }
        }

        return -1;
    }

    private static string? Text(object? value) => value switch
    {
        null => null,
        string text => text,
        byte[] bytes => Convert.ToHexStringLower(bytes),
        bool flag => flag ? "true" : "false",
        Array list => $"[{string.Join(',', list.Cast<object?>().Select(Text))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private sealed class TextReading : ILogicalColumnReaderVisitor<Func<int, string?[]>>
    {
        public Func<int, string?[]> OnLogicalColumnReader<TValue>(LogicalColumnReader<TValue> columnReader)
        {
            TValue[] values = new TValue[BatchRows];
            return rows =>
            {
                for (int read = 0; read < rows;)
                {
                    int more = columnReader.ReadBatch(values, read, rows - read);
                    read += more > 0 ? more : throw new InvalidDataException($"a column ends after {read} of {rows} rows");
                }

                string?[] texts = new string?[rows];
                for (int i = 0; i < rows; i++)
                {
                    texts[i] = Text(values[i]);
                }

                return texts;
            };
        }
    }
}
