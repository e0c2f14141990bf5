using System.CommandLine;
using System.Globalization;
using DataBuild.Engine.Published;

namespace DataBuild.Worker;

/// <summary><c>databuild diff A B</c>: two datasets, document by document. Exit code 0 when they are the same, 1 when they differ or cannot be read.</summary>
internal static class DiffCommand
{
    public static Command Create()
    {
        Argument<string> before = new("a") { Description = "The first dataset: a project, a plan file, or the folder of a finished dataset" };
        Argument<string> after = new("b") { Description = "The second" };
        Option<int> limit = new("--limit") { Description = "Documents listed of each kind", DefaultValueFactory = _ => 10 };
        Command command = new("diff", "Compares two datasets document by document: added, removed, changed, and by which stage") { before, after, limit };
        command.SetAction(result => DatasetArgument.Guard(() => Run(
            DatasetArgument.Open(result.GetRequiredValue(before)), DatasetArgument.Open(result.GetRequiredValue(after)), result.GetValue(limit))));
        return command;
    }

    private static int Run(PublishedDataset before, PublishedDataset after, int limit)
    {
        DatasetDifference difference = DatasetDifference.Between(before, after);
        Line($"{before.Manifest.Documents:N0} → {after.Manifest.Documents:N0} documents: {difference.Unchanged:N0} the same, {difference.Changed.Count:N0} changed, {difference.Removed.Count:N0} removed, {difference.Added.Count:N0} added");
        if (difference.Stages.Count > 0)
        {
            Line($"");
            Line($"stages that differ");
            foreach (StageDifference stage in difference.Stages)
            {
                Line($"  {stage.Name}: {stage.Change}");
            }
        }

        OneSided("removed", "now dropped", '-', difference.Removed, limit);
        OneSided("added", "dropped before", '+', difference.Added, limit);
        if (difference.Changed.Count > 0)
        {
            Line($"");
            Line($"changed: {difference.Changed.Count:N0}, in {string.Join(", ", difference.Changed.SelectMany(c => c.Columns).CountBy(c => c).OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value:N0}")))}");
            foreach (IGrouping<string, ChangedDocument> group in difference.Changed.GroupBy(c => string.Join(", ", c.Stages)).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal))
            {
                Line($"  {group.Count(),8:N0}  {(group.Key.Length == 0 ? "by an unknown stage: a dataset of an earlier version" : $"by {group.Key}")}");
            }

            foreach (ChangedDocument document in difference.Changed.Take(limit))
            {
                Line($"  ~ {TerminalText.Visible(document.Url)}  {string.Join(", ", document.Stages)}: {string.Join(", ", document.Columns)}");
            }

            More(difference.Changed.Count, limit);
        }

        return difference.Changed.Count + difference.Removed.Count + difference.Added.Count == 0 ? 0 : 1;
    }

    private static void OneSided(string what, string because, char sign, List<OneSidedDocument> documents, int limit)
    {
        if (documents.Count == 0)
        {
            return;
        }

        Line($"");
        Line($"{what}: {documents.Count:N0}");
        foreach (IGrouping<(string? Stage, string? Reason), OneSidedDocument> group in documents.GroupBy(d => (d.Stage, d.Reason))
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key.Stage, StringComparer.Ordinal).ThenBy(g => g.Key.Reason, StringComparer.Ordinal))
        {
            Line($"  {group.Count(),8:N0}  {(group.Key.Stage is null ? "not among the other's documents" : $"{because} by {group.Key.Stage}: {group.Key.Reason}")}");
        }

        foreach (OneSidedDocument document in documents.Take(limit))
        {
            Line($"  {sign} {TerminalText.Visible(document.Url)}{(document.Stage is null ? "" : $"  {document.Stage}: {document.Reason}")}");
        }

        More(documents.Count, limit);
    }

    private static void More(int count, int limit)
    {
        if (count > limit)
        {
            Line($"  and {count - limit:N0} more");
        }
    }

    private static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
