using System.CommandLine;
using System.Globalization;
using DataBuild.Engine.Reporting;

namespace DataBuild.Worker;

/// <summary><c>databuild explain PLAN URL</c>: tells the way of a document through all stages.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        Argument<FileInfo> plan = new("plan") { Description = "The plan file that the build left in obj/" };
        Argument<string> document = new("document") { Description = "Address or id of the document" };
        Command command = new("explain", "Tells the way of a document through all stages: figures, verdicts, place in the output") { plan, document };
        command.SetAction((result, cancellation) => Task.FromResult(Run(result.GetRequiredValue(plan).FullName, result.GetRequiredValue(document), cancellation)));
        return command;
    }

    private static int Run(string plan, string document, CancellationToken cancellation)
    {
        // What the build has stored is found again by its keys; only what is missing is computed.
        using PhaseRunner runner = new(plan, Environment.ProcessorCount, new ConsoleEvents(quiet: true));
        if (!runner.Run(StagePhase.Tokenize, cancellation))
        {
            return 1;
        }

        int found = 0;
        foreach (DocumentHistory history in DocumentHistory.Find(runner.Build, document))
        {
            found++;
            Print(history);
        }

        if (found == 0)
        {
            Console.Error.WriteLine($"there is no document with the address or id '{document}' in the inputs of this dataset");
        }

        return found == 0 ? 1 : 0;
    }

    private static void Print(DocumentHistory history)
    {
        Console.Out.WriteLine($"{Visible(history.Url)}");
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  id {history.Id}, {history.Source} at offset {history.Offset}"));
        foreach (StageVerdict stage in history.Stages)
        {
            string verdict = !stage.Reached ? "not reached" : stage.Reason is null ? "kept" : $"DROPPED: {stage.Reason}";
            Console.Out.WriteLine($"  {stage.Stage,-16} {verdict}");
            foreach ((string name, string value) in stage.Figures)
            {
                Console.Out.WriteLine($"      {name} = {Visible(value)}");
            }
        }

        Console.Out.WriteLine(history.OutputRow is { } row
            ? string.Create(CultureInfo.InvariantCulture, $"  in the dataset: row {row}")
            : "  not in the dataset");
    }

    private static string Visible(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));
}
