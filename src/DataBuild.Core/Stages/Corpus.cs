namespace DataBuild;

/// <summary>All documents of a dataset as a corpus stage's merge sees them: columns read in order, as often as needed, in bounded memory.</summary>
public abstract class Corpus
{
    /// <summary>Number of shards.</summary>
    public abstract int ShardCount { get; }

    /// <summary>Number of rows over all shards, kept or not.</summary>
    public abstract long RowCount { get; }

    /// <summary>Number of rows of a shard.</summary>
    public abstract long RowsOf(int shard);

    /// <summary>
    /// The batches of all shards, in shard order and row order, with the columns asked for (the stage's figures and its merge columns).
    /// A batch is valid until the next one is taken.
    /// </summary>
    public abstract IEnumerable<CorpusBatch> Read(params IReadOnlyList<string> columns);
}

/// <summary>Consecutive rows of one shard.</summary>
/// <param name="Shard">Index of the shard.</param>
/// <param name="FirstRow">Ordinal of the first row over the whole corpus.</param>
/// <param name="Documents">The columns.</param>
/// <param name="Alive">For each row: true when every earlier stage kept the document and it was measured.</param>
public readonly record struct CorpusBatch(int Shard, long FirstRow, DocumentBatch Documents, ReadOnlyMemory<bool> Alive)
{
    /// <summary>Number of rows.</summary>
    public int Count => Documents.Count;
}

/// <summary>Receives outcome columns; implemented by the engine.</summary>
public interface IOutcomeSink
{
    /// <summary>Builders of the outcome's columns for the current batch.</summary>
    ReadOnlySpan<ColumnBuilder> Builders { get; }

    /// <summary>Called after every row; the sink cuts batches and shards.</summary>
    void RowAppended();
}

/// <summary>Takes the outcome of every row of the corpus, in corpus order.</summary>
/// <typeparam name="TOutcome">Type of an outcome.</typeparam>
public sealed class OutcomeWriter<TOutcome> where TOutcome : struct, IFigures<TOutcome>
{
    private readonly IOutcomeSink _sink;
    private readonly long _rows;
    private long _written;

    /// <summary>Creates a writer for the rows of a corpus.</summary>
    public OutcomeWriter(Corpus corpus, IOutcomeSink sink)
    {
        _sink = sink;
        _rows = corpus.RowCount;
    }

    /// <summary>The outcome of the next row; default for rows that are not alive.</summary>
    /// <exception cref="StageException">DB3060: more outcomes than rows.</exception>
    public void Append(in TOutcome outcome)
    {
        if (_written++ >= _rows)
        {
            throw new StageException("DB3060", $"the merge gave more outcomes than the {_rows} rows of the corpus");
        }

        TOutcome.Append(in outcome, _sink.Builders);
        _sink.RowAppended();
    }

    internal void Complete()
    {
        if (_written != _rows)
        {
            throw new StageException("DB3060", $"the merge gave {_written} outcomes for {_rows} rows");
        }
    }
}
