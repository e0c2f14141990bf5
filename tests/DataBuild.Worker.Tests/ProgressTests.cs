using System.Globalization;
using System.Text.Json;
using DataBuild.Engine.Execution;
using DataBuild.Tests;
using DataBuild.Worker.Progress;
using Spectre.Console;
using Spectre.Console.Rendering;
using Xunit.Abstractions;

namespace DataBuild.Worker.Tests;

/// <summary>What <c>databuild build</c> and <c>databuild watch</c> draw.</summary>
public sealed class ProgressTests(ITestOutputHelper log) : IDisposable
{
    private readonly WorkerSession _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData(80, 24)]
    [InlineData(120, 40)]
    [InlineData(40, 8)]
    public void NothingIsWiderOrHigherThanTheTerminal(int width, int height)
    {
        BuildState state = new();
        Take(state, new { @event = "plan", dataset = "A dataset of a rather long name indeed", process = 1, inputs = 4, inputBytes = 196_703_760L, stages = Enumerable.Range(0, 30).Select(i => $"stage{i}").Prepend("read").ToArray() });
        Take(state, new { @event = "phase", phase = "Extract" });
        Take(state, new { @event = "stage", stage = "read", @in = 3_790_000, kept = 35_500, computed = 4, decided = 0, merged = false });
        Take(state, new { @event = "progress", stage = "stage0", documents = 21_204, seconds = 30.0, share = 0.58 });
        string[] lines = Draw(state, width, height);
        Assert.All(lines, l => Assert.True(l.Length <= width, l));
        Assert.True(lines.Length <= height, $"{lines.Length} lines");
        Assert.Contains(lines, l => l.Contains("stage0", StringComparison.Ordinal));
    }

    [Fact]
    public void AStageTellsShareSpeedAndWhatIsLeft()
    {
        BuildState state = new();
        Take(state, new { @event = "plan", dataset = "Big", process = 0, inputs = 4, inputBytes = 196_703_760L, stages = new[] { "read", "extract", "minhash" } });
        Take(state, new { @event = "phase", phase = "Extract" });
        Take(state, new { @event = "stage", stage = "read", @in = 37_920, kept = 35_520, computed = 0, decided = 0, merged = false });
        Take(state, new { @event = "progress", stage = "extract", documents = 21_204, seconds = 30.0, share = 0.6 });
        string[] lines = Draw(state, 80, 24);
        Assert.StartsWith(" Big  4 inputs, 197 MB ", lines[0], StringComparison.Ordinal);
        Assert.Contains("extract  0:00", lines[0], StringComparison.Ordinal);
        Assert.Equal(" ✓ read      ━━━━━━━━━━━━━━━━━━━━   37.9k → 35.5k  -6.3 %  from the store", lines[1].TrimEnd());
        Assert.Equal(" • extract   ━━━━━━━━━━━━────────   60 %  21.2k docs   707/s  0:20 left", lines[2].TrimEnd());
        Assert.Equal("   minhash   ────────────────────", lines[3].TrimEnd());
    }

    [Fact]
    public void PagesCannotSpeakToTheTerminal()
    {
        BuildState state = new();
        Take(state, new { @event = "diagnostic", severity = "error", code = "DB2004", message = "[red]not markup[/]", file = "a.warc", line = 3, column = 0 });
        Take(state, new { @event = "plan", dataset = "[bold]x", process = 1, inputs = 1, inputBytes = 1L, stages = new[] { "[a]" } });
        Assert.Contains(Draw(state, 80, 24), l => l.Contains("[bold]x", StringComparison.Ordinal));
        Assert.Equal("a.warc(3,0): error DB2004: [red]not markup[/]", Assert.Single(state.Diagnostics).Text);
    }

    [Fact]
    public void ARealBuildTellsItsPlanItsSharesAndItsEnd()
    {
        _session.Input("a.warc.gz", WorkerSession.Warc([.. Enumerable.Range(0, 40).Select(i => ($"https://a.example/{i}", WorkerSession.Page($"Page {i}", i)))]));
        _session.Stage("Extract");
        _session.Stage("GopherQuality", ("MinWords", "5"));
        _session.Stage("MinHashDedup");
        Assert.True(_session.Build().Ok);
        string plan = Path.Combine(_session.Folder, "Test.databuild.plan.json");
        using EventFile file = new(EventFile.PathFor(plan));
        List<JsonElement> events = file.ReadNew(out bool restarted);
        Assert.True(restarted);
        BuildState state = new();
        events.ForEach(state.Take);
        Assert.True(state.Succeeded);
        DatasetState dataset = Assert.Single(state.Datasets);
        Assert.Equal("Test", dataset.Name);
        Assert.Equal(["read", "extract", "gopher", "minhash", "package"], dataset.Stages.Select(s => s.Name));
        Assert.All(dataset.Stages, s => Assert.True(s.Finished));
        Assert.Equal(40, dataset.Stages[0].In);

        double[] shares = [.. events.Where(e => e.GetProperty("event").GetString() == "progress").Select(e => e.GetProperty("share").GetDouble())];
        Assert.NotEmpty(shares);
        Assert.All(shares, s => Assert.InRange(s, 0, 1));
        Assert.Empty(file.ReadNew(out restarted));
        Assert.False(restarted);
    }

    /// <summary>The goal is a hundredth of a core; a second of a build has at most two events of each running stage, and four drawings.</summary>
    [Fact]
    public void TellingHowFarABuildIsCostsLessThanAHundredth()
    {
        const int Stages = 10;
        const int EventsASecond = 2;
        const int DrawingsASecond = 4;
        const int Repetitions = 200;
        BuildState state = new();
        Take(state, new { @event = "plan", dataset = "Big", process = 1, inputs = 4, inputBytes = 196_703_760L, stages = Enumerable.Range(0, Stages).Select(i => $"stage{i}").ToArray() });
        using JsonEvents events = new(Stream.Null);
        events.WriteTo(Path.Combine(_session.Folder, "cost.databuild.events.jsonl"));
        double Cost(int times, Action work) => Enumerable.Range(0, 5).Min(_ =>
        {
            long start = ThreadClock.Nanoseconds();
            for (int i = 0; i < times; i++)
            {
                work();
            }

            return (ThreadClock.Nanoseconds() - start) / 1e9 / times;
        });

        double telling = Cost(Repetitions, () => events.Progress(new StageProgress(StagePhase.Clean, "stage3", 1, 4, 21_204, 196_703_760, 30, 0.58)));
        double drawing = Cost(Repetitions / 10, () => Draw(state, 120, 40));
        double share = (telling * EventsASecond * Stages) + (drawing * DrawingsASecond);
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"an event {telling * 1e6:0.0} µs, a drawing {drawing * 1e6:0} µs: {100 * telling * EventsASecond * Stages:0.000} % and {100 * drawing * DrawingsASecond:0.00} % of a core"));
        Assert.True(share < 0.01, $"{100 * share} %");
    }

    private static void Take(BuildState state, object e) => state.Take(JsonSerializer.SerializeToElement(e));

    private static string[] Draw(BuildState state, int width, int height)
    {
        using StringWriter writer = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = width;
        console.Profile.Height = height;
        IRenderable drawn = BuildDisplay.Render(state, width, height);
        console.Write(drawn);
        return writer.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
    }
}
