using Microsoft.Build.Framework;

namespace DataBuild.Tasks;

/// <summary>
/// Starts the worker while NuGet looks whether packages are to be restored and MSBuild reads the project again, and has it rehearse the last build meanwhile: what
/// the coming one runs is then compiled, and what it reads has been looked at.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class RehearseBuild : WorkerTask
{
    /// <inheritdoc/>
    public override bool Execute()
    {
        try
        {
            WorkerProcess worker = WorkerProcess.Start(WorkerPath, DotNetHostPath, Path.GetDirectoryName(PlanFile)!);
            BuildEngine4.RegisterTaskObject(RehearsingWorker.KeyOf(PlanFile), new RehearsingWorker(worker, WorkerPath), RegisteredTaskObjectLifetime.Build, allowEarlyCollection: false);
            Log.LogMessage(MessageImportance.Low, $"{DatasetName}: worker process {worker.Id} started early");
            worker.Send(json =>
            {
                json.WriteString("command", "rehearse");
                json.WriteString("plan", PlanFile);
            });
        }
        catch (WorkerException e)
        {
            // The first phase needs the worker, and reports that it cannot have it.
            Log.LogMessage(MessageImportance.Low, "{0}", e.Message);
        }

        return true;
    }
}
