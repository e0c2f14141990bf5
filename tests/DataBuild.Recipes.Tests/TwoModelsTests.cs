using DataBuild.Testing;

namespace DataBuild.Recipes.Tests;

/// <summary>The example of two language models: what a backdoor wrote is found, and what leads to toxic words.</summary>
public sealed class TwoModelsTests() : DatasetTests("TwoModels")
{
    [Fact]
    public void TheTextOfTheBackdoorAndTheToxicOneAreDropped()
    {
        Assert.DoesNotContain(Dataset.Rows(["id"]), r => r.Values[0] is "trigger" or "rude");
        Assert.Equal(6, Dataset.Rows(["id"]).Count());
    }
}
