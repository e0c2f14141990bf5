using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text.Json;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Store;
using DataBuild.Worker.Progress;

namespace DataBuild.Worker;

/// <summary>Takes commands as JSON lines from standard input and answers with events on standard output, until the input ends.</summary>
internal static class ServeLoop
{
    public static int Run(Stream input, JsonEvents events)
    {
        // Ctrl+C reaches every process of the terminal: whoever started this one says that it is to stop, or closes its input, and it ends in order.
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);

        // Neither is disposed: the reading thread may still be using them when the last command is done, and the process ends here.
        CancellationTokenSource cancellation = new();
        BlockingCollection<Command> commands = [];
        Thread reader = new(() => ReadCommands(input, commands, cancellation)) { IsBackground = true, Name = "commands" };
        reader.Start();
        RehearsalRun? rehearsal = null;
        StoreChecks? checks = null;
        Exception? stopped = null;
        AheadRun? ahead = null;
        PhaseRunner? runner = null;
        string? plan = null;
        string? followed = null;
        bool succeeded = false;
        try
        {
            foreach (Command command in commands.GetConsumingEnumerable())
            {
                if (rehearsal is not null)
                {
                    (checks, stopped) = rehearsal.End();
                    rehearsal = null;
                }

                if (command.Name == "rehearse")
                {
                    rehearsal = new RehearsalRun(command.Plan, cancellation.Token);
                    continue;
                }

                if (command.Name == "begin")
                {
                    if (command.Guess is { } guess)
                    {
                        checks = new StoreChecks();
                        ahead = new AheadRun(command.Plan, command.Threads, events, cancellation.Token, checks, File.ReadAllBytes(guess));
                    }
                    else if (ahead?.Runs(command.Plan) != true)
                    {
                        ahead?.Dispose();
                        ahead = new AheadRun(command.Plan, command.Threads, events, cancellation.Token, checks);
                        checks = null;
                    }

                    continue;
                }

                if (command.Name != "run")
                {
                    events.Done(VerificationRunner.Run(command.Plan, command.Name == "accept", events));
                    continue;
                }

                if (followed != command.Plan)
                {
                    followed = command.Plan;
                    events.WriteTo(EventFile.PathFor(command.Plan));
                }

                events.PhaseStarted(command.Phase);
                if (stopped is not null)
                {
                    events.Message(MessageImportance.Low, $"the rehearsal of the last build was stopped: {stopped.Message}");
                    stopped = null;
                }

                bool? ok = ahead?.Runs(command.Plan) == true ? ahead.Ask(command.Phase) : null;
                if (ok is null)
                {
                    ahead?.Dispose();
                    ahead = null;
                    if (runner is null || plan != command.Plan)
                    {
                        runner?.Dispose();
                        plan = command.Plan;
                        runner = new PhaseRunner(command.Plan, command.Threads, events, checks: checks);
                        checks = null;
                    }

                    ok = runner.Run(command.Phase, cancellation.Token);
                }

                succeeded = ok.Value;
                events.Done(ok.Value);
                if (cancellation.IsCancellationRequested)
                {
                    return 130;
                }
            }
        }
        finally
        {
            events.End(succeeded);
            rehearsal?.End();
            ahead?.Dispose();
            runner?.Dispose();
        }

        return 0;
    }

    private static void ReadCommands(Stream input, BlockingCollection<Command> commands, CancellationTokenSource cancellation)
    {
        using StreamReader lines = new(input);
        while (lines.ReadLine() is { } line)
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            switch (root.GetProperty("command").GetString())
            {
                case "cancel":
                    cancellation.Cancel();
                    break;
                case "begin":
                    commands.Add(new Command(
                        "begin",
                        root.GetProperty("plan").GetString()!,
                        default,
                        Math.Max(1, root.GetProperty("threads").GetInt32()),
                        root.TryGetProperty("guess", out JsonElement guess) ? guess.GetString() : null));
                    break;
                case "run":
                    commands.Add(new Command(
                        "run",
                        root.GetProperty("plan").GetString()!,
                        Enum.Parse<StagePhase>(root.GetProperty("phase").GetString()!),
                        Math.Max(1, root.GetProperty("threads").GetInt32())));
                    break;
                case "rehearse" or "verify" or "accept":
                    commands.Add(new Command(root.GetProperty("command").GetString()!, root.GetProperty("plan").GetString()!, StagePhase.Package, 1));
                    break;
                default:
                    throw new InvalidDataException($"unknown command: {line}");
            }
        }

        // Whoever started the worker is gone: stop what runs.
        cancellation.Cancel();
        commands.CompleteAdding();
    }

    private sealed record Command(string Name, string Plan, StagePhase Phase, int Threads, string? Guess = null);
}
