using DataBuild.Engine.Execution;
using DataBuild.Engine.Execution.Slurm;
using DataBuild.Engine.Inputs;
using DataBuild.Engine.Packaging;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;
using DataBuild.Engine.Store.Remote;

namespace DataBuild.Worker;

/// <summary>Runs the phases of one dataset's build, in order, and turns what goes wrong into diagnostics with codes.</summary>
/// <param name="planPath">Path of the plan.</param>
/// <param name="threads">Most threads to use.</param>
/// <param name="events">Hears what happens.</param>
/// <param name="furtherTakedown">Takedown lists beside those of the plan; null for a build.</param>
/// <param name="checks">What the process knows of the store already; null for nothing.</param>
/// <param name="guess">The plan as it probably will be; null for that of the file.</param>
internal sealed class PhaseRunner(
    string planPath, int threads, IBuildEvents events, IReadOnlyList<string>? furtherTakedown = null, StoreChecks? checks = null, byte[]? guess = null) : IDisposable
{
    private PlanFile? _file;
    private BuildLock? _lock;
    private RemoteCache? _remote;
    private DatasetBuild? _build;
    private FileDigests? _digests;

    /// <summary>The build, once a phase has run.</summary>
    public DatasetBuild Build => _build ?? throw new InvalidOperationException("no phase has run");

    /// <summary>True while no file that was digested has changed since.</summary>
    public bool FilesAreCurrent => _digests?.AreCurrent ?? true;

    /// <summary>Runs all stages up to a phase; the last phase publishes the dataset.</summary>
    /// <returns>False when there was an error; it has been reported.</returns>
    public bool Run(StagePhase phase, CancellationToken cancellation) => Reporting(
        () =>
        {
            if (phase == StagePhase.Package)
            {
                Publish(cancellation);
            }
            else
            {
                _build!.RunThrough(phase, cancellation);
            }
        },
        cancellation);

    /// <summary>Runs all stages and writes the dataset beside its place, so that there is little left for the last phase to do.</summary>
    /// <returns>False when there was an error; it has been reported.</returns>
    public bool Prepare(CancellationToken cancellation) => Reporting(() => _build!.Prepare(cancellation), cancellation);

    /// <summary>Runs all stages and publishes nothing.</summary>
    /// <returns>False when there was an error; it has been reported.</returns>
    public bool RunStages(CancellationToken cancellation) => Reporting(() => _build!.RunThrough(StagePhase.Package, cancellation), cancellation);

    private bool Reporting(Action work, CancellationToken cancellation)
    {
        try
        {
            if (_build is null && !Begin(cancellation))
            {
                return false;
            }

            work();
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (Exception exception) when (Failure.Of(exception, _file?.ProjectFile, threads) is { } diagnostic)
        {
            events.Diagnostic(diagnostic);
        }

        return false;
    }

    public void Dispose()
    {
        _build?.Dispose();
        if (_remote is { } remote && _build is not null)
        {
            events.Message(MessageImportance.Normal, "  " + remote.Summary);
        }

        _lock?.Dispose();
    }

    private bool Begin(CancellationToken cancellation)
    {
        _file = guess is null ? PlanFile.Load(planPath) : PlanFile.Read(guess, planPath);
        _file.Takedown = [.. _file.Takedown, .. furtherTakedown ?? []];
        StageRegistry registry = StageRegistry.BuiltIn();
        registry.AddAssemblies([.. _file.StageAssemblies.Where(File.Exists)]);

        // A build that only tries a takedown runs beside the one that it is compared with, which holds the lock.
        _lock ??= furtherTakedown is null ? BuildLock.Take(planPath) : null;
        FileDigests digests = new(Path.Combine(_file.StoreDirectory, "file-digests.tsv"));
        _digests = digests;
        _remote = RemoteCacheSettings.Of(_file, Environment.GetEnvironmentVariable) is { } settings
            ? new RemoteCache(settings, warning => events.Diagnostic(new BuildDiagnostic(false, "DB3082", warning, _file.ProjectFile)))
            : null;

        // Before inputs are looked for: those that lie in the store are safe from collection from here on.
        ContentStore store = new(_file.StoreDirectory, _remote, checks);
        try
        {
            return Begin(store, registry, digests, cancellation);
        }
        finally
        {
            if (_build is null)
            {
                store.Dispose();
            }
        }
    }

    private bool Begin(ContentStore store, StageRegistry registry, FileDigests digests, CancellationToken cancellation)
    {
        if (!RemoteInputs.Resolve(_file!, store, digests, events, cancellation))
        {
            return false;
        }

        List<BuildDiagnostic> diagnostics = [];
        DatasetPlan? plan = PlanResolver.Resolve(_file!, registry, digests, diagnostics);
        diagnostics.ForEach(events.Diagnostic);
        if (plan is null)
        {
            return false;
        }

        InputLock inputLock = new(_file!, digests);
        foreach (BuildDiagnostic diagnostic in inputLock.Check(plan))
        {
            events.Diagnostic(diagnostic);
            if (diagnostic.IsError)
            {
                return false;
            }
        }

        events.Planned(plan);
        IActionExecutor? executor = SlurmSettings.Of(_file!) is { } slurm ? new SlurmExecutor(slurm, planPath, WorkerCommand.Parts, events) : null;
        _build = new DatasetBuild(plan, store, digests, threads, events, planPath + ".inflight", executor);
        return true;
    }

    private void Publish(CancellationToken cancellation)
    {
        (Manifest manifest, bool written) = _build!.Publish(cancellation);
        events.Message(MessageImportance.High, string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"  {manifest.Name}: {manifest.Documents:N0} documents, {manifest.TextBytes:N0} bytes of text{(manifest.Tokens is { } tokens ? $", {tokens:N0} tokens" : "")}{(written ? "" : " (unchanged)")}"));
        RecordForNextBuild(manifest);
        BoundStore();
    }

    // The dataset is complete by now: without the record the next build looks everything up, and finds it.
    private void RecordForNextBuild(Manifest manifest)
    {
        try
        {
            UpToDateFile.Write(planPath, _build!, manifest);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            events.Diagnostic(new BuildDiagnostic(
                false, "DB3003", $"the dataset is complete, but that could not be recorded, and the next build looks at everything again: {exception.Message}", UpToDateFile.PathFor(planPath)));
        }
    }

    private void BoundStore()
    {
        if (!_file!.Properties.TryGetValue("DataBuildCacheSize", out string? text) || text.Trim().Length == 0)
        {
            return;
        }

        if (!ByteSize.TryParse(text, out long maximum))
        {
            throw new StoreException("DB3081", $"DataBuildCacheSize is '{text}'; expected bytes, or a number with a unit: 500MB, 20GB, 1.5TB, 20GiB", _file.ProjectFile);
        }

        // Another collection at work is as good as one's own.
        if (StoreCollector.Collect(_file.StoreDirectory, maximum) is not { } result)
        {
            return;
        }

        if (result.Records > 0 || result.Files > 0 || result.Inputs > 0)
        {
            events.Message(MessageImportance.Normal, string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"  store: {result.Records} results, {result.Files} files and {result.Inputs} fetched inputs removed, {ByteSize.Format(result.BytesBefore)} before, {ByteSize.Format(result.BytesAfter)} now"));
        }

        if (result.BytesAfter > maximum)
        {
            events.Diagnostic(new BuildDiagnostic(
                false, "DB3083", $"the store holds {ByteSize.Format(result.BytesAfter)}, more than DataBuildCacheSize ({text.Trim()}): running builds use all of it", _file.StoreDirectory));
        }
    }
}
