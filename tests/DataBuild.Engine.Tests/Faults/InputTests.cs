using System.Diagnostics;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Tests.Faults;

/// <summary>Inputs that are no files, and inputs that change while they are read; datasets of which too little is left.</summary>
[Collection(TestStages.Collection)]
public sealed class InputTests : IDisposable
{
    private readonly TestDataset _dataset = new();

    public void Dispose()
    {
        TouchStage.OnMeasure = null;
        _dataset.Dispose();
    }

    [SkippableFact]
    public void PipesAndLinksToNowhereAreNoInputs()
    {
        Skip.If(OperatingSystem.IsWindows(), "makes a pipe with a name");
        _dataset.AddInput("a.jsonl", ("a1", "one two three"));
        _dataset.Stage("Words");
        using (Process process = Process.Start("mkfifo", [Path.Combine(_dataset.Folder, "crawl", "pipe.jsonl")]))
        {
            process.WaitForExit();
        }

        File.CreateSymbolicLink(Path.Combine(_dataset.Folder, "crawl", "device.jsonl"), "/dev/zero");
        File.CreateSymbolicLink(Path.Combine(_dataset.Folder, "crawl", "loop.jsonl"), "loop.jsonl");
        File.CreateSymbolicLink(Path.Combine(_dataset.Folder, "crawl", "nowhere.jsonl"), "missing");
        PlanFile plan = _dataset.PlanFile();
        plan.Crawl = [.. new[] { "device", "loop", "nowhere", "pipe" }.Select(n => new CrawlItem { Include = $"crawl/{n}.jsonl", Path = Path.Combine(_dataset.Folder, "crawl", n + ".jsonl") })];
        List<BuildDiagnostic> diagnostics = [];
        Assert.Null(PlanResolver.Resolve(plan, _dataset.Registry(), new FileDigests(null), diagnostics));
        Assert.Equal(
            ["DB2002 device", "DB2001 loop", "DB2001 nowhere", "DB2002 pipe"],
            diagnostics.Select(d => $"{d.Code} {d.Message.Split('\'')[1]["crawl/".Length..].Split('.')[0]}"));
        Assert.Throws<IOException>(() => new FileDigests(null).Of(Path.Combine(_dataset.Folder, "crawl", "pipe.jsonl")));
    }

    [SkippableFact]
    public void OddNamesAreRead()
    {
        Skip.If(OperatingSystem.IsWindows(), "names that Windows has not");
        string[] names = ["-rf.jsonl", "100%.jsonl", "a 'b' \"c\".jsonl", "line\nbreak.jsonl", "tab\tand\u001b[31m.jsonl", "ü漢😀.jsonl", "semi;colon&.jsonl", $"{new string('n', 240)}.jsonl"];
        foreach ((string name, int i) in names.Select((n, i) => (n, i)))
        {
            _dataset.AddInput(name, ($"id{i}", $"text number {i}"));
        }

        _dataset.Stage("Words");
        BuildLog log = _dataset.Build();
        Assert.Empty(log.Diagnostics);
        Assert.Equal(names.Select(n => "crawl/" + n).Order(StringComparer.Ordinal), log.Manifest.Inputs.Select(i => i.Path).Order(StringComparer.Ordinal));
        Assert.Equal(names.Length, _dataset.KeptIds().Count);
        Assert.Empty(_dataset.Build().Actions);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnInputThatChangesWhileItIsReadIsAnErrorAndLeavesNoResult(bool keepsItsTime)
    {
        _dataset.AddInput("a.jsonl", ("a1", "one two three"), ("a2", "four five six"));
        _dataset.Stage("Touch");
        string path = Path.Combine(_dataset.Folder, "crawl", "a.jsonl");
        string before = File.ReadAllText(path);
        DateTime time = File.GetLastWriteTimeUtc(path);
        TouchStage.OnMeasure = () =>
        {
            TouchStage.OnMeasure = null;
            File.WriteAllText(path, before.Replace("six", "SIX", StringComparison.Ordinal));
            if (keepsItsTime)
            {
                File.SetLastWriteTimeUtc(path, time);
            }
        };
        Assert.Contains("changed while it was read", Assert.Throws<IOException>(() => _dataset.Build()).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_dataset.OutputFolder));

        // Neither under the old key nor under the new one.
        string after = File.ReadAllText(path);
        foreach (string content in new[] { before, after })
        {
            File.WriteAllText(path, content);
            Assert.Contains(_dataset.Build().Actions, a => a.Stage == "read");
            string found = _dataset.OutputDigests();
            Directory.Delete(_dataset.StoreFolder, recursive: true);
            Directory.Delete(_dataset.OutputFolder, recursive: true);
            _dataset.Build();
            Assert.Equal(_dataset.OutputDigests(), found);
            Directory.Delete(_dataset.StoreFolder, recursive: true);
        }
    }

    [Fact]
    public void AStageThatKeepsTooLittleIsSaid()
    {
        _dataset.AddInput("a.jsonl", Enumerable.Range(0, 20).Select(i => ($"a{i}", i < 2 ? "one two three four" : "one two three")));
        _dataset.Stage("Words", ("MinWords", "4"));
        Assert.Empty(_dataset.Build().Diagnostics);
        _dataset.Properties["DataBuildMinimumYield"] = "0.1";
        _dataset.Build();
        string expected = _dataset.OutputDigests();

        _dataset.Properties["DataBuildMinimumYield"] = "0.11";
        StageException error = Assert.Throws<StageException>(() => _dataset.Build());
        Assert.Equal("DB3088", error.Code);
        Assert.Contains("kept 2 of 20 documents", error.Message, StringComparison.Ordinal);
        Assert.Contains("too_few_words", error.Message, StringComparison.Ordinal);
        Assert.Equal(expected, _dataset.OutputDigests());

        // Nothing left is a warning without being asked for.
        _dataset.Properties.Clear();
        _dataset.Stages.Clear();
        _dataset.Stage("Words", ("MinWords", "5"));
        BuildDiagnostic warning = Assert.Single(_dataset.Build().Diagnostics);
        Assert.Equal(("DB3088", false), (warning.Code, warning.IsError));
        _dataset.Properties["DataBuildMinimumYield"] = "2";
        Assert.Equal("DB0007", Assert.Throws<PlanException>(() => _dataset.Build()).Code);
    }
}

/// <summary>Runs in the pass that reads the input, and does there what a test asks for.</summary>
[Stage("Touch", ColumnPrefix = "touch")]
public sealed partial record TouchStage : DocumentStage<WordFigures>, IPayloadStage
{
    public static Action? OnMeasure { get; set; }

    public override WordFigures Measure(Document document)
    {
        OnMeasure?.Invoke();
        return new WordFigures(document.Text.Length, 1);
    }

    public override Verdict Decide(in WordFigures figures) => Verdict.Keep;
}
