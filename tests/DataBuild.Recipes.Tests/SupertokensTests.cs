using DataBuild.Testing;

namespace DataBuild.Recipes.Tests;

/// <summary>The example of Supertokens: its texts are those of Kl3m.</summary>
public sealed class SupertokensTests() : DatasetTests("Supertokens")
{
    [Fact]
    public void EveryTextIsReadAndKept()
    {
        Assert.NotEmpty(Dataset.Rows(["id"]));
        Assert.Equal(Dataset.Manifest.Inputs.Sum(i => i.Documents), Dataset.Rows(["id"]).Count());
    }
}
