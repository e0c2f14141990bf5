namespace DataBuild.Engine.Tests;

[Collection(TestStages.Collection)]
public sealed class IncrementalBuildTests : IDisposable
{
    private readonly TestDataset _dataset = new();

    public IncrementalBuildTests()
    {
        _dataset.AddInput("a.jsonl", ("a1", "one two three four"), ("a2", "one"), ("a3", "same text in both inputs"));
        _dataset.AddInput("b.jsonl", ("b1", "five six seven"), ("b2", "same text in both inputs"), ("b3", "eight nine"));
        _dataset.Stage("Words", ("MinWords", "3"));
        _dataset.Stage("Unique");
        _dataset.Stage("Model", ("MinScore", "0.1"));
        TestStages.Take();
    }

    public void Dispose() => _dataset.Dispose();

    [Fact]
    public void FirstBuildMeasuresEverythingOnce()
    {
        BuildLog log = _dataset.Build();
        Assert.Equal("Model 3, Unique 6, Unique.Merge 1, Words 6", TestStages.Take());
        Assert.Equal(["a1", "a3", "b1"], _dataset.KeptIds());
        Assert.Equal(6, log.Stages["words"].Counts.In);
        Assert.Equal(2, log.Stages["words"].Counts.Dropped["too_few_words"]);
        Assert.Equal(1, log.Stages["unique"].Counts.Dropped["duplicate"]);
        Assert.All(log.Stages.Values, s => Assert.True(s.Counts.AddsUp));
    }

    [Fact]
    public void SecondBuildDoesNoWork()
    {
        _dataset.Build();
        TestStages.Take();
        BuildLog log = _dataset.Build();
        Assert.Equal("", TestStages.Take());
        Assert.False(log.Written);
        Assert.All(log.Stages.Values, s => Assert.Equal((0, 0, s.Shards, false), (s.Computed, s.Decided, s.Reused, s.Merged)));
    }

    [Fact]
    public void EditedThresholdDecidesAnewFromStoredFigures()
    {
        _dataset.Build();
        TestStages.Take();
        _dataset.Stages[2] = new() { Name = "Model", Metadata = new Dictionary<string, string> { ["MinScore"] = "0.15" } };
        BuildLog log = _dataset.Build();
        Assert.Equal("", TestStages.Take());
        Assert.Equal(["a1", "a3"], _dataset.KeptIds());
        Assert.Equal((0, 2), (log.Stages["score"].Computed, log.Stages["score"].Decided));
    }

    [Fact]
    public void EditedEarlyThresholdScoresOnlyTextsThatWereNeverScored()
    {
        _dataset.Build();
        TestStages.Take();
        _dataset.Stages[0] = new() { Name = "Words", Metadata = new Dictionary<string, string> { ["MinWords"] = "2" } };
        _dataset.Build();
        Assert.Equal("Model 1, Unique.Merge 1", TestStages.Take());
        Assert.Equal(["a1", "a3", "b1", "b3"], _dataset.KeptIds());
    }

    [Fact]
    public void CostlyFiguresAreKeptByText()
    {
        _dataset.Stage("Costly");
        _dataset.AddInput("c.jsonl", Enumerable.Range(0, 3000).Select(i => ($"c{i}", $"text number {i} is {new string('x', i % 50)}")));
        _dataset.Build();
        Assert.Contains("Costly 3003, Costly.Initialize 1", TestStages.Take(), StringComparison.Ordinal);

        // A later threshold leaves fewer documents: none of them is new, and nothing is loaded.
        _dataset.Stages[2] = new() { Name = "Model", Metadata = new Dictionary<string, string> { ["MinScore"] = "0.3" } };
        _dataset.Build();
        Assert.Equal("", TestStages.Take());
        Assert.InRange(_dataset.KeptIds().Count, 1000, 2900);
        string output = _dataset.OutputDigests();

        // Other rows around them, cut into other batches: only the new texts are measured.
        _dataset.AddInput("c.jsonl", Enumerable.Range(-5, 3005).Select(i => ($"c{i}", $"text number {i} is {new string('x', Math.Abs(i) % 50)}")));
        _dataset.Build();
        _ = TestStages.Take();
        _dataset.Stages[2] = new() { Name = "Model", Metadata = new Dictionary<string, string> { ["MinScore"] = "0.1" } };
        _dataset.Build();
        Assert.Equal("Costly 5, Costly.Initialize 1", TestStages.Take());

        // What is kept by text is what measuring anew gives.
        string incremental = _dataset.OutputDigests();
        Assert.NotEqual(output, incremental);
        Directory.Delete(_dataset.StoreFolder, recursive: true);
        Directory.Delete(_dataset.OutputFolder, recursive: true);
        _dataset.Build();
        Assert.Equal(_dataset.OutputDigests(), incremental);
    }

