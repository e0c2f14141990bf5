using DataBuild.Testing;

namespace DataBuild.Recipes.Tests;

/// <summary>The example of R2R: where the small model goes another way, and whether it matters.</summary>
public sealed class R2RTests() : DatasetTests("R2R")
{
    [Fact]
    public void NeutralAndDivergentTokensAreToldApart()
    {
        Assert.Equal(3, Dataset.Rows(["id"]).Count());
        Assert.All(Dataset.Rows(["judge_neutral", "judge_divergent", "judge_undecided"]), r => Assert.Equal("0", r.Values[2]));
        Assert.Contains(Dataset.Rows(["judge_neutral"]), r => r.Values[0] != "0");
        Assert.Contains(Dataset.Rows(["judge_divergent"]), r => r.Values[0] != "0");
    }
}
