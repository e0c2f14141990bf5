using DataBuild.Testing;

namespace DataBuild.Recipes.Tests;

/// <summary>The set 3+ of the example of Nemotron-CC-Math.</summary>
public sealed class NemotronCCMathTests() : DatasetTests("NemotronCCMath")
{
    [Fact]
    public void EveryStageDropsWhatItShould()
    {
        var dropped = Dataset.Manifest.Stages.ToDictionary(s => s.Name, s => s.Counts.In - s.Counts.Kept);

        // A page outside the pool, one without useful content, a mirror, and a benchmark's question.
        Assert.Equal((1, 1, 1, 1), (dropped["urlPool"], dropped["llmClean"], dropped["minhash"], dropped["embeddingContamination"]));
    }

    [Fact]
    public void FormulasSurviveEveryStage()
    {
        string[] texts = [.. Dataset.Rows(["text"]).Select(r => r.Values[0]!)];
        Assert.Contains(texts, t => t.Contains("$px + ay = 1$", StringComparison.Ordinal));
    }
}
