using DataBuild.Engine.Store;
using Microsoft.Build.Framework;

namespace DataBuild.Tasks;

/// <summary>
/// Starts the worker before the compiler runs, when there is something to do. Where the project defines no stage of its own, the compiler's result is nothing
/// that the worker needs, so it begins with the plan at once; the phases then ask for what it has done by that time.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class StartWorker : WorkerTask
{
    /// <summary>The project's own assembly may define stages, and is not compiled yet.</summary>
    public bool DefinesStages { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        UpToDateState state = CheckState();
        if (DefinesStages && state.IsUpToDate)
        {
            // The compiler may yet change an assembly that the dataset depends on: the first phase looks again.
            return true;
        }

        DatasetBuild build = FindOrBegin(() => state);
        if (build.IsUpToDate)
        {
            return true;
        }

        try
        {
            WorkerProcess worker = WorkerOf(build);
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
}
