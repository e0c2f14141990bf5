using System.Diagnostics;
using System.Globalization;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution.Slurm;

/// <summary>
/// Submits the jobs of a wave and looks after them until every task has left a result. Each way in which Slurm can leave a build waiting for ever ends here: a
/// task whose node is gone, one that the controller forgot or holds, a merge whose dependency can no longer be met, a controller that does not answer.
/// </summary>
internal sealed class WaveRun
{
    /// <summary>A task failed, or ended without a result too often.</summary>
    public const string TaskFailed = "DB3092";

    /// <summary>Nothing happened for too long.</summary>
    public const string NoProgress = "DB3093";

    private const int LogTailLines = 20;

    private readonly WaveFolder _folder;
    private readonly WaveDescription _wave;
    private readonly SlurmSettings _settings;
    private readonly SlurmCommands _slurm;
    private readonly SlurmPace _pace;
    private readonly IBuildEvents _events;
    private readonly FileDigests _digests;
    private readonly List<string> _names;
    private readonly Dictionary<int, ChunkState> _chunks;
    private readonly Dictionary<string, StageWork> _work = new(StringComparer.Ordinal);
    private readonly HashSet<BuildDiagnostic> _warned = [];
    private readonly HashSet<string> _lostNodes = new(StringComparer.Ordinal);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _nextMessage = TimeSpan.FromSeconds(5);

    public WaveRun(WaveFolder folder, WaveDescription wave, SlurmSettings settings, SlurmCommands slurm, SlurmPace pace, IBuildEvents events, FileDigests digests)
    {
        _folder = folder;
        _wave = wave;
        _settings = settings;
        _slurm = slurm;
        _pace = pace;
        _events = events;
        _digests = digests;
        _names = [.. folder.JobNames];
        _chunks = Enumerable.Range(0, wave.Chunks).Concat(wave.HasMerge ? [WaveFolder.Merge] : []).ToDictionary(c => c, _ => new ChunkState());
    }

    /// <summary>Submits all chunks, in as many arrays as the cluster's limit asks for, and the merge to follow them.</summary>
    public void Submit()
    {
        List<string> ids = [];
        try
        {
            if (_wave.Chunks > 0)
            {
                int size = _slurm.MaxArraySize();
                for (int first = 0; first < _wave.Chunks; first += size)
                {
                    ids.Add(SubmitArray(first, [.. Enumerable.Range(first, Math.Min(size, _wave.Chunks - first))], []));
                }
            }

            if (_wave.HasMerge)
            {
                ids.Add(SubmitMerge(ids));
            }
        }
        catch (ExecutorException)
        {
            _slurm.CancelJobs(_names);
            throw;
        }

        _events.Message(MessageImportance.High, string.Create(CultureInfo.InvariantCulture,
            $"  Slurm: {(ids.Count == 1 ? "job" : "jobs")} {string.Join(", ", ids)}: {_wave.Chunks} task{(_wave.Chunks == 1 ? "" : "s")}{(_wave.HasMerge ? " and a merge" : "")}; logs in {_folder.Logs}"));
    }

    /// <summary>Takes over the digests of the inputs that tasks have read.</summary>
    public void TakeDigests()
    {
        foreach (int chunk in _folder.Ended)
        {
            foreach (FileDigest input in _folder.Result(chunk)?.Inputs ?? [])
            {
                _digests.Add(input.Path, input.Digest, input.Stamp);
            }
        }
    }

