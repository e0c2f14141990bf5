using System.Diagnostics;
using System.IO.Hashing;
using DataBuild.Engine.Columns;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution;

/// <summary>
/// Measures a batch stage (a model) on a shard. Rows whose text the same stage measured before, as the shard's last record tells, take the stored figures:
/// a text is scored once, also when documents around it changed.
/// </summary>
internal static class BatchMeasure
{
    private const string HashSuffix = ".textHash";

    public static IReadOnlyList<StoredFile> Run(BuildContext context, Shard shard, PlannedStage stage, StageTally tally)
    {
        IBatchStage batchStage = (IBatchStage)stage.Stage;
        bool reuse = batchStage.ReuseByText && stage.Stage.InputColumns is ["text"];
        context.EnsureInitialized(stage);
        ActionKey rows = new ActionKey("rows")
            .Add("stage", stage.Descriptor.Name).Add("code", stage.CodeVersion).Add("name", stage.Name)
            .Add("options", stage.MeasureOptions).Add("shard", shard.Name);
        context.AddMadeInputs(rows, stage);
        string rowsKey = rows.ToHex();
        StoredRows? stored = reuse ? StoredRows.Load(context.Store, rowsKey, stage) : null;

        ColumnSchema[] columns = [.. MeasureAction.ColumnsOf(stage), new ColumnSchema(stage.Name + HashSuffix, ColumnType.Binary)];
        using StageFiles files = new(context.Store, reuse ? columns : columns[..^1]);
        using BatchReader reader = new(context.Store, shard.Find(MeasureAction.InputsOf(stage).Append("id").Append("url")));
        List<Document> documents = [];
        for (int batch = 0; batch < shard.BatchRows.Count; batch++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            using LoadedBatch loaded = reader.Read(batch);
            context.Slots.Wait(context.Cancellation);
            try
            {
                files.Write(loaded.Documents.Count, Measure(context, shard, loaded.Documents, stage, stored, reuse, documents, tally));
            }
            finally
            {
                context.Slots.Release();
            }
        }

        documents.ForEach(context.Return);
        IReadOnlyList<StoredFile> result = files.Complete();
        if (reuse)
        {
            context.Store.PutRecord(rowsKey, new ActionRecord { Files = result, BatchRows = shard.BatchRows });
        }

        return result;
    }

    private static Column[] Measure(
        BuildContext context, Shard shard, DocumentBatch batch, PlannedStage stage, StoredRows? stored, bool reuse, List<Document> documents, StageTally tally)
    {
        ValueColumn<bool>? alive = batch.Find(Shard.AliveColumn) as ValueColumn<bool>;
        StringColumn? text = batch.Find("text") as StringColumn;
        StringColumnBuilder hashes = new(ColumnType.Binary);
        List<Document> toMeasure = [];
        int[] source = new int[batch.Count];
        Span<byte> hash = stackalloc byte[16];
        for (int row = 0; row < batch.Count; row++)
        {
            while (documents.Count <= row)
            {
                documents.Add(context.RentDocument());
            }

            documents[row].MoveTo(batch, row);
            if (!MeasureAction.InScope(stage, documents[row], alive, row))
            {
                source[row] = int.MinValue;
                hashes.AppendNull();
                continue;
            }

            if (reuse)
            {
                XxHash128.Hash(text![row], hash);
                hashes.Append(hash);
                if (stored?.Find(hash) is { } found)
                {
                    source[row] = -1 - found;
                    continue;
                }
            }

            source[row] = toMeasure.Count;
            toMeasure.Add(documents[row]);
        }

        ColumnBuilder[] fresh = [.. stage.FigureColumns.Select(c => ColumnTypes.CreateBuilder(c.Type))];
        long start = Stopwatch.GetTimestamp();
        if (toMeasure.Count > 0)
        {
            try
            {
                // Models are not asked to be thread-safe: they use their own threads.
                lock (stage)
                {
                    ((IBatchStage)stage.Stage).MeasureInto(toMeasure, fresh);
                }
            }
            catch (Exception exception) when (exception is not (OperationCanceledException or OutOfMemoryException or StageException))
            {
                throw new StageFailedException(stage.Name, shard.Name, toMeasure[0].Id, toMeasure[0].Url, exception);
            }
        }

        tally.Measured(toMeasure.Count, 0, Stopwatch.GetElapsedTime(start).TotalSeconds);
        Column[] measured = [.. fresh.Select(f => f.Build())];
        StageColumns output = new(stage);
        for (int row = 0; row < batch.Count; row++)
        {
            if (source[row] == int.MinValue)
            {
                output.AppendNotMeasured();
                continue;
            }

            for (int i = 0; i < measured.Length; i++)
            {
                if (source[row] >= 0)
                {
                    ColumnCopy.AppendRow(output.Figures[i], measured[i], source[row]);
                }
                else
                {
                    stored!.AppendRow(output.Figures[i], i, -1 - source[row]);
                }
            }

            output.AppendMeasured();
        }

        Column[] columns = output.Build();
        return reuse ? [.. columns, hashes.Build()] : columns;
    }

    /// <summary>The figures of the last record of a shard, by hash of the text.</summary>
    private sealed class StoredRows
    {
        private readonly Dictionary<UInt128, int> _rowByHash = [];
        private readonly ColumnBuilder[] _builders;
        private Column[] _columns = [];

        private StoredRows(PlannedStage stage) => _builders = [.. stage.FigureColumns.Select(c => ColumnTypes.CreateBuilder(c.Type))];

        public static StoredRows? Load(ContentStore store, string key, PlannedStage stage)
        {
            if (store.TryGetRecord(key) is not { } record)
            {
                return null;
            }

            StoredRows rows = new(stage);
            string hashColumn = stage.Name + HashSuffix;
            Dictionary<string, ColumnLocation> columns = record.Files
                .SelectMany(f => f.Columns.Select((c, i) => KeyValuePair.Create(c.Name, new ColumnLocation(f, i))))
                .ToDictionary(StringComparer.Ordinal);
            try
            {
                using BatchReader reader = new(store, columns);
                int next = 0;
                for (int batch = 0; batch < record.BatchRows.Count; batch++)
                {
                    using LoadedBatch loaded = reader.Read(batch);
                    StringColumn hashes = (StringColumn)loaded.Documents[hashColumn];
                    for (int row = 0; row < loaded.Documents.Count; row++)
                    {
                        if (hashes.IsNull(row) || !rows._rowByHash.TryAdd(System.Runtime.InteropServices.MemoryMarshal.Read<UInt128>(hashes[row]), next))
                        {
                            continue;
                        }

                        next++;
                        for (int i = 0; i < rows._builders.Length; i++)
                        {
                            ColumnCopy.AppendRow(rows._builders[i], loaded.Documents[stage.FigureColumns[i].Name], row);
                        }
                    }
                }
            }
            catch (StoreCorruptException)
            {
                // A damaged shortcut is no shortcut: the rows are measured again.
                return null;
            }

            rows._columns = [.. rows._builders.Select(b => b.Build())];
            return rows;
        }

        public int? Find(ReadOnlySpan<byte> hash) =>
            _rowByHash.TryGetValue(System.Runtime.InteropServices.MemoryMarshal.Read<UInt128>(hash), out int row) ? row : null;

        public void AppendRow(ColumnBuilder builder, int figure, int row) => ColumnCopy.AppendRow(builder, _columns[figure], row);
    }
}
