using DataBuild.Engine.Store;
using Microsoft.Build.Framework;
using Task = Microsoft.Build.Utilities.Task;

namespace DataBuild.Tasks;

/// <summary>A task that has the worker do something for one dataset's build.</summary>
public abstract class WorkerTask : Task, IMultiThreadableTask
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

    /// <summary>Full path of the record of the last finished build; empty for a phase that always runs.</summary>
    public string UpToDateFile { get; set; } = "";

    /// <summary>Most threads that the worker may use; 0 for all cores. The build's other projects have their share of them.</summary>
    public int Threads { get; set; }

    /// <summary>The build of the plan; the first task that asks decides whether anything is to be done.</summary>
    private protected DatasetBuild FindOrBegin(Func<UpToDateState> check) => DatasetBuild.FindOrBegin(BuildEngine4, Log, DatasetName, PlanFile, check);

    /// <summary>Whether anything is to be done, told from sizes and times.</summary>
    private protected UpToDateState CheckState() => UpToDateState.Check(UpToDateFile, PlanFile, WorkerPath);

    /// <summary>The worker of a build: the one that was started early, or one that is started at the first call.</summary>
    /// <exception cref="WorkerException">It is not there or does not start.</exception>
    private protected WorkerProcess WorkerOf(DatasetBuild build) => build.Worker(() =>
        RehearsingWorker.Take(BuildEngine4, PlanFile, WorkerPath) ?? WorkerProcess.Start(WorkerPath, DotNetHostPath, Path.GetDirectoryName(PlanFile)!));

    /// <summary>Asks MSBuild for the cores that the worker may use.</summary>
    /// <returns>Cores that other projects of the build leave, at least one; to be given back by <see cref="ReleaseCores"/>.</returns>
    private protected int RequestCores()
    {
        int wanted = Threads > 0 ? Threads : Environment.ProcessorCount;
        return BuildEngine is IBuildEngine9 cores ? cores.RequestCores(wanted) : wanted;
    }

    /// <summary>Cores that other projects of the build leave; none is kept, since the compiler, which works beside, asks for none.</summary>
    private protected int FreeCores()
    {
        int granted = RequestCores();
        ReleaseCores(granted);
        return granted;
    }

    /// <summary>Gives cores back.</summary>
    private protected void ReleaseCores(int granted)
    {
        if (BuildEngine is IBuildEngine9 cores)
        {
            cores.ReleaseCores(granted);
        }
    }
}
