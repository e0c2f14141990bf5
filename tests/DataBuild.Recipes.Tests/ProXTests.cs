using DataBuild.Testing;

namespace DataBuild.Recipes.Tests;

/// <summary>The example of ProX: programs of two models, run as ProX runs them.</summary>
public sealed class ProXTests() : DatasetTests("ProX")
{
    [Fact]
    public void OnePageIsDroppedAndTheOthersLoseTheirMenus()
    {
        var dropped = Dataset.Manifest.Stages.ToDictionary(s => s.Name, s => s.Counts.In - s.Counts.Kept);
        Assert.Equal((24, 1, 0), (Dataset.Manifest.Inputs.Sum(i => i.Documents), dropped["refineDoc"], dropped["refineChunk"]));
        string pencil = Dataset.Rows(["url", "text"]).Single(r => r.Values[0]!.EndsWith("/pencil", StringComparison.Ordinal)).Values[1]!;
        Assert.DoesNotContain("casino", pencil, StringComparison.Ordinal);
        Assert.Contains("owes its existence to a storm", pencil, StringComparison.Ordinal);
    }
}
