using DataBuild.Engine.Packaging;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Reporting;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution;

/// <summary>
/// Runs the plan of a dataset, phase by phase. Every stage on every shard is an action whose key is looked up in the store; only what is not there is
/// computed.
/// </summary>
public sealed class DatasetBuild : IDisposable
{
    private const int MaximumRepairs = 5;

    private readonly BuildContext _context;
    private readonly List<StageTally> _finished = [];
    private Shard[] _shards;
    private int _next = -1;
    private int _reportedDamage;

    /// <summary>Prepares a build.</summary>
    /// <param name="plan">Plan.</param>
    /// <param name="store">Store; the build takes it over.</param>
    /// <param name="digests">File digests.</param>
    /// <param name="threads">Documents worked on side by side; at least 1. Never changes the result.</param>
    /// <param name="events">Hears what happens.</param>
    /// <param name="inFlightPath">File that says what is being worked on, for whoever finds the process dead; null for none.</param>
    public DatasetBuild(DatasetPlan plan, ContentStore store, FileDigests digests, int threads, IBuildEvents events, string? inFlightPath = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);

        // Shards block pool threads while they wait for their batches; without this the pool would grow by one thread every half second.
        ThreadPool.GetMinThreads(out int workers, out int ports);
        ThreadPool.SetMinThreads(Math.Max(workers, (4 * threads) + 8), ports);
        try
        {
            _context = new BuildContext(plan, store, digests, threads, events, inFlightPath);
        }
        catch
        {
            store.Dispose();
            throw;
        }

