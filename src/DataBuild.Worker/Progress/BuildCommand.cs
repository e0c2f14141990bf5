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
        Task reading = ReadAsync(process, state, other);
        await LiveView.RunAsync(state, () => reading.IsCompleted, RefreshInterval, cancellation).ConfigureAwait(false);
        await reading.ConfigureAwait(false);
        other.ForEach(Console.Out.WriteLine);
        LiveView.WriteEnd(state);
    }

    private static async Task ReadAsync(Process process, BuildState state, List<string> other)
    {
        while (await process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            if (EventFile.Parse(line) is JsonElement e)
            {
                lock (state)
                {
                    state.Take(e);
                }
            }
            else if (line.Length > 0)
            {
                other.Add(line);
            }
        }
    }
}
