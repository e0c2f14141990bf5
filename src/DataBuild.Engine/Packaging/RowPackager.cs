using System.Text;
using DataBuild.Engine.Columns;
using DataBuild.Engine.Execution;

namespace DataBuild.Engine.Packaging;

/// <summary>
/// Writes the rows of the kept documents, in order of the shards, to files of the output format. Rows are chosen on pool threads while the files are encoded, of Parquet several row groups at a time.
/// </summary>
internal sealed class RowPackager(DatasetBuild build, IReadOnlyList<PublishedColumn> columns, PublishedFacts facts, StageTally progress, CancellationToken cancellation)
{
    /// <summary>Folder of the rows in a dataset.</summary>
    public const string Folder = "data/";

    /// <summary>Text bytes after which the next file of rows begins.</summary>
    private const long TextBytesPerFile = 512L << 20;

    private readonly string _format = build.Plan.File.OutputFormat;
    private readonly List<long> _rows = [];
    private TableWriter? _writer;
    private Stream? _stream;
    private long _fileBytes;

    /// <summary>Writes all files.</summary>
    /// <returns>Their entries, in order.</returns>
    public IEnumerable<ManifestFile> Write(OutputFolder folder)
    {
        try
        {
            foreach (Shard shard in build.Shards)
            {
                using BatchReader reader = new(build.Store, shard.Find(PublishedColumns.StoredOf(columns).Append(Shard.AliveColumn).Concat(facts.Columns)));
                OrderedPipeline.Run(
                    Enumerable.Range(0, shard.BatchRows.Count).Select(reader.Read),
                    loaded => Choose(loaded, shard),
                    chosen => Write(folder, chosen),
                    build.Context.Slots, build.Context.PipelineDepth, cancellation);
            }

            // A dataset that keeps nothing still is a table with columns.
            if (_writer is null)
            {
                StartFile(folder);
            }

            FinishFile();
        }
        finally
        {
            _writer?.Dispose();
            _stream?.Dispose();
        }

        // The number of files, which their names state, is known only now.
        return [.. _rows.Select((rows, i) =>
        {
            string name = $"{Folder}train-{i:D5}-of-{_rows.Count:D5}.{_format}";
            folder.Rename(PartName(i), name);
            return folder.Entry(name, rows);
        })];
    }

    private static string PartName(int part) => $"{Folder}part-{part:D5}";

    private Chosen Choose(LoadedBatch loaded, Shard shard)
    {
        DocumentBatch batch = loaded.Documents;
        ValueColumn<bool> alive = (ValueColumn<bool>)batch[Shard.AliveColumn];
        int[] rows = [.. Enumerable.Range(0, batch.Count).Where(r => alive[r])];
        if (rows.Length == 0)
        {
            loaded.Dispose();
            return new Chosen(loaded, [], 0, 0);
        }

        Column[] published =
        [
            .. columns.Select(c => c.Source == PublishedColumns.SourceColumn
                ? Constant(shard.Name, batch.Count)
                : batch.Find(c.Source) ?? ColumnCopy.Empty(c.Type, batch.Count)),
        ];
        long textBytes = facts.Count(shard.Index, batch, published, rows);
        Chosen chosen = new(loaded, [.. published.Select(c => ColumnCopy.Select(c, rows))], rows.Length, textBytes);
        if (rows.Length < batch.Count)
        {
            // They are copies: what they were copied from is not kept in memory until they are encoded.
            loaded.Dispose();
        }

        return chosen;
    }

    private void Write(OutputFolder folder, Chosen chosen)
    {
        int documents = chosen.Loaded.Documents.Count;
        if (chosen.Rows > 0)
        {
            if (_writer is null || _fileBytes >= TextBytesPerFile)
            {
                FinishFile();
                StartFile(folder);
            }

            _writer!.Write(chosen.Columns, chosen.Loaded);
            _rows[^1] += chosen.Rows;
            _fileBytes += chosen.TextBytes;
        }

        progress.Advance(documents);
        progress.Measured(chosen.Rows, 0, 0);
    }

    private void StartFile(OutputFolder folder)
    {
        _stream = folder.Create(PartName(_rows.Count));
        _writer = TableWriter.Create(_format, _stream, columns, build.Threads);
        _rows.Add(0);
        _fileBytes = 0;
    }

    private void FinishFile()
    {
        _writer?.Complete();
        _writer?.Dispose();
        _stream?.Dispose();
        _writer = null;
        _stream = null;
    }

    private static Column Constant(string value, int rows)
    {
        StringColumnBuilder builder = new();
        byte[] utf8 = Encoding.UTF8.GetBytes(value);
        for (int i = 0; i < rows; i++)
        {
            builder.Append(utf8.AsSpan());
        }

        return builder.Build();
    }

    /// <summary>The rows of a batch that are published, one column for each of the file; where they are all of its rows, they lie in its memory.</summary>
    private sealed record Chosen(LoadedBatch Loaded, Column[] Columns, int Rows, long TextBytes);
}
