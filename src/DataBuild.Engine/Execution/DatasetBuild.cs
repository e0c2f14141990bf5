using System.Collections.Concurrent;
using DataBuild.Engine.Execution.Slurm;
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

    /// <summary>Managed memory after the stages from which on it is worth the tenth of a second that a full collection takes.</summary>
    private const long LeftoverBytes = 256L << 20;

    private readonly BuildContext _context;
    private readonly IActionExecutor _executor;
    private readonly List<StageTally> _finished = [];
    private readonly Dictionary<PlannedStage, StageTally> _tallies = [];
    private readonly Dictionary<string, StageWork> _elsewhere = new(StringComparer.Ordinal);
    private readonly YieldRule _leastYield;
    private Shard[] _shards;
    private StageTally? _read;
    private int _next = -1;
    private int _mergedThrough = -1;
    private bool _resumed;
    private int _reportedDamage;
    private PreparedDataset? _prepared;

    /// <summary>Prepares a build.</summary>
    /// <param name="plan">Plan.</param>
    /// <param name="store">Store; the build takes it over.</param>
    /// <param name="digests">File digests.</param>
    /// <param name="threads">Documents worked on side by side; at least 1. Never changes the result.</param>
    /// <param name="events">Hears what happens.</param>
    /// <param name="inFlightPath">File that says what is being worked on, for whoever finds the process dead; null for none.</param>
    /// <param name="executor">Where actions are computed; null for this process.</param>
    public DatasetBuild(
        DatasetPlan plan, ContentStore store, FileDigests digests, int threads, IBuildEvents events, string? inFlightPath = null, IActionExecutor? executor = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);

        // Shards block pool threads while they wait for their batches; without this the pool would grow by one thread every half second.
        ThreadPool.GetMinThreads(out int workers, out int ports);
        ThreadPool.SetMinThreads(Math.Max(workers, (4 * threads) + 8), ports);
        try
        {
            _leastYield = YieldRule.Of(plan.File);
            _context = new BuildContext(plan, store, digests, threads, events, inFlightPath);
        }
        catch
        {
            store.Dispose();
            throw;
        }

        if (digests.IsDamaged)
        {
            events.Diagnostic(new BuildDiagnostic(false, "DB3002", "the remembered digests of files were found damaged; files are read again", store.Root));
        }

        _executor = executor ?? new LocalExecutor(threads);
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

    /// <summary>Documents worked on side by side.</summary>
    internal int Threads => _context.Threads;

    /// <summary>The largest place that is in the sample; null for all documents.</summary>
    internal ulong? SampleLimit => _context.Sample?.Limit;

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

    /// <summary>Runs what is left of the plan and writes the dataset beside its place; <see cref="Publish"/> then only puts it there.</summary>
    /// <exception cref="PlanException">The output format or an output column is unknown.</exception>
    public void Prepare(CancellationToken cancellation)
    {
        _context.Cancellation = cancellation;
        _prepared?.Dispose();
        _prepared = null;
        _prepared = Repairing(() =>
        {
            RunStages(StagePhase.Package);
            GiveBackMemory();
            return new DatasetPackager(this, cancellation).Prepare(() => ReportCollector.Collect(this, cancellation));
        });
        ReportDamage();
    }

    // Packaging holds the rows of several row groups: on top of what the stages have left, that would be the most that a build ever needs.
    private static void GiveBackMemory()
    {
        if (GC.GetTotalMemory(forceFullCollection: false) > LeftoverBytes)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    /// <summary>Goes through all stages and packages the first batch of every shard into a scratch folder, which goes at once.</summary>
    /// <exception cref="OperationCanceledException">A result is not in the store, or it was cancelled.</exception>
    internal void Rehearse(CancellationToken cancellation)
    {
        _context.Cancellation = cancellation;
        RunStages(StagePhase.Package);
        DatasetPackager packager = new(this, cancellation);
        foreach (Shard shard in _shards)
        {
            shard.BatchRows = [.. shard.BatchRows.Take(1)];
        }

        string scratch = Store.CreateScratchDirectory();
        try
        {
            packager.Rehearse(new OutputFolder(scratch), () => ReportCollector.Collect(this, cancellation));
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    /// <summary>Runs what is left of the plan and publishes the dataset.</summary>
    /// <returns>The manifest, and whether the output was written (or found to be what would be written).</returns>
    /// <exception cref="PlanException">The output format or an output column is unknown.</exception>
    public (Manifest Manifest, bool Written) Publish(CancellationToken cancellation)
    {
        // A target of the project may have changed what the dataset says of itself since it was prepared.
        if (_prepared is null || new DatasetPackager(this, cancellation).Key != _prepared.Key)
        {
            Prepare(cancellation);
        }

        using PreparedDataset prepared = _prepared!;
        _prepared = null;
        return prepared.Publish();
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
            _prepared?.Dispose();
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
                _context.Events.Diagnostic(new BuildDiagnostic(false, "DB3002", exception.Message, exception.File));
                _shards = NewShards();
                _finished.Clear();
                _next = -1;
                _mergedThrough = -1;
            }
        }
    }

    private Shard[] NewShards()
    {
        ColumnLayout empty = new();
        return [.. Plan.Inputs.Select((input, index) => new Shard(index, input, empty))];
    }

    private void RunStages(StagePhase phase)
    {
        IReadOnlyList<PlannedStage> stages = Plan.Stages;
        if (!_resumed)
        {
            _executor.Resume(this, _context.Cancellation);
            _resumed = true;
        }

        if (_next < 0)
        {
            PlannedStage? payloadStage = PayloadStage;
            FindSample();
            long inputBytes = _shards.Sum(s => new FileInfo(s.Input.Path).Length);
            _read = NewTally("read", "Read", StagePhase.Extract);
            _read.Expect(inputBytes);
            if (payloadStage is not null)
            {
                _tallies[payloadStage] = NewTally(payloadStage);
                _tallies[payloadStage].Expect(inputBytes);
            }

            int read = payloadStage is null ? 0 : 1;
            AdvanceAll(read);
            Finish(_read);
            if (payloadStage is not null)
            {
                Finish(_tallies[payloadStage]);
            }

            // Only now: a build whose reading failed must fail again when it is asked to go on.
            _next = read;
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
            end += corpus is null ? 0 : 1;
            for (int stage = _next; stage < end; stage++)
            {
                _tallies[stages[stage]] = NewTally(stages[stage]);
                _tallies[stages[stage]].Expect(_shards.Sum(s => s.Rows));
            }

            AdvanceAll(end);
            foreach (PlannedStage stage in stages.Skip(_next).Take(end - _next))
            {
                RowCatalog.Update(_context, _shards, stage);
                StageSummaryNote.Say(_context, _shards, stage);
            }

            foreach (PlannedStage stage in stages.Skip(_next).Take(end - _next).Where(s => !s.IsCorpusStage))
            {
                Finish(_tallies[stage]);
            }

            if (corpus is not null)
            {
                _tallies[corpus].Report();
                Merge(corpus);
                AdvanceAll(end);
                Finish(_tallies[corpus]);
            }

            _next = end;
        }
    }

    /// <summary>Runs the actions of a wave on shards that another process describes, and where it is asked for the merge that follows them.</summary>
    /// <returns>The work that was done, by stage.</returns>
    internal IReadOnlyDictionary<string, StageWork> RunWave(WaveDescription wave, IEnumerable<ShardState> shards, bool merge, CancellationToken cancellation)
    {
        _context.Cancellation = cancellation;
        _context.Sample = wave.SampleLimit is { } limit ? (Plan.Sample!, limit) : null;
        foreach ((string stage, IReadOnlyList<MadeFile> files) in wave.Made)
        {
            _context.MadeFiles[stage] = files;
        }

        ColumnLayout empty = new();
        _shards = [.. shards.OrderBy(s => s.Index).Select(s => s.ToShard(empty))];
        _mergedThrough = wave.MergedThrough;
        _read = NewTally("read", "Read", StagePhase.Extract);
        foreach (PlannedStage stage in Plan.Stages)
        {
            _tallies[stage] = NewTally(stage);
        }

        if (wave.IsSampling)
        {
            ParallelWork.ForEach(_shards, Threads, shard => SampleAction.Places(_context, shard, Plan.Sample!), cancellation);
        }
        else
        {
            PlannedStage? corpus = NextMerge;
            AdvanceAll(corpus is null ? Plan.Stages.Count : corpus.Index + 1);
            if (merge)
            {
                Merge(corpus!);
            }
        }

        return _tallies.Values.Append(_read).Select(t => t.Summary).Where(s => s.Computed > 0 || s.Decided > 0 || s.Merged).ToDictionary(
            s => s.Stage, s => new StageWork { Computed = s.Computed, Decided = s.Decided, Merged = s.Merged, Documents = s.Documents, Seconds = s.Seconds }, StringComparer.Ordinal);
    }

    private PlannedStage? PayloadStage => Plan.Stages is [{ ReadsPayload: true } first, ..] ? first : null;

    /// <summary>The stage that is merged next; null when all are.</summary>
    private PlannedStage? NextMerge => Plan.Stages.FirstOrDefault(s => s.IsCorpusStage && s.Index > _mergedThrough);

    private void Merge(PlannedStage corpus)
    {
        if (_executor.ComputesElsewhere && !MergeAction.Run(_context, _shards, corpus, _tallies[corpus], compute: false))
        {
            RunWave([], _ => { });
        }

        MergeAction.Run(_context, _shards, corpus, _tallies[corpus], compute: true);
        _mergedThrough = corpus.Index;
    }

    // Takes every shard through the stages before 'end'.
    private void AdvanceAll(int end)
    {
        Shard[] missing = _shards;
        if (_executor.ComputesElsewhere)
        {
            ConcurrentBag<Shard> notFound = [];
            ParallelWork.ForEach(_shards, _context.Threads, shard =>
            {
                if (!Advance(shard, end, compute: false))
                {
                    notFound.Add(shard);
                }
            }, _context.Cancellation);
            missing = [.. notFound.OrderBy(s => s.Index)];
            if (missing.Length == 0)
            {
                return;
            }
        }

        RunWave(missing, shard => Advance(shard, end, compute: true));
    }

    private void RunWave(IReadOnlyList<Shard> missing, Action<Shard> compute, bool isSampling = false)
    {
        Wave wave = new() { Missing = missing, Merge = isSampling ? null : NextMerge, MergedThrough = _mergedThrough, IsSampling = isSampling, Compute = compute };
        foreach ((string stage, StageWork work) in _executor.Run(this, wave, _context.Cancellation))
        {
            if (!_elsewhere.TryAdd(stage, work))
            {
                _elsewhere[stage].Add(work);
            }
        }
    }

    /// <summary>Takes a shard through the stages before a place in the plan; through the measuring only of a corpus stage that is not merged yet.</summary>
    /// <returns>False when it stopped at something that the store lacks and that may not be computed; it can go on from there.</returns>
    private bool Advance(Shard shard, int end, bool compute)
    {
        IReadOnlyList<PlannedStage> stages = Plan.Stages;
        if (!shard.IsRead)
        {
            if (ReadAction.Run(_context, shard, PayloadStage, _read!, PayloadStage is { } payload ? _tallies[payload] : null, compute) is not { } record)
            {
                return false;
            }

            shard.IsRead = true;
            lock (InputRecords)
            {
                InputRecords[shard.Index] = record;
            }
        }

        while (shard.Next < end)
        {
            PlannedStage first = stages[shard.Next];
            PlannedStage[] group = [first];
            if (!first.ReadsPayload && (!first.IsCorpusStage || first.Index > _mergedThrough))
            {
                group = PassFrom(shard.Next, end);
                if (!MeasureAction.Run(_context, shard, group, _tallies, compute))
                {
                    return false;
                }
            }

            foreach (PlannedStage stage in group)
            {
                if (stage.IsCorpusStage && stage.Index > _mergedThrough)
                {
                    return true;
                }

                if (!DecideAction.Run(_context, shard, stage, _tallies[stage], compute))
                {
                    return false;
                }

                shard.Next++;
            }
        }

        return true;
    }

    // The stages that share a pass over the documents.
    private PlannedStage[] PassFrom(int start, int end)
    {
        HashSet<string> written = new(StringComparer.Ordinal);
        int next = start;
        while (next < end && (next == start || CanJoin(Plan.Stages[next], written)))
        {
            PlannedStage stage = Plan.Stages[next++];
            written.UnionWith(stage.FigureColumns.Select(c => c.Name));
            if (stage.Stage is IBatchStage || stage.IsCorpusStage)
            {
                break;
            }
        }

        return [.. Plan.Stages.Skip(start).Take(next - start)];
    }

    private void FindSample()
    {
        if (Plan.Sample is { } rule)
        {
            ulong[][] places = [.. _shards.Select(_ => Array.Empty<ulong>())];
            if (rule.MaxDocuments is not null)
            {
                IReadOnlyList<Shard> missing = _executor.ComputesElsewhere ? [.. _shards.Where(s => !SampleAction.IsKnown(_context, s, rule))] : [];
                if (missing.Count > 0)
                {
                    RunWave(missing, _ => { }, isSampling: true);
                }

                ParallelWork.ForEach(_shards, _context.Threads, shard => places[shard.Index] = SampleAction.Places(_context, shard, rule), _context.Cancellation);
            }

            _context.Sample = (rule, SampleAction.Limit(rule, places));
        }
    }

    // A stage joins a pass when all that it reads exists before the pass.
    private static bool CanJoin(PlannedStage stage, HashSet<string> written) =>
        stage.Scope != MeasureScope.Kept && stage.Stage is not IBatchStage && !stage.Stage.InputColumns.Any(written.Contains);

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
        if (_elsewhere.Remove(tally.Summary.Stage, out StageWork? work))
        {
            tally.Add(work);
        }

        // What a stage keeps is what the next one gets: no document may vanish in between.
        DocumentCounts counts = tally.Summary.Counts;
        long expected = _finished.Count == 0 ? counts.In : _finished[^1].Summary.Counts.Kept;
        if (!counts.AddsUp || counts.In != expected)
        {
            throw new StageException("DB3060", $"stage '{tally.Summary.Stage}': {counts.In} documents in ({expected} expected), {counts.Kept} kept, {counts.Dropped.Values.Sum()} dropped do not add up");
        }

        _finished.Add(tally);
        _context.Events.StageFinished(tally.Summary);
        _leastYield.Check(tally.Summary, _context.Events);
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
