using System.IO.Hashing;
using System.Runtime.InteropServices;
using DataBuild.Engine.Packaging;

namespace DataBuild.Engine.Published;

/// <summary>A document that only one of two datasets has.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Url">Address.</param>
/// <param name="Stage">The stage that dropped it in the other dataset; null where the other never had it, or has no verdicts.</param>
/// <param name="Reason">Why.</param>
public sealed record OneSidedDocument(string Id, string Url, string? Stage, string? Reason);

/// <summary>A document that both datasets have with other values.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Url">Address.</param>
/// <param name="Columns">Columns that differ.</param>
/// <param name="Stages">
/// The stages that changed it: those that make one of the columns and differ in options, code, files or inputs; where none does, the first that makes one
/// (it saw other documents, or another text).
/// </param>
public sealed record ChangedDocument(string Id, string Url, IReadOnlyList<string> Columns, IReadOnlyList<string> Stages);

/// <summary>A stage that two datasets ran differently.</summary>
/// <param name="Name">Name of the stage.</param>
/// <param name="Change">What differs.</param>
public sealed record StageDifference(string Name, string Change);

/// <summary>Two datasets, compared document by document.</summary>
public sealed class DatasetDifference
{
    private DatasetDifference()
    {
    }

    /// <summary>Documents of the first that the second lacks.</summary>
    public List<OneSidedDocument> Removed { get; } = [];

    /// <summary>Documents of the second that the first lacks.</summary>
    public List<OneSidedDocument> Added { get; } = [];

    /// <summary>Documents of both whose values differ.</summary>
    public List<ChangedDocument> Changed { get; } = [];

    /// <summary>Documents that are the same in both.</summary>
    public long Unchanged { get; private set; }

    /// <summary>Stages that differ in options, code, files or place, and inputs that differ.</summary>
    public IReadOnlyList<StageDifference> Stages { get; private init; } = [];

    /// <summary>Compares two datasets by the ids of their documents; columns that only one has are left out.</summary>
    public static DatasetDifference Between(PublishedDataset before, PublishedDataset after)
    {
        string[] columns = [.. before.Manifest.Columns.Select(c => c.Name).Where(n => after.Manifest.Columns.Any(c => c.Name == n))];
        Dictionary<string, ulong[]> old = new(StringComparer.Ordinal);
        Dictionary<string, string> oldUrls = new(StringComparer.Ordinal);
        foreach (PublishedRow row in before.Rows(columns))
        {
            string id = row["id"] ?? "";
            old[id] = DigestsOf(row);
            oldUrls[id] = row["url"] ?? "";
        }

        DatasetDifference difference = new() { Stages = [.. CompareStages(before.Manifest, after.Manifest)] };
        HashSet<string> differing = [.. difference.Stages.Select(s => s.Name)];
        Dictionary<string, string[]> makers = columns.ToDictionary(c => c, c => MakersOf(c, before.Manifest, after.Manifest), StringComparer.Ordinal);
        HashSet<string> seen = new(StringComparer.Ordinal);
        List<(string Id, string Url)> added = [];
        foreach (PublishedRow row in after.Rows(columns))
        {
            string id = row["id"] ?? "";
            string url = row["url"] ?? "";
            seen.Add(id);
            if (!old.TryGetValue(id, out ulong[]? digests))
            {
                added.Add((id, url));
                continue;
            }

            ulong[] now = DigestsOf(row);
            string[] changed = [.. columns.Where((_, i) => digests[i] != now[i])];
            if (changed.Length == 0)
            {
                difference.Unchanged++;
            }
            else
            {
                string[] making = [.. changed.SelectMany(c => makers[c]).Distinct()];
                string[] causes = [.. making.Where(differing.Contains)];
                difference.Changed.Add(new ChangedDocument(id, url, changed, causes.Length > 0 ? causes : making[..Math.Min(1, making.Length)]));
            }
        }

        difference.Removed.AddRange(Explain(after, [.. old.Keys.Where(id => !seen.Contains(id)).Select(id => (id, oldUrls[id]))]));
        difference.Added.AddRange(Explain(before, added));
        return difference;
    }

