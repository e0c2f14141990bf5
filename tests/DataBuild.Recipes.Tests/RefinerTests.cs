using DataBuild.Testing;

namespace DataBuild.Recipes.Tests;

/// <summary>The example of Refiner: every extract stands in the sources word for word.</summary>
public sealed class RefinerTests() : DatasetTests("Refiner")
{
    [Fact]
    public void WhatIsNotVerbatimIsTakenOut()
    {
        var rows = Dataset.Rows(["id", "refiner_refined"]).ToDictionary(r => r.Values[0]!, r => r.Values[1]!, StringComparer.Ordinal);
        Assert.Equal(["glass", "tide"], rows.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("1. Causes\nThe pull of the Moon, and to a lesser degree that of the Sun, makes the tides.\n2. The Moon\nThe Moon goes round the Earth in about 27 days.", rows["tide"]);
    }
}
