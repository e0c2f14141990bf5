using System.Globalization;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Planning;

namespace DataBuild.Worker;

/// <summary>Writes build events for a person: messages to standard output, diagnostics in MSBuild's form to standard error.</summary>
internal sealed class ConsoleEvents(bool quiet = false) : IBuildEvents
{
    public void Message(MessageImportance importance, string text)
    {
        if (importance == MessageImportance.High && !quiet)
        {
            Console.Out.WriteLine(TerminalText.Lines(text));
        }
    }

    public void Diagnostic(BuildDiagnostic diagnostic)
    {
        string place = diagnostic.File is null ? "databuild" : diagnostic.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{diagnostic.File}({diagnostic.Line},{diagnostic.Column})") : diagnostic.File;
        Console.Error.WriteLine($"{place}: {(diagnostic.IsError ? "error" : "warning")} {diagnostic.Code}: {TerminalText.Lines(diagnostic.Message)}");
    }

    public void Progress(StageProgress progress)
    {
    }

    public void StageFinished(StageSummary summary)
    {
        if (quiet)
        {
            return;
        }

        string dropped = string.Join(", ", summary.Counts.Dropped.OrderByDescending(d => d.Value).Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.Key} {d.Value}")));
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {summary.Stage,-18} {summary.Computed} of {summary.Shards} shards computed{(summary.Decided > 0 ? $", {summary.Decided} decided" : "")}{(summary.Merged ? ", merged" : "")}  {summary.Counts.In} in  {summary.Counts.Kept} kept  {dropped}  {summary.Seconds:F2} s"));
    }
}
