using System.Runtime.InteropServices;
using DataBuild.Formats;

namespace DataBuild.Stages.Deduplicate;

/// <summary>
/// A corpus with the documents of other datasets behind it. They are measured when the merge starts, their figures wait in a scratch file, and they come
/// before all others in priority: a document that is like one of them goes. They have rows from <see cref="OwnRows"/> on and get no outcome.
/// </summary>
internal sealed class CorpusAgainst : Corpus, IDisposable
{
    private const int BatchRows = 1024;
    private readonly Corpus _own;
    private readonly List<(long Offset, int Rows)> _batches = [];
    private readonly IReadOnlyList<ColumnSchema> _schemas;
    private readonly FileStream? _file;
    private readonly string _path;
    private long _referenceRows;

    private CorpusAgainst(Corpus own, IReadOnlyList<ColumnSchema> schemas, string scratchDirectory, bool hasFiles)
    {
        _own = own;
        _schemas = schemas;
        _path = Path.Combine(scratchDirectory, "against.columns");
        _file = hasFiles ? new FileStream(_path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16) : null;
    }

    /// <summary>Rows of the dataset itself; those from here on are references.</summary>
    public long OwnRows => _own.RowCount;

    /// <inheritdoc />
    public override int ShardCount => _own.ShardCount + (_referenceRows > 0 ? 1 : 0);

    /// <inheritdoc />
    public override long RowCount => _own.RowCount + _referenceRows;

    /// <summary>Puts the documents of files behind a corpus.</summary>
    /// <param name="own">The corpus.</param>
    /// <param name="stage">The stage, to measure them with.</param>
    /// <param name="figures">The stage's figure columns.</param>
    /// <param name="files">JSON Lines or Parquet with <c>id</c>, <c>url</c> and <c>text</c>, as datasets are published.</param>
    /// <param name="context">Scratch folder and cancellation.</param>
    /// <exception cref="StageException">DB4110: a file cannot be read.</exception>
    public static CorpusAgainst Create(Corpus own, IRowStage stage, IReadOnlyList<ColumnSchema> figures, IReadOnlyList<InputFile> files, StageContext context)
    {
        ColumnSchema[] schemas = [.. figures.Select(c => c.ForStage(((Stage)stage).Name)), new("id", ColumnType.String)];
        CorpusAgainst corpus = new(own, schemas, context.ScratchDirectory, files.Count > 0);
        try
        {
            ColumnBuilder[] builders = [.. schemas.Select(s => ColumnTypes.CreateBuilder(s.Type))];
            foreach (InputFile file in files.OrderBy(f => f.Value, StringComparer.Ordinal))
            {
                corpus.Add(file.PathOrName, stage, builders, context);
            }

            corpus.WriteBatch(builders);
            return corpus;
        }
        catch
        {
            corpus.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public override long RowsOf(int shard) => shard < _own.ShardCount ? _own.RowsOf(shard) : _referenceRows;

    /// <inheritdoc />
    public override IEnumerable<CorpusBatch> Read(params IReadOnlyList<string> columns)
    {
        foreach (CorpusBatch batch in _own.Read(columns))
        {
            yield return batch;
        }

        long first = OwnRows;
        foreach ((long offset, int rows) in _batches)
        {
            bool[] alive = new bool[rows];
            Array.Fill(alive, true);
            yield return new CorpusBatch(_own.ShardCount, first, new DocumentBatch(rows, ReadBatch(offset, rows, columns)), alive);
            first += rows;
        }
    }

    /// <summary>Removes the scratch file.</summary>
    public void Dispose()
    {
        _file?.Dispose();
        if (_file is not null)
        {
            File.Delete(_path);
        }
    }

    private void Add(string path, IRowStage stage, ColumnBuilder[] builders, StageContext context)
    {
        if (path.EndsWith("proj", StringComparison.Ordinal))
        {
            throw new StageException("DB4110", $"Against names the project '{path}', which is no dataset that has been built; expected a dataset project that this one references, or files of rows", path);
        }

        try
        {
            using CrawlReader reader = CrawlReader.Open(path);
            while (reader.TryRead(out RawDocument? raw))
            {
                using RawDocument document = raw;
                context.Cancellation.ThrowIfCancellationRequested();
                if (document.DropReason is not null || document.Text is not { } text)
                {
                    continue;
                }

                stage.MeasureInto(Document.Create(text, document.Url, document.Id), builders.AsSpan(..^1));
                ((StringColumnBuilder)builders[^1]).Append(document.Id);
                if (builders[^1].Length == BatchRows)
                {
                    WriteBatch(builders);
                }
            }
        }
        catch (CrawlFormatException error)
        {
            throw new StageException("DB4110", $"Against names '{path}', which cannot be read: {error.Message}", path, error);
        }
    }

    private void WriteBatch(ColumnBuilder[] builders)
    {
        int rows = builders[^1].Length;
        if (rows == 0)
        {
            return;
        }

        _batches.Add((_file!.Seek(0, SeekOrigin.End), rows));
        _referenceRows += rows;
        foreach (ColumnBuilder builder in builders)
        {
            Column column = builder.Build();
            Write(column.Validity);
            switch (column)
            {
                case ListColumn<ulong> list:
                    Write(list.OffsetMemory.Span);
                    Write(list.ValueMemory.Span);
                    break;
                case StringColumn text:
                    Write(text.OffsetMemory.Span);
                    Write(text.ByteMemory.Span);
                    break;
                case ValueColumn<ulong> values:
                    Write(values.ValueMemory.Span);
                    break;
                case ValueColumn<int> values:
                    Write(values.ValueMemory.Span);
                    break;
                default:
                    throw new NotSupportedException($"figures of type {column.Type} of documents of other datasets");
            }
        }
    }

    private Dictionary<string, Column> ReadBatch(long offset, int rows, IReadOnlyList<string> columns)
    {
        _file!.Position = offset;
        Dictionary<string, Column> found = new(StringComparer.Ordinal);
        foreach (ColumnSchema schema in _schemas)
        {
            byte[] validity = ReadBlock();
            Column column = schema.Type switch
            {
                ColumnType.UInt64List => new ListColumn<ulong>(rows, ReadBlock(), ReadBlock(), validity),
                ColumnType.String => new StringColumn(rows, ReadBlock(), ReadBlock(), validity),
                ColumnType.UInt64 => new ValueColumn<ulong>(rows, ReadBlock(), validity),
                _ => new ValueColumn<int>(rows, ReadBlock(), validity),
            };
            if (columns.Contains(schema.Name, StringComparer.Ordinal))
            {
                found.Add(schema.Name, column);
            }
        }

        return found;
    }

    private void Write(ReadOnlySpan<byte> block)
    {
        int length = block.Length;
        _file!.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in length)));
        _file.Write(block);
    }

    private byte[] ReadBlock()
    {
        int length = 0;
        _file!.ReadExactly(MemoryMarshal.AsBytes(new Span<int>(ref length)));
        byte[] block = new byte[length];
        _file.ReadExactly(block);
        return block;
    }
}
