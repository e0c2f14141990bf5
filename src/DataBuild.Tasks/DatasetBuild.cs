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

    /// <summary>The worker, started at the first call and again after it has died.</summary>
    public WorkerProcess Worker(string workerPath, string dotNetHostPath, string workingDirectory)
    {
        lock (_lock)
        {
            if (_worker is { HasExited: true })
            {
                _worker.Dispose();
                _worker = null;
            }

            return _worker ??= WorkerProcess.Start(workerPath, dotNetHostPath, workingDirectory);
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
