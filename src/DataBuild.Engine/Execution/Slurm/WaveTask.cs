using System.Collections.Concurrent;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution.Slurm;

/// <summary>One task of a wave, or its merge, in the process that Slurm has started for it.</summary>
public sealed class WaveTask : IBuildEvents
{
    private readonly WaveFolder _folder;
    private readonly WaveDescription _wave;
    private readonly int _chunk;
    private readonly List<ShardState> _shards;
    private readonly IBuildEvents _log;
    private readonly ConcurrentQueue<BuildDiagnostic> _warnings = [];
    private IReadOnlyDictionary<string, StageWork> _work = new Dictionary<string, StageWork>();

    /// <summary>Opens a task.</summary>
    /// <param name="folder">The wave's folder.</param>
    /// <param name="chunk">Number of its chunk; null for the merge.</param>
    /// <param name="log">Hears what happens.</param>
    /// <exception cref="IOException">The folder is not that of a wave that waits for its tasks.</exception>
    public WaveTask(string folder, int? chunk, IBuildEvents log)
    {
        _folder = new WaveFolder(folder);
        _chunk = chunk ?? WaveFolder.Merge;
        _log = log;
        _wave = _folder.Description ?? throw new IOException($"'{folder}' is no wave of this version of DataBuild");
        _shards = [.. _folder.Chunk(_chunk).Shards];
        Digests = new FileDigests(null);
        if (chunk is null)
        {
            for (int other = 0; other < _wave.Chunks; other++)
            {
                _shards.AddRange(_folder.Chunk(other).Shards);
                Add(_folder.Result(other)?.Inputs ?? []);
            }
        }

        Add(_wave.StageFiles);
        Add(_shards.Select(s => s.Digest).OfType<FileDigest>());
        Plan = _folder.Plan;
        Plan.Crawl = [.. _shards.Select(s => s.Input)];
    }

    /// <summary>The plan, with the inputs of the task.</summary>
    public PlanFile Plan { get; }

    /// <summary>Digests of files, as far as they are known.</summary>
    public FileDigests Digests { get; }

    /// <summary>Computes what the store lacks.</summary>
    public void Run(DatasetPlan plan, ContentStore store, int threads, CancellationToken cancellation)
    {
        using DatasetBuild build = new(plan, store, Digests, threads, this);
        _work = build.RunWave(_wave, _shards, _chunk == WaveFolder.Merge, cancellation);
    }

    /// <summary>Tells the build that submitted the task how it ended.</summary>
    /// <param name="error">What ended it; null when all went well.</param>
    /// <param name="damaged">The damage of the store that ended it.</param>
    public void Report(BuildDiagnostic? error, StoreCorruptException? damaged = null) => _folder.WriteResult(_chunk, new ChunkResult
    {
        Error = error,
        Damaged = damaged is null ? null : new DamagedFile(damaged.Digest, damaged.File!, damaged.Found),
        Warnings = [.. _warnings.Distinct()],
        Inputs = [.. _shards.Where(s => s.Digest is null).Select(s => Digests.Remembered(s.Input.Path) is { } read ? new FileDigest(s.Input.Path, read.Digest, read.Stamp) : null).OfType<FileDigest>()],
        Work = _work,
        Machine = Environment.MachineName,
    });

    /// <inheritdoc />
    public void Message(MessageImportance importance, string text) => _log.Message(importance, text);

    /// <inheritdoc />
    public void Diagnostic(BuildDiagnostic diagnostic)
    {
        _log.Diagnostic(diagnostic);

        // Damaged records are told by whoever finds the record of the reading.
        if (!diagnostic.IsError && !_shards.Any(s => s.Input.Path == diagnostic.File))
        {
            _warnings.Enqueue(diagnostic);
        }
    }

    /// <inheritdoc />
    public void Progress(StageProgress progress) => _log.Progress(progress);

    /// <inheritdoc />
    public void StageFinished(StageSummary summary) => _log.StageFinished(summary);

    private void Add(IEnumerable<FileDigest> digests)
    {
        foreach (FileDigest known in digests)
        {
            Digests.Add(known.Path, known.Digest, known.Stamp);
        }
    }
}
