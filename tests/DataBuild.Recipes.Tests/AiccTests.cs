using DataBuild.Testing;

namespace DataBuild.Recipes.Tests;

/// <summary>The example of the recipe Aicc: its snapshots, and what becomes of its pages.</summary>
public sealed class AiccTests() : DatasetTests("Aicc")
{
    [Fact]
    public void PagesAreLabelledByTheScriptedModel()
    {
        Assert.Equal(35, Dataset.Manifest.Inputs.Sum(i => i.Documents));
        var extract = Assert.Single(Dataset.Manifest.Stages);
        Assert.Equal(33, extract.Counts.Kept);
    }
}