    /// <summary>Waits until every chunk, and the merge, has left a result.</summary>
    /// <returns>The work that was done, by stage.</returns>
    /// <exception cref="ExecutorException">A task failed, or nothing happened for too long; all jobs are cancelled.</exception>
    /// <exception cref="StoreCorruptException">A task found a stored file damaged; all jobs are cancelled.</exception>
    /// <exception cref="OperationCanceledException">The build was cancelled, and its jobs with it.</exception>
    public IReadOnlyDictionary<string, StageWork> Wait(CancellationToken cancellation)
    {
        string seen = "";
        TimeSpan changed = _clock.Elapsed;
        try
        {
            while (true)
            {
                TakeResults();
                if (_chunks.Values.All(c => c.IsDone))
                {
                    return _work;
                }

                string state = Look();
                if (state != seen)
                {
                    (seen, changed) = (state, _clock.Elapsed);
                }
                else if (_clock.Elapsed - changed > _settings.MaxWait)
                {
                    throw new ExecutorException(NoProgress, string.Create(CultureInfo.InvariantCulture,
                        $"no task of the Slurm jobs {string.Join(", ", _names)} began or ended in {_settings.MaxWait.TotalHours:0.###} hours (DataBuildSlurmMaxWait): {state}; the jobs are cancelled, what they finished is in the store"));
                }

                Say(state);
                TimeSpan pause = _clock.Elapsed / 20;
                cancellation.WaitHandle.WaitOne(pause < _pace.Shortest ? _pace.Shortest : pause > _pace.Longest ? _pace.Longest : pause);
                cancellation.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            // Also after success: the other copy of a task that was replaced may run still, and one that a controller came back with waits, held perhaps for ever.
            if (_names.Count > 0)
            {
                if (_chunks.Values.Any(c => !c.IsDone || c.WasReplaced))
                {
                    _slurm.CancelJobs(_names);
                }
                else if (_slurm.Queue(_names)?.Any(t => t.State == "PENDING") == true)
                {
                    _slurm.CancelWaitingJobs(_names);
                }
            }
        }
    }

    private void TakeResults()
    {
        foreach (int chunk in _folder.Ended.Where(c => _chunks.TryGetValue(c, out ChunkState? state) && !state.IsDone).Order())
        {
            if (_folder.Result(chunk) is not { } result)
            {
                continue;
            }

            if (result.Damaged is { } damaged)
            {
                throw new StoreCorruptException(damaged.Digest, damaged.Path, damaged.Found);
            }

            ChunkState state = _chunks[chunk];
            if (result.Error is { } error)
            {
                Fail(chunk, state, result, error);
                continue;
            }

            state.IsDone = true;
            foreach (BuildDiagnostic warning in result.Warnings.Where(_warned.Add))
            {
                _events.Diagnostic(warning);
            }

            foreach (FileDigest input in result.Inputs)
            {
                _digests.Add(input.Path, input.Digest, input.Stamp);
            }

            foreach ((string stage, StageWork work) in result.Work)
            {
                if (!_work.TryAdd(stage, work))
                {
                    _work[stage].Add(work);
                }
            }
        }
    }

    private void Fail(int chunk, ChunkState state, ChunkResult result, BuildDiagnostic error)
    {
        // A file that could not be read or written may be one machine's trouble; everything else would be the same elsewhere.
        if (error.Code == "DB3003" && state.Attempts < _settings.Retries)
        {
            state.Attempts++;
            _folder.RemoveResult(chunk);
            Again([chunk], $"failed on {result.Machine} ({error.Message})");
            return;
        }

        throw new ExecutorException(error.Code, $"{error.Message} ({Describe(chunk)} on {result.Machine}; its log: {LogOf(chunk)})", error.File, error.Line);
    }

    /// <summary>Compares what Slurm says with what is missing, and submits again what would never come.</summary>
    /// <returns>The state of the wave in a few words; the same words mean that nothing has happened.</returns>
    private string Look()
    {
        if (_slurm.Queue(_names) is not { } tasks)
        {
            return "Slurm's controller does not answer";
        }

        foreach (SlurmTask stuck in tasks.Where(t => t.IsStuck))
        {
            _slurm.CancelTask(stuck.Id);
        }

        ILookup<int, SlurmTask> byChunk = tasks.Where(t => !t.IsStuck).ToLookup(ChunkOf);
        foreach (int chunk in tasks.Where(HasBegun).Select(ChunkOf).Distinct())
        {
            _chunks[chunk].HasRun = true;
        }

        if (_chunks.Values.Any(c => c.HasRun && !c.IsDone))
        {
            ReplaceLost(byChunk);
        }

        bool chunksAreDone = _chunks.All(c => c.Value.IsDone || c.Key == WaveFolder.Merge);
        if (chunksAreDone && ReleaseMerge([.. byChunk[WaveFolder.Merge].Where(t => t.IsActive)]))
        {
            byChunk = tasks.Where(t => !t.IsStuck && ChunkOf(t) != WaveFolder.Merge).ToLookup(ChunkOf);
        }

        List<int> vanished = [];
        foreach ((int chunk, ChunkState state) in _chunks.Where(c => !c.Value.IsDone))
        {
            if (byChunk[chunk].Any(t => t.IsActive))
            {
                state.Vanished = null;
                continue;
            }

            if (chunk == WaveFolder.Merge && !chunksAreDone)
            {
                // Cancelled with a task that it depends on; it follows when that one has run again.
                continue;
            }

            state.Vanished ??= _clock.Elapsed;
            string? last = byChunk[chunk].LastOrDefault()?.State;
            TimeSpan lag = last is null or "COMPLETED" ? _pace.LostLag : _pace.ResultLag;
            if (_clock.Elapsed - state.Vanished > lag && _folder.Result(chunk) is null)
            {
                state.LastState = byChunk[chunk].LastOrDefault() is { } task ? $"{task.State}, {task.Reason}, on {task.Node}" : _slurm.AccountedState(NameOf(chunk), IndexOf(chunk), chunk != WaveFolder.Merge) ?? "unknown to Slurm";
                vanished.Add(chunk);
            }
        }

        // A merge that its jobs took along costs no attempt: it never ran.
        foreach (int chunk in vanished)
        {
            ChunkState state = _chunks[chunk];
            bool neverRan = chunk == WaveFolder.Merge && !state.HasRun && !state.WasReplaced && !File.Exists(LogOf(chunk));
            if (neverRan)
            {
                state.WasReplaced = true;
            }
            else if (state.Attempts++ >= _settings.Retries)
            {
                throw new ExecutorException(TaskFailed, $"{Describe(chunk)} ended without a result {state.Attempts} time{(state.Attempts == 1 ? "" : "s")} ({state.LastState}); the end of its log '{LogOf(chunk)}': {Tail(LogOf(chunk))}");
            }

            state.Vanished = null;
        }

        if (vanished.Count > 0)
        {
            Again(vanished, $"ended without a result ({string.Join("; ", vanished.Select(c => _chunks[c].LastState).Distinct().Take(3))})");
        }

        int running = byChunk.SelectMany(c => c).Count(t => t.State == "RUNNING");
        string waiting = string.Join(", ", byChunk.SelectMany(c => c).Where(t => t.State == "PENDING").GroupBy(t => t.Reason).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Count()} wait ({g.Key})")));
        return string.Create(CultureInfo.InvariantCulture, $"{_chunks.Values.Count(c => c.IsDone)} of {_chunks.Count} tasks done, {running} run{(waiting.Length > 0 ? ", " : "")}{waiting}");
    }

    // A task that was put back before anyone saw it run waits like one that is to begin later; only it has a log.
    private bool HasBegun(SlurmTask task) => task.State == "RUNNING" || (task.IsPutBack && File.Exists(LogOf(ChunkOf(task))));

    // Slurm notices a lost node and runs its tasks again, after minutes. A second copy of a task does no harm, so it starts at once, elsewhere.
    private void ReplaceLost(ILookup<int, SlurmTask> byChunk)
    {
        HashSet<string> lost = _slurm.LostNodes();
        _lostNodes.Clear();
        _lostNodes.UnionWith(lost);
        List<int> replaced = [];
        foreach ((int chunk, ChunkState state) in _chunks.Where(c => !c.Value.IsDone))
        {
            SlurmTask[] active = [.. byChunk[chunk].Where(t => t.IsActive)];

            // What Slurm has put back into the queue after its node was lost waits two minutes for its time to begin.
            bool isLost = active.Length > 0 && state.HasRun && active.All(t => t.State == "RUNNING" ? lost.Contains(t.Node) : t.IsPutBack);
            if (isLost && state.LostOn.Add(string.Join(',', active.Select(t => t.Node).Where(lost.Contains).Order(StringComparer.Ordinal))))
            {
                state.WasReplaced = true;
                replaced.Add(chunk);
            }
        }

        if (replaced.Count > 0)
        {
            Again(replaced, lost.Count > 0
                ? $"ran on nodes that do not answer ({string.Join(", ", lost.Order(StringComparer.Ordinal))})"
                : "put back into the queue, to wait there for minutes");
        }
    }

    // The merge depends on the first copies of its tasks. Where others were faster, those may wait for minutes yet, or be gone for good.
    private bool ReleaseMerge(SlurmTask[] merges)
    {
        ChunkState? merge = _chunks.GetValueOrDefault(WaveFolder.Merge);
        if (merge is not { IsDone: false, WasReplaced: false } || !_chunks.Values.Any(c => c.WasReplaced) || merges.Length == 0 || !merges.All(t => t is { State: "PENDING", Reason: "Dependency" }))
        {
            return false;
        }

        merge.WasReplaced = true;
        foreach (SlurmTask task in merges)
        {
            _slurm.CancelTask(task.Id);
        }

        Again([WaveFolder.Merge], "waits for tasks whose copies are done");
        return true;
    }

    private void Again(List<int> chunks, string why)
    {
        int[] tasks = [.. chunks.Where(c => c != WaveFolder.Merge).Order()];
        _events.Message(MessageImportance.High, string.Create(CultureInfo.InvariantCulture,
            $"  Slurm: {(tasks.Length > 0 ? $"{tasks.Length} task{(tasks.Length == 1 ? "" : "s")}" : "the merge")} {why}; submitted again"));
        foreach (IGrouping<int, int> array in tasks.GroupBy(FirstOf))
        {
            SubmitArray(array.Key, [.. array], _lostNodes);
        }

        if (chunks.Contains(WaveFolder.Merge))
        {
            SubmitMerge([]);
        }
    }

    private string SubmitArray(int first, int[] chunks, HashSet<string> exclude)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{_wave.JobName}-{first}");
        string limit = _settings.MaxTasks is { } most ? string.Create(CultureInfo.InvariantCulture, $"%{most}") : "";
        return Submit(name,
        [
            $"--array={Ranges([.. chunks.Select(c => c - first)])}{limit}", $"--output={Path.Combine(_folder.Logs, "%x.%a.log")}",
            .. exclude.Count > 0 ? [$"--exclude={string.Join(',', exclude)}"] : Array.Empty<string>(),
            .. _settings.ToArguments(merge: false), _folder.TaskScript, "--chunk", first.ToString(CultureInfo.InvariantCulture),
        ]);
    }

