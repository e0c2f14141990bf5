using System.Text.Json;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Planning;

namespace DataBuild.Worker.Tests;

/// <summary>Phases that run before they are asked for.</summary>
public sealed class AheadRunTests : IDisposable
{
    private readonly WorkerSession _session = new();
    private readonly RecordedEvents _events = new();

    public AheadRunTests()
    {
        _session.Stage("Extract");
        _session.Stage("GopherQuality", ("MinWords", "5"), ("MinStopWords", "0"));
        _session.Stage("ExactDedup");
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_build_that_began_early_says_and_makes_the_same()
    {
        _session.Input("a.warc.gz", WorkerSession.Warc(("https://a.example/", WorkerSession.Page("A", 1)), ("https://b.example/", WorkerSession.Page("B", 2))));
        WorkerResult plain = _session.Build();
        Assert.True(plain.Ok);
        byte[] manifest = File.ReadAllBytes(Path.Combine(_session.Output, "manifest.json"));
        Directory.Delete(_session.Output, recursive: true);
        Directory.Delete(Path.Combine(_session.Folder, "obj"), recursive: true);

        WorkerResult early = _session.Build(begin: true);

        Assert.True(early.Ok);
        Assert.Equal(Told(plain), Told(early));
        Assert.Equal(manifest, File.ReadAllBytes(Path.Combine(_session.Output, "manifest.json")));
    }

    [Fact]
    public void Nothing_is_said_before_the_phase_is_asked_for()
    {
        _session.Input("a.warc.gz", WorkerSession.Warc(("https://a.example/", WorkerSession.Page("A", 1))));
        using AheadRun run = Ended();
        Assert.Empty(_events.Stages);
        Assert.Empty(_events.Messages);
        Assert.False(Directory.Exists(_session.Output));

        Assert.True(run.Ask(StagePhase.Extract));
        Assert.Equal(["read", "extract"], _events.Stages);

        Assert.True(run.Ask(StagePhase.Clean));
        Assert.Equal(["read", "extract", "gopher"], _events.Stages);

        Assert.True(run.Ask(StagePhase.Package));
        Assert.Equal(["read", "extract", "gopher", "exact"], _events.Stages);
        Assert.True(File.Exists(Path.Combine(_session.Output, "manifest.json")));
        Assert.Contains(_events.Messages, m => m.Contains("1 documents", StringComparison.Ordinal));
    }

    [Fact]
    public void A_dataset_that_nobody_asks_for_leaves_nothing()
    {
        _session.Input("a.warc.gz", WorkerSession.Warc(("https://a.example/", WorkerSession.Page("A", 1))));
        string beside = Path.GetDirectoryName(_session.Output)!;
        using (AheadRun run = Ended())
        {
            Assert.True(run.Ask(StagePhase.Tokenize));
            Assert.Single(Directory.GetDirectories(beside, Path.GetFileName(_session.Output) + "*"));
        }

        Assert.Empty(Directory.GetDirectories(beside, Path.GetFileName(_session.Output) + "*"));
    }

    [Fact]
    public void A_failure_that_nobody_asked_for_is_forgotten()
    {
        string missing = _session.Input("a.warc.gz", null);
        using AheadRun run = Ended();

        // A target of the project may make the file before the first phase.
        File.WriteAllBytes(missing, WorkerSession.Warc(("https://a.example/", WorkerSession.Page("A", 1))));

        Assert.Null(run.Ask(StagePhase.Extract));
        Assert.Empty(_events.Diagnostics);
    }

    [Fact]
    public void A_file_that_changed_since_makes_the_run_useless()
    {
        string input = _session.Input("a.warc.gz", WorkerSession.Warc(("https://a.example/", WorkerSession.Page("A", 1))));
        using AheadRun run = Ended();
        Assert.True(run.Ask(StagePhase.Extract));

        File.WriteAllBytes(input, WorkerSession.Warc(("https://b.example/", WorkerSession.Page("B", 2)), ("https://c.example/", WorkerSession.Page("C", 3))));

        Assert.Null(run.Ask(StagePhase.Clean));
    }

    [Fact]
    public void Its_end_ends_the_work()
    {
        _session.Input("a.warc.gz", WorkerSession.Warc([.. Enumerable.Range(0, 400).Select(i => ($"https://a{i}.example/", WorkerSession.Page("A", i)))]));
        AheadRun run = new(_session.WritePlan(), 2, _events, CancellationToken.None);

        run.Dispose();

        Assert.True(run.HasEnded);
        Assert.Empty(_events.Stages);
        Assert.False(Directory.Exists(_session.Output));
    }

    private AheadRun Ended()
    {
        AheadRun run = new(_session.WritePlan(), 2, _events, CancellationToken.None);
        Assert.True(SpinWait.SpinUntil(() => run.HasEnded, TimeSpan.FromMinutes(2)));
        return run;
    }

    // Times differ from build to build, and how far a stage is depends on them.
    private static string[] Told(WorkerResult result) =>
    [
        .. result.Events.Where(e => e.GetProperty("event").GetString() != "progress")
            .Select(e => JsonSerializer.Serialize(e.EnumerateObject().Where(p => p.Name != "seconds").ToDictionary(p => p.Name, p => p.Value))),
    ];

    private sealed class RecordedEvents : IBuildEvents
    {
        public List<string> Stages { get; } = [];

        public List<BuildDiagnostic> Diagnostics { get; } = [];

        public List<string> Messages { get; } = [];

        public void Message(MessageImportance importance, string text) => Messages.Add(text);

        public void Diagnostic(BuildDiagnostic diagnostic) => Diagnostics.Add(diagnostic);

        public void Progress(StageProgress progress)
        {
        }

        public void StageFinished(StageSummary summary) => Stages.Add(summary.Stage);
    }
}
