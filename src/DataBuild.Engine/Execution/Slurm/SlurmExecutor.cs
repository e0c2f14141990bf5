using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DataBuild.Engine.Planning;

namespace DataBuild.Engine.Execution.Slurm;

/// <summary>
/// Computes the actions of a wave as the tasks of Slurm job arrays, over a store that all nodes share, and its merge as a job that depends on them. What a task
/// makes is in the store or nowhere, so a task may run twice, at the same time too; what counts is not what Slurm says of a task but whether its result is there.
/// </summary>
public sealed class SlurmExecutor : IActionExecutor
{
    private readonly SlurmSettings _settings;
    private readonly SlurmCommands _slurm;
    private readonly IReadOnlyList<string> _worker;
    private readonly string _root;
    private readonly IBuildEvents _events;
    private readonly SlurmPace _pace;
    private bool _isFirst = true;

    /// <summary>Prepares the executor of a build.</summary>
    /// <param name="settings">How jobs are submitted.</param>
    /// <param name="planPath">The plan file: the waves' folder lies beside it.</param>
    /// <param name="worker">The command that starts a worker on any node; <c>run-actions</c> and its arguments are put behind it.</param>
    /// <param name="events">Hears what happens.</param>
    public SlurmExecutor(SlurmSettings settings, string planPath, IReadOnlyList<string> worker, IBuildEvents events)
        : this(settings, planPath, worker, events, new SlurmCommands(), SlurmPace.Default)
    {
    }

    internal SlurmExecutor(SlurmSettings settings, string planPath, IReadOnlyList<string> worker, IBuildEvents events, SlurmCommands slurm, SlurmPace pace)
    {
        _settings = settings;
        _slurm = slurm;
        _worker = worker;
        _events = events;
        _pace = pace;
        _root = FolderFor(planPath);
    }

    /// <inheritdoc />
    public bool ComputesElsewhere => true;

    /// <summary>The folder of the waves and their logs that goes with a plan file.</summary>
    public static string FolderFor(string planPath) => planPath.Replace(".databuild.plan.json", "", StringComparison.Ordinal) + ".databuild.slurm";

    /// <inheritdoc />
    public void Resume(DatasetBuild build, CancellationToken cancellation)
    {
        string plan = PlanDigest(build);
        foreach (WaveFolder folder in WaveFolder.All(_root).Where(f => !f.IsFinished).ToArray())
        {
            IReadOnlyList<string> names = folder.JobNames;
            bool isActive = names.Count > 0 && ActiveTasks(names) > 0;
            if (folder.Description is { } wave && wave.Plan == plan)
            {
                Adopt(build, folder, wave, isActive, cancellation);
            }
            else if (isActive)
            {
                _events.Message(MessageImportance.High, $"  Slurm: jobs of an interrupted build with other stages are cancelled ({string.Join(", ", names)})");
                _slurm.CancelJobs(names);
            }

            if (!folder.IsFinished)
            {
                folder.Delete();
            }
        }
    }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, StageWork> Run(DatasetBuild build, Wave wave, CancellationToken cancellation)
    {
        if (_isFirst)
        {
            // Logs are those of the last build that had jobs.
            foreach (WaveFolder old in WaveFolder.All(_root).ToArray())
            {
                old.Delete();
            }

            _isFirst = false;
        }

        WaveFolder folder = WaveFolder.Create(_root);
        WaveDescription description = Write(build, wave, folder);
        WaveRun run = new(folder, description, _settings, _slurm, _pace, _events, build.Digests);
        run.Submit();
        IReadOnlyDictionary<string, StageWork> work = run.Wait(cancellation);
        folder.Finish();
        ParallelWork.ForEach(wave.Missing, build.Threads, wave.Compute, cancellation);
        return work;
    }

    private int ActiveTasks(IReadOnlyList<string> names)
    {
        for (int attempt = 0; ; attempt++)
        {
            if (_slurm.Queue(names) is { } tasks)
            {
                return tasks.Count(t => t.IsActive);
            }

            if (attempt == 2)
            {
                throw new ExecutorException(SlurmCommands.Refused, $"jobs of an interrupted build may still run ({string.Join(", ", names)}), and Slurm's controller does not answer; build again when it does");
            }

            Thread.Sleep(_pace.Longest);
        }
    }

