using DataBuild.Engine.Columns;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Planning;

namespace DataBuild.Engine.Reporting;

/// <summary>What one stage made of a document.</summary>
/// <param name="Stage">Name of the stage.</param>
/// <param name="Reason">Why it dropped the document; null when it kept it.</param>
/// <param name="Reached">False when an earlier stage had dropped it.</param>
/// <param name="Figures">Its figures and outcomes, name and value.</param>
public sealed record StageVerdict(string Stage, string? Reason, bool Reached, IReadOnlyList<KeyValuePair<string, string>> Figures);

/// <summary>The way of one document through all stages, read from stored columns.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Url">Address.</param>
/// <param name="Source">Input.</param>
/// <param name="Offset">Offset of its record in the input, in bytes.</param>
/// <param name="Kept">True when it is in the dataset.</param>
/// <param name="OutputRow">Its row in the dataset, counted from 0 over all files; null when it was dropped.</param>
/// <param name="Stages">What each stage made of it, reading first.</param>
public sealed record DocumentHistory(string Id, string Url, string Source, long Offset, bool Kept, long? OutputRow, IReadOnlyList<StageVerdict> Stages)
{
    private const int FigureCharacters = 120;

    /// <summary>Finds documents by address or id in a build whose stages have all run.</summary>
    public static IEnumerable<DocumentHistory> Find(DatasetBuild build, string urlOrId)
    {
        long outputRow = 0;
        foreach (Shard shard in build.Shards)
        {
            using BatchReader keys = new(build.Store, shard.Find(["id", "url", Shard.AliveColumn]));
            for (int batch = 0; batch < shard.BatchRows.Count; batch++)
            {
                using LoadedBatch loaded = keys.Read(batch);
                StringColumn ids = (StringColumn)loaded.Documents["id"];
                StringColumn urls = (StringColumn)loaded.Documents["url"];
                ValueColumn<bool> alive = (ValueColumn<bool>)loaded.Documents[Shard.AliveColumn];
                for (int row = 0; row < loaded.Documents.Count; row++)
                {
                    long? place = alive[row] ? outputRow++ : null;
                    if (ids.GetString(row) == urlOrId || urls.GetString(row) == urlOrId)
                    {
                        yield return Read(build, shard, batch, row, place);
                    }
                }
            }
        }
    }

    private static DocumentHistory Read(DatasetBuild build, Shard shard, int batch, int row, long? outputRow)
    {
        using BatchReader reader = new(build.Store, shard.Find(shard.Columns.Keys.Where(c => c != "text")));
        using LoadedBatch loaded = reader.Read(batch);
        DocumentBatch documents = loaded.Documents;
        List<StageVerdict> verdicts = [];
        string? readReason = Text("read.reason");
        verdicts.Add(new StageVerdict("read", readReason, true, Figures(PlanResolver.ReadColumns.Where(c => c.Name is "read.status" or "read.mediaType"))));
        bool reached = readReason is null;
        foreach (PlannedStage stage in build.Plan.Stages)
        {
            string? reason = reached ? Text(stage.VerdictColumn) : null;
            verdicts.Add(new StageVerdict(stage.Name, reason, reached, Figures(stage.FigureColumns.Concat(stage.OutcomeColumns))));
            reached &= reason is null;
        }

        return new DocumentHistory(Text("id")!, Text("url")!, shard.Name, ((ValueColumn<long>)documents["read.offset"])[row], reached, outputRow, verdicts);

        string? Text(string column) => documents.Find(column)?.Format(row);

        List<KeyValuePair<string, string>> Figures(IEnumerable<ColumnSchema> columns) =>
        [
            .. columns.Where(c => c.Name != "text" && Text(c.Name) is not null).Select(c => KeyValuePair.Create(c.Name, Cut(Text(c.Name)!))),
        ];
    }

    private static string Cut(string value) => value.Length <= FigureCharacters ? value : string.Concat(value.AsSpan(0, FigureCharacters), "…");
}
