using DataBuild.Testing;

namespace DataBuild.Recipes.Tests;

/// <summary>The example of Blu-WERP: what is left is what the classifier of benchmark texts scores above its threshold.</summary>
public sealed class BluWerpTests() : DatasetTests("BluWerp")
{
    [Fact]
    public void EveryRowHasTheScoreThatItNeeds()
    {
        Assert.All(Dataset.Rows(["score_value"]), r => Assert.True(double.Parse(r.Values[0]!, System.Globalization.CultureInfo.InvariantCulture) >= 0.5));
    }
}
