using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DataBuild.Engine.Packaging;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Published;

namespace DataBuild.Engine.Verification;

/// <summary>One text that is compared with a file beside the project.</summary>
/// <param name="Kind">What it shows: <c>rows</c>, <c>stages</c> or <c>manifest</c>.</param>
/// <param name="Extension">Extension of its file.</param>
/// <param name="Text">The text.</param>
public sealed record SnapshotPart(string Kind, string Extension, string Text);

/// <summary>
/// What a finished dataset is verified by: the whole manifest, the counts of every stage, and a sample of rows. The sample is chosen by a digest of ids, so
/// that it stays the same while other documents come and go; documents that the project names are in it too, with the reason where they were dropped.
/// </summary>
public static class DatasetSnapshot
{
    private const int DefaultRows = 10;
    private const int MostRows = 10_000;
    private const int TextCharacters = 4000;

    /// <summary>Makes the snapshot of a dataset.</summary>
    /// <exception cref="PlanException">A property of the plan is out of range.</exception>
    /// <exception cref="InvalidDataException">The dataset is incomplete.</exception>
    public static IReadOnlyList<SnapshotPart> Take(PlanFile plan)
    {
        PublishedDataset dataset = PublishedDataset.Open(plan.OutputDirectory);
        return
        [
            new SnapshotPart("rows", "txt", Rows(dataset, RowsOf(plan), DocumentsOf(plan))),
            new SnapshotPart("stages", "txt", Stages(dataset.Manifest)),
            new SnapshotPart("manifest", "json", Encoding.UTF8.GetString(dataset.Manifest.ToJson())),
        ];
    }

    private static int RowsOf(PlanFile plan)
    {
        string text = plan.Properties.GetValueOrDefault("DataBuildVerifyRows", "");
        return text.Length == 0 ? DefaultRows
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int rows) && rows <= MostRows ? rows
            : throw new PlanException("DB0007", $"DataBuildVerifyRows is '{text}'; expected a number from 0 to {MostRows}", plan.ProjectFile);
    }

    private static string[] DocumentsOf(PlanFile plan) =>
        plan.Properties.GetValueOrDefault("DataBuildVerifyDocuments", "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Rows(PublishedDataset dataset, int rows, string[] named)
    {
        SampleRule rule = new(1, null, 0);
        HashSet<string> wanted = [.. named];
        HashSet<string> found = new(StringComparer.Ordinal);
        List<long> numbers = [];
        PriorityQueue<long, ulong> sample = new(Comparer<ulong>.Create((a, b) => b.CompareTo(a)));
        foreach (PublishedRow row in dataset.Rows(["id", "url"]))
        {
            string id = row["id"] ?? "";
            string url = row["url"] ?? "";
            if (wanted.Contains(id) || wanted.Contains(url))
            {
                numbers.Add(row.Number);
                found.Add(id);
                found.Add(url);
            }

            sample.Enqueue(row.Number, rule.PlaceOf(id));
            if (sample.Count > rows)
            {
                sample.Dequeue();
            }
        }

        HashSet<long> shown = [.. numbers, .. sample.UnorderedItems.Select(i => i.Element)];
        long last = shown.Count == 0 ? -1 : shown.Max();
        StringBuilder text = new();
        foreach (PublishedRow row in dataset.Rows().TakeWhile(r => r.Number <= last).Where(r => shown.Contains(r.Number)))
        {
            Append(text, row);
        }

        foreach (string document in wanted.Where(d => !found.Contains(d)).Order(StringComparer.Ordinal))
        {
            DocumentVerdict? verdict = dataset.Verdicts().FirstOrDefault(v => v.Id == document || v.Url == document);
            text.Append(CultureInfo.InvariantCulture, $"== {document}\n").Append(verdict is null ? "not in the inputs\n\n" : $"dropped by {verdict.Stage}: {verdict.Reason}\n\n");
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, PublishedRow row)
    {
        text.Append(CultureInfo.InvariantCulture, $"== {row["url"]}\n");
        for (int i = 0; i < row.Columns.Count; i++)
        {
            if (row.Columns[i] is not ("url" or "text") && row.Values[i] is { } value)
            {
                text.Append(CultureInfo.InvariantCulture, $"{row.Columns[i]}: {Cut(value.ReplaceLineEndings(" "), 300)}\n");
            }
        }

        string content = row["text"] ?? "";
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..16];
        text.Append(CultureInfo.InvariantCulture, $"text: {content.Length} characters, SHA-256 {digest}…\n");
        foreach (string line in Cut(content, TextCharacters).ReplaceLineEndings("\n").Split('\n'))
        {
            text.Append("| ").Append(string.Concat(line.Select(c => char.IsControl(c) && c != '\t' ? '\uFFFD' : c))).Append('\n');
        }

        text.Append('\n');
    }

    private static string Stages(Manifest manifest)
    {
        int width = Math.Max("stage".Length, manifest.Stages.Max(s => s.Name.Length));
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{"stage".PadRight(width)} {"in",10} {"kept",10}  dropped\n");
        foreach (ManifestStage stage in manifest.Stages)
        {
            string dropped = string.Join(", ", stage.Counts.Dropped.Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.Key} {d.Value}")));
            text.Append(string.Create(CultureInfo.InvariantCulture, $"{stage.Name.PadRight(width)} {stage.Counts.In,10} {stage.Counts.Kept,10}  {dropped}").TrimEnd()).Append('\n');
        }

        return text.Append(CultureInfo.InvariantCulture, $"\n{manifest.Documents} documents, {manifest.TextBytes} bytes of text, {manifest.Tokens ?? 0} tokens\n").ToString();
    }

    private static string Cut(string text, int characters)
    {
        if (text.Length <= characters)
        {
            return text;
        }

        int end = char.IsHighSurrogate(text[characters - 1]) ? characters - 1 : characters;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
