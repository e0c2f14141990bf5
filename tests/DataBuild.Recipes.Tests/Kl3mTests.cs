using DataBuild.Testing;

namespace DataBuild.Recipes.Tests;

/// <summary>The example of KL3M: its texts lie beside it, so the tokenizer is the same on every machine.</summary>
public sealed class Kl3mTests() : DatasetTests("Kl3m")
{
    [Fact]
    public void EveryTextIsReadAndKept()
    {
        Assert.NotEmpty(Dataset.Rows(["id"]));
        Assert.Equal(Dataset.Manifest.Inputs.Sum(i => i.Documents), Dataset.Rows(["id"]).Count());
    }
}
