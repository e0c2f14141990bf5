using System.CommandLine;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Execution.Slurm;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;
using DataBuild.Engine.Store.Remote;

namespace DataBuild.Worker;

/// <summary><c>databuild run-actions FOLDER --chunk N</c>: what a task of a Slurm job runs.</summary>
internal static class RunActionsCommand
{
    public static Command Create()
    {
        Argument<DirectoryInfo> folder = new("folder") { Description = "The wave's folder, as a build with DataBuildExecutor=Slurm writes it" };
        Option<int?> chunk = new("--chunk") { Description = "Number of the chunk of shards" };
        Option<bool> merge = new("--merge") { Description = "Run the merge that follows the chunks" };
        Option<int> threads = new("--threads") { Description = "Documents worked on side by side", DefaultValueFactory = _ => 1 };
        Command command = new("run-actions", "Runs the actions of one task of a Slurm job") { folder, chunk, merge, threads };
        command.Hidden = true;
        command.SetAction((result, cancellation) =>
        {
            if (result.GetValue(merge) == result.GetValue(chunk).HasValue)
            {
                Console.Error.WriteLine("databuild run-actions: expected either --chunk N or --merge");
                return Task.FromResult(2);
            }

            return Task.FromResult(Run(result.GetRequiredValue(folder).FullName, result.GetValue(chunk), Math.Max(1, result.GetValue(threads)), cancellation));
        });
        return command;
    }

    private static int Run(string folder, int? chunk, int threads, CancellationToken cancellation)
    {
        ConsoleEvents log = new();
        WaveTask? task = null;
        try
        {
            task = new WaveTask(folder, chunk, log);
            Run(task, log, threads, cancellation);
            task.Report(null);
            return 0;
        }
        catch (OperationCanceledException)
        {
            // No result: whoever cancelled the task knows it, and whoever did not submits it again.
            return 130;
        }
        catch (StoreCorruptException exception)
        {
            Console.Error.WriteLine(exception.Message);
            task!.Report(null, exception);
            return 1;
        }
        catch (Exception exception) when (Failure.Of(exception, task?.Plan.ProjectFile, threads) is { } diagnostic)
        {
            log.Diagnostic(diagnostic);
            task?.Report(diagnostic);
            return 1;
        }
    }

    private static void Run(WaveTask task, ConsoleEvents log, int threads, CancellationToken cancellation)
    {
        StageRegistry registry = StageRegistry.BuiltIn();
        registry.AddAssemblies([.. task.Plan.StageAssemblies.Where(File.Exists)]);
        List<BuildDiagnostic> diagnostics = [];
        DatasetPlan? plan = PlanResolver.Resolve(task.Plan, registry, task.Digests, diagnostics);
        if (plan is null)
        {
            BuildDiagnostic first = diagnostics.First(d => d.IsError);
            throw new ExecutorException(first.Code, first.Message, first.File, first.Line);
        }

        using RemoteCache? remote = RemoteCacheSettings.Of(task.Plan, Environment.GetEnvironmentVariable) is { } settings
            ? new RemoteCache(settings, warning => log.Message(MessageImportance.High, warning))
            : null;
        task.Run(plan, new ContentStore(task.Plan.StoreDirectory, remote), threads, cancellation);
    }
}
