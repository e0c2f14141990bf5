using System.Text.Json;
using DataBuild.Testing;
using DataBuild.Tests;

namespace DataBuild.Recipes.Tests;

/// <summary>The example of CulturaX, in its second pass: the thresholds are those of the file beside the project.</summary>
public sealed class CulturaXTests() : DatasetTests("CulturaX")
{
    [Fact]
    public void EveryLanguageHasPinnedThresholds()
    {
        string[] pinned = [.. JsonElement.Parse(File.ReadAllText(Path.Combine(TestPaths.RepositoryRoot, "example-datasets/CulturaX/thresholds.json"))).EnumerateObject().Select(l => l.Name)];
        Assert.All(Dataset.Rows(["language"]), r => Assert.Contains(r.Values[0], pinned));
    }
}
