using System.CommandLine;
using System.Globalization;
using DataBuild.Engine.Reporting;

namespace DataBuild.Worker;

/// <summary><c>databuild explain URL</c>: tells the way of a document through all stages.</summary>
internal static class ExplainCommand
{
    private const int ShownMembers = 20;

    public static Command Create()
    {
        Argument<string?> document = new("document") { Description = "Address or id of the document (default: the environment's DATABUILD_DOCUMENT)", Arity = ArgumentArity.ZeroOrOne };
        Option<string> project = PlanLocation.Option();
        Command command = new("explain", "Tells the way of a document through all stages: figures, rules, verdicts, duplicates, place in the output") { document, project };
        command.SetAction((result, cancellation) => Task.FromResult(
            Run(result.GetRequiredValue(project), result.GetValue(document) ?? Environment.GetEnvironmentVariable("DATABUILD_DOCUMENT") ?? "", cancellation)));
        return command;
    }

    private static int Run(string project, string document, CancellationToken cancellation)
    {
        if (PlanLocation.Find(project) is not { } plan)
        {
            return 1;
        }

        // What the build has stored is found again by its keys; only what is missing is computed.
        using PhaseRunner runner = new(plan, Environment.ProcessorCount, new ConsoleEvents(quiet: true));
        if (!runner.RunStages(cancellation))
        {
            return 1;
        }

        IReadOnlyList<DocumentHistory> found = DocumentHistory.Find(runner.Build, document);
        foreach (DocumentHistory history in found)
        {
            Print(history);
        }

        if (found.Count == 0)
        {
            Console.Error.WriteLine($"{runner.Build.Plan.File.ProjectFile}: error DB0060: there is no document with the address or id '{document}' in the inputs of this dataset");
        }

        return found.Count == 0 ? 1 : 0;
    }

    private static void Print(DocumentHistory history)
    {
        Line($"{Visible(history.Url)}");
        Line($"  id {history.Id}, {history.Source} at offset {history.Offset}");
        foreach (StageVerdict stage in history.Stages)
        {
            string verdict = !stage.Reached ? "not reached" : stage.Reason is null ? "kept" : $"DROPPED: {stage.Reason}";
            string name = stage.Kind.StartsWith(stage.Stage, StringComparison.OrdinalIgnoreCase) ? stage.Kind : $"{stage.Kind} ({stage.Stage})";
            Line($"  {name,-24} {verdict}");
            foreach ((string figure, string value) in stage.Figures)
            {
                Line($"      {figure} = {Visible(value)}");
            }

            if (stage.Rules.Count > 0 && stage.Reached)
            {
                Line($"      rules: {string.Join(", ", stage.Rules.Select(r => $"{r.Key}={Visible(r.Value)}"))}");
            }

            if (stage.Cluster is { } cluster)
            {
                Print(cluster);
            }
        }

        Print(history.Place);
    }

    private static void Print(DuplicateCluster cluster)
    {
        Line($"      duplicates: {cluster.Size} documents, of which {cluster.Elected} is kept{(cluster.IsElectedElsewhere ? ", in another dataset" : "")}");
        foreach (ClusterMember member in cluster.Members.OrderByDescending(m => m.IsElected).Take(ShownMembers))
        {
            Line($"        {(member.IsElected ? "kept   " : "dropped")} {Visible(member.Url)}  {member.Id}  {member.Source}");
        }

        if (cluster.Members.Count > ShownMembers)
        {
            Line($"        and {cluster.Members.Count - ShownMembers} more");
        }
    }

    private static void Print(OutputPlace? place)
    {
        if (place is null)
        {
            Line($"  not in the dataset");
            return;
        }

        Line(place.File is null
            ? (FormattableString)$"  in the dataset: row {place.Row} (not published since)"
            : $"  in the dataset: row {place.Row}; {place.File}, row {place.RowInFile}");
        if (place.Tokens is { } tokens)
        {
            Line($"    {tokens} tokens, after {place.TokensBefore} tokens of the documents before it");
        }
    }

    private static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static string Visible(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));
}
