using DataBuild.Engine.Store;
using Microsoft.Build.Framework;
using Task = Microsoft.Build.Utilities.Task;

namespace DataBuild.Tasks;

/// <summary>
/// Starts the worker before the compiler runs, when there is something to do. Where the project defines no stage of its own, the compiler's result is nothing
/// that the worker needs, so it begins with the plan at once; the phases then ask for what it has done by that time.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class StartWorker : Task, IMultiThreadableTask
{
    /// <inheritdoc/>
    public TaskEnvironment TaskEnvironment { get; set; } = null!;

    /// <summary>Name of the dataset, for messages.</summary>
    [Required]
    public string DatasetName { get; set; } = "";

    /// <summary>Full path of the plan.</summary>
    [Required]
    public string PlanFile { get; set; } = "";

    /// <summary>Full path of the worker: a <c>.dll</c> that <c>dotnet</c> runs, or an executable.</summary>
    [Required]
    public string WorkerPath { get; set; } = "";

    /// <summary>Full path of the <c>dotnet</c> host; empty for the one on the path.</summary>
    public string DotNetHostPath { get; set; } = "";

    /// <summary>Full path of the record of the last finished build.</summary>
    [Required]
    public string UpToDateFile { get; set; } = "";

    /// <summary>Most threads that the worker may use; 0 for all cores.</summary>
    public int Threads { get; set; }

    /// <summary>The project's own assembly may define stages, and is not compiled yet.</summary>
    public bool DefinesStages { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        UpToDateState state = UpToDateState.Check(UpToDateFile, PlanFile, WorkerPath);
        if (DefinesStages && state.IsUpToDate)
        {
            // The compiler may yet change an assembly that the dataset depends on: the first phase looks again.
            return true;
        }

        DatasetBuild build = DatasetBuild.FindOrBegin(BuildEngine4, Log, DatasetName, PlanFile, () => state);
        if (build.IsUpToDate)
        {
            return true;
        }

        try
        {
            WorkerProcess worker = build.Worker(WorkerPath, DotNetHostPath, Path.GetDirectoryName(PlanFile)!);
            Log.LogMessage(MessageImportance.Low, $"{DatasetName}: worker process {worker.Id} started");
            if (!DefinesStages)
            {
                int threads = FreeCores();
                worker.Send(json =>
                {
                    json.WriteString("command", "begin");
                    json.WriteString("plan", PlanFile);
                    json.WriteNumber("threads", threads);
                });
            }
        }
        catch (WorkerException e)
        {
            // The first phase needs the worker, and reports that it cannot have it.
            Log.LogMessage(MessageImportance.Low, "{0}", e.Message);
        }

        return true;
    }

    // Asked for only to learn what other projects of the build leave: the compiler, which runs next, asks for none.
    private int FreeCores()
    {
        int wanted = Threads > 0 ? Threads : Environment.ProcessorCount;
        if (BuildEngine is not IBuildEngine9 cores)
        {
            return wanted;
        }

        int granted = cores.RequestCores(wanted);
        cores.ReleaseCores(granted);
        return granted;
    }
}
