namespace DataBuild.Engine.Tests;

/// <summary>Stages are plain records: tests run them without a build.</summary>
[Collection(TestStages.Collection)]
public sealed class StageRunTests
{
    [Fact]
    public void A_document_stage()
    {
        Assert.True(new WordsStage { MinWords = 2 }.Decide(new WordFigures(2, 1)).IsKeep);

        IReadOnlyList<StageResult> results = StageRun.On(new WordsStage { MinWords = 3 }, "one two three", "one two");

        Assert.Equal([null, "too_few_words"], results.Select(r => r.Verdict.Reason));
        Assert.Equal(("3", "3.6666667"), (results[0].Columns[".words"], results[0].Columns[".meanLength"]));
    }

    [Fact]
    public void A_stage_that_makes_a_text() => Assert.Equal("ÉCOLE", StageRun.On(new UpperStage(), "école").Single().Columns["text"]);

    [Fact]
    public void A_batch_stage() =>
        Assert.Equal(["low_score", null], StageRun.On(new ModelStage { MinScore = 0.05 }, "abc", "abcdefgh").Select(r => r.Verdict.Reason));

    [Fact]
    public void A_corpus_stage()
    {
        Document[] documents = [Document.Create("same", id: "b"), Document.Create("other", id: "c"), Document.Create("same", id: "a")];
        Assert.Equal(["duplicate", null, null], StageRun.On(new UniqueStage { Name = "unique" }, documents).Select(r => r.Verdict.Reason));
    }

    [Fact]
    public void What_a_stage_throws_reaches_the_test() => Assert.Throws<FormatException>(() => StageRun.On(new FragileStage(), "poison"));
}
