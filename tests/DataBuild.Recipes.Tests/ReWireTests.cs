using DataBuild.Testing;

namespace DataBuild.Recipes.Tests;

/// <summary>The example of ReWire: passages written anew, the better half of them.</summary>
public sealed class ReWireTests() : DatasetTests("ReWire")
{
    [Fact]
    public void TheBetterHalfStaysAndSaysWhatItComesFrom()
    {
        var counts = Dataset.Manifest.Stages.ToDictionary(s => s.Name, s => s.Counts);
        Assert.Equal((8, 7), (counts["rephrase"].In, counts["rephrase"].Kept));
        Assert.Equal(counts["topK"].Kept, Dataset.Rows(["rephrase_source"]).Count(r => r.Values[0]!.StartsWith('p')));
        Assert.InRange(counts["topK"].Kept, 3, 4);
    }

    [Fact]
    public void WhatSaysNothingIsNotAmongThem() => Assert.DoesNotContain(Dataset.Rows(["text"]), r => r.Values[0]!.Contains("Click here", StringComparison.Ordinal));
}
