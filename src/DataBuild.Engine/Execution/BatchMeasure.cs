using System.Diagnostics;
using DataBuild.Engine.Columns;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution;

/// <summary>
/// Measures a batch stage (a model) on a shard. Rows whose text the same stage measured before, in this build or an earlier one, in this shard or another, take those
/// figures: a text is scored once.
/// </summary>
internal static class BatchMeasure
{
    // A row that the stage does not look at.
    private const int NotMeasured = -1;

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
        bool reuse = StoredRows.AreKeptFor(stage);
        long before = measuredInShard;
        ColumnBuilder[] known = NewFigures(stage);
        int knownCount = 0;
        List<Document> asked = [];
        UInt128[] hashes = new UInt128[batch.Count];

        // Of each row the ordinal among those known from earlier builds, or, beyond all of these, among those that the stage is asked for.
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

            hashes[asked.Count] = reuse ? StoredRows.Hash(documents[row].TextUtf8) : default;
            if (stored?.TryAppend(hashes[asked.Count], known) == true)
            {
                source[row] = knownCount++;
                continue;
            }

            source[row] = batch.Count + asked.Count;
            asked.Add(documents[row]);
        }

        long start = Stopwatch.GetTimestamp();
        StageColumns output = new(stage, context.Failed);
        int[] failed = new int[asked.Count];
        (Column[] Figures, int Row)[] answers = asked.Count == 0 ? []
            : reuse ? MeasureNewTexts(context, shard, batch, stage, asked, hashes, output, failed, ref measuredInShard)
            : InOrder(MeasureTogether(context, shard, batch, stage, asked, output, failed, ref measuredInShard), asked.Count);
        Column[] knownFigures = [.. known.Select(k => k.Build())];
        tally.Advance(batch.Count);
        tally.Measured(measuredInShard - before, 0, Stopwatch.GetElapsedTime(start).TotalSeconds);
        for (int row = 0; row < batch.Count; row++)
        {
            switch (source[row])
            {
                case NotMeasured:
                    output.AppendNotMeasured();
                    break;
                case var place when place < batch.Count:
                    output.AppendRow(knownFigures, place, documents[row].TextUtf8);
                    break;
                case var place when failed[place - batch.Count] != 0:
                    output.AppendFailed(failed[place - batch.Count]);
                    break;
                case var place:
                    (Column[] figures, int answer) = answers[place - batch.Count];
                    output.AppendRow(figures, answer, documents[row].TextUtf8);
                    break;
            }
        }

        return output.Build();
    }

    // Of equal texts, in this batch or in one that any shard of this build has measured, one is measured.
    private static (Column[] Figures, int Row)[] MeasureNewTexts(
        BuildContext context, Shard shard, DocumentBatch batch, PlannedStage stage, List<Document> asked, UInt128[] hashes, StageColumns output, int[] failed,
        ref long measuredInShard)
    {
        // Models are not asked to be thread-safe: they use their own threads.
        lock (stage)
        {
            FreshRows fresh = context.FreshOf(stage);
            (Column[] Figures, int Row)[] answers = new (Column[], int)[asked.Count];
            List<Document> toMeasure = [];
            List<UInt128> toMeasureHashes = [];
            Dictionary<UInt128, int> ordinals = [];
            int[] ordinal = new int[asked.Count];
            for (int i = 0; i < asked.Count; i++)
            {
                if (fresh.TryFind(hashes[i], out answers[i]))
                {
                    ordinal[i] = NotMeasured;
                }
                else if (!ordinals.TryGetValue(hashes[i], out ordinal[i]))
                {
                    ordinals[hashes[i]] = ordinal[i] = toMeasure.Count;
                    toMeasure.Add(asked[i]);
                    toMeasureHashes.Add(hashes[i]);
                }
            }

            if (toMeasure.Count == 0)
            {
                return answers;
            }

            int[] failedNow = new int[toMeasure.Count];
            Column[] measured = MeasureTogether(context, shard, batch, stage, toMeasure, output, failedNow, ref measuredInShard);
            for (int i = 0; i < asked.Count; i++)
            {
                if (ordinal[i] != NotMeasured)
                {
                    failed[i] = failedNow[ordinal[i]];
                    answers[i] = (measured, ordinal[i]);
                }
            }

            fresh.Add([.. toMeasureHashes.Where((_, i) => failedNow[i] == 0)], [.. Enumerable.Range(0, toMeasure.Count).Where(i => failedNow[i] == 0)], measured);
            return answers;
        }
    }

    private static (Column[] Figures, int Row)[] InOrder(Column[] measured, int rows) => [.. Enumerable.Range(0, rows).Select(i => (measured, i))];

    private static Column[] MeasureTogether(
        BuildContext context, Shard shard, DocumentBatch batch, PlannedStage stage, List<Document> documents, StageColumns output, int[] failed, ref long measuredInShard)
    {
        context.EnsureInitialized(stage);
        using InFlightSlot inFlight = context.InFlight.Enter();
        inFlight.Document(shard.Name, batch, documents[0].Row);
        inFlight.Stage(stage.Index);
        measuredInShard += documents.Count;
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
