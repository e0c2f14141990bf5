using DataBuild.Stages.Score;

namespace DataBuild.Tests.Score;

/// <summary>Cases of NeMo Curator 1e2e4275e (Apache-2.0): tests/stages/math_stages/classifiers/test_finemath_classifier.py.</summary>
public sealed class FineMathTests
{
    [Theory]
    [InlineData("Hello World", 100, "Hello Worl")]
    [InlineData("0123456789ABCDEFGHIJ", 5, "56789ABCDE")]
    [InlineData("short", 5, "shor")]
    [InlineData("Short text", 100, "Short tex")]
    [InlineData("Another short text", 100, "Another short tex")]
    [InlineData("Any text here", 0, "Any text here")]
    [InlineData("", 10, "")]
    [InlineData("x", 10, "")]
    [InlineData("ab😀cd", 1, "b😀")]
    public void TheMiddleIsRead(string text, int around, string expected) => Assert.Equal(expected, CenterCrop.Of(text, around));

    [Fact]
    public void OfALongTextTwiceAsMuchIsRead()
    {
        string text = string.Concat(Enumerable.Repeat("0123456789", 10));
        Assert.Equal(text[40..60], CenterCrop.Of(text, 10));
    }

    [Theory]
    [InlineData(1.2, 1.2, 1)]
    [InlineData(3.8, 3.8, 4)]
    [InlineData(5.5, 5.0, 5)]
    [InlineData(-0.5, 0.0, 0)]
    [InlineData(2.0, 2.0, 2)]
    [InlineData(2.5, 2.5, 2)]
    [InlineData(3.5, 3.5, 4)]
    public void ValuesAreCutAndRounded(double logit, double value, int rounded) => Assert.Equal(new FineMathFigures(value, rounded), FineMathStage.FiguresOf(logit));

    [Theory]
    [InlineData(2.5, 3, "score_too_low")]
    [InlineData(2.51, 3, null)]
    [InlineData(3.5, 4, null)]
    [InlineData(double.NaN, 3, "no_score")]
    [InlineData(double.NaN, 0, null)]
    public void ThreePlusAndFourPlusAreByTheRoundedScore(double logit, int min, string? reason) =>
        Assert.Equal(reason, new FineMathStage { Name = "finemath", MinScore = min }.Decide(FineMathStage.FiguresOf(logit)).Reason);
}
