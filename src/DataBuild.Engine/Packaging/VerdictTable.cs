using DataBuild.Engine.Columns;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Planning;
using DataBuild.Formats.Parquet;
using DataBuild.Stages.Filter;

namespace DataBuild.Engine.Packaging;

/// <summary>
/// Writes <c>verdicts.parquet</c>: what became of every document of the inputs. With it a dataset answers why a document is not in it, and two builds can
/// be compared document by document, without store and inputs.
/// </summary>
internal static class VerdictTable
{
    /// <summary>Name of the file in the dataset's folder.</summary>
    public const string FileName = "verdicts.parquet";

    /// <summary>Its columns.</summary>
    public static readonly IReadOnlyList<ColumnSchema> Columns =
    [
        new("id", ColumnType.String, "Identity of the document"),
        new("url", ColumnType.String, "Address; none for documents that were taken down"),
        new("source", ColumnType.String, "Crawl input"),
        new("stage", ColumnType.String, "Stage that dropped it; none when it is in the dataset"),
        new("reason", ColumnType.String, "Why"),
    ];

    /// <summary>True unless the project turns the file off (<c>DataBuildVerdicts=false</c>).</summary>
    public static bool IsWanted(PlanFile plan) =>
        !(plan.Properties.TryGetValue("DataBuildVerdicts", out string? value) && value.Equals("false", StringComparison.OrdinalIgnoreCase));

    public static void Write(Stream stream, DatasetBuild build, CancellationToken cancellation)
    {
        PlannedStage[] stages = [.. build.Plan.Stages];
        using ParquetTableWriter writer = new(stream, Columns);
        foreach (Shard shard in build.Shards)
        {
            using BatchReader reader = new(build.Store, shard.Find(["id", "url", "read.reason", .. stages.Select(s => s.VerdictColumn)]));
            for (int batch = 0; batch < shard.BatchRows.Count; batch++)
            {
                cancellation.ThrowIfCancellationRequested();
                using LoadedBatch loaded = reader.Read(batch);
                writer.Write(RowsOf(loaded.Documents, shard, stages));
            }
        }

        writer.Complete();
    }

    private static Column[] RowsOf(DocumentBatch batch, Shard shard, PlannedStage[] stages)
    {
        StringColumn addresses = (StringColumn)batch["url"];
        StringColumnBuilder urls = new();
        StringColumnBuilder sources = new();
        StringColumnBuilder droppedBy = new();
        StringColumnBuilder reasons = new();
        StringColumn read = (StringColumn)batch["read.reason"];
        (string Name, StringColumn Verdicts)[] verdicts = [.. stages.Where(s => batch.Find(s.VerdictColumn) is StringColumn).Select(s => (s.Name, (StringColumn)batch[s.VerdictColumn]))];
        string? takedown = stages.FirstOrDefault(s => s.Stage is Takedown)?.Name;
        for (int row = 0; row < batch.Count; row++)
        {
            sources.Append(shard.Name);
            if (!read.IsNull(row))
            {
                AppendUrl(row);
                droppedBy.Append("read");
                reasons.Append(read[row]);
                continue;
            }

            int first = Array.FindIndex(verdicts, v => !v.Verdicts.IsNull(row));
            // Who asked for a page to be taken down does not want its address published.
            AppendUrl(first >= 0 && verdicts[first].Name == takedown ? -1 : row);
            if (first < 0)
            {
                droppedBy.AppendNull();
                reasons.AppendNull();
            }
            else
            {
                droppedBy.Append(verdicts[first].Name);
                reasons.Append(verdicts[first].Verdicts[row]);
            }
        }

        return [batch["id"], urls.Build(), sources.Build(), droppedBy.Build(), reasons.Build()];

        void AppendUrl(int row)
        {
            if (row < 0 || addresses.IsNull(row))
            {
                urls.AppendNull();
            }
            else
            {
                urls.Append(addresses[row]);
            }
        }
    }
}
