using DataBuild.Engine.Columns;
using DataBuild.Engine.Planning;

namespace DataBuild.Engine.Execution;

/// <summary>Lets a stage that has something to say of all documents together say it, from the stored figures.</summary>
internal static class StageSummaryNote
{
    public static void Say(BuildContext context, IReadOnlyList<Shard> shards, PlannedStage stage)
    {
        if (stage.Stage is IBatchStage { HasSummary: true } batch && batch.SummarizeRows(Rows(context, shards, stage)) is { } note)
        {
            context.Say(stage, note);
        }
    }

    private static IEnumerable<(Column[] Columns, int Row)> Rows(BuildContext context, IReadOnlyList<Shard> shards, PlannedStage stage)
    {
        foreach (Shard shard in shards)
        {
            using BatchReader reader = new(context.Store, shard.Find(stage.FigureColumns.Select(c => c.Name).Append(stage.StateColumn)));
            for (int batch = 0; batch < shard.BatchRows.Count; batch++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                using LoadedBatch loaded = reader.Read(batch);
                Column[] columns = [.. stage.FigureColumns.Select(c => loaded.Documents[c.Name])];
                ValueColumn<int> state = (ValueColumn<int>)loaded.Documents[stage.StateColumn];
                for (int row = 0; row < loaded.Documents.Count; row++)
                {
                    if (state[row] == MeasureState.Measured)
                    {
                        yield return (columns, row);
                    }
                }
            }
        }
    }
}
