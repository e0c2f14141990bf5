using System.Diagnostics;
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
    // What a row's figures come from; others are the ordinal of the row among those measured now.
    private const int NotMeasured = -1;
    private const int Stored = -2;

    public static IReadOnlyList<StoredFile> Run(BuildContext context, Shard shard, PlannedStage stage, StageTally tally)
    {
        bool reuse = StoredRows.AreKeptFor(stage);
        long measured = 0;
        using StoredRows? stored = reuse ? StoredRows.Find(context, shard, stage) : null;
        using StageFiles files = new(context.Store, StageColumns.SchemaOf(stage));
        using BatchReader reader = new(context.Store, shard.Find(MeasureAction.InputsOf(stage).Append("id").Append("url")));
        List<Document> documents = [];
        for (int batch = 0; batch < shard.BatchRows.Count; batch++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            using LoadedBatch loaded = reader.Read(batch);
            context.Slots.Wait(context.Cancellation);
            try
            {
                files.Write(loaded.Documents.Count, Measure(context, shard, loaded.Documents, stage, stored, documents, tally, ref measured));
            }
            finally
            {
                context.Slots.Release();
            }
        }

        documents.ForEach(context.Return);
        IReadOnlyList<StoredFile> result = files.Complete();
        if (reuse && measured > 0)
        {
            StoredRows.Keep(context, shard, stage, result);
        }

        return result;
    }

    private static Column[] Measure(
        BuildContext context, Shard shard, DocumentBatch batch, PlannedStage stage, StoredRows? stored, List<Document> documents, StageTally tally, ref long measuredInShard)
    {
        ValueColumn<bool>? alive = batch.Find(Shard.AliveColumn) as ValueColumn<bool>;
        StringColumn? text = batch.Find("text") as StringColumn;
        List<Document> toMeasure = [];
        int[] source = new int[batch.Count];
        for (int row = 0; row < batch.Count; row++)
        {
            while (documents.Count <= row)
            {
                documents.Add(context.RentDocument());
            }

            documents[row].MoveTo(batch, row);
            if (!MeasureAction.InScope(stage, documents[row], alive, row))
            {
                source[row] = NotMeasured;
                continue;
            }

            if (stored is not null && stored.Contains(text![row]))
            {
                source[row] = Stored;
                continue;
            }

            source[row] = toMeasure.Count;
            toMeasure.Add(documents[row]);
        }

        long start = Stopwatch.GetTimestamp();
        StageColumns output = new(stage, context.Failed);
        int[] failed = new int[toMeasure.Count];
        Column[] measured = [];
        if (toMeasure.Count > 0)
        {
            context.EnsureInitialized(stage);
            using InFlightSlot inFlight = context.InFlight.Enter();
            inFlight.Document(shard.Name, batch, toMeasure[0].Row);
            inFlight.Stage(stage.Index);
            measured = MeasureTogether(stage, shard, toMeasure, output, failed);
        }

        measuredInShard += toMeasure.Count;
        tally.Advance(batch.Count);
        tally.Measured(toMeasure.Count, 0, Stopwatch.GetElapsedTime(start).TotalSeconds);
        for (int row = 0; row < batch.Count; row++)
        {
            switch (source[row])
            {
                case NotMeasured:
                    output.AppendNotMeasured();
                    break;
                case Stored:
                    output.TryAppendStored(stored, text![row]);
                    break;
                case var ordinal when failed[ordinal] != 0:
                    output.AppendFailed(failed[ordinal]);
                    break;
                default:
                    output.AppendRow(measured, source[row], documents[row].TextUtf8);
                    break;
            }
        }

        return output.Build();
    }

    private static Column[] MeasureTogether(PlannedStage stage, Shard shard, List<Document> documents, StageColumns output, int[] failed)
    {
        // Models are not asked to be thread-safe: they use their own threads.
        lock (stage)
        {
            ColumnBuilder[] figures = NewFigures(stage);
            try
            {
                ((IBatchStage)stage.Stage).MeasureInto(documents, figures);
                return [.. figures.Select(f => f.Build())];
            }
            catch (Exception exception) when (StageFailedException.IsFailure(exception))
            {
                return MeasureOneByOne(stage, shard, documents, output, failed, exception);
            }
        }
    }

    /// <summary>Finds the documents that a stage throws on: figures of one do not depend on the others of its batch.</summary>
    private static Column[] MeasureOneByOne(PlannedStage stage, Shard shard, List<Document> documents, StageColumns output, int[] failed, Exception together)
    {
        ColumnBuilder[] figures = NewFigures(stage);
        for (int i = 0; i < documents.Count; i++)
        {
            ColumnBuilder[] one = NewFigures(stage);
            try
            {
                ((IBatchStage)stage.Stage).MeasureInto([documents[i]], one);
                for (int f = 0; f < figures.Length; f++)
                {
                    ColumnCopy.AppendRow(figures[f], one[f].Build(), 0);
                }
            }
            catch (Exception exception) when (StageFailedException.IsFailure(exception))
            {
                failed[i] = output.StateAfter(exception, documents[i], shard, canContinue: true);
                Array.ForEach(figures, f => f.AppendNull());
            }
        }

        return failed.Any(f => f != 0) ? [.. figures.Select(f => f.Build())] : throw StageFailedException.OnBatch(stage.Name, shard.Name, documents.Count, documents[0].Id, together);
    }

    private static ColumnBuilder[] NewFigures(PlannedStage stage) => [.. stage.FigureColumns.Select(c => ColumnTypes.CreateBuilder(c.Type))];
}
