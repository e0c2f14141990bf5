using System.Collections.Concurrent;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution;

/// <summary>What the actions of a build share.</summary>
internal sealed class BuildContext : IDisposable
{
    private const long FreshBytes = 64L << 20;

    private readonly ConcurrentBag<Document> _documents = [];
    private readonly HashSet<PlannedStage> _initialized = [];
    private readonly ConcurrentDictionary<PlannedStage, Lazy<RowCatalog?>> _catalogs = [];
    private readonly ConcurrentDictionary<PlannedStage, FreshRows> _fresh = [];
    private readonly string _scratch;

    public BuildContext(DatasetPlan plan, ContentStore store, FileDigests digests, int threads, IBuildEvents events, string? inFlightPath)
    {
        Plan = plan;
        Failed = new FailedDocuments(plan.File);
        InFlight = new InFlightFile(inFlightPath, plan);
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

    /// <summary>Files made by stages so far, by the stage's name.</summary>
    public ConcurrentDictionary<string, IReadOnlyList<MadeFile>> MadeFiles { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>One place a thread: limits the work of all pipelines together.</summary>
    public SemaphoreSlim Slots { get; }

    /// <summary>The sample that is built, and the largest place in it; null for all documents.</summary>
    public (SampleRule Rule, ulong Limit)? Sample { get; set; }

    /// <summary>Documents on which stages failed.</summary>
    public FailedDocuments Failed { get; }

    /// <summary>What is being worked on, for whoever finds this process dead.</summary>
    public InFlightFile InFlight { get; }

    public CancellationToken Cancellation { get; set; }

    /// <summary>Batches of one shard in memory at most.</summary>
    public int PipelineDepth => Threads + 1;

    /// <summary>Where the figures of texts are that the stage measured in earlier builds; null when it measured none.</summary>
    public RowCatalog? CatalogOf(PlannedStage stage) => _catalogs.GetOrAdd(stage, s => new Lazy<RowCatalog?>(() => RowCatalog.Open(this, s))).Value;

    /// <summary>Figures that a batch stage has measured in this build.</summary>
    public FreshRows FreshOf(PlannedStage stage) => _fresh.GetOrAdd(stage, _ => new FreshRows(FreshBytes));

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
                foreach (InputFile input in stage.MadeInputs)
                {
                    input.Provide(Place(input));
                }

                try
                {
                    stage.Stage.Initialize(ContextFor(stage, _scratch));
                }
                catch (Exception exception) when (StageFailedException.IsFailure(exception) && exception is not (IOException or UnauthorizedAccessException))
                {
                    throw StageFailedException.InInitialize(stage.Name, exception);
                }

                _ = _initialized.Add(stage);
            }
        }
    }

    /// <summary>Adds the digests of the files that a stage reads and earlier stages made to a key.</summary>
    public void AddMadeInputs(ActionKey key, PlannedStage stage)
    {
        foreach (InputFile input in stage.MadeInputs)
        {
            key.Add("made " + input.Value, Find(input).File.Digest);
        }
    }

    private MadeFile Find(InputFile input) => MadeFiles.TryGetValue(input.MadeBy!, out IReadOnlyList<MadeFile>? files)
        ? files.First(f => input.MadeName.Length == 0 || f.Name == input.MadeName)
        : throw new InvalidOperationException($"'{input.Value}' was asked for before the stage '{input.MadeBy}' has run");

    // Under its own name: tokenizers and models are told by their extensions.
    private string Place(InputFile input)
    {
        MadeFile made = Find(input);
        string folder = Path.Combine(_scratch, "made", input.MadeBy!);
        string path = Path.Combine(folder, made.Name);
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(folder);
            File.Copy(Store.OpenVerified(made.File.Digest), path);
        }

        return path;
    }

    public StageContext ContextFor(PlannedStage stage, string scratch, string? files = null) =>
        new(Plan.File.ProjectDirectory, scratch, Threads, note => Say(stage, note), Cancellation)
        {
            FilesDirectory = files!,
            Properties = Plan.File.Properties,
        };

    /// <summary>Passes on what a stage says.</summary>
    public void Say(PlannedStage stage, StageNote note)
    {
        if (note.IsWarning)
        {
            Events.Diagnostic(new BuildDiagnostic(false, note.Code, $"{stage.Name}: {note.Message}", note.File));
        }
        else
        {
            Events.Message(MessageImportance.High, $"  {stage.Name}: {note.Message}");
        }
    }

    public void Dispose()
    {
        foreach (Lazy<RowCatalog?> catalog in _catalogs.Values.Where(c => c.IsValueCreated))
        {
            catalog.Value?.Dispose();
        }

        foreach (PlannedStage stage in _initialized)
        {
            (stage.Stage as IDisposable)?.Dispose();
        }

        Slots.Dispose();
        InFlight.Dispose();
        if (Directory.Exists(_scratch))
        {
            Directory.Delete(_scratch, recursive: true);
        }
    }
}
