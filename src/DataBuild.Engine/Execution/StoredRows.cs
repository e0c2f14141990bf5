using System.IO.Hashing;
using System.Runtime.InteropServices;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution;

/// <summary>
/// The figures that a stage has measured before, found by the text: those of the shard's last measure, which are there also after a build that was killed, and those
/// of all shards from the catalogue. Whatever changed around it, and wherever it has moved to, a text is measured once. Only hashes of the shard are held in memory;
/// figures are read from the store, a few batches at a time, mostly in the order in which they are asked for.
/// </summary>
internal sealed class StoredRows : IDisposable
{
    /// <summary>End of the name of the column that holds the hashes of texts.</summary>
    public const string HashSuffix = ".textHash";

    /// <summary>Bytes of a hash.</summary>
    public const int HashBytes = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, (int Batch, int Row)> _rows = [];
    private readonly RowPart? _own;
    private readonly RowCatalog? _catalog;

    private StoredRows(RowPart? own, RowCatalog? catalog)
    {
        _own = own;
        _catalog = catalog;
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
    public static UInt128 Hash(ReadOnlySpan<byte> text) => XxHash128.HashToUInt128(text);

    /// <summary>The hash as a value of the column of hashes.</summary>
    public static UInt128 ReadHash(ReadOnlySpan<byte> value) => MemoryMarshal.Read<UInt128>(value);

    /// <summary>The figures of earlier measures; null when there are none.</summary>
    public static StoredRows? Find(BuildContext context, Shard shard, PlannedStage stage)
    {
        ContentStore store = context.Store;
        RowCatalog? catalog = context.CatalogOf(stage);
        ActionRecord? last = store.TryGetRecord(KeyOf(context, shard, stage));
        RowPart? own = last is null ? null : RowPart.TryOpen(store, stage, last.Files);
        if (own is null && catalog is null)
        {
            return null;
        }

        StoredRows rows = new(own, catalog);
        try
        {
            int batch = 0;
            foreach (StringColumn hashes in own is null ? [] : RowPart.Hashes(store, stage, last!.Files, last.BatchRows.Count))
            {
                rows.Index(batch++, hashes);
            }

            return rows;
        }
        catch (StoreCorruptException)
        {
            // A damaged shortcut is no shortcut: the rows are measured again.
            rows.Dispose();
            return catalog is null ? null : new StoredRows(null, catalog);
        }
    }

    /// <summary>
    /// Keeps what a stage has measured on a shard for the next time. To be called only when something was measured: fewer kept documents are no reason to
    /// forget the figures of the others.
    /// </summary>
    public static void Keep(BuildContext context, Shard shard, PlannedStage stage, IReadOnlyList<StoredFile> files) =>
        context.Store.PutRecord(KeyOf(context, shard, stage), new ActionRecord { Files = files, BatchRows = shard.BatchRows });

    /// <summary>Appends the figures of a text to builders, one a figure column, where they are known.</summary>
    public bool TryAppend(UInt128 hash, ReadOnlySpan<ColumnBuilder> builders)
    {
        if (!_rows.TryGetValue(hash, out (int Batch, int Row) place))
        {
            return _catalog?.TryAppend(hash, builders) == true;
        }

        lock (_lock)
        {
            _own!.Append(place.Batch, place.Row, builders);
        }

        return true;
    }

    public void Dispose() => _own?.Dispose();

    private void Index(int batch, StringColumn hashes)
    {
        for (int row = 0; row < hashes.Length; row++)
        {
            if (!hashes.IsNull(row))
            {
                _rows.TryAdd(ReadHash(hashes[row]), (batch, row));
            }
        }
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
