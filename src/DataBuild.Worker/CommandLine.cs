using System.CommandLine;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;
using DataBuild.Worker.Progress;

namespace DataBuild.Worker;

/// <summary>The commands for people: <c>databuild run PLAN</c> and others.</summary>
internal static class CommandLine
{
    public static Task<int> RunAsync(string[] args)
    {
        RootCommand root = new("DataBuild: the build system for LLM training data");
        root.Subcommands.Add(BuildCommand.Create());
        root.Subcommands.Add(WatchCommand.Create());
        root.Subcommands.Add(RunCommand());
        root.Subcommands.Add(ExtractCommand.Create());
        root.Subcommands.Add(ExplainCommand.Create());
        root.Subcommands.Add(ImpactCommand.Create());
        root.Subcommands.Add(HeadCommand.Create());
        root.Subcommands.Add(StatsCommand.Create());
        root.Subcommands.Add(DiffCommand.Create());
        root.Subcommands.Add(VerifyCommand.Create(accept: false));
        root.Subcommands.Add(VerifyCommand.Create(accept: true));
        root.Subcommands.Add(CacheCommand.Create());
        root.Subcommands.Add(ReproduceCommand.Create());
        root.Subcommands.Add(RunActionsCommand.Create());
        return root.Parse(args).InvokeAsync();
    }

    private static Command RunCommand()
    {
        Argument<FileInfo> plan = new("plan") { Description = "A plan file, as a build leaves it in obj/" };
        Option<int> threads = new("--threads") { Description = "Documents worked on side by side", DefaultValueFactory = _ => Environment.ProcessorCount };
        Command command = new("run", "Runs all phases of a plan file, as the build does") { plan, threads };
        command.SetAction((result, cancellation) =>
        {
            string path = result.GetRequiredValue(plan).FullName;
            ConsoleEvents events = new();
            // A build killed after its dataset was complete has left its lease and its files: a whole run removes them.
            if (UpToDateState.Check(UpToDateFile.PathFor(path), path, typeof(CommandLine).Assembly.Location).IsUpToDate && !StoreContents.IsInUse(PlanFile.Load(path).StoreDirectory))
            {
                events.Message(MessageImportance.High, $"{Path.GetFileName(path).Replace(".databuild.plan.json", "", StringComparison.Ordinal)}: up to date");
                return Task.FromResult(0);
            }

            using PhaseRunner runner = new(path, result.GetRequiredValue(threads), events);
            foreach (StagePhase phase in Enum.GetValues<StagePhase>())
            {
                if (!runner.Run(phase, cancellation))
                {
                    return Task.FromResult(1);
                }
            }

            return Task.FromResult(0);
        });
        return command;
    }
}
