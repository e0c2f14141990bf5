using DataBuild.Formats.Jsonl;
using DataBuild.Formats.Parquet;

namespace DataBuild.Engine.Packaging;

/// <summary>Writes the published rows in one of the output formats.</summary>
internal abstract class TableWriter : IDisposable
{
    /// <summary>The formats, by the value of <c>DataBuildOutputFormat</c>.</summary>
    public static readonly IReadOnlyList<string> Formats = ["parquet", "jsonl", "jsonl.zst", "jsonl.gz"];

    /// <summary>Row groups in memory at most, whatever the number of threads.</summary>
    private const int MostGroups = 4;

    /// <summary>Starts a file.</summary>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="stream">Where it goes; left open.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="threads">Most threads to use; never changes what is written.</param>
    public static TableWriter Create(string format, Stream stream, IReadOnlyList<PublishedColumn> columns, int threads)
    {
        ColumnSchema[] schema = [.. columns.Select(c => new ColumnSchema(c.Name, c.Type, c.Description))];
        return format switch
        {
            "parquet" => new ParquetTable(stream, schema, Math.Min(threads, MostGroups)),
            "jsonl" => new JsonlTable(stream, schema, JsonlCompression.None),
            "jsonl.gz" => new JsonlTable(stream, schema, JsonlCompression.Gzip),
            "jsonl.zst" => new JsonlTable(stream, schema, JsonlCompression.Zstd),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "unknown output format"),
        };
    }

    /// <summary>Writes all rows of a batch.</summary>
    /// <param name="columns">A column for each of the schema; they are valid until their owner is disposed.</param>
    /// <param name="owner">Disposed when the columns have been written, which may be later and on another thread.</param>
    public abstract void Write(Column[] columns, IDisposable owner);

    /// <summary>Completes the file.</summary>
    public abstract void Complete();

    public abstract void Dispose();

    private sealed class ParquetTable(Stream stream, ColumnSchema[] schema, int threads) : TableWriter
    {
        private readonly ParallelParquetWriter _writer = new(stream, schema, threads);

        public override void Complete() => _writer.Complete();

        public override void Dispose() => _writer.Dispose();

        public override void Write(Column[] columns, IDisposable owner) => _writer.Write(columns, owner);
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

        public override void Write(Column[] columns, IDisposable owner)
        {
            using (owner)
            {
                _writer.Write(schema, columns);
            }
        }
    }
}
