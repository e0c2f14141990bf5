using DataBuild.Stages.Generate;

namespace DataBuild.Stages.Tests.Generate;

public sealed class RefinerTests : IDisposable
{
    private const string Sources = "## John Finlay\nJohn Finlay was a Canadian fur trader and explorer. He was born in 1774.\n---\n## Finlay River\nThe Finlay River is 402 km long and\nis named after John Finlay.";

    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Extracts_that_stand_in_no_source_are_taken_out_and_sections_numbered_anew()
    {
        RefinerAnswer answer = RefinerAnswer.Parse("""
            1. The explorer
            - John Finlay was a Canadian fur trader and explorer.
            He was born in 1775.
            2. Invented
            He liked bicycles.
            3.1 The river
            The Finlay River is 402 km long and is named after John Finlay.
            """);
        (RefinerAnswer verbatim, int removed) = answer.KeepVerbatim(Sources);
        Assert.Equal(2, removed);
        Assert.Equal(
            "1. The explorer\nJohn Finlay was a Canadian fur trader and explorer.\n2. The river\nThe Finlay River is 402 km long and is named after John Finlay.",
            verbatim.ToString());
    }

    [Fact]
    public void One_altered_character_is_not_verbatim()
    {
        string extract = "He was born in 1774.";
        Assert.Equal(0, RefinerAnswer.Parse(extract).KeepVerbatim(Sources).Removed);
        for (int i = 0; i < extract.Length; i++)
        {
            string altered = extract[..i] + '#' + extract[(i + 1)..];
            Assert.Empty(RefinerAnswer.Parse(altered).KeepVerbatim(Sources).Verbatim.Sections);
        }
    }

    [Fact]
    public void Documents_are_restructured_or_dropped_with_a_reason()
    {
        RefinerFigures good = Measure("What is the river named after?", "1. River\nis named after John Finlay.\nIt is blue.");
        Assert.Equal(("1. River\nis named after John Finlay.", 1, 1, (string?)null), (good.Refined, good.Extracts, good.Removed, good.Reason));
        Assert.Equal(Math.Round(1 - (36.0 / Sources.Length), 4), good.Reduction);
        Assert.Equal("reduced_too_little", new RefinerStage { MinReduction = 0.99 }.Decide(good).Reason);
        RefinerFigures bad = Measure("What is the river named after?", "It is named after a bicycle.");
        Assert.Equal(RefinerStage.NothingVerbatim, new RefinerStage().Decide(bad).Reason);
    }

    private RefinerFigures Measure(string question, string answer)
    {
        string script = Path.Combine(_folder, $"{Guid.NewGuid():N}.jsonl");
        File.WriteAllText(script, System.Text.Json.JsonSerializer.Serialize(new { when = question, answer }));
        RefinerStage stage = new() { Name = "refiner", Script = InputFile.FromPath(script), Question = question };
        stage.Initialize(new StageContext(_folder, _folder));
        RefinerFigures[] figures = new RefinerFigures[1];
        stage.Measure([Document.Create(Sources)], figures);
        return figures[0];
    }
}
