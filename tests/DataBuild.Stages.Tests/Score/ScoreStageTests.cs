using DataBuild.Stages.Score;
using DataBuild.Tests;

namespace DataBuild.Stages.Tests.Score;

public sealed class ScoreStageTests : IDisposable
{
    private const string Prose =
        "A compost heap is a slow fire. Bacteria and fungi burn the carbon in dead plants, and the heat that you feel when you push a hand into the pile "
        + "is the waste of that burning. What remains when the fire has gone out is humus, which holds water and feeds the plants slowly over many years.";

    private const string Listing =
        "Home\nDeals\nBasket (0)\nGloves $12.99\nAdd to basket\nTwine $3.99\nAdd to basket\nHose nozzle $9.99\nAdd to basket\n"
        + "Sort by: Newest\nNext\n1\n2\n3\nLog in\nSubscribe to our newsletter\nCookie settings\nPrivacy policy\nTerms\n";

    private readonly TestModels _models = new();

    public void Dispose() => _models.Dispose();

    private static string QualityModel => Path.Combine(RepositoryRoot(), "example-datasets", "QuickStart", "models", "quality.onnx");

    private static string RepositoryRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "DataBuild.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }

    private static ScoreFigures[] Measure(ScoreStage stage, params ReadOnlySpan<string> texts)
    {
        stage.Initialize(new StageContext(Path.GetTempPath(), Path.GetTempPath(), threads: 2));
        ScoreFigures[] figures = new ScoreFigures[texts.Length];
        stage.Measure([.. texts.ToArray().Select(t => Document.Create(t))], figures);
        return figures;
    }

    [Fact]
    public void The_example_model_tells_prose_from_listings()
    {
        ScoreFigures[] figures = Measure(new ScoreStage { Name = "score", Model = InputFile.FromPath(QualityModel) }, Prose, Listing, "");

        Assert.True(figures[0].Value > 3, $"prose {figures[0].Value}");
        Assert.True(figures[1].Value < 1.5, $"listing {figures[1].Value}");
        Assert.Null(figures[2].Value);
    }

    [Fact]
    public void The_example_model_gives_the_scores_it_gave_when_it_was_published()
    {
        ScoreFigures[] figures = Measure(new ScoreStage { Name = "score", Model = InputFile.FromPath(QualityModel), Decimals = 2 }, Prose, Listing);

        SnapshotAssert.Match(string.Join('\n', figures.Select(f => f.ToString())), nameof(The_example_model_gives_the_scores_it_gave_when_it_was_published));
    }

    [Fact]
    public void A_model_of_tokens_is_fed_by_its_tokenizer()
    {
        string path = _models.Write(TestModels.MeanOfIds());
        ScoreStage stage = new() { Model = InputFile.FromPath(path), Tokenizer = InputFile.FromName("o200k_base"), ScoreLabel = "0" };

        Assert.Equal([0.0, 0.0625], Measure(stage, "!", "\"").Select(f => f.Value!.Value));
    }

    [Fact]
    public void The_provider_that_the_model_runs_on_is_said()
    {
        List<StageNote> notes = [];
        ScoreStage stage = new() { Model = InputFile.FromPath(QualityModel) };

        stage.Initialize(new StageContext(Path.GetTempPath(), Path.GetTempPath(), report: notes.Add));

        Assert.Equal("DB4007", notes.Single().Code);
        Assert.EndsWith("runs on CPUExecutionProvider", notes.Single().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1.0, null)]
    [InlineData("score >= 3", 3.0, null)]
    [InlineData("score >= 3", 2.9999, "score_too_low")]
    [InlineData("score > 3", 3.0, "score_too_low")]
    [InlineData("score>=1 and score<4.5", 4.5, "score_too_high")]
    [InlineData("score >= 1 && score <= 4.5", 4.5, null)]
    [InlineData("Score == 2", 2.0, null)]
    [InlineData("score > -1.5", -1.0, null)]
    [InlineData("score >= 3 or score lt 1", 0.5, null)]
    [InlineData("score >= 3 or score lt 1", 2.0, "score_not_kept")]
    [InlineData("value >= 3 and covered >= 0.5", 3.0, null)]
    [InlineData("value >= 3 and windows > 1", 3.0, "score_not_kept")]
    [InlineData("windows == 1 and not (score.value < 3)", 2.0, "score_not_kept")]
    public void Scores_outside_the_range_are_dropped(string keep, double score, string? reason) =>
        Assert.Equal(reason, new ScoreStage { Keep = keep }.Decide(new ScoreFigures(score, 1, 1)).Reason);

    [Fact]
    public void Bounds_and_expression_hold_together()
    {
        ScoreStage stage = new() { Keep = "score >= 1", MinScore = 2, MaxScore = 4 };

        Assert.Equal("score_too_low", stage.Decide(new ScoreFigures(1.5, 1, 1)).Reason);
        Assert.True(stage.Decide(new ScoreFigures(3, 1, 1)).IsKeep);
        Assert.Equal("score_too_high", stage.Decide(new ScoreFigures(4.1, 1, 1)).Reason);
        Assert.True((stage with { MaxScore = 5 }).Decide(new ScoreFigures(4.1, 1, 1)).IsKeep);
    }

    [Fact]
    public void A_text_without_a_score_is_dropped_only_where_scores_matter()
    {
        Assert.True(new ScoreStage().Decide(new ScoreFigures(null, 1, 0)).IsKeep);
        Assert.Equal("no_score", new ScoreStage { Keep = "score >= 3" }.Decide(new ScoreFigures(null, 1, 0)).Reason);
        Assert.True(new ScoreStage { Keep = "score is null or score >= 3" }.Decide(new ScoreFigures(null, 1, 0)).IsKeep);
        Assert.Equal("no_score", new ScoreStage { MinScore = 1 }.Decide(new ScoreFigures(null, 1, 0)).Reason);
    }

    [Theory]
    [InlineData("score >> 3")]
    [InlineData("words >= 3")]
    [InlineData("score >= 'three'")]
    [InlineData("score + 3")]
    public void An_expression_that_is_not_understood_is_an_error(string keep) =>
        Assert.Equal("DB4303", Assert.Throws<StageException>(() => Measure(new ScoreStage { Model = InputFile.FromPath(QualityModel), Keep = keep }, "a")).Code);

    [Fact]
    public void A_special_token_that_the_tokenizer_lacks_is_named()
    {
        ScoreStage stage = new() { Model = InputFile.FromPath(_models.Write(TestModels.MeanOfIds())), Tokenizer = InputFile.FromName("o200k_base"), PrefixTokens = ["[CLS]"] };

        StageException e = Assert.Throws<StageException>(() => Measure(stage, "a"));

        Assert.Equal("DB4005", e.Code);
        Assert.Contains("[CLS]", e.Message, StringComparison.Ordinal);
    }
}
