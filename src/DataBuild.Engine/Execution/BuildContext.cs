using System.Collections.Concurrent;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution;

/// <summary>What the actions of a build share.</summary>
internal sealed class BuildContext : IDisposable
{
    private readonly ConcurrentBag<Document> _documents = [];
    private readonly HashSet<PlannedStage> _initialized = [];
    private readonly string _scratch;

    public BuildContext(DatasetPlan plan, ContentStore store, FileDigests digests, int threads, IBuildEvents events)
    {
        Plan = plan;
        Store = store;
        Digests = digests;
        Threads = threads;
        Events = events;
        Slots = new SemaphoreSlim(threads, threads);
        _scratch = store.CreateScratchDirectory();
    }

    public DatasetPlan Plan { get; }

    public ContentStore Store { get; }

    public FileDigests Digests { get; }

    public int Threads { get; }

    public IBuildEvents Events { get; }

    /// <summary>One place a thread: limits the work of all pipelines together.</summary>
    public SemaphoreSlim Slots { get; }

    /// <summary>The sample that is built, and the largest place in it; null for all documents.</summary>
    public (SampleRule Rule, ulong Limit)? Sample { get; set; }

    public CancellationToken Cancellation { get; set; }

    /// <summary>Batches of one shard in memory at most.</summary>
    public int PipelineDepth => Threads + 1;

    public Document RentDocument() => _documents.TryTake(out Document? document) ? document : new Document();

    public void Return(Document document) => _documents.Add(document);

    /// <summary>Loads a stage's models and lists, once, before its first action that really runs.</summary>
    public void EnsureInitialized(PlannedStage stage)
    {
        lock (_initialized)
        {
            // Only a stage that could start counts as initialized: one that could not says so each time.
            if (!_initialized.Contains(stage))
            {
                stage.Stage.Initialize(ContextFor(stage, _scratch));
                _ = _initialized.Add(stage);
            }
        }
    }

    public StageContext ContextFor(PlannedStage stage, string scratch) =>
        new(Plan.File.ProjectDirectory, scratch, Threads,
            note =>
            {
                if (note.IsWarning)
                {
                    Events.Diagnostic(new BuildDiagnostic(false, note.Code, $"{stage.Name}: {note.Message}", note.File));
                }
                else
                {
                    Events.Message(MessageImportance.High, $"  {stage.Name}: {note.Message}");
                }
            },
            Cancellation);

    public void Dispose()
    {
        foreach (PlannedStage stage in _initialized)
        {
            (stage.Stage as IDisposable)?.Dispose();
        }

        Slots.Dispose();
        if (Directory.Exists(_scratch))
        {
            Directory.Delete(_scratch, recursive: true);
        }
    }
}
