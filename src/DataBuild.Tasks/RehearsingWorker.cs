using Microsoft.Build.Framework;

namespace DataBuild.Tasks;

/// <summary>A worker that was started early. It belongs to whoever takes it first; one that nobody takes ends with the build.</summary>
internal sealed class RehearsingWorker(WorkerProcess process, string workerPath) : IDisposable
{
    private WorkerProcess? _process = process;

    /// <summary>Key of the registered object of a plan.</summary>
    public static object KeyOf(string planFile) => ("DataBuild rehearsal", planFile);

    /// <summary>The early worker of a plan; null when there is none, when it is another program, or when it has ended.</summary>
    public static WorkerProcess? Take(IBuildEngine4 engine, string planFile, string workerPath) =>
        (engine.GetRegisteredTaskObject(KeyOf(planFile), RegisteredTaskObjectLifetime.Build) as RehearsingWorker)?.Take(workerPath);

    public void Dispose() => Interlocked.Exchange(ref _process, null)?.Dispose();

    private WorkerProcess? Take(string wanted)
    {
        if (wanted != workerPath || Interlocked.Exchange(ref _process, null) is not { } taken)
        {
            return null;
        }

        if (!taken.HasExited)
        {
            return taken;
        }

        taken.Dispose();
        return null;
    }
}
