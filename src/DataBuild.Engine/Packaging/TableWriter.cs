namespace DataBuild.Engine.Packaging;

/// <summary>Writes the published rows in one of the output formats.</summary>
internal abstract class TableWriter : IDisposable
{
    /// <summary>The formats, by the value of <c>DataBuildOutputFormat</c>.</summary>
    public static readonly IReadOnlyList<string> Formats = ["parquet", "jsonl", "jsonl.zst", "jsonl.gz"];

    public static TableWriter Create(string format, Stream stream, IReadOnlyList<PublishedColumn> columns) => format switch
    {
        _ => new JsonlTable(stream, columns),
    };

    /// <summary>Writes the chosen rows of a batch.</summary>
    public abstract void Write(IReadOnlyList<Column> columns, ReadOnlySpan<int> rows);

    public abstract void Dispose();

    private sealed class JsonlTable(Stream stream, IReadOnlyList<PublishedColumn> columns) : TableWriter
    {
        public override void Write(IReadOnlyList<Column> batch, ReadOnlySpan<int> rows)
        {
            foreach (int row in rows)
            {
                using (System.Text.Json.Utf8JsonWriter writer = new(stream))
                {
                    writer.WriteStartObject();
                    for (int i = 0; i < columns.Count; i++)
                    {
                        writer.WriteString(columns[i].Name, batch[i].Format(row));
                    }

                    writer.WriteEndObject();
                }

                stream.WriteByte((byte)'\n');
            }
        }

        public override void Dispose()
        {
        }
    }
}
