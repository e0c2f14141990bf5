using DataBuild.Testing;

namespace DataBuild.Recipes.Tests;

/// <summary>The mix of organic and recycled passages.</summary>
public sealed class ReProTests() : DatasetTests("RePro")
{
    [Fact]
    public void OrganicAndRecycledPassagesAreMixed() => Assert.Equal(2, Dataset.Rows(["source"]).Select(r => r.Values[0]).Distinct().Count());
}
