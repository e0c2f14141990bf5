using System.Text;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Planning;

namespace DataBuild.Worker.Tests;

/// <summary>Builds that begin with a guess at their plan.</summary>
public sealed class GuessTests : IDisposable
{
    private readonly WorkerSession _session = new();

    public GuessTests()
    {
        _session.Stage("Extract");
        _session.Stage("GopherQuality", ("MinWords", "5"), ("MinStopWords", "0"));
        _session.Input("a.warc.gz", WorkerSession.Warc(("https://a.example/", WorkerSession.Page("A", 1)), ("https://b.example/", WorkerSession.Page("B", 2))));
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void What_was_guessed_is_what_runs_and_is_asked_for_when_the_plan_is_the_same()
    {
        string plan = _session.WritePlan();
        byte[] guess = File.ReadAllBytes(plan);
        File.Delete(plan);
        using AheadRun run = Ended(plan, guess);
        Assert.Throws<FileNotFoundException>(() => run.Runs(plan));

        _session.WritePlan();

        Assert.True(run.Runs(plan));
        Assert.False(run.Runs(plan + ".other"));
        Assert.True(run.Ask(StagePhase.Package));
        Assert.True(File.Exists(Path.Combine(_session.Output, "manifest.json")));
    }

    [Fact]
    public void Another_plan_is_another_build()
    {
        byte[] guess = File.ReadAllBytes(_session.WritePlan());
        _session.Stage("ExactDedup");
        using (AheadRun run = Ended(_session.WritePlan(), guess))
        {
            Assert.False(run.Runs(_session.WritePlan()));
        }

        Assert.False(Directory.Exists(_session.Output));
    }

    [Fact]
    public void A_guess_that_failed_is_of_no_use()
    {
        _session.Stage("Nonesuch");
        byte[] guess = File.ReadAllBytes(_session.WritePlan());
        string plan = _session.WritePlan();

        using AheadRun run = Ended(plan, guess);

        Assert.False(run.Runs(plan));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Right_or_wrong_the_build_says_and_makes_what_one_without_a_guess_does(bool right)
    {
        Assert.True(_session.Build().Ok);
        byte[] first = File.ReadAllBytes(_session.WritePlan());
        _session.Stage("ExactDedup");
        byte[] second = File.ReadAllBytes(_session.WritePlan());

        WorkerResult guessed = _session.Build(begin: true, guess: right ? second : first);

        Assert.True(guessed.Ok);
        Assert.Empty(guessed.Diagnostics);
        Dictionary<string, string> made = Files();
        Directory.Delete(_session.Output, recursive: true);
        Directory.Delete(Path.Combine(_session.Folder, "obj"), recursive: true);
        Assert.True(_session.Build().Ok);
        Assert.Equal(Files(), made);
    }

    [Fact]
    public void A_guess_that_no_build_takes_up_leaves_the_phases_to_themselves()
    {
        byte[] guess = File.ReadAllBytes(_session.WritePlan());
        _session.Stage("ExactDedup");

        Assert.True(_session.Build(guess: guess).Ok);

        Assert.Contains("exact", File.ReadAllText(Path.Combine(_session.Output, "manifest.json")), StringComparison.Ordinal);
    }

    private static AheadRun Ended(string plan, byte[] guess)
    {
        AheadRun run = new(plan, 2, new Silence(), CancellationToken.None, guess: guess);
        Assert.True(SpinWait.SpinUntil(() => run.HasEnded, TimeSpan.FromMinutes(2)));
        return run;
    }

    private Dictionary<string, string> Files() => Directory.EnumerateFiles(_session.Output, "*", SearchOption.AllDirectories)
        .Where(f => !f.EndsWith("report.html", StringComparison.Ordinal)).ToDictionary(f => f, f => Encoding.Latin1.GetString(File.ReadAllBytes(f)));

    private sealed class Silence : IBuildEvents
    {
        public void Message(MessageImportance importance, string text)
        {
        }

        public void Diagnostic(BuildDiagnostic diagnostic)
        {
        }

        public void Progress(StageProgress progress)
        {
        }

        public void StageFinished(StageSummary summary)
        {
        }
    }
}
