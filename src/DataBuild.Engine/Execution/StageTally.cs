using System.Diagnostics;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution;

/// <summary>Collects what a stage does over all shards; safe to use from several threads.</summary>
public sealed class StageTally
{
    private readonly Lock _lock = new();
    private readonly StageSummary _summary;
    private readonly IBuildEvents _events;
    private readonly long _start = Stopwatch.GetTimestamp();
    private int _shardsDone;
    private long _work;
    private long _workDone;
    private long _bytes;
    private long _lastProgress;

    internal StageTally(string stage, string kind, StagePhase phase, int shards, IBuildEvents events)
    {
        _summary = new StageSummary { Stage = stage, Kind = kind, Phase = phase, Shards = shards };
        _events = events;
    }

    /// <summary>The summary so far.</summary>
    public StageSummary Summary => _summary;

    /// <summary>All that there is to do, in rows or in bytes of inputs: what <see cref="Advance"/> counts.</summary>
    internal void Expect(long work)
    {
        lock (_lock)
        {
            _work = work;
        }
    }

    /// <summary>So much of it is done, by work or because it was in the store.</summary>
    internal void Advance(long work)
    {
        lock (_lock)
        {
            _workDone += work;
        }
    }

    /// <summary>Says how far the stage is, before a step that tells nothing for a while.</summary>
    internal void Report()
    {
        StageProgress progress;
        lock (_lock)
        {
            progress = Now(Stopwatch.GetTimestamp());
        }

        _events.Progress(progress);
    }

    internal void Measured(long documents, long bytes, double seconds)
    {
        StageProgress? progress = null;
        lock (_lock)
        {
            _summary.Documents += documents;
            _summary.Seconds += seconds;
            _bytes += bytes;
            long now = Stopwatch.GetTimestamp();
            if (Stopwatch.GetElapsedTime(_lastProgress, now) >= ProgressInterval(Stopwatch.GetElapsedTime(_start, now)))
            {
                progress = Now(now);
            }
        }

        if (progress is not null)
        {
            _events.Progress(progress);
        }
    }

    /// <summary>Adds what was done elsewhere.</summary>
    internal void Add(StageWork work)
    {
        lock (_lock)
        {
            _summary.Computed += work.Computed;
            _summary.Decided += work.Decided;
            _summary.Merged |= work.Merged;
            _summary.Documents += work.Documents;
            _summary.Seconds += work.Seconds;
        }
    }

    internal void ShardMeasured()
    {
        lock (_lock)
        {
            _summary.Computed++;
            _shardsDone++;
        }
    }

    internal void ShardDecided(double seconds)
    {
        lock (_lock)
        {
            _summary.Decided++;
            _summary.Seconds += seconds;
        }
    }

    internal void Merged(double seconds)
    {
        lock (_lock)
        {
            _summary.Merged = true;
            _summary.Seconds += seconds;
        }
    }

    internal void Count(DocumentCounts counts)
    {
        lock (_lock)
        {
            _summary.Counts.Add(counts);
        }
    }

    // Twice a second at first, every ten seconds in a build of days: what follows a build keeps all of it.
    private static TimeSpan ProgressInterval(TimeSpan elapsed) => TimeSpan.FromSeconds(Math.Clamp(elapsed.TotalSeconds / 120, 0.5, 10));

    private StageProgress Now(long now)
    {
        _lastProgress = now;
        double? share = _work > 0 ? Math.Min(1, (double)_workDone / _work) : null;
        return new StageProgress(_summary.Phase, _summary.Stage, _shardsDone, _summary.Shards, _summary.Documents, _bytes, Stopwatch.GetElapsedTime(_start, now).TotalSeconds, share);
    }
}
