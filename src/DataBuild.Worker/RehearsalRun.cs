using DataBuild.Engine.Execution;
using DataBuild.Engine.Store;

namespace DataBuild.Worker;

/// <summary>Rehearses the last build on a thread of its own until something else is to be done.</summary>
internal sealed class RehearsalRun
{
    private readonly CancellationTokenSource _cancellation;
    private readonly Thread _thread;
    private StoreChecks? _checks;
    private Exception? _stopped;

    /// <summary>Begins at once.</summary>
    public RehearsalRun(string planPath, CancellationToken cancellation)
    {
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _thread = new Thread(() => _checks = Rehearsal.Run(planPath, out _stopped, _cancellation.Token)) { IsBackground = true, Name = "rehearsal" };
        _thread.Start();
    }

    /// <summary>Ends it.</summary>
    /// <returns>What it found out about the store, and what stopped it, if anything did.</returns>
    public (StoreChecks Checks, Exception? Stopped) End()
    {
        _cancellation.Cancel();
        _thread.Join();
        _cancellation.Dispose();
        return (_checks!, _stopped);
    }
}
