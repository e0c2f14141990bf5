using System.Runtime.ExceptionServices;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Worker;

/// <summary>
/// Runs the phases of a plan before they are asked for, while the project is being compiled. What there is to say waits until a phase is asked for. A run
/// that failed before that, or whose files are no longer what they were, has said nothing and is forgotten; the phases then run anew. The dataset is written
/// beside its place meanwhile, and published only when the last phase is asked for. It may begin with a guess at the plan, and is of use when that was right.
/// </summary>
internal sealed class AheadRun : IBuildEvents, IDisposable
{
    private readonly object _lock = new();
    private readonly IBuildEvents _events;
    private readonly List<(StagePhase Phase, Action<IBuildEvents> Send)> _held = [];
    private readonly CancellationTokenSource _cancellation;
    private readonly PhaseRunner _runner;
    private readonly string _planPath;
    private readonly byte[]? _guess;
    private readonly Thread _thread;

    private StagePhase _running;
    private StagePhase? _asked;
    private StagePhase? _finished;
    private bool _failed;
    private bool _failureWasAsked;
    private Exception? _exception;

    /// <summary>Begins at once, on a thread of its own.</summary>
    /// <param name="planPath">Path of the plan.</param>
    /// <param name="threads">Most threads to use.</param>
    /// <param name="events">Hears what was held back when a phase is asked for.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <param name="checks">What the process knows of the store already; null for nothing.</param>
    /// <param name="guess">The plan as it probably will be; null for that of the file.</param>
    public AheadRun(string planPath, int threads, IBuildEvents events, CancellationToken cancellation, StoreChecks? checks = null, byte[]? guess = null)
    {
        _planPath = planPath;
        _guess = guess;
        _events = events;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _runner = new PhaseRunner(planPath, threads, this, checks: checks, guess: guess);
        _thread = new Thread(RunPhases) { IsBackground = true, Name = "ahead" };
        _thread.Start();
    }

    /// <summary>Whether it runs the plan of that file, as the file is now, and has not failed yet.</summary>
    public bool Runs(string planPath)
    {
        lock (_lock)
        {
            return planPath == _planPath
                && (_guess is null || (!(_failed && !_failureWasAsked) && File.ReadAllBytes(planPath).AsSpan().SequenceEqual(_guess)));
        }
    }

    /// <summary>True when it has run all that it may, or failed.</summary>
    public bool HasEnded => !_thread.IsAlive;

    /// <summary>Takes the run over as that of a phase: tells what was held back, and waits for the phase to end.</summary>
    /// <returns>Whether the phase succeeded; null when the run is of no use and the phase is to be run anew.</returns>
    public bool? Ask(StagePhase phase)
    {
        lock (_lock)
        {
            if ((_failed && !_failureWasAsked) || !_runner.FilesAreCurrent)
            {
                return null;
            }

            _asked = phase;
            foreach ((_, Action<IBuildEvents> send) in _held.Where(h => h.Phase <= phase))
            {
                send(_events);
            }

            _held.RemoveAll(h => h.Phase <= phase);
            while (!_failed && !(_finished >= phase))
            {
                Monitor.Wait(_lock);
            }

            if (_exception is not null)
            {
                ExceptionDispatchInfo.Throw(_exception);
            }

            if (_failed)
            {
                return false;
            }
        }

        return phase < StagePhase.Package || _runner.Run(phase, _cancellation.Token);
    }

    public void Message(MessageImportance importance, string text) => Pass(e => e.Message(importance, text));

    public void Diagnostic(BuildDiagnostic diagnostic) => Pass(e => e.Diagnostic(diagnostic));

    public void Planned(DatasetPlan plan) => Pass(e => e.Planned(plan));

    public void StageFinished(StageSummary summary) => Pass(e => e.StageFinished(summary));

    public void Progress(StageProgress progress)
    {
        lock (_lock)
        {
            // How far it was is of no interest later.
            if (progress.Phase <= _asked)
            {
                _events.Progress(progress);
            }
        }
    }

    public void Dispose()
    {
        _cancellation.Cancel();
        _thread.Join();
        _runner.Dispose();
        _cancellation.Dispose();
    }

    private void RunPhases()
    {
        for (StagePhase phase = default; phase <= StagePhase.Package; phase++)
        {
            lock (_lock)
            {
                _running = phase;
            }

            bool ok = false;
            Exception? exception = null;
            try
            {
                ok = phase < StagePhase.Package ? _runner.Run(phase, _cancellation.Token) : _runner.Prepare(_cancellation.Token);
            }
            catch (Exception e)
            {
                // Thrown on the thread that asks for the phase; nobody may, and then the build has ended.
                exception = e;
            }

            lock (_lock)
            {
                _finished = phase;
                _failed = !ok;
                _failureWasAsked = _asked >= phase;
                _exception = exception;
                Monitor.PulseAll(_lock);
                if (!ok)
                {
                    return;
                }

                _running = phase < StagePhase.Package ? phase + 1 : phase;
            }
        }
    }

    private void Pass(Action<IBuildEvents> send)
    {
        lock (_lock)
        {
            if (_running <= _asked)
            {
                send(_events);
            }
            else
            {
                _held.Add((_running, send));
            }
        }
    }
}
