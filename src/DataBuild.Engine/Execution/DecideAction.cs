using System.Diagnostics;
using DataBuild.Engine.Columns;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution;

/// <summary>Decides on the documents of a shard from a stage's stored figures: adds the stage's verdict column and a new <c>alive</c> column.</summary>
internal static class DecideAction
{
    /// <summary>Reason of a document that has no text when a stage needs one.</summary>
    public const string NoText = "no_text";

    /// <summary>Reason of a document on which a stage threw, under <see cref="ErrorPolicy.Drop"/>.</summary>
    public const string StageError = "stage_error";

    /// <summary>Reason of a document of which a stage said that it is at fault.</summary>
    public const string BadInput = "bad_input";

    /// <summary>Decides on the shard's documents, or finds what was decided.</summary>
    /// <returns>False when the record is not in the store and nothing may be computed.</returns>
    public static bool Run(BuildContext context, Shard shard, PlannedStage stage, StageTally tally, bool compute)
    {
        IReadOnlyList<ColumnSchema> columns = stage.IsCorpusStage ? stage.OutcomeColumns : stage.FigureColumns;
        ActionKey key = new ActionKey("decide")
            .Add("stage", stage.Descriptor.Name).Add("code", stage.CodeVersion).Add("name", stage.Name)
            .Add("options", stage.MeasureOptions).Add("thresholds", stage.ThresholdOptions)
            .Add("alive", shard.DigestOf(Shard.AliveColumn)).Add("state", shard.DigestOf(stage.StateColumn));
        context.AddMadeInputs(key, stage);
        foreach (ColumnSchema column in columns)
        {
            key.Add("column " + column.Name, shard.DigestOf(column.Name));
        }

        string hex = key.ToHex();
        if (context.Store.TryGetRecord(hex) is { Files: [StoredFile decided], Counts: { } known })
        {
            shard.Add(decided);
            tally.Count(known);
            return true;
        }

        if (!compute)
        {
            return false;
        }

        long start = Stopwatch.GetTimestamp();
        DocumentCounts counts = new();
        ColumnSchema[] written = [new(stage.VerdictColumn, ColumnType.String), new(Shard.AliveColumn, ColumnType.Boolean)];
        using ColumnFileWriter writer = new(context.Store, written);

        // The text cannot be decided on: it is large, and nothing of it is a figure.
        string[] read = [.. columns.Where(c => c.Name != "text").Select(c => c.Name), stage.StateColumn, Shard.AliveColumn];
        using (BatchReader reader = new(context.Store, shard.Find(read)))
        {
            for (int batch = 0; batch < shard.BatchRows.Count; batch++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                using LoadedBatch loaded = reader.Read(batch);
                try
                {
                    writer.Write(loaded.Documents.Count, Decide(loaded.Documents, stage, columns, counts));
                }
                catch (DecideException exception)
                {
                    using BatchReader identity = new(context.Store, shard.Find(["id", "url"]));
                    using LoadedBatch identities = identity.Read(batch);
                    string Text(string column) => (identities.Documents.Find(column) as StringColumn)?.GetString(exception.Row) ?? "";
                    throw StageFailedException.OnDocument(stage.Name, shard.Name, Text("id"), Text("url"), exception.InnerException!);
                }
            }
        }

        if (!counts.AddsUp)
        {
            throw new StageException("DB3060", $"stage '{stage.Name}' on '{shard.Name}': {counts.In} documents in, {counts.Kept} kept, {counts.Dropped.Values.Sum()} dropped do not add up");
        }

        StoredFile file = writer.Complete();
        context.Store.PutRecord(hex, new ActionRecord { Files = [file], Counts = counts });
        context.Events.ActionComputed(ActionKind.Decide, stage.Name, shard.Name);
        shard.Add(file);
        tally.Count(counts);
        tally.ShardDecided(Stopwatch.GetElapsedTime(start).TotalSeconds);
        return true;
    }

    private static void DecideRows(IMeasuringStage stage, Column[] columns, int[] rows, string?[] reasons)
    {
        try
        {
            stage.DecideBatch(columns, rows, reasons);
        }
        catch (Exception exception) when (StageFailedException.IsFailure(exception))
        {
            // Once more, row by row: the error names the document.
            for (int i = 0; i < rows.Length; i++)
            {
                try
                {
                    stage.DecideBatch(columns, rows.AsSpan(i, 1), reasons.AsSpan(i, 1));
                }
                catch (Exception ofRow) when (StageFailedException.IsFailure(ofRow))
                {
                    throw new DecideException(rows[i], ofRow);
                }
            }

            throw new InvalidOperationException($"a stage threw on {rows.Length} rows and on none of them alone; deciding must depend on the figures of a row only", exception);
        }
    }

    private static Column[] Decide(DocumentBatch batch, PlannedStage stage, IReadOnlyList<ColumnSchema> schemas, DocumentCounts counts)
    {
        ValueColumn<bool> alive = (ValueColumn<bool>)batch[Shard.AliveColumn];
        ValueColumn<int> state = (ValueColumn<int>)batch[stage.StateColumn];
        Column[] columns = [.. schemas.Select(s => batch.Find(s.Name) ?? ColumnCopy.Empty(s.Type, batch.Count))];
        int[] rows = [.. Enumerable.Range(0, batch.Count).Where(r => alive[r] && state[r] == MeasureState.Measured)];
        string?[] reasons = new string?[rows.Length];
        if (stage.Stage is IMeasuringStage measuring)
        {
            DecideRows(measuring, columns, rows, reasons);
        }
        else
        {
            for (int i = 0; i < rows.Length; i++)
            {
                reasons[i] = ((StringColumn)columns[0]).GetString(rows[i]);
            }
        }

        StringColumnBuilder verdicts = new();
        ValueColumnBuilder<bool> stillAlive = new();
        int next = 0;
        for (int row = 0; row < batch.Count; row++)
        {
            if (!alive[row])
            {
                verdicts.AppendNull();
                stillAlive.Append(false);
                continue;
            }

            string? reason = state[row] switch
            {
                MeasureState.Measured => reasons[next++],
                MeasureState.Failed => StageError,
                MeasureState.BadInput => BadInput,
                _ => NoText,
            };
            counts.In++;
            if (reason is null)
            {
                counts.Kept++;
            }
            else
            {
                counts.Dropped[reason] = counts.Dropped.GetValueOrDefault(reason) + 1;
            }

            verdicts.Append(reason);
            stillAlive.Append(reason is null);
        }

        return [verdicts.Build(), stillAlive.Build()];
    }
}

/// <summary>A stage threw while it decided on a row of a batch.</summary>
internal sealed class DecideException(int row, Exception inner) : Exception(inner.Message, inner)
{
    public int Row { get; } = row;
}

/// <summary>Values of a stage's <c>.state</c> column.</summary>
internal static class MeasureState
{
    /// <summary>The row was out of the stage's scope.</summary>
    public const int NotMeasured = 0;

    /// <summary>The row was measured.</summary>
    public const int Measured = 1;

    /// <summary>The stage threw on the row.</summary>
    public const int Failed = 2;

    /// <summary>The stage said that the row's document is at fault.</summary>
    public const int BadInput = 3;
}
