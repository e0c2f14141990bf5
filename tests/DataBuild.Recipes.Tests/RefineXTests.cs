using DataBuild.Testing;

namespace DataBuild.Recipes.Tests;

/// <summary>The example of the recipe RefineX: its snapshots, and what the programs may do.</summary>
public sealed class RefineXTests() : DatasetTests("RefineX")
{
    [Fact]
    public void EveryStageKeepsAndDropsWhatItShould()
    {
        Assert.Equal(24, Dataset.Manifest.Inputs.Sum(i => i.Documents));
        var dropped = Dataset.Manifest.Stages.ToDictionary(s => s.Name, s => s.Counts.In - s.Counts.Kept);

        // One answer adds a sentence, and its pair is discarded; of the expert's answers none was wrong.
        Assert.Equal((1, 0, 0, 0), (dropped["distil"], dropped["expert"], dropped["lineLabeller"], dropped["labelLines"]));
    }
}
