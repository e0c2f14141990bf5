using DataBuild.Stages.Score;
using DataBuild.Stages.Score.LanguageModel;

namespace DataBuild.Stages.Tests.Score;

public sealed class PerplexityStageTests : IDisposable
{
    private readonly TestModels _models = new();

    public void Dispose() => _models.Dispose();

    private PerplexityStage Stage(string trainedOn, bool normalize = false)
    {
        KneserNeyTrainer trainer = new(3);
        trainer.Add(trainedOn);
        StringWriter file = new();
        ArpaFile.Write(trainer.Train(), file);
        PerplexityStage stage = new() { Model = InputFile.FromPath(_models.Write(System.Text.Encoding.UTF8.GetBytes(file.ToString()), "model.arpa")), Normalize = normalize };
        stage.Initialize(new StageContext(Path.GetTempPath(), Path.GetTempPath()));
        return stage;
    }

    [Fact]
    public void Unlike_text_is_dropped_by_its_perplexity()
    {
        PerplexityStage stage = Stage(string.Join('\n', Enumerable.Repeat("the wind comes from the north\nthe rain comes from the west", 20))) with { MaxPerplexity = 5 };

        Assert.True(stage.Decide(stage.Measure(Document.Create("the rain comes from the north"))).IsKeep);
        Assert.Equal("perplexity_too_high", stage.Decide(stage.Measure(Document.Create("click here for great prices"))).Reason);
        Assert.Equal("no_words", stage.Decide(stage.Measure(Document.Create("\n \n"))).Reason);
    }

    [Fact]
    public void Normalised_text_meets_a_normalised_model()
    {
        PerplexityStage stage = Stage("in 0000 , it rained .", normalize: true);

        Assert.Equal(stage.Measure(Document.Create("in 2024, it rained.")), stage.Measure(Document.Create("In 1987, it RAINED.")));
        Assert.True(stage.Measure(Document.Create("in 2024, it rained.")).Value < (stage with { Normalize = false }).Measure(Document.Create("in 2024, it rained.")).Value);
    }

    [Fact]
    public void A_file_that_is_no_language_model_is_named()
    {
        string path = _models.Write("hello"u8.ToArray(), "wrong.arpa");

        StageException e = Assert.Throws<StageException>(() => new PerplexityStage { Model = InputFile.FromPath(path) }.Initialize(new StageContext("/", "/")));

        Assert.Equal(("DB4001", path), (e.Code, e.File));
    }
}