    [Fact]
    public void TextsOfAChangedShardAreNotScoredAgain()
    {
        _dataset.Build();
        TestStages.Take();

        // b1 stands in another place, b0 and b4 are new, b2 and b3 are gone.
        _dataset.AddInput("b.jsonl", ("b4", "twelve thirteen fourteen"), ("b0", "eleven more words here"), ("b1", "five six seven"));
        _dataset.Build();
        Assert.StartsWith("Model 2, ", TestStages.Take(), StringComparison.Ordinal);
        Assert.Equal(["a1", "a3", "b4", "b0", "b1"], _dataset.KeptIds());

        // Back to texts that were scored before, among them one that the last build scored.
        _dataset.AddInput("b.jsonl", ("b7", "five six seven"), ("b8", "eleven more words here"));
        _dataset.Build();
        Assert.DoesNotContain("Model", TestStages.Take(), StringComparison.Ordinal);
        Assert.Equal(["a1", "a3", "b7", "b8"], _dataset.KeptIds());
    }

    [Fact]
    public void AddedInputIsTheOnlyOneMeasured()
    {
        _dataset.Build();
        TestStages.Take();
        _dataset.AddInput("c.jsonl", ("a0", "same text in both inputs"), ("c1", "ten eleven twelve"));
        BuildLog log = _dataset.Build();
        Assert.Equal("Model 1, Unique 2, Unique.Merge 1, Words 2", TestStages.Take());
        Assert.Equal(1, log.Stages["words"].Computed);

        // The election is by id, whichever input came first.
        Assert.Equal(["a1", "b1", "a0", "c1"], _dataset.KeptIds());
    }

    [Fact]
    public void RemovedInputGivesItsDuplicatesBack()
    {
        _dataset.Build();
        File.Delete(Path.Combine(_dataset.Folder, "crawl", "a.jsonl"));
        TestStages.Take();
        _dataset.Build();
        Assert.Equal("Unique.Merge 1", TestStages.Take());
        Assert.Equal(["b1", "b2"], _dataset.KeptIds());
    }

    [Fact]
    public void ChangedInputEqualsBuildFromNothing()
    {
        _dataset.Build();
        _dataset.AddInput("b.jsonl", ("b1", "five six seven"), ("b9", "entirely new text here"));
        _dataset.Build();
        string incremental = _dataset.OutputDigests();
        Directory.Delete(_dataset.StoreFolder, recursive: true);
        Directory.Delete(_dataset.OutputFolder, recursive: true);
        _dataset.Build();
        Assert.Equal(_dataset.OutputDigests(), incremental);
    }

    [Fact]
    public void StageThatLeavesTheTextAloneCutsOffWhatFollows()
    {
        _dataset.Stages.Insert(0, new() { Name = "Upper" });
        _dataset.Build();
        TestStages.Take();

        // Another spelling of the same text gives the same upper case: nothing after it runs.
        _dataset.AddInput("a.jsonl", ("a1", "One Two Three Four"), ("a2", "One"), ("a3", "Same Text in both inputs"));
        _dataset.Build();
        Assert.Equal("Upper 3", TestStages.Take());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(64)]
    public void OutputDoesNotDependOnThreadsOrOrder(int threads)
    {
        Random random = new(42);
        for (int input = 0; input < 5; input++)
        {
            _dataset.AddInput($"large{input}.jsonl", Enumerable.Range(0, 700).Select(i => ($"x{input}-{i}", string.Join(' ', Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Next(40))))));
        }

        _dataset.Build(threads: 2);
        string expected = _dataset.OutputDigests();
        Directory.Delete(_dataset.StoreFolder, recursive: true);
        Directory.Delete(_dataset.OutputFolder, recursive: true);
        _dataset.Build(threads, reversed: true);
        Assert.Equal(expected, _dataset.OutputDigests());
    }

    [Fact]
    public void EditedOutputIsWrittenAgain()
    {
        _dataset.Build();
        string expected = _dataset.OutputDigests();
        string file = Directory.EnumerateFiles(Path.Combine(_dataset.OutputFolder, "data")).Single();
        File.AppendAllText(file, "{}\n");
        Assert.True(_dataset.Build().Written);
        Assert.Equal(expected, _dataset.OutputDigests());
    }
}
