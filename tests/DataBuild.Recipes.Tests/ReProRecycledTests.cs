using DataBuild.Testing;

namespace DataBuild.Recipes.Tests;

/// <summary>The recycled passages.</summary>
public sealed class ReProRecycledTests() : DatasetTests("RePro.Recycled")
{
    [Fact]
    public void EachGateDropsOnePassage()
    {
        var rephrase = Dataset.Manifest.Stages.Single(s => s.Name == "rephrase").Counts;
        Assert.Equal((8, 4), (rephrase.In, rephrase.Kept));
    }

    [Fact]
    public void EveryRowSaysWhereItComesFrom() => Assert.All(
        Dataset.Rows(["id", "rephrase_source", "rephrase_prompt", "rephrase_model"]),
        r => Assert.Equal((r.Values[0], 16, "repro-4b"), (r.Values[1], r.Values[2]!.Length, r.Values[3])));
}
