using DataBuild.Engine.Columns;
using DataBuild.Engine.Execution;
using DataBuild.Stages.Filter;

namespace DataBuild.Engine.Reporting;

/// <summary>A document that a takedown changes.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Url">Address.</param>
/// <param name="Source">Input.</param>
public sealed record ChangedDocument(string Id, string Url, string Source);

/// <summary>What taking documents down changes in a dataset, told from two builds: one without the takedown and one with it.</summary>
/// <param name="Unmatched">Entries of the list that name no document.</param>
/// <param name="Absent">Named documents that were not in the dataset anyway.</param>
/// <param name="Removed">Documents that go.</param>
/// <param name="Entering">Documents that come in: elected in the place of one that goes, or kept by a threshold that moved.</param>
/// <param name="Leaving">Documents that go without being named, as where a percentile moved.</param>
/// <param name="Rewritten">Documents that stay with another text, as where the first copy of a passage goes.</param>
/// <param name="Shards">Inputs whose part of the dataset changes.</param>
/// <param name="AllShards">Inputs of the dataset.</param>
/// <param name="Recomputed">What the stages did anew.</param>
public sealed record TakedownImpact(
    IReadOnlyList<string> Unmatched,
    IReadOnlyList<ChangedDocument> Absent,
    IReadOnlyList<ChangedDocument> Removed,
    IReadOnlyList<ChangedDocument> Entering,
    IReadOnlyList<ChangedDocument> Leaving,
    IReadOnlyList<ChangedDocument> Rewritten,
    IReadOnlyList<string> Shards,
    int AllShards,
    IReadOnlyList<StageSummary> Recomputed)
{
    /// <summary>Compares two builds of the same inputs whose stages have all run.</summary>
    /// <param name="before">The build without the takedown.</param>
    /// <param name="after">The build with it.</param>
    /// <param name="list">The entries that are new.</param>
    public static TakedownImpact Compare(DatasetBuild before, DatasetBuild after, TakedownList list)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(list);
        HashSet<string> matched = new(StringComparer.Ordinal);
        List<ChangedDocument> absent = [];
        List<ChangedDocument> removed = [];
        List<ChangedDocument> entering = [];
        List<ChangedDocument> leaving = [];
        List<ChangedDocument> rewritten = [];
        List<string> shards = [];
        for (int index = 0; index < before.Shards.Count; index++)
        {
            Shard old = before.Shards[index];
            Shard now = after.Shards[index];
            bool sameText = old.DigestOf("text") == now.DigestOf("text");
            int changes = removed.Count + entering.Count + leaving.Count + rewritten.Count;
            using BatchReader oldReader = new(before.Store, old.Find(["id", "url", Shard.AliveColumn, .. sameText ? Array.Empty<string>() : ["text"]]));
            using BatchReader newReader = new(after.Store, now.Find([Shard.AliveColumn, .. sameText ? Array.Empty<string>() : ["text"]]));
            for (int batch = 0; batch < old.BatchRows.Count; batch++)
            {
                using LoadedBatch was = oldReader.Read(batch);
                using LoadedBatch becomes = newReader.Read(batch);
                ValueColumn<bool> aliveBefore = (ValueColumn<bool>)was.Documents[Shard.AliveColumn];
                ValueColumn<bool> aliveAfter = (ValueColumn<bool>)becomes.Documents[Shard.AliveColumn];
                for (int row = 0; row < was.Documents.Count; row++)
                {
                    ChangedDocument document = new(was.Documents["id"].Format(row) ?? "", was.Documents["url"].Format(row) ?? "", old.Name);
                    string? entry = list.Find(document.Id, document.Url);
                    _ = entry is not null && matched.Add(entry);
                    switch (aliveBefore[row], aliveAfter[row])
                    {
                        case (true, false):
                            (entry is null ? leaving : removed).Add(document);
                            break;
                        case (false, true):
                            entering.Add(document);
                            break;
                        case (true, true) when !sameText && !((StringColumn)was.Documents["text"])[row].SequenceEqual(((StringColumn)becomes.Documents["text"])[row]):
                            rewritten.Add(document);
                            break;
                        case (false, false) when entry is not null:
                            absent.Add(document);
                            break;
                    }
                }
            }

            if (removed.Count + entering.Count + leaving.Count + rewritten.Count > changes)
            {
                shards.Add(old.Name);
            }
        }

        return new TakedownImpact(
            [.. list.Entries.Where(e => !matched.Contains(e)).Order(StringComparer.Ordinal)],
            absent, removed, entering, leaving, rewritten, shards, before.Shards.Count,
            [.. after.Summaries.Where(s => s.Computed > 0 || s.Decided > 0 || s.Merged)]);
    }
}
