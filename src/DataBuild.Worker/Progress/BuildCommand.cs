using System.CommandLine;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Spectre.Console;

namespace DataBuild.Worker.Progress;

/// <summary><c>databuild build</c>: <c>dotnet build</c> with bars for every dataset and stage. Where the output is no terminal, <c>dotnet build</c> as it is.</summary>
internal static class BuildCommand
{
    // By name: its base types are MSBuild's and are not to be had in this process.
    private const string LoggerType = "DataBuild.Logger.BuildEventLogger";

    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(250);

    public static Command Create()
    {
        Argument<string[]> arguments = new("arguments") { Description = "Arguments of dotnet build", Arity = ArgumentArity.ZeroOrMore };
        Command command = new("build", "dotnet build with bars for every dataset and stage") { arguments };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((result, cancellation) => RunAsync([.. result.GetValue(arguments) ?? [], .. result.UnmatchedTokens], cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string[] arguments, CancellationToken cancellation)
    {
        bool draw = !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;
        ProcessStartInfo start = new("dotnet") { UseShellExecute = false, RedirectStandardOutput = draw };
        start.ArgumentList.Add("build");
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        if (draw)
        {
            start.StandardOutputEncoding = Encoding.UTF8;
            start.ArgumentList.Add("-noConsoleLogger");
            start.ArgumentList.Add($"-logger:{LoggerType},{Path.Combine(AppContext.BaseDirectory, "DataBuild.Logger.dll")}");
        }

        using Process process = Process.Start(start)!;
        if (draw)
        {
            await DrawAsync(process, cancellation).ConfigureAwait(false);
        }

        // Ctrl+C reaches dotnet build too, as part of the same terminal: it ends by itself.
        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        return process.ExitCode;
    }

    private static async Task DrawAsync(Process process, CancellationToken cancellation)
    {
        BuildState state = new();
        List<string> other = [];
        Dictionary<string, EventFile> workers = new(StringComparer.Ordinal);
        Task reading = ReadAsync(process, state, workers, other);
        await LiveView.RunAsync(state, () => Follow(state, workers, reading.IsCompleted), RefreshInterval, cancellation).ConfigureAwait(false);
        await reading.ConfigureAwait(false);
        foreach (EventFile file in workers.Values)
        {
            file.Dispose();
        }

        other.ForEach(Console.Out.WriteLine);
        LiveView.WriteEnd(state);
    }

    /// <summary>Takes in what the workers have written; true when the build has ended.</summary>
    private static bool Follow(BuildState state, Dictionary<string, EventFile> workers, bool ended)
    {
        lock (state)
        {
            foreach ((string dataset, EventFile file) in workers)
            {
                List<JsonElement> events = file.ReadNew(out bool restarted);
                if (restarted)
                {
                    state.Restart(dataset);
                }

                events.ForEach(e => state.TakeWorker(e, dataset));
            }
        }

        return ended;
    }

    private static async Task ReadAsync(Process process, BuildState state, Dictionary<string, EventFile> workers, List<string> other)
    {
        while (await process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            if (EventFile.Parse(line) is not JsonElement e)
            {
                if (line.Length > 0)
                {
                    other.Add(line);
                }

                continue;
            }

            lock (state)
            {
                if (e.GetProperty("event").GetString() == "events")
                {
                    workers.TryAdd(e.GetProperty("dataset").GetString()!, new EventFile(e.GetProperty("path").GetString()!));
                }
                else
                {
                    state.Take(e);
                }
            }
        }
    }
}
