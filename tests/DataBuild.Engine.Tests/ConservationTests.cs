namespace DataBuild.Engine.Tests;

/// <summary>A merge that gives some rows too few or too many outcomes.</summary>
[Stage("Miscounting", Phase = StagePhase.Deduplicate, ColumnPrefix = "miscounting")]
public sealed partial record MiscountingStage : CorpusStage<TextKey, FirstOutcome>
{
    /// <summary>Outcomes beyond the number of rows.</summary>
    public int Surplus { get; init; }

    public override TextKey Measure(Document document) => new("");

    public override void Merge(Corpus corpus, OutcomeWriter<FirstOutcome> outcomes, StageContext context)
    {
        for (long row = 0; row < corpus.RowCount + Surplus; row++)
        {
            outcomes.Append(default);
        }
    }

    public override Verdict Decide(in FirstOutcome outcome) => Verdict.Keep;
}

/// <summary>Documents in are documents kept and documents dropped for a reason, or there is no dataset.</summary>
[Collection(TestStages.Collection)]
public sealed class ConservationTests : IDisposable
{
    private readonly TestDataset _dataset = new();

    public void Dispose() => _dataset.Dispose();

    [Theory]
    [InlineData("-1", "the merge gave 2 outcomes for 3 rows")]
    [InlineData("-3", "the merge gave 0 outcomes for 3 rows")]
    [InlineData("1", "the merge gave more outcomes than the 3 rows of the corpus")]
    public void A_stage_that_loses_or_invents_documents_fails_the_build(string surplus, string message)
    {
        _dataset.AddInput("a.jsonl", ("1", "one two three"), ("2", "four five six"));
        _dataset.AddInput("b.jsonl", ("3", "seven eight nine"));
        _dataset.Stage("Miscounting", ("Surplus", surplus));
        StageException error = Assert.Throws<StageException>(() => _dataset.Build());
        Assert.Equal(("DB3060", message), (error.Code, error.Message));
        Assert.False(Directory.Exists(_dataset.OutputFolder));

        // With the right number of outcomes there is nothing wrong.
        _dataset.Stages.Clear();
        _dataset.Stage("Miscounting");
        Assert.Equal(3, _dataset.Build().Manifest.Documents);
    }

    [Fact]
    public void Every_document_is_accounted_for_from_reading_to_the_rows()
    {
        _dataset.AddInput("a.jsonl", Enumerable.Range(0, 40).Select(i => ($"a{i}", string.Join(' ', Enumerable.Repeat("word", i % 7)))));
        _dataset.AddInput("b.jsonl", Enumerable.Range(0, 40).Select(i => ($"b{i}", string.Join(' ', Enumerable.Range(0, i)))));
        _dataset.Stage("Words", ("MinWords", "4"));
        _dataset.Stage("Unique");
        _dataset.Stage("Fragile");
        BuildLog log = _dataset.Build();
        Assert.Equal(80, log.Manifest.Documents + log.Stages.Values.Sum(s => s.Counts.Dropped.Values.Sum()));
        Assert.All(log.Stages.Values, s => Assert.All(s.Counts.Dropped.Keys, reason => Assert.NotEmpty(reason)));
        Assert.Equal(log.Manifest.Documents, _dataset.KeptIds().Count);
    }
}
