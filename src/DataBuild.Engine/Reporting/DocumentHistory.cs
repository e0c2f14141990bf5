using DataBuild.Engine.Columns;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Packaging;
using DataBuild.Engine.Planning;
using DataBuild.Stages.Filter;

namespace DataBuild.Engine.Reporting;

/// <summary>The way of one document through all stages, read from stored columns.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Url">Address.</param>
/// <param name="Source">Input.</param>
/// <param name="Offset">Offset of its record in the input, in bytes.</param>
/// <param name="Place">Its place in the dataset; null when it was dropped.</param>
/// <param name="Stages">What each stage made of it, reading first.</param>
public sealed record DocumentHistory(string Id, string Url, string Source, long Offset, OutputPlace? Place, IReadOnlyList<StageVerdict> Stages)
{
    private const int FigureCharacters = 120;

    /// <summary>Finds documents by address or id in a build whose stages have all run. An address finds all that lead to the same page.</summary>
    public static IReadOnlyList<DocumentHistory> Find(DatasetBuild build, string urlOrId)
    {
        ArgumentNullException.ThrowIfNull(build);
        TakedownList wanted = TakedownList.Of([urlOrId]);
        List<(Shard Shard, int Batch, int Row, long? Output, long TokensBefore, long? Tokens)> found = [];
        string? tokenColumn = TokenColumn(build.Plan);
        long kept = 0;
        long tokensBefore = 0;
        foreach (Shard shard in build.Shards)
        {
            using BatchReader keys = new(build.Store, shard.Find(["id", "url", Shard.AliveColumn, .. tokenColumn is null ? Array.Empty<string>() : [tokenColumn]]));
            for (int batch = 0; batch < shard.BatchRows.Count; batch++)
            {
                using LoadedBatch loaded = keys.Read(batch);
                StringColumn ids = (StringColumn)loaded.Documents["id"];
                StringColumn urls = (StringColumn)loaded.Documents["url"];
                ValueColumn<bool> alive = (ValueColumn<bool>)loaded.Documents[Shard.AliveColumn];
                ListColumn<int>? tokens = tokenColumn is null ? null : loaded.Documents.Find(tokenColumn) as ListColumn<int>;
                for (int row = 0; row < loaded.Documents.Count; row++)
                {
                    long? length = alive[row] && tokens is not null ? tokens[row].Length : null;
                    if (wanted.Find(ids.GetString(row), urls.GetString(row)) is not null)
                    {
                        found.Add((shard, batch, row, alive[row] ? kept : null, tokensBefore, length));
                    }

                    kept += alive[row] ? 1 : 0;
                    tokensBefore += length ?? 0;
                }
            }
        }

        Manifest? published = Manifest.TryLoad(Path.Combine(build.Plan.File.OutputDirectory, "manifest.json"));
        return [.. found.Select(f => Read(build, f.Shard, f.Batch, f.Row, f.Output is { } output ? OutputPlace.Of(published, kept, output, f.Tokens, f.TokensBefore) : null))];
    }

    private static string? TokenColumn(DatasetPlan plan) =>
        plan.Stages.LastOrDefault(s => s.Stage is ITokenizingStage) is { } stage ? stage.Name + ((ITokenizingStage)stage.Stage).TokensColumn : null;

    private static DocumentHistory Read(DatasetBuild build, Shard shard, int batch, int row, OutputPlace? place)
    {
        using BatchReader reader = new(build.Store, shard.Find(shard.ColumnNames.Where(c => c != "text")));
        using LoadedBatch loaded = reader.Read(batch);
        DocumentBatch documents = loaded.Documents;
        List<StageVerdict> verdicts = [];
        string? readReason = Text("read.reason");
        verdicts.Add(new StageVerdict("read", "Read", readReason, true, Figures(PlanResolver.ReadColumns.Where(c => c.Name is "read.status" or "read.mediaType")), [], null));
        bool reached = readReason is null;
        foreach (PlannedStage stage in build.Plan.Stages)
        {
            string? reason = reached ? Text(stage.VerdictColumn) : null;
            DuplicateCluster? cluster = reached && stage.OutcomeColumns.Any(c => c.Name == stage.Name + DuplicateCluster.Column) && Text(stage.Name + DuplicateCluster.Column) is { } elected
                ? DuplicateCluster.Read(build, stage, elected)
                : null;
            verdicts.Add(new StageVerdict(stage.Name, stage.Descriptor.Name, reason, reached, Figures(stage.FigureColumns.Concat(stage.OutcomeColumns)), Rules(stage), cluster));
            reached &= reason is null;
        }

        return new DocumentHistory(Text("id")!, Text("url")!, shard.Name, ((ValueColumn<long>)documents["read.offset"])[row], place, verdicts);

        string? Text(string column) => documents.Find(column)?.Format(row);

        List<KeyValuePair<string, string>> Figures(IEnumerable<ColumnSchema> columns) =>
        [
            .. columns.Where(c => c.Name != "text" && Text(c.Name) is not null).Select(c => KeyValuePair.Create(c.Name, Cut(Text(c.Name)!))),
        ];
    }

    // Thresholds decide; a stage of one verdict decides by all of its options.
    private static List<KeyValuePair<string, string>> Rules(PlannedStage stage)
    {
        string options = stage.Stage is IMeasuringStage ? stage.ThresholdOptions : stage.MeasureOptions + stage.ThresholdOptions;
        return [.. options.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('=', 2)).Where(o => o is [_, not ("" or "\"\"" or "[]")]).Select(o => KeyValuePair.Create(o[0], Cut(o[1])))];
    }

    private static string Cut(string value) => value.Length <= FigureCharacters ? value : string.Concat(value.AsSpan(0, FigureCharacters), "…");
}
