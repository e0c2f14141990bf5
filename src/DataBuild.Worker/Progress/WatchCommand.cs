using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace DataBuild.Worker.Progress;

/// <summary><c>databuild watch</c>: follows a running build of a dataset from another terminal, or waits for the next one.</summary>
internal static class WatchCommand
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(500);

    public static Command Create()
    {
        Argument<string> dataset = DatasetArgument.Create();
        Option<string?> configuration = DatasetArgument.Configuration();
        Option<bool> last = new("--last") { Description = "Show the last build where none is running, instead of waiting for one" };
        Command command = new("watch", "Follows a running build from another terminal") { dataset, configuration, last };
        command.SetAction(async (result, cancellation) =>
        {
            string path = result.GetRequiredValue(dataset);
            string? chosen = result.GetValue(configuration);
            await WaitForPlanAsync(path, chosen, cancellation).ConfigureAwait(false);
            string plan = "";
            int code = cancellation.IsCancellationRequested ? 1 : DatasetArgument.Guard(() =>
            {
                plan = DatasetArgument.PlanOf(path, chosen);
                return 0;
            });
            return code == 0 ? await RunAsync(plan, result.GetValue(last), cancellation).ConfigureAwait(false) : code;
        });
        return command;
    }

    /// <summary>A project that was never built has no plan yet: its first build writes it.</summary>
    private static async Task WaitForPlanAsync(string path, string? configuration, CancellationToken cancellation)
    {
        bool isProject = Path.GetExtension(path).EndsWith("proj", StringComparison.Ordinal) ? File.Exists(path) : Directory.Exists(path) && Directory.EnumerateFiles(path, "*proj").Any();
        for (bool isTold = false; isProject && !cancellation.IsCancellationRequested && DatasetArgument.FindPlan(path, configuration) is null; isTold = true)
        {
            if (!isTold)
            {
                AnsiConsole.MarkupLine("[grey]waiting for the first build; Ctrl+C to stop[/]");
            }

            await Task.Delay(RefreshInterval, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task<int> RunAsync(string plan, bool last, CancellationToken cancellation)
    {
        using EventFile file = new(EventFile.PathFor(plan));
        BuildState state = Fill(new BuildState(), file.ReadNew(out _));
        if (!last && !IsRunning(state))
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]waiting for a build of {Path.GetFileName(plan).Replace(".databuild.plan.json", "", StringComparison.Ordinal)}; Ctrl+C to stop[/]");
            while (!IsRunning(state) && !cancellation.IsCancellationRequested)
            {
                await Task.Delay(RefreshInterval, CancellationToken.None).ConfigureAwait(false);
                List<JsonElement> events = file.ReadNew(out bool restarted);
                state = Fill(restarted ? new BuildState() : state, events);
            }
        }

        await LiveView.RunAsync(state, () => !Advance(state, file), RefreshInterval, cancellation).ConfigureAwait(false);
        LiveView.WriteEnd(state);
        if (state.Succeeded is null && !cancellation.IsCancellationRequested)
        {
            AnsiConsole.MarkupLine("[red]The build was cancelled, or its worker was killed.[/]");
        }

        return state.Succeeded == true ? 0 : 1;
    }

    private static bool Advance(BuildState state, EventFile file)
    {
        lock (state)
        {
            Fill(state, file.ReadNew(out _));
        }

        return IsRunning(state);
    }

    private static BuildState Fill(BuildState state, List<JsonElement> events)
    {
        events.ForEach(state.Take);
        return state;
    }

    private static bool IsRunning(BuildState state) => state.Succeeded is null && state.Datasets.Any(d => d.IsAlive);
}
