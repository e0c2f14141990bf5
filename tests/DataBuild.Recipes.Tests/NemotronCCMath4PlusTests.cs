using DataBuild.Testing;

namespace DataBuild.Recipes.Tests;

/// <summary>The set 4+ of the example of Nemotron-CC-Math.</summary>
public sealed class NemotronCCMath4PlusTests() : DatasetTests("NemotronCCMath4Plus")
{
    [Fact]
    public void NothingBelowFourIsKept() =>
        Assert.All(Dataset.Rows(["finemath_rounded"]), r => Assert.InRange(int.Parse(r.Values[0]!, System.Globalization.CultureInfo.InvariantCulture), 4, 5));
}