    private string SubmitMerge(List<string> after) => Submit(_wave.JobName + "-merge",
    [
        // A job whose dependency can never be met otherwise waits for ever.
        .. after.Count > 0 ? [$"--dependency=afterok:{string.Join(':', after)}", "--kill-on-invalid-dep=yes"] : Array.Empty<string>(),
        $"--output={Path.Combine(_folder.Logs, "%x.log")}", .. _settings.ToArguments(merge: true), _folder.TaskScript, "--merge",
    ]);

    private string Submit(string name, IReadOnlyList<string> arguments)
    {
        if (!_names.Contains(name))
        {
            // Before the job exists: a build that dies between the two leaves no job that the next one does not know of.
            _names.Add(name);
            _folder.JobNames = _names;
        }

        return _slurm.Submit(["--job-name=" + name, "--requeue", "--ntasks=1", "--open-mode=append", .. arguments]);
    }

    private int ChunkOf(SlurmTask task)
    {
        string part = task.JobName[(_wave.JobName.Length + 1)..];
        return part == "merge" ? WaveFolder.Merge : int.Parse(part, CultureInfo.InvariantCulture) + task.Index;
    }

    // The first chunk of the array that the chunk was submitted in.
    private int FirstOf(int chunk) => _names.Select(n => n[(_wave.JobName.Length + 1)..]).Where(n => n != "merge").Select(n => int.Parse(n, CultureInfo.InvariantCulture)).Where(f => f <= chunk).Max();

