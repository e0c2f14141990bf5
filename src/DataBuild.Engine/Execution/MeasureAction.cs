using System.Diagnostics;
using DataBuild.Engine.Columns;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution;

/// <summary>
/// Measures stages on the documents of a shard. Several stages that read columns which exist already share one pass, so that a text is read, decoded and
/// split into words once; each still is an action of its own with its own key and files.
/// </summary>
internal static class MeasureAction
{
    /// <summary>Measures the stages on the shard, or finds what measuring them gave.</summary>
    /// <returns>False when a record is not in the store and nothing may be computed.</returns>
    public static bool Run(BuildContext context, Shard shard, IReadOnlyList<PlannedStage> stages, IReadOnlyDictionary<PlannedStage, StageTally> tallies, bool compute)
    {
        string[] keys = [.. stages.Select(s => KeyOf(context, shard, s).ToHex())];
        ActionRecord?[] records = [.. keys.Select(context.Store.TryGetRecord)];
        if (!compute && records.Contains(null))
        {
            return false;
        }

        for (int i = 0; i < records.Length; i++)
        {
            tallies[stages[i]].Advance(records[i] is null ? 0 : shard.Rows);
        }

        int[] missing = [.. Enumerable.Range(0, stages.Count).Where(i => records[i] is null)];
        if (missing.Length > 0)
        {
            IReadOnlyList<StoredFile>[] files = stages[0].Stage is IBatchStage
                ? [BatchMeasure.Run(context, shard, stages[0], tallies[stages[0]])]
                : Pass(context, shard, [.. missing.Select(i => stages[i])], tallies);
            for (int i = 0; i < missing.Length; i++)
            {
                records[missing[i]] = new ActionRecord { Files = files[i] };
                context.Store.PutRecord(keys[missing[i]], records[missing[i]]!);
                tallies[stages[missing[i]]].ShardMeasured();
                context.Events.ActionComputed(ActionKind.Measure, stages[missing[i]].Name, shard.Name);
            }
        }

        for (int i = 0; i < records.Length; i++)
        {
            foreach (StoredFile file in records[i]!.Files)
            {
                shard.Add(file);
            }

            if (StoredRows.AreKeptFor(stages[i]))
            {
                shard.Measured[stages[i].Name] = records[i]!.Files;
            }
        }

        return true;
    }

    /// <summary>Columns that the stage reads on this shard.</summary>
    public static IEnumerable<string> InputsOf(PlannedStage stage) =>
        stage.Scope == MeasureScope.Kept ? stage.Stage.InputColumns.Append(Shard.AliveColumn) : stage.Stage.InputColumns;

    private static ActionKey KeyOf(BuildContext context, Shard shard, PlannedStage stage)
    {
        ActionKey key = new ActionKey("measure")
            .Add("stage", stage.Descriptor.Name).Add("code", stage.CodeVersion).Add("name", stage.Name)
            .Add("scope", stage.Scope.ToString()).Add("onError", stage.OnError.ToString()).Add("options", stage.MeasureOptions);
        context.AddMadeInputs(key, stage);
        foreach (string column in InputsOf(stage).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            key.Add("column " + column, shard.DigestOf(column));
        }

        return key.Add("batches", shard.DigestOf("id"));
    }

    private static IReadOnlyList<StoredFile>[] Pass(
        BuildContext context, Shard shard, IReadOnlyList<PlannedStage> stages, IReadOnlyDictionary<PlannedStage, StageTally> tallies)
    {
        List<StageFiles> files = [];
        StoredRows?[] stored = new StoredRows?[stages.Count];
        long[] measured = new long[stages.Count];
        try
        {
            for (int i = 0; i < stored.Length; i++)
            {
                files.Add(new StageFiles(context.Store, StageColumns.SchemaOf(stages[i])));
                stored[i] = StoredRows.AreKeptFor(stages[i]) ? StoredRows.Find(context, shard, stages[i]) : null;
                if (stored[i] is null)
                {
                    context.EnsureInitialized(stages[i]);
                }
            }

            using BatchReader reader = new(context.Store, shard.Find(stages.SelectMany(InputsOf).Append("id").Append("url")));
            OrderedPipeline.Run(
                Enumerable.Range(0, shard.BatchRows.Count).Select(reader.Read),
                loaded => (loaded, Measure(context, shard, loaded.Documents, stages, stored, measured, tallies)),
                result =>
                {
                    for (int i = 0; i < files.Count; i++)
                    {
                        files[i].Write(result.loaded.Documents.Count, result.Item2[i]);
                    }

                    result.loaded.Dispose();
                },
                context.Slots, context.PipelineDepth, context.Cancellation);
            IReadOnlyList<StoredFile>[] result = [.. files.Select(f => f.Complete())];
            for (int i = 0; i < result.Length; i++)
            {
                if (StoredRows.AreKeptFor(stages[i]) && measured[i] > 0)
                {
                    StoredRows.Keep(context, shard, stages[i], result[i]);
                }
            }

            return result;
        }
        finally
        {
            files.ForEach(f => f.Dispose());
            foreach (StoredRows? rows in stored)
            {
                rows?.Dispose();
            }
        }
    }

    private static Column[][] Measure(
        BuildContext context, Shard shard, DocumentBatch batch, IReadOnlyList<PlannedStage> stages, StoredRows?[] stored, long[] measuredInShard,
        IReadOnlyDictionary<PlannedStage, StageTally> tallies)
    {
        StageColumns[] outputs = [.. stages.Select(s => new StageColumns(s, context.Failed))];
        ValueColumn<bool>? alive = batch.Find(Shard.AliveColumn) as ValueColumn<bool>;
        long[] ticks = new long[stages.Count];
        int[] measured = new int[stages.Count];
        Document document = context.RentDocument();
        using InFlightSlot inFlight = context.InFlight.Enter();
        for (int row = 0; row < batch.Count; row++)
        {
            document.MoveTo(batch, row);
            inFlight.Document(shard.Name, batch, row);
            for (int i = 0; i < outputs.Length; i++)
            {
                if (!InScope(stages[i], document, alive, row))
                {
                    outputs[i].AppendNotMeasured();
                    continue;
                }

                long start = Stopwatch.GetTimestamp();
                if (outputs[i].TryAppendStored(stored[i], document.TextUtf8))
                {
                    ticks[i] += Stopwatch.GetTimestamp() - start;
                    continue;
                }

                if (stored[i] is not null)
                {
                    // Only a text that is not known needs what the stage loads.
                    context.EnsureInitialized(stages[i]);
                }

                inFlight.Stage(stages[i].Index);
                outputs[i].Measure(document, shard);
                ticks[i] += Stopwatch.GetTimestamp() - start;
                measured[i]++;
            }
        }

        context.Return(document);
        for (int i = 0; i < outputs.Length; i++)
        {
            Interlocked.Add(ref measuredInShard[i], measured[i]);
            tallies[stages[i]].Advance(batch.Count);
            tallies[stages[i]].Measured(measured[i], 0, (double)ticks[i] / Stopwatch.Frequency);
        }

        return [.. outputs.Select(o => o.Build())];
    }

    /// <summary>True when the stage measures the row.</summary>
    public static bool InScope(PlannedStage stage, Document document, ValueColumn<bool>? alive, int row) => stage.Scope switch
    {
        MeasureScope.All => true,
        MeasureScope.Kept => alive![row] && (document.HasText || !stage.Stage.InputColumns.Contains("text")),
        _ => document.HasText || !stage.Stage.InputColumns.Contains("text"),
    };
}