        _shards = NewShards();
    }

    /// <summary>The plan.</summary>
    public DatasetPlan Plan => _context.Plan;

    /// <summary>Shards in corpus order.</summary>
    public IReadOnlyList<Shard> Shards => _shards;

    /// <summary>The store.</summary>
    public ContentStore Store => _context.Store;

    /// <summary>Digests of files.</summary>
    public FileDigests Digests => _context.Digests;

    /// <summary>What each stage did, in order; the first is reading.</summary>
    public IReadOnlyList<StageSummary> Summaries => [.. _finished.Select(t => t.Summary)];

    /// <summary>What was read from each input, by shard.</summary>
    public Dictionary<int, ActionRecord> InputRecords { get; } = [];

    /// <summary>What the actions of the build share.</summary>
    internal BuildContext Context => _context;

    /// <summary>Files made by stages, by the stage's name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<MadeFile>> MadeFiles => _context.MadeFiles;

    /// <summary>Runs the next stages, in declared order, while they belong to the phase or an earlier one.</summary>
    /// <exception cref="StageException">A stage cannot work.</exception>
    /// <exception cref="StageFailedException">A stage threw on a document.</exception>
    /// <exception cref="OperationCanceledException">The build was cancelled.</exception>
    public void RunThrough(StagePhase phase, CancellationToken cancellation)
    {
        _context.Cancellation = cancellation;
        Repairing(() =>
        {
            RunStages(phase);
            return true;
        });
    }

    /// <summary>Runs what is left of the plan and publishes the dataset.</summary>
    /// <returns>The manifest, and whether the output was written (or found to be what would be written).</returns>
    /// <exception cref="PlanException">The output format or an output column is unknown.</exception>
    public (Manifest Manifest, bool Written) Publish(CancellationToken cancellation)
    {
        _context.Cancellation = cancellation;
        (Manifest, bool) published = Repairing(() =>
        {
            RunStages(StagePhase.Package);
            return new DatasetPackager(this, cancellation).Publish(() => ReportCollector.Collect(this, cancellation));
        });
        ReportDamage();
        return published;
    }

    // Entries that were found damaged before they were used: what they held has been made again without a stop.
    private void ReportDamage()
    {
        int damaged = Store.CorruptEntries - _reportedDamage;
        if (damaged > 0)
        {
            _reportedDamage += damaged;
            _context.Events.Diagnostic(new BuildDiagnostic(false, "DB3002",
                $"{damaged} entr{(damaged == 1 ? "y" : "ies")} of the store {(damaged == 1 ? "was" : "were")} found damaged and made again", Store.Root));
        }
    }

    /// <summary>Loads what a stage needs, if no action of this build has done so yet.</summary>
    public void EnsureInitialized(PlannedStage stage) => _context.EnsureInitialized(stage);

    /// <inheritdoc />
    public void Dispose()
    {
        try
        {
            _context.Digests.Save(Store.TemporaryFolder);
        }
        catch (IOException exception)
        {
            _context.Events.Diagnostic(new BuildDiagnostic(false, "DB3003", $"the digests of inputs could not be remembered, the next build reads them again: {exception.Message}", Store.Root));
        }
        finally
        {
            _context.Dispose();
            _context.Store.Dispose();
        }
    }

    private T Repairing<T>(Func<T> work)
    {
        for (int repair = 0; ; repair++)
        {
            try
            {
                return work();
            }
            catch (StoreCorruptException exception) when (repair < MaximumRepairs)
            {
                // The damaged file is gone by now; the actions that need it miss and run again, the others are found.
                _reportedDamage++;
                _context.Events.Diagnostic(new BuildDiagnostic(false, "DB3002", exception.Message, exception.Path));
                _shards = NewShards();
                _finished.Clear();
                _next = -1;
            }
        }
    }

    private Shard[] NewShards() => [.. Plan.Inputs.Select((input, index) => new Shard(index, input))];

    private void RunStages(StagePhase phase)
    {
        IReadOnlyList<PlannedStage> stages = Plan.Stages;
        if (_next < 0)
        {
            PlannedStage? payloadStage = stages.Count > 0 && stages[0].ReadsPayload ? stages[0] : null;
            FindSample();
            StageTally read = NewTally("read", "Read", StagePhase.Extract);
            StageTally? extract = payloadStage is null ? null : NewTally(payloadStage);
            long inputBytes = _shards.Sum(s => new FileInfo(s.Input.Path).Length);
            read.Expect(inputBytes);
            extract?.Expect(inputBytes);
            ForEachShard(shard =>
            {
                ActionRecord record = ReadAction.Run(_context, shard, payloadStage, read, extract);
                lock (InputRecords)
                {
                    InputRecords[shard.Index] = record;
                }

                if (payloadStage is not null)
                {
                    DecideAction.Run(_context, shard, payloadStage, extract!);
                }
            });
            Finish(read);
            if (extract is not null)
            {
                Finish(extract);
            }

            _next = payloadStage is null ? 0 : 1;
        }

        while (_next < stages.Count && stages[_next].RunsIn <= phase)
        {
            // Up to and including the next corpus stage, whose signatures are measured in the same pass.
            int end = _next;
            while (end < stages.Count && stages[end].RunsIn <= phase && !stages[end].IsCorpusStage)
            {
                end++;
            }

            PlannedStage? corpus = end < stages.Count && stages[end].RunsIn <= phase ? stages[end] : null;
            PlannedStage[] run = [.. stages.Skip(_next).Take(end - _next), .. corpus is null ? Array.Empty<PlannedStage>() : [corpus]];
            Dictionary<PlannedStage, StageTally> tallies = run.ToDictionary(s => s, NewTally);
            foreach (StageTally tally in tallies.Values)
            {
                tally.Expect(_shards.Sum(s => s.Rows));
            }

            ForEachShard(shard => RunShard(shard, run, tallies));
            foreach (PlannedStage stage in run)
            {
                RowCatalog.Update(_context, _shards, stage);
            }

            foreach (PlannedStage stage in run.Where(s => !s.IsCorpusStage))
            {
                Finish(tallies[stage]);
            }

            if (corpus is not null)
            {
                tallies[corpus].Report();
                MergeAction.Run(_context, _shards, corpus, tallies[corpus]);
                ForEachShard(shard => DecideAction.Run(_context, shard, corpus, tallies[corpus]));
                Finish(tallies[corpus]);
            }

            _next += run.Length;
        }
    }

    private void FindSample()
    {
        if (Plan.Sample is { } rule)
        {
            ulong[][] places = [.. _shards.Select(_ => Array.Empty<ulong>())];
            if (rule.MaxDocuments is not null)
            {
                ForEachShard(shard => places[shard.Index] = SampleAction.Places(_context, shard, rule));
            }

            _context.Sample = (rule, SampleAction.Limit(rule, places));
        }
    }

    private void RunShard(Shard shard, PlannedStage[] stages, Dictionary<PlannedStage, StageTally> tallies)
    {
        for (int start = 0; start < stages.Length;)
        {
            int end = start;
            HashSet<string> written = new(StringComparer.Ordinal);
            while (end < stages.Length && (end == start || CanJoin(stages[end], written)))
            {
                written.UnionWith(stages[end].FigureColumns.Select(c => c.Name));
                end++;
                if (stages[end - 1].Stage is IBatchStage)
                {
                    break;
                }
            }

            PlannedStage[] group = stages[start..end];
            MeasureAction.Run(_context, shard, group, tallies);
            foreach (PlannedStage stage in group.Where(s => !s.IsCorpusStage))
            {
                DecideAction.Run(_context, shard, stage, tallies[stage]);
            }

            start = end;
        }
    }

    // A stage joins a pass when all that it reads exists before the pass.
    private static bool CanJoin(PlannedStage stage, HashSet<string> written) =>
        stage.Scope != MeasureScope.Kept && stage.Stage is not IBatchStage && !stage.Stage.InputColumns.Any(written.Contains);

    private void ForEachShard(Action<Shard> action) => ParallelWork.ForEach(_shards, _context.Threads, action, _context.Cancellation);

    private StageTally NewTally(PlannedStage stage)
    {
        StageTally tally = NewTally(stage.Name, stage.Descriptor.Name, stage.RunsIn);
        tally.Summary.Inputs = [.. stage.ReadsPayload ? ["payload"] : stage.Stage.InputColumns, .. stage.Stage is ICorpusStage corpus ? corpus.MergeColumns : []];
        tally.Summary.Options = stage.MeasureOptions + stage.ThresholdOptions;
        return tally;
    }

    internal StageTally NewTally(string name, string kind, StagePhase phase) => new(name, kind, phase, _shards.Length, _context.Events);

    private void Finish(StageTally tally)
    {
        // What a stage keeps is what the next one gets: no document may vanish in between.
        DocumentCounts counts = tally.Summary.Counts;
        long expected = _finished.Count == 0 ? counts.In : _finished[^1].Summary.Counts.Kept;
        if (!counts.AddsUp || counts.In != expected)
        {
            throw new StageException("DB3060", $"stage '{tally.Summary.Stage}': {counts.In} documents in ({expected} expected), {counts.Kept} kept, {counts.Dropped.Values.Sum()} dropped do not add up");
        }

        _finished.Add(tally);
        _context.Events.StageFinished(tally.Summary);
        StageSummary summary = tally.Summary;
        long failed = summary.Counts.Dropped.GetValueOrDefault(DecideAction.StageError) + summary.Counts.Dropped.GetValueOrDefault(DecideAction.BadInput);
        if (failed > 0)
        {
            string first = _context.Failed.First(summary.Stage) is { } known ? $"; the first: {known.Address}, saved in '{known.Path}'" : "";
            _context.Events.Diagnostic(new BuildDiagnostic(
                false, "DB3086", $"stage '{summary.Stage}' dropped {failed} document{(failed == 1 ? "" : "s")} on which it failed{first}", Plan.File.ProjectFile));
        }
    }
}
