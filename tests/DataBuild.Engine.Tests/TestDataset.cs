using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Packaging;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;
using DataBuild.Engine.Store.Remote;

namespace DataBuild.Engine.Tests;

/// <summary>A dataset in a temporary folder, with JSON lines as inputs.</summary>
internal sealed class TestDataset : IDisposable
{
    public TestDataset()
    {
        Folder = Path.Combine(Path.GetTempPath(), "databuild-tests", Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Path.Combine(Folder, "crawl"));
    }

    public string Folder { get; }

    public string OutputFolder => Path.Combine(Folder, "out");

    public string StoreFolder => Path.Combine(Folder, "store");

    public List<StageItem> Stages { get; } = [];

    public string Format { get; set; } = "jsonl";

    /// <summary>Properties of the project that reach the plan.</summary>
    public Dictionary<string, string> Properties { get; } = new(StringComparer.Ordinal);

    /// <summary>Metadata of inputs, by file name.</summary>
    public Dictionary<string, IReadOnlyDictionary<string, string>> CrawlMetadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Digest of the code of the Words stage; null as for a stage that is built in.</summary>
    public string? WordsCode { get; set; }

    /// <summary>Opens the cache behind the store of each build; null for none.</summary>
    public Func<RemoteCache>? Remote { get; set; }

    public void AddInput(string name, params IEnumerable<(string Id, string Text)> documents)
    {
        StringBuilder lines = new();
        foreach ((string id, string text) in documents)
        {
            lines.Append(JsonSerializer.Serialize(new { id, text, url = $"https://{id}.example/" })).Append('\n');
        }

        string path = Path.Combine(Folder, "crawl", name);
        File.WriteAllText(path, lines.ToString());

        // Old enough that its digest is remembered: the racy-clean rule has tests of its own.
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-10 + lines.Length % 7));
    }

    public StageItem Stage(string name, params (string Name, string Value)[] options)
    {
        StageItem item = new() { Name = name, Metadata = options.ToDictionary(o => o.Name, o => o.Value) };
        Stages.Add(item);
        return item;
    }

    public StageRegistry Registry()
    {
        StageRegistry registry = StageRegistry.BuiltIn();
        registry.Add(WordsStage.Descriptor, WordsCode);
        foreach (StageDescriptor descriptor in new[] { LexiconStage.Descriptor, UpperStage.Descriptor, FragileStage.Descriptor, ModelStage.Descriptor, CostlyStage.Descriptor, UniqueStage.Descriptor, MiscountingStage.Descriptor, LettersStage.Descriptor, FragileBatchStage.Descriptor, FragileDecisionStage.Descriptor, FragileMergeStage.Descriptor, FragileStartStage.Descriptor, Faults.TouchStage.Descriptor })
        {
            registry.Add(descriptor);
        }

        return registry;
    }

    public PlanFile PlanFile(bool reversed = false)
    {
        IEnumerable<CrawlItem> crawl = Directory.EnumerateFiles(Path.Combine(Folder, "crawl")).Order(StringComparer.Ordinal)
            .Select(p => new CrawlItem
            {
                Include = "crawl/" + Path.GetFileName(p),
                Path = p,
                Metadata = CrawlMetadata.GetValueOrDefault(Path.GetFileName(p), new Dictionary<string, string>()),
            });
        return new PlanFile
        {
            Name = "Test",
            ProjectFile = Path.Combine(Folder, "Test.csproj"),
            ProjectDirectory = Folder,
            OutputDirectory = OutputFolder,
            StoreDirectory = StoreFolder,
            OutputFormat = Format,
            Properties = Properties,
            Crawl = [.. reversed ? crawl.Reverse() : crawl],
            Stages = Stages,
        };
    }

    public DatasetPlan Plan(out List<BuildDiagnostic> diagnostics, bool reversed = false)
    {
        diagnostics = [];
        return PlanResolver.Resolve(PlanFile(reversed), Registry(), new FileDigests(Path.Combine(StoreFolder, "digests.tsv")), diagnostics)
            ?? throw new InvalidOperationException(string.Join('\n', diagnostics));
    }

    public BuildLog Build(int threads = 2, bool reversed = false, CancellationToken cancellation = default)
    {
        DatasetPlan plan = Plan(out _, reversed);
        BuildLog log = new();
        using DatasetBuild build = new(plan, new ContentStore(StoreFolder, Remote?.Invoke()), new FileDigests(Path.Combine(StoreFolder, "digests.tsv")), threads, log);
        foreach (StagePhase phase in Enum.GetValues<StagePhase>())
        {
            build.RunThrough(phase, cancellation);
        }

        (log.Manifest, log.Written) = build.Publish(cancellation);
        return log;
    }

    /// <summary>Digest of every reproducible output, by path.</summary>
    public string OutputDigests()
    {
        StringBuilder text = new();
        foreach (string path in Directory.EnumerateFiles(OutputFolder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (Path.GetFileName(path) != "report.html")
            {
                text.Append(Path.GetRelativePath(OutputFolder, path)).Append(' ').Append(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))).Append('\n');
            }
        }

        return text.ToString();
    }

    public IReadOnlyList<string> KeptIds() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(OutputFolder, "data")).Order(StringComparer.Ordinal).SelectMany(File.ReadAllLines)
            .Select(l => JsonDocument.Parse(l).RootElement.GetProperty("id").GetString()!),
    ];

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

/// <summary>What a build said.</summary>
internal sealed class BuildLog : IBuildEvents
{
    private readonly Lock _lock = new();

    public List<BuildDiagnostic> Diagnostics { get; } = [];

    public Dictionary<string, StageSummary> Stages { get; } = new(StringComparer.Ordinal);

    public Manifest Manifest { get; set; } = null!;

    public bool Written { get; set; }

    public void Message(MessageImportance importance, string text)
    {
    }

    public void Diagnostic(BuildDiagnostic diagnostic)
    {
        lock (_lock)
        {
            Diagnostics.Add(diagnostic);
        }
    }

    public List<(ActionKind Kind, string Stage, string Shard)> Actions { get; } = [];

    public void ActionComputed(ActionKind kind, string stage, string shard)
    {
        lock (_lock)
        {
            Actions.Add((kind, stage, shard));
        }
    }

    public void Progress(StageProgress progress)
    {
    }

    public void StageFinished(StageSummary summary)
    {
        lock (_lock)
        {
            Stages[summary.Stage] = summary;
        }
    }
}