    private string NameOf(int chunk) => chunk == WaveFolder.Merge ? _wave.JobName + "-merge" : string.Create(CultureInfo.InvariantCulture, $"{_wave.JobName}-{FirstOf(chunk)}");

    private int IndexOf(int chunk) => chunk == WaveFolder.Merge ? 0 : chunk - FirstOf(chunk);

    private string LogOf(int chunk) => _folder.LogOf(NameOf(chunk), IndexOf(chunk), chunk != WaveFolder.Merge);

    private string Describe(int chunk) => chunk == WaveFolder.Merge ? $"the merge job {NameOf(chunk)}" : string.Create(CultureInfo.InvariantCulture, $"task {IndexOf(chunk)} of the Slurm job {NameOf(chunk)}");

    private static string Tail(string log)
    {
        try
        {
            string[] lines = [.. File.ReadLines(log).TakeLast(LogTailLines)];
            return lines.Length == 0 ? "it is empty" : string.Join(" | ", lines);
        }
        catch (IOException exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return "there is none, so the task did not start; the folder must be on a file system that all nodes share";
        }
    }

    // 0-4,7,9-12
    private static string Ranges(int[] indices)
    {
        List<string> ranges = [];
        for (int start = 0; start < indices.Length;)
        {
            int end = start;
            while (end + 1 < indices.Length && indices[end + 1] == indices[end] + 1)
            {
                end++;
            }

            ranges.Add(start == end
                ? indices[start].ToString(CultureInfo.InvariantCulture)
                : string.Create(CultureInfo.InvariantCulture, $"{indices[start]}-{indices[end]}"));
            start = end + 1;
        }

        return string.Join(',', ranges);
    }

    private void Say(string state)
    {
        if (_clock.Elapsed >= _nextMessage)
        {
            // A line at 5, 10, 20, 40 seconds and so on, then every ten minutes.
            _nextMessage = _clock.Elapsed + (_clock.Elapsed < TimeSpan.FromMinutes(10) ? _clock.Elapsed : TimeSpan.FromMinutes(10));
            _events.Message(MessageImportance.High, $"  Slurm: {state}");
        }
    }

    private sealed class ChunkState
    {
        public bool IsDone { get; set; }

        /// <summary>How often it was submitted again because it ended without a result.</summary>
        public int Attempts { get; set; }

        /// <summary>Since when Slurm has no active task for it.</summary>
        public TimeSpan? Vanished { get; set; }

        public string LastState { get; set; } = "";

        /// <summary>True when a copy of its task was seen to run.</summary>
        public bool HasRun { get; set; }

        /// <summary>True when another copy of its task may still be waiting or running.</summary>
        public bool WasReplaced { get; set; }

        /// <summary>Nodes that were lost while it ran there.</summary>
        public HashSet<string> LostOn { get; } = new(StringComparer.Ordinal);
    }
}
