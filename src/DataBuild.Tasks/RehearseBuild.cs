using Microsoft.Build.Framework;

namespace DataBuild.Tasks;

/// <summary>
/// Starts the worker while NuGet looks whether packages are to be restored and MSBuild reads the project again. Where the plan of the coming build can be guessed,
/// the worker begins with that, and goes on when the plan turns out to be the one; else it rehearses the last build: what the coming one runs is then compiled,
/// and what it reads has been looked at.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class RehearseBuild : WorkerTask
{
    /// <summary>Full path of the guess at the plan; empty for none. The file need not be there.</summary>
    public string GuessFile { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        bool isGuessed = GuessFile.Length > 0 && File.Exists(GuessFile);
        if (isGuessed && File.ReadAllBytes(GuessFile).AsSpan().SequenceEqual(File.ReadAllBytes(PlanFile)) && CheckState().IsUpToDate)
        {
            // The project file is newer, and says the same.
            return true;
        }

        try
        {
            WorkerProcess worker = WorkerProcess.Start(WorkerPath, DotNetHostPath, Path.GetDirectoryName(PlanFile)!);
            BuildEngine4.RegisterTaskObject(RehearsingWorker.KeyOf(PlanFile), new RehearsingWorker(worker, WorkerPath), RegisteredTaskObjectLifetime.Build, allowEarlyCollection: false);
            Log.LogMessage(MessageImportance.Low, $"{DatasetName}: worker process {worker.Id} started early");
            int threads = FreeCores();
            worker.Send(json =>
            {
                json.WriteString("command", isGuessed ? "begin" : "rehearse");
                json.WriteString("plan", PlanFile);
                if (isGuessed)
                {
                    json.WriteString("guess", GuessFile);
                    json.WriteNumber("threads", threads);
                }
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
