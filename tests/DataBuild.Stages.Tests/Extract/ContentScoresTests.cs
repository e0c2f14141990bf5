using DataBuild.Stages.Extract.Metrics;

namespace DataBuild.Tests.Extract;

/// <summary>Metrics of extraction against the values that WebMainBench's own tests expect (opendatalab/WebMainBench, Apache-2.0), and by hand.</summary>
public sealed class ContentScoresTests
{
    private const string Extracted =
        "# 标题\n\n这是一段文字内容。\n\n```python\ndef hello():\n    print(\"Hello World\")\n```\n\n这是公式: $E = mc^2$\n\n还有行间公式:\n$$\\int_{0}^{\\infty} e^{-x} dx = 1$$\n\n"
        + "| 列1 | 列2 |\n|-----|-----|\n| 数据1 | 数据2 |\n| 数据3 | 数据4 |\n\n最后是更多文字内容。\n";

    private const string Truth =
        "# 标题\n\n这是一段正确的文字内容。\n\n```python  \ndef hello():\n    print(\"Hello, World!\")\n```\n\n这是正确的公式: $E = mc^2$\n\n正确的行间公式:\n$$\\int_{0}^{\\infty} e^{-x} dx = 1$$\n\n"
        + "| 列1 | 列2 |\n|-----|-----|\n| 正确数据1 | 正确数据2 |\n| 正确数据3 | 正确数据4 |\n\n最后是正确的文字内容。\n";

    private const string Code =
        "# Python Programming Example\n\nThis is an introduction to Python programming.\n\n```LANGUAGE\ndef hello_world():\n    print(\"Hello, World!\")\n    return True\n```\n\n"
        + "The above code demonstrates a simple Python function.";

    [Fact]
    public void AMixedTextScoresAsPublished()
    {
        ContentScores scores = ContentScores.Of(Extracted, Truth);
        Assert.Equal(0.9487179487, scores.CodeEdit!.Value, 8);
        Assert.Equal(1, scores.FormulaEdit!.Value, 8);
        Assert.Equal(0.9333333333, scores.TableEdit!.Value, 8);
        Assert.Equal(0.97857, scores.TableTeds!.Value, 5);
        Assert.Equal(0.8904109589, scores.TextEdit!.Value, 8);
        Assert.Equal((0.9487179487 + 1 + 0.9333333333 + 0.9785714286 + 0.8904109589) / 5, scores.Overall!.Value, 8);
    }

    [Fact]
    public void ALanguageThatIsMissingCostsTextAndNoCode()
    {
        ContentScores scores = ContentScores.Of(Code.Replace("LANGUAGE", "", StringComparison.Ordinal), Code.Replace("LANGUAGE", "python", StringComparison.Ordinal));
        Assert.Equal(1, scores.CodeEdit!.Value, 8);
        Assert.Equal(0.97, scores.TextEdit!.Value, 2);
        Assert.Null(scores.FormulaEdit);
        Assert.Null(scores.TableTeds);
    }

    [Theory]
    [InlineData("<table><tr><td>1</td></tr></table>", "<table><tr><td>1</td></tr></table>", 1)]
    [InlineData("<table></table>", "<table></table>", 1)]
    [InlineData("| A | B |\n|-----|-----|\n| 1 | 2 |", "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>", 1)]
    [InlineData("<table><tr><td>我不喜欢你</td></tr></table>", "<table><tr><td>我喜欢你</td></tr></table>", 0.96)]
    [InlineData("<table><tr><td>苹果很好吃</td><td>香蕉也不错</td></tr></table>", "<table><tr><td>苹果很美味</td><td>香蕉也很好</td></tr></table>", 0.931818)]
    public void TedsAsWebMainBenchPublishesIt(string text, string truth, double expected) => Assert.Equal(expected, TableSimilarity.WebMainBenchTeds(text, truth), 6);

    // By hand: edits as a share of the larger tree.
    [Theory]
    [InlineData("<table><tr><td>ab</td></tr></table>", "<table><tr><td>ac</td></tr></table>", false, 1 - (0.5 / 3))]
    [InlineData("<table><tr><td>ab</td></tr></table>", "<table><tr><td>ac</td></tr></table>", true, 1)]
    [InlineData("<table><tr><td>1</td></tr></table>", "<table><tr><td>1</td><td>2</td></tr></table>", false, 0.75)]
    [InlineData("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>", "<table><tr><td>3</td><td>4</td></tr></table>", false, 1 - (3 / 7.0))]
    [InlineData("<table><tr><th colspan=2>Head</th></tr></table>", "<table><tr><th>Head</th></tr></table>", false, 1 - (1 / 3.0))]
    [InlineData("<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>", "| a |\n|---|\n| b |", false, 1)]
    [InlineData("", "<table><tr><td>1</td></tr></table>", false, 0)]
    public void TedsCountsEditsOfTheTrees(string text, string truth, bool structureOnly, double expected) =>
        Assert.Equal(expected, TableSimilarity.Teds(text, truth, structureOnly), 10);

    [Fact]
    public void TokensAreThoseOfThePageScore()
    {
        Assert.Equal(["It", "'", "s", " ", "3.5%", " ", "of", "\n", "v2", ".", "x"], MetricTokens.Of("It's 3.5% of\nv2.x"));
        Assert.Equal("我们喜欢 OK", string.Concat(MetricTokens.Of("我们喜欢 OK")));
        Assert.InRange(MetricTokens.Of("我们喜欢").Count, 1, 3);
    }

    [Fact]
    public void RunsOfFiveTokensAreCounted()
    {
        NgramOverlap overlap = NgramOverlap.Of("a b c d", "a b c e");
        Assert.Equal(2 / 3.0, overlap.Precision, 12);
        Assert.Equal(2 / 3.0, overlap.F1, 12);
        Assert.Equal(1, NgramOverlap.Of(" ", "\n").F1);
        Assert.Equal(0, NgramOverlap.Of("", "a b c d").F1);
        Assert.Equal(1, NgramOverlap.Of("one two three", "one two three").F1, 12);
    }

    [Fact]
    public void CodeFormulasAndTablesAreCutOut()
    {
        MarkdownContent content = MarkdownContent.Of(
            "Text\n\n    a = 1\n    b = 2\n\n`$no$` and $x$ or \\(y\\)\n\n<table><tr><td><table></table></td></tr></table>\n\n    $5 each\n    $6 each\n\n");
        Assert.Equal("a = 1\nb = 2", content.Code);
        Assert.Contains("x", content.Formulas.Split('\n'));
        Assert.Contains("y", content.Formulas.Split('\n'));
        Assert.DoesNotContain("no", content.Formulas.Split('\n'));
        Assert.Equal("<table><tr><td><table></table></td></tr></table>", content.Tables);
    }
}
