using Microsoft.Build.Framework;

namespace DataBuild.Tasks.Tests;

/// <summary>The task against a worker that follows a script.</summary>
public sealed class RunPhaseTests
{
    private static readonly string[] AllPhases = ["Extract", "Clean", "Deduplicate", "Score", "Tokenize", "Package"];

    [Fact]
    public void One_worker_runs_all_phases_of_a_build_and_ends_with_it()
    {
        using TestDataset dataset = new();
        dataset.WritePlan();
        using (RecordingBuildEngine engine = new())
        {
            foreach (string phase in AllPhases)
            {
                Assert.True(dataset.Phase(phase, engine).Execute());
            }

            Assert.Empty(engine.Errors);
            Assert.Equal(0, engine.CoresHeld);
        }

        Assert.Equal(string.Concat(AllPhases.Select(p => $"run {p}\n")) + "end of input\n", dataset.Log);
    }

    [Fact]
    public void Nothing_changed_starts_no_worker()
    {
        using TestDataset dataset = new();
        BuildOnce(dataset);
        string log = dataset.Log;

        using RecordingBuildEngine engine = new();
        foreach (string phase in AllPhases)
        {
            Assert.True(dataset.Phase(phase, engine).Execute());
        }

        Assert.Equal(log, dataset.Log);
        Assert.Equal(["Tiny: up to date"], engine.HighMessages);
    }

