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
    private long _bytes;
    private long _lastProgress;

    internal StageTally(string stage, string kind, StagePhase phase, int shards, IBuildEvents events)
    {
        _summary = new StageSummary { Stage = stage, Kind = kind, Phase = phase, Shards = shards };
        _events = events;
    }

    /// <summary>The summary so far.</summary>
    public StageSummary Summary => _summary;

    internal void Measured(long documents, long bytes, double seconds)
    {
        StageProgress? progress = null;
        lock (_lock)
        {
            _summary.Documents += documents;
            _summary.Seconds += seconds;
            _bytes += bytes;
            long now = Stopwatch.GetTimestamp();
            if (Stopwatch.GetElapsedTime(_lastProgress, now) >= TimeSpan.FromSeconds(1))
            {
                _lastProgress = now;
                progress = new StageProgress(_summary.Phase, _summary.Stage, _shardsDone, _summary.Shards, _summary.Documents, _bytes, Stopwatch.GetElapsedTime(_start, now).TotalSeconds);
            }
        }

        if (progress is not null)
        {
            _events.Progress(progress);
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
}
