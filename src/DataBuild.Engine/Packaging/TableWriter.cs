using DataBuild.Formats.Jsonl;
using DataBuild.Formats.Parquet;

namespace DataBuild.Engine.Packaging;

/// <summary>Writes the published rows in one of the output formats.</summary>
internal abstract class TableWriter : IDisposable
{
    /// <summary>The formats, by the value of <c>DataBuildOutputFormat</c>.</summary>
    public static readonly IReadOnlyList<string> Formats = ["parquet", "jsonl", "jsonl.zst", "jsonl.gz"];

    public static TableWriter Create(string format, Stream stream, IReadOnlyList<PublishedColumn> columns)
    {
        ColumnSchema[] schema = [.. columns.Select(c => new ColumnSchema(c.Name, c.Type, c.Description))];
        return format switch
        {
            "parquet" => new ParquetTable(stream, schema),
            "jsonl" => new JsonlTable(stream, schema, JsonlCompression.None),
            "jsonl.gz" => new JsonlTable(stream, schema, JsonlCompression.Gzip),
            "jsonl.zst" => new JsonlTable(stream, schema, JsonlCompression.Zstd),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "unknown output format"),
        };
    }

    /// <summary>Writes all rows of a batch, a column for each of the schema.</summary>
    public abstract void Write(ReadOnlySpan<Column> columns);

    /// <summary>Completes the file.</summary>
    public abstract void Complete();

    public abstract void Dispose();

    private sealed class ParquetTable(Stream stream, ColumnSchema[] schema) : TableWriter
    {
        private readonly ParquetTableWriter _writer = new(stream, schema);

        public override void Complete() => _writer.Complete();

        public override void Dispose() => _writer.Dispose();

        public override void Write(ReadOnlySpan<Column> columns) => _writer.Write(columns);
    }

    private sealed class JsonlTable(Stream stream, ColumnSchema[] schema, JsonlCompression compression) : TableWriter
    {
        private readonly JsonlWriter _writer = new(stream, compression);
        private bool _completed;

        // Disposing the writer writes what is buffered and the end of the compressed stream: once, while the stream is open.
        public override void Complete()
        {
            _completed = true;
            _writer.Dispose();
        }

        public override void Dispose()
        {
            if (!_completed)
            {
                Complete();
            }
        }

        public override void Write(ReadOnlySpan<Column> columns) => _writer.Write(schema, columns);
    }
}
