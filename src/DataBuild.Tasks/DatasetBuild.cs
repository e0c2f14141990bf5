using DataBuild.Engine.Store;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace DataBuild.Tasks;

/// <summary>
/// What the phases of one dataset share within one build: whether anything is to be done, and the worker that does it.
/// MSBuild disposes it when the build ends.
/// </summary>
internal sealed class DatasetBuild(bool isUpToDate) : IDisposable
{
    private readonly Lock _lock = new();
    private WorkerProcess? _worker;

    public bool IsUpToDate => isUpToDate;

    /// <summary>The build of that plan; the first call of a build decides whether anything is to be done, and says so.</summary>
    public static DatasetBuild FindOrBegin(IBuildEngine4 engine, TaskLoggingHelper log, string datasetName, string planFile, Func<UpToDateState> check)
    {
        (string, string) key = ("DataBuild", planFile);
        if (engine.GetRegisteredTaskObject(key, RegisteredTaskObjectLifetime.Build) is DatasetBuild known)
        {
            return known;
        }

        UpToDateState state = check();
        DatasetBuild build = new(state.IsUpToDate);
        engine.RegisterTaskObject(key, build, RegisteredTaskObjectLifetime.Build, allowEarlyCollection: false);
        if (state.IsUpToDate)
        {
            log.LogMessage(MessageImportance.High, $"{datasetName}: up to date");
        }
        else
        {
            log.LogMessage(MessageImportance.Low, $"{datasetName}: {state.Reason}");
        }

        return build;
    }

    /// <summary>The worker, started at the first call. One that has died since stays: the phase that asks it next reports the crash, whenever it came.</summary>
    public WorkerProcess Worker(Func<WorkerProcess> start)
    {
        lock (_lock)
        {
            return _worker ??= start();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _worker?.Dispose();
            _worker = null;
        }
    }
}
