using DataBuild.Stages.Extract.Blocks;

namespace DataBuild.Tests.Extract;

/// <summary>From which probability on blocks are kept.</summary>
public sealed class ExpectedF1Tests
{
    private static double Threshold(params (float Probability, int Words)[] blocks) =>
        new ExpectedF1().Threshold([.. blocks.Select(b => b.Probability)], [.. blocks.Select(b => new Block { Words = b.Words })]);

    [Fact]
    public void ClearPagesAreCutBetweenTheTwoGroups()
    {
        double threshold = Threshold((0.97f, 400), (0.95f, 300), (0.03f, 200), (0.02f, 300));
        Assert.InRange(threshold, 0.04, 0.95);
    }

    [Fact]
    public void AnUncertainPageKeepsItsBestBlocksRatherThanNothing()
    {
        double threshold = Threshold((0.3f, 500), (0.01f, 100), (0.01f, 100));
        Assert.InRange(threshold, 0.02, 0.3);
    }

    [Fact]
    public void DoubtfulBlocksAreLeftWhereMuchIsCertain()
    {
        double threshold = Threshold((0.98f, 2000), (0.2f, 100), (0.02f, 100));
        Assert.InRange(threshold, 0.21, 0.98);
    }

    [Fact]
    public void APageWithoutWordsHasAThreshold() => Assert.InRange(Threshold(), 0, 1);
}
