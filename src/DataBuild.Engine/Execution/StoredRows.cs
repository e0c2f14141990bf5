using System.IO.Hashing;
using System.Runtime.InteropServices;
using DataBuild.Engine.Columns;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution;

/// <summary>
/// The figures that a stage measured on a shard the last time, found by the text: whatever changed around it, a text is measured once. Only hashes are held
/// in memory; figures are read from the store, a few batches at a time, mostly in the order in which they are asked for.
/// </summary>
internal sealed class StoredRows : IDisposable
{
    /// <summary>End of the name of the column that holds the hashes of texts.</summary>
    public const string HashSuffix = ".textHash";

    /// <summary>Bytes of a hash.</summary>
    public const int HashBytes = 16;

    private const int LoadedBatches = 8;

    private readonly Lock _lock = new();
    private readonly PlannedStage _stage;
    private readonly BatchReader _reader;
    private readonly Dictionary<UInt128, (int Batch, int Row)> _rows = [];
    private readonly LinkedList<LoadedBatch> _loaded = [];

    private StoredRows(PlannedStage stage, BatchReader reader)
    {
        _stage = stage;
        _reader = reader;
    }

    /// <summary>True for a stage whose figures are kept by text.</summary>
    public static bool AreKeptFor(PlannedStage stage) =>
        stage.Stage.InputColumns is ["text"] && stage.Stage switch
        {
            IBatchStage batch => batch.ReuseByText,
            IRowStage row => row.ReuseByText,
            _ => false,
        };

    /// <summary>The column of hashes.</summary>
    public static ColumnSchema HashColumn(PlannedStage stage) => new(stage.Name + HashSuffix, ColumnType.Binary);

    /// <summary>The hash of a text.</summary>
    public static void Hash(ReadOnlySpan<byte> text, Span<byte> hash) => XxHash128.Hash(text, hash);

    /// <summary>The figures of the last time; null when there are none.</summary>
    public static StoredRows? Find(BuildContext context, Shard shard, PlannedStage stage)
    {
        ContentStore store = context.Store;
        if (store.TryGetRecord(KeyOf(context, shard, stage)) is not { } record)
        {
            return null;
        }

        Dictionary<string, ColumnLocation> columns = record.Files
            .SelectMany(f => f.Columns.Select((c, i) => KeyValuePair.Create(c.Name, new ColumnLocation(f, i))))
            .ToDictionary(StringComparer.Ordinal);
        string hashColumn = stage.Name + HashSuffix;
        StoredRows? rows = null;
        try
        {
            rows = new StoredRows(stage, new BatchReader(store, stage.FigureColumns.Select(c => KeyValuePair.Create(c.Name, columns[c.Name]))));
            using BatchReader hashes = new(store, [KeyValuePair.Create(hashColumn, columns[hashColumn])]);
            for (int batch = 0; batch < record.BatchRows.Count; batch++)
            {
                using LoadedBatch loaded = hashes.Read(batch);
                rows.Index(batch, (StringColumn)loaded.Documents[hashColumn]);
            }

            return rows;
        }
        catch (StoreCorruptException)
        {
            // A damaged shortcut is no shortcut: the rows are measured again.
            rows?.Dispose();
            return null;
        }
    }

    /// <summary>
    /// Keeps what a stage has measured on a shard for the next time. To be called only when something was measured: fewer kept documents are no reason to
    /// forget the figures of the others.
    /// </summary>
    public static void Keep(BuildContext context, Shard shard, PlannedStage stage, IReadOnlyList<StoredFile> files) =>
        context.Store.PutRecord(KeyOf(context, shard, stage), new ActionRecord { Files = files, BatchRows = shard.BatchRows });

    /// <summary>True when the figures of a text are known.</summary>
    public bool Contains(ReadOnlySpan<byte> text) => TryFind(text, out _);

    /// <summary>Appends the figures of a text to builders, one a figure column, where they are known.</summary>
    /// <exception cref="StoreCorruptException">The stored figures are damaged; the build goes on without them when it tries again.</exception>
    public bool TryAppend(ReadOnlySpan<byte> text, ReadOnlySpan<ColumnBuilder> builders)
    {
        if (!TryFind(text, out (int Batch, int Row) place))
        {
            return false;
        }

        lock (_lock)
        {
            DocumentBatch batch = Load(place.Batch);
            for (int i = 0; i < builders.Length; i++)
            {
                ColumnCopy.AppendRow(builders[i], batch[_stage.FigureColumns[i].Name], place.Row);
            }
        }

        return true;
    }

    public void Dispose()
    {
        foreach (LoadedBatch batch in _loaded)
        {
            batch.Dispose();
        }

        _reader.Dispose();
    }

    private bool TryFind(ReadOnlySpan<byte> text, out (int Batch, int Row) place)
    {
        Span<byte> hash = stackalloc byte[HashBytes];
        Hash(text, hash);
        return _rows.TryGetValue(MemoryMarshal.Read<UInt128>(hash), out place);
    }

    private void Index(int batch, StringColumn hashes)
    {
        for (int row = 0; row < hashes.Length; row++)
        {
            if (!hashes.IsNull(row))
            {
                _rows.TryAdd(MemoryMarshal.Read<UInt128>(hashes[row]), (batch, row));
            }
        }
    }

    private DocumentBatch Load(int batch)
    {
        for (LinkedListNode<LoadedBatch>? node = _loaded.First; node is not null; node = node.Next)
        {
            if (node.Value.Index == batch)
            {
                return node.Value.Documents;
            }
        }

        if (_loaded.Count == LoadedBatches)
        {
            _loaded.First!.Value.Dispose();
            _loaded.RemoveFirst();
        }

        return _loaded.AddLast(_reader.Read(batch)).Value.Documents;
    }

    private static string KeyOf(BuildContext context, Shard shard, PlannedStage stage)
    {
        ActionKey key = new ActionKey("rows")
            .Add("stage", stage.Descriptor.Name).Add("code", stage.CodeVersion).Add("name", stage.Name)
            .Add("options", stage.MeasureOptions).Add("shard", shard.Name);
        context.AddMadeInputs(key, stage);
        return key.ToHex();
    }
}
