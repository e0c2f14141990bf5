using System.CommandLine;
using System.Globalization;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Reporting;
using DataBuild.Stages.Filter;

namespace DataBuild.Worker;

/// <summary><c>databuild impact LIST</c>: tells what taking documents down changes, and takes them down.</summary>
internal static class ImpactCommand
{
    private const int ShownDocuments = 50;

    public static Command Create()
    {
        Argument<FileInfo> list = new("list") { Description = "File with an address or an id of a document a line" };
        Option<string> project = PlanLocation.Option();
        Option<FileInfo?> into = new("--into") { Description = "Takedown list of the project that the entries are added to: takedown.txt beside the project is an input of every build" };
        Command command = new("impact", "Tells what taking documents down changes: what goes, what comes in its place, what is computed anew") { list, project, into };
        command.SetAction((result, cancellation) => Task.FromResult(
            Run(result.GetRequiredValue(project), result.GetRequiredValue(list).FullName, result.GetValue(into)?.FullName, cancellation)));
        return command;
    }

    private static int Run(string project, string list, string? into, CancellationToken cancellation)
    {
        if (PlanLocation.Find(project) is not { } plan)
        {
            return 1;
        }

        if (!File.Exists(list))
        {
            Console.Error.WriteLine($"{list}: error DB0061: the takedown list does not exist");
            return 1;
        }

        ConsoleEvents events = new(quiet: true);
        using PhaseRunner before = new(plan, Environment.ProcessorCount, events);
        using PhaseRunner after = new(plan, Environment.ProcessorCount, events, [list]);
        if (!before.RunStages(cancellation) || !after.RunStages(cancellation))
        {
            return 1;
        }

        TakedownList entries = TakedownList.Load([list]);
        Print(TakedownImpact.Compare(before.Build, after.Build, entries), entries.Entries.Count);
        if (into is not null)
        {
            Add(entries, into);
        }

        return 0;
    }

    private static void Add(TakedownList entries, string into)
    {
        string[] known = File.Exists(into) ? File.ReadAllLines(into) : [];
        HashSet<string> listed = [.. known.Select(l => l.Trim())];
        string[] added = [.. entries.Entries.Where(e => !listed.Contains(e)).Order(StringComparer.Ordinal)];
        if (added.Length > 0)
        {
            string temporary = $"{into}.{Environment.ProcessId}.partial";
            File.WriteAllText(temporary, string.Concat(known.Concat(added).Select(l => l + "\n")));
            File.Move(temporary, into, overwrite: true);
        }

        Line($"{into}: {added.Length} entries added");
    }

    private static void Print(TakedownImpact impact, int entries)
    {
        Line($"takedown of {entries} entries");
        Print("go", impact.Removed);
        Print("come in, elected in the place of one that goes", impact.Entering);
        Print("go with them, by a rule over all documents", impact.Leaving);
        Print("stay with another text", impact.Rewritten);
        Print("were not in the dataset", impact.Absent);
        if (impact.Unmatched.Count > 0)
        {
            Line($"  {impact.Unmatched.Count} entries name no document: {string.Join(", ", impact.Unmatched.Take(ShownDocuments).Select(Visible))}");
        }

        Line($"  {impact.Shards.Count} of {impact.AllShards} inputs change their part of the dataset{(impact.Shards.Count > 0 ? ": " : "")}{string.Join(", ", impact.Shards.Take(ShownDocuments))}");
        foreach (StageSummary stage in impact.Recomputed)
        {
            Line($"    {stage.Kind,-18} {stage.Computed} of {stage.Shards} measured, {stage.Decided} decided{(stage.Merged ? ", merged" : "")}");
        }
    }

    private static void Print(string what, IReadOnlyList<ChangedDocument> documents)
    {
        if (documents.Count == 0)
        {
            return;
        }

        Line($"  {what}: {documents.Count}");
        foreach (ChangedDocument document in documents.Take(ShownDocuments))
        {
            Line($"    {Visible(document.Url)}  {document.Id}  {document.Source}");
        }

        if (documents.Count > ShownDocuments)
        {
            Line($"    and {documents.Count - ShownDocuments} more");
        }
    }

    private static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static string Visible(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));
}
