using System.Text.RegularExpressions;
using DataBuild.Stages.Deduplicate;

namespace DataBuild.Tests.Deduplicate;

/// <summary>Sums of floating point numbers that decide what a dataset holds have one order on every machine.</summary>
public sealed partial class FixedOrderTests
{
    [Fact]
    public void No_stage_adds_in_an_order_that_follows_the_width_of_the_machines_vectors()
    {
        string stages = Path.Combine(TestPaths.RepositoryRoot, "src/DataBuild.Stages");
        Assert.Empty(Directory.EnumerateFiles(stages, "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && Sums().IsMatch(File.ReadAllText(f))).Select(f => Path.GetRelativePath(stages, f)));
    }

    [Fact]
    public void Distances_are_those_of_the_definition()
    {
        float[] a = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        float[] b = [1, 2, 3, 4, 5, 6, 7, 4, 6];
        Assert.Equal(5, FixedOrderMath.Distance(a, b));
        Assert.Equal(0, FixedOrderMath.Distance(a, a));
    }

    // Those of TensorPrimitives whose result depends on the order; Max and the like do not.
    [GeneratedRegex(@"TensorPrimitives\.(Dot|Norm|Sum|SumOfSquares|SumOfMagnitudes|Distance|CosineSimilarity|Average|StdDev|ProductOfSums|SoftMax)\b")]
    private static partial Regex Sums();
}