    [Theory]
    [InlineData("content", "has changed")]
    [InlineData("touch", "has changed")]
    [InlineData("remove-output", "is missing")]
    [InlineData("remove-input", "is missing")]
    [InlineData("plan", "the plan has changed")]
    [InlineData("racy", "is as new as the record")]
    [InlineData("torn-record", "cannot be read")]
    [InlineData("no-record", "no finished build is recorded")]
    public void A_change_is_noticed(string change, string reason)
    {
        using TestDataset dataset = new();
        BuildOnce(dataset);
        string crawl = Path.Combine(dataset.Folder, "a.warc.gz");
        switch (change)
        {
            case "content":
                File.AppendAllText(crawl, "more");
                break;
            case "touch":
                File.SetLastWriteTimeUtc(crawl, DateTime.UtcNow.AddDays(-1));
                break;
            case "remove-output":
                File.Delete(Path.Combine(dataset.Folder, "bin", "Debug", "Tiny", "manifest.json"));
                break;
            case "remove-input":
                File.Delete(crawl);
                break;
            case "plan":
                File.AppendAllText(dataset.PlanFile, " ");
                break;
            case "racy":
                File.SetLastWriteTimeUtc(dataset.UpToDateFile, File.GetLastWriteTimeUtc(crawl));
                break;
            case "torn-record":
                File.WriteAllText(dataset.UpToDateFile, "{\"planDigest\":");
                break;
            case "no-record":
                File.Delete(dataset.UpToDateFile);
                break;
        }

        using RecordingBuildEngine engine = new();
        Assert.True(dataset.Phase("Extract", engine).Execute());

        Assert.EndsWith("run Extract\n", dataset.Log, StringComparison.Ordinal);
        Assert.Contains(engine.Messages, m => m.Importance == MessageImportance.Low && m.Message!.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Events_become_log_events_with_code_place_and_link()
    {
        using TestDataset dataset = new(
            "[Extract]",
            "print a native library says hello",
            """emit {"event":"message","importance":"high","text":"100 % {braces}"}""",
            """emit {"event":"diagnostic","severity":"warning","code":"DB2003","message":"record has no type","file":"/data/a.warc","line":12,"column":0}""",
            """emit {"event":"progress","phase":"Extract","stage":"Extract","shardsDone":1,"shards":4,"documents":1234,"bytes":123456,"seconds":1.2}""",
            """emit {"event":"stage","stage":"GopherQuality","phase":"Clean","shards":4,"computed":4,"reused":0,"in":120,"kept":80,"dropped":{"too_few_words":30,"bad_ratio":10,"never":0},"seconds":0.4}""",
            """emit {"event":"future","x":1}""",
            """emit {"event":"done","ok":true}""");
        dataset.WritePlan();
        using RecordingBuildEngine engine = new();

        Assert.True(dataset.Phase("Extract", engine).Execute());

        BuildWarningEventArgs warning = Assert.Single(engine.Warnings);
        Assert.Equal(("DB2003", "/data/a.warc", 12, 0), (warning.Code, warning.File, warning.LineNumber, warning.ColumnNumber));
        Assert.EndsWith("/docs/diagnostics/DB2003.md", warning.HelpLink, StringComparison.Ordinal);
        Assert.Equal(
            [
                "100 % {braces}",
                "  GopherQuality           120 in       80 kept      40 dropped: too_few_words 30, bad_ratio 10  [4 shards: all computed, 0.4 s]",
            ],
            engine.HighMessages);
        ExtendedBuildMessageEventArgs counts = Assert.Single(engine.Messages.OfType<ExtendedBuildMessageEventArgs>());
        Assert.Equal("databuild.stage", counts.ExtendedType);
        Assert.Equal("80", counts.ExtendedMetadata!["kept"]);
        Assert.Equal("Tiny", counts.ExtendedMetadata["dataset"]);
    }

    [Fact]
    public void An_error_of_the_worker_fails_the_phase_and_keeps_the_worker()
    {
        using TestDataset dataset = new(
            "[Extract]",
            """emit {"event":"diagnostic","severity":"error","code":"DB2001","message":"'a.warc.gz' is not a WARC file","file":"a.warc.gz"}""",
            """emit {"event":"done","ok":false}""");
        dataset.WritePlan();
        using RecordingBuildEngine engine = new();

        Assert.False(dataset.Phase("Extract", engine).Execute());

        Assert.Equal("DB2001", Assert.Single(engine.Errors).Code);
        Assert.Equal(0, engine.CoresHeld);
    }

    [Fact]
    public void A_failure_without_a_cause_is_an_error_of_its_own()
    {
        using TestDataset dataset = new("[Extract]", "error something odd", """emit {"event":"done","ok":false}""");
        dataset.WritePlan();
        using RecordingBuildEngine engine = new();

        Assert.False(dataset.Phase("Extract", engine).Execute());
        Assert.Equal("DB0004", Assert.Single(engine.Errors).Code);
    }

    [Fact]
    public void A_crash_of_the_worker_is_an_error_with_its_last_words()
    {
        using TestDataset dataset = new("[Clean]", "error Unhandled exception: out of memory", "exit 134");
        dataset.WritePlan();
        using RecordingBuildEngine engine = new();
        Assert.True(dataset.Phase("Extract", engine).Execute());

        Assert.False(dataset.Phase("Clean", engine).Execute());

        BuildErrorEventArgs error = Assert.Single(engine.Errors);
        Assert.Equal("DB0001", error.Code);
        Assert.Contains("phase Clean of 'Tiny' (exit code 134)", error.Message, StringComparison.Ordinal);
        Assert.Contains("out of memory", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, engine.CoresHeld);
    }

    [Fact]
    public void An_event_out_of_protocol_is_an_error_that_shows_it()
    {
        using TestDataset dataset = new("[Extract]", """emit {"event":"done"}""");
        dataset.WritePlan();
        using RecordingBuildEngine engine = new();

        Assert.False(dataset.Phase("Extract", engine).Execute());
        Assert.Equal("DB0008", Assert.Single(engine.Errors).Code);
    }

    [Fact]
    public void A_missing_worker_is_an_error_that_names_it()
    {
        using TestDataset dataset = new();
        dataset.WritePlan();
        using RecordingBuildEngine engine = new();
        RunPhase phase = dataset.Phase("Extract", engine);
        phase.WorkerPath = Path.Combine(dataset.Folder, "none", "DataBuild.Worker.dll");

        Assert.False(phase.Execute());
        Assert.Equal("DB0002", Assert.Single(engine.Errors).Code);
        Assert.Contains(phase.WorkerPath, engine.Errors.First().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async System.Threading.Tasks.Task Cancel_reaches_the_worker_and_is_no_error()
    {
        using TestDataset dataset = new("[Extract]", "wait-for-cancel");
        dataset.WritePlan();
        using RecordingBuildEngine engine = new();
        RunPhase phase = dataset.Phase("Extract", engine);
        System.Threading.Tasks.Task<bool> running = System.Threading.Tasks.Task.Run(phase.Execute);
        dataset.WaitForLog("waiting");

        phase.Cancel();

        Assert.False(await running);
        Assert.Empty(engine.Errors);
        Assert.Equal("DB0003", Assert.Single(engine.Warnings).Code);
        Assert.Contains("cancel\n", dataset.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async System.Threading.Tasks.Task A_worker_that_ignores_cancel_is_killed()
    {
        using TestDataset dataset = new("[Extract]", "hang");
        dataset.WritePlan();
        using RecordingBuildEngine engine = new();
        RunPhase phase = dataset.Phase("Extract", engine);
        System.Threading.Tasks.Task<bool> running = System.Threading.Tasks.Task.Run(phase.Execute);
        dataset.WaitForLog("waiting");

        phase.Cancel();

        Assert.False(await running);
        Assert.Empty(engine.Errors);
        Assert.DoesNotContain("end of input", dataset.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_are_those_that_the_build_grants()
    {
        using TestDataset dataset = new();
        dataset.WritePlan();
        using RecordingBuildEngine engine = new() { CoresAvailable = 1 };
        RunPhase phase = dataset.Phase("Extract", engine);
        phase.Threads = 8;

        Assert.True(phase.Execute());
        Assert.Contains(engine.Messages, m => m.Message!.Contains("phase Extract on 1 threads", StringComparison.Ordinal));
    }

    private static void BuildOnce(TestDataset dataset)
    {
        dataset.WritePlan();
        // Files of a real build are older than its end; a test's would all carry the same time.
        File.SetLastWriteTimeUtc(Path.Combine(dataset.Folder, "a.warc.gz"), DateTime.UtcNow.AddMinutes(-1));
        using RecordingBuildEngine engine = new();
        foreach (string phase in AllPhases)
        {
            Assert.True(dataset.Phase(phase, engine).Execute());
        }
    }
}