    private static string[] MakersOf(string column, Manifest before, Manifest after) =>
        [.. new[] { before, after }.SelectMany(m => m.Columns.Single(c => c.Name == column).Stages ?? []).Distinct()];

    private static ulong[] DigestsOf(PublishedRow row) =>
        [.. row.Values.Select(v => v is null ? 0UL : XxHash3.HashToUInt64(MemoryMarshal.AsBytes(v.AsSpan()), 1))];

    private static IEnumerable<OneSidedDocument> Explain(PublishedDataset other, List<(string Id, string Url)> documents)
    {
        HashSet<string> ids = [.. documents.Select(d => d.Id)];
        Dictionary<string, DocumentVerdict> verdicts = new(StringComparer.Ordinal);
        if (ids.Count > 0)
        {
            foreach (DocumentVerdict verdict in other.Verdicts().Where(v => ids.Contains(v.Id)))
            {
                verdicts[verdict.Id] = verdict;
            }
        }

        return documents.Select(d => verdicts.TryGetValue(d.Id, out DocumentVerdict? verdict)
            ? new OneSidedDocument(d.Id, d.Url, verdict.Stage, verdict.Reason)
            : new OneSidedDocument(d.Id, d.Url, null, null));
    }

    private static IEnumerable<StageDifference> CompareStages(Manifest before, Manifest after)
    {
        Dictionary<string, ManifestInput> oldInputs = before.Inputs.ToDictionary(i => i.Path, StringComparer.Ordinal);
        string[] inputs =
        [
            .. after.Inputs.Where(i => !oldInputs.ContainsKey(i.Path)).Select(i => $"+ {i.Path}"),
            .. before.Inputs.Where(i => after.Inputs.All(n => n.Path != i.Path)).Select(i => $"- {i.Path}"),
            .. after.Inputs.Where(i => oldInputs.TryGetValue(i.Path, out ManifestInput? o) && o.Sha256 != i.Sha256).Select(i => $"{i.Path} has other bytes"),
        ];
        if (inputs.Length > 0)
        {
            yield return new StageDifference(PublishedColumns.Reading, string.Join(", ", inputs));
        }

        if (before.Sample != after.Sample)
        {
            yield return new StageDifference(PublishedColumns.Reading, "another sample");
        }

        Dictionary<string, ManifestStage> old = before.Stages.ToDictionary(s => s.Name, StringComparer.Ordinal);
        foreach (ManifestStage stage in after.Stages)
        {
            if (!old.Remove(stage.Name, out ManifestStage? was))
            {
                yield return new StageDifference(stage.Name, "only in the second");
            }
            else if (string.Join(", ", Changes(was, stage)) is { Length: > 0 } changes)
            {
                yield return new StageDifference(stage.Name, changes);
            }
        }

        foreach (ManifestStage gone in old.Values)
        {
            yield return new StageDifference(gone.Name, "only in the first");
        }

        if (!before.Stages.Select(s => s.Name).SequenceEqual(after.Stages.Select(s => s.Name)) && old.Count == 0 && before.Stages.Count == after.Stages.Count)
        {
            yield return new StageDifference("all", "another order");
        }
    }

    private static IEnumerable<string> Changes(ManifestStage before, ManifestStage after)
    {
        if (before.Stage != after.Stage)
        {
            yield return $"{before.Stage} → {after.Stage}";
        }

        foreach (string option in before.Options.Keys.Union(after.Options.Keys, StringComparer.Ordinal))
        {
            string? was = before.Options.GetValueOrDefault(option);
            string? now = after.Options.GetValueOrDefault(option);
            if (was != now)
            {
                yield return $"{option} {was ?? "(none)"} → {now ?? "(none)"}";
            }
        }

        if (before.Code != after.Code)
        {
            yield return $"code {before.Code} → {after.Code}";
        }

        if (!before.Files.Select(f => f.Sha256).SequenceEqual(after.Files.Select(f => f.Sha256)))
        {
            yield return "other files";
        }
    }
}
