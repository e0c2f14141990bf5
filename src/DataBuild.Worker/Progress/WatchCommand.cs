using System.CommandLine;
using System.Diagnostics;
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
            string plan = "";
            int code = DatasetArgument.Guard(() =>
            {
                plan = DatasetArgument.PlanOf(result.GetRequiredValue(dataset), result.GetValue(configuration));
                return 0;
            });
            return code == 0 ? await RunAsync(plan, result.GetValue(last), cancellation).ConfigureAwait(false) : code;
        });
        return command;
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

        SetElapsed(state);
        await LiveView.RunAsync(state, () => !Advance(state, file), RefreshInterval, cancellation).ConfigureAwait(false);
        LiveView.WriteEnd(state);
        if (state.Succeeded is null && !cancellation.IsCancellationRequested)
        {
            AnsiConsole.MarkupLine("[red]The build has ended without saying so: its worker is gone.[/]");
        }

        return state.Succeeded == true ? 0 : 1;
    }

    private static void SetElapsed(BuildState state)
    {
        foreach (DatasetState dataset in state.Datasets.Where(d => d.Process > 0 && IsAlive(d.Process)))
        {
            using Process process = Process.GetProcessById(dataset.Process);
            dataset.Before = DateTime.Now - process.StartTime;
        }
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

    private static bool IsRunning(BuildState state) => state.Succeeded is null && state.Datasets.Any(d => d.Process > 0 && IsAlive(d.Process));

    private static bool IsAlive(int process)
    {
        try
        {
            using Process found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