    private void Adopt(DatasetBuild build, WaveFolder folder, WaveDescription wave, bool isActive, CancellationToken cancellation)
    {
        WaveRun run = new(folder, wave, _settings, _slurm, _pace, _events, build.Digests);
        if (!isActive)
        {
            run.TakeDigests();
            return;
        }

        _events.Message(MessageImportance.High, $"  Slurm: the jobs of an interrupted build go on ({string.Join(", ", folder.JobNames)})");
        try
        {
            run.Wait(cancellation);
            folder.Finish();
        }
        catch (ExecutorException exception)
        {
            // Whatever it was, this build submits what is still missing and then says what is wrong.
            _events.Message(MessageImportance.High, $"  Slurm: the jobs of the interrupted build failed and are submitted again: {exception.Message}");
        }
    }

    private WaveDescription Write(DatasetBuild build, Wave wave, WaveFolder folder)
    {
        IReadOnlyList<Shard> missing = wave.Missing;
        int perTask = _settings.ShardsPerTask ?? (missing.Count + SlurmSettings.DefaultTasks - 1) / SlurmSettings.DefaultTasks;
        int chunk = 0;
        foreach (Shard[] shards in missing.Chunk(Math.Max(1, perTask)))
        {
            folder.WriteChunk(chunk++, new WaveChunk { Shards = [.. shards.Select(s => ShardState.Of(s, build.Digests))] });
        }

        if (wave.Merge is not null)
        {
            HashSet<int> inChunks = [.. missing.Select(s => s.Index)];
            folder.WriteChunk(WaveFolder.Merge, new WaveChunk { Shards = [.. build.Shards.Where(s => !inChunks.Contains(s.Index)).Select(s => ShardState.Of(s, build.Digests))] });
        }

        folder.Write(TaskPlan(build.Plan.File));
        WriteScript(folder);
        WaveDescription description = new()
        {
            Plan = PlanDigest(build),
            JobName = $"databuild-{Guid.NewGuid().ToString("N")[..12]}",
            Chunks = chunk,
            HasMerge = wave.Merge is not null,
            MergedThrough = wave.MergedThrough,
            IsSampling = wave.IsSampling,
            SampleLimit = build.SampleLimit,
            Made = build.MadeFiles,
            StageFiles = [.. build.Plan.Stages.SelectMany(s => s.Files).Select(f => f.Path).Distinct(StringComparer.Ordinal)
                .Select(p => build.Digests.Remembered(p) is { } known ? new FileDigest(p, known.Digest, known.Stamp) : null).OfType<FileDigest>()],
        };

        // Last: a folder without it was never submitted.
        folder.Write(description);
        return description;
    }

    private void WriteScript(WaveFolder folder)
    {
        StringBuilder script = new("#!/bin/bash\n# A task of a DataBuild wave. Arguments: --merge, or --chunk and the first chunk of the array.\n");
        script.Append("if [ \"$1\" = --chunk ]; then set -- --chunk $(( $2 + SLURM_ARRAY_TASK_ID )); fi\n");
        script.Append("exec");
        foreach (string argument in _worker.Append("run-actions").Append(folder.Path))
        {
            script.Append(" '").Append(argument.Replace("'", "'\\''", StringComparison.Ordinal)).Append('\'');
        }

        script.Append(" --threads \"${SLURM_CPUS_PER_TASK:-1}\" \"$@\"\n");
        File.WriteAllText(folder.TaskScript, script.ToString());
    }

    /// <summary>The plan without inputs, which each task gets with its shards, and without what is no task's business.</summary>
    private static PlanFile TaskPlan(PlanFile file) => new()
    {
        Name = file.Name,
        ProjectFile = file.ProjectFile,
        ProjectDirectory = file.ProjectDirectory,
        Configuration = file.Configuration,
        OutputDirectory = file.OutputDirectory,
        StoreDirectory = Path.GetFullPath(file.StoreDirectory),
        OutputFormat = file.OutputFormat,
        Properties = file.Properties.Where(p => !SlurmSettings.IsProperty(p.Key)).ToDictionary(StringComparer.Ordinal),
        Stages = file.Stages,
        Takedown = file.Takedown,
        StageAssemblies = file.StageAssemblies,
    };

    private static string PlanDigest(DatasetBuild build)
    {
        StringBuilder text = new();
        text.Append(EngineVersion.Current).Append('\n').Append(Path.GetFullPath(build.Plan.File.StoreDirectory)).Append('\n').Append(build.Plan.Sample).Append('\n');
        foreach (PlannedStage stage in build.Plan.Stages)
        {
            text.Append(CultureInfo.InvariantCulture, $"{stage.Name}\n{stage.Descriptor.Name}\n{stage.CodeVersion}\n{stage.Scope}\n{stage.OnError}\n{stage.MeasureOptions}\n{stage.ThresholdOptions}\n");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
