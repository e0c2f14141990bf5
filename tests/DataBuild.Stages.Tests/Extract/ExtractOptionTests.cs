using System.Text;
using DataBuild.Stages.Extract;

namespace DataBuild.Tests.Extract;

/// <summary>Each option of extraction and what it changes; comments, the labellers and budgets have tests of their own.</summary>
public sealed class ExtractOptionTests
{
    private static readonly HtmlExtractor Extractor = new();

    private static readonly ExtractOptions Everything = new() { Mode = ExtractMode.All };

    private static string Text(string body, ExtractOptions options) => Extractor.Extract(Encoding.UTF8.GetBytes("<!DOCTYPE html><meta charset=utf-8><body>" + body), null, null, options).Text;

    [Theory]
    [InlineData(ExtractFormat.Markdown, "## Title\n\nOne `x`.\n\n1. a\n   - b\n2. c\n\n> said")]
    [InlineData(ExtractFormat.Text, "Title\n\nOne x.\n\na\nb\nc\n\nsaid")]
    public void FormatIsMarkdownOrPlainTextInTheSameOrder(ExtractFormat format, string expected) =>
        Assert.Equal(expected, Text("<h2>Title</h2><p>One <code>x</code>.<ol><li>a<ul><li>b</ul><li>c</ol><blockquote>said</blockquote>", Everything with { Format = format }));

    [Theory]
    [InlineData(ExtractMath.Latex, "So $x^{2}$ is.")]
    [InlineData(ExtractMath.None, "So x2 is.")]
    public void MathIsLatexOrPlainText(ExtractMath math, string expected) =>
        Assert.Equal(expected, Text("<p>So <math><msup><mi>x</mi><mn>2</mn></msup></math> is.", Everything with { Math = math }));

    [Theory]
    [InlineData(false, "see the page")]
    [InlineData(true, "see [the page](/p)")]
    public void LinksKeepTheirTargets(bool links, string expected) => Assert.Equal(expected, Text("<p>see <a href=/p>the page</a>", Everything with { Links = links }));

    [Theory]
    [InlineData(false, "a here")]
    [InlineData(true, "a ![a small cat](c.png) here")]
    public void ImagesKeepTheirAlternativeTexts(bool images, string expected) =>
        Assert.Equal(expected, Text("<p>a <img src=c.png alt='a small  cat'> here", Everything with { Images = images }));

    [Theory]
    [InlineData(false, "a b c d")]
    [InlineData(true, "a **b** *c* d")]
    public void EmphasisIsMarked(bool emphasis, string expected) => Assert.Equal(expected, Text("<p>a <b>b</b> <i>c</i> d", Everything with { Emphasis = emphasis }));

    [Theory]
    [InlineData(ExtractTables.Pipe, "| a | b |\n| --- | --- |\n| 1 | 2 |")]
    [InlineData(ExtractTables.Html, "<table>\n<tr><th>a</th><th>b</th></tr>\n<tr><td>1</td><td>2</td></tr>\n</table>")]
    [InlineData(ExtractTables.None, "a\tb\n1\t2")]
    public void TablesHaveThreeForms(ExtractTables tables, string expected) =>
        Assert.Equal(expected, Text("<table><tr><th>a<th>b<tr><td>1<td>2</table>", Everything with { Tables = tables }));

    [Fact]
    public void CellsThatSpanMakeAnHtmlTable() =>
        Assert.Equal(
            "<table>\n<tr><th rowspan=\"2\">a</th><td>1</td></tr>\n<tr><td>2</td></tr>\n</table>",
            Text("<table><tr><th rowspan=2>a<td>1<tr><td>2</table>", Everything));

    [Fact]
    public void ThresholdShiftKeepsMoreOrLess()
    {
        int usual = Length(new ExtractOptions());
        Assert.True(Length(new ExtractOptions { ThresholdShift = -0.9 }) > usual, "a lower threshold keeps no more");
        Assert.True(Length(new ExtractOptions { ThresholdShift = 0.9 }) < usual, "a higher threshold keeps no less");
    }

    [Fact]
    public void UnionHoldsWhatTheModelAndTheRulesKeepAndRepeatsNothing()
    {
        string union = Extract(new ExtractOptions { Mode = ExtractMode.Union });
        foreach (ExtractMode mode in (ExtractMode[])[ExtractMode.Model, ExtractMode.Heuristic])
        {
            Assert.All(Paragraphs(Extract(new ExtractOptions { Mode = mode })), p => Assert.Contains(p, union, StringComparison.Ordinal));
        }

        Assert.Equal(Paragraphs(union).Distinct().Count(), Paragraphs(union).Length);
    }

    [Fact]
    public void AllHoldsWhatEveryModeKeeps()
    {
        string all = Extract(Everything);
        Assert.All(Paragraphs(Extract(new ExtractOptions { Mode = ExtractMode.Union })), p => Assert.Contains(p, all, StringComparison.Ordinal));
        Assert.Contains("Shipping and returns", all, StringComparison.Ordinal);
    }

    [Fact]
    public void MainHtmlIsTheHtmlOfWhatIsKept()
    {
        Assert.Null(Extractor.Extract(Page, null, null, new ExtractOptions()).MainHtml);
        string html = Extractor.Extract(Page, null, null, new ExtractOptions { MainHtml = true }).MainHtml!;
        Assert.Contains("<p>The first lock of the canal", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Shipping and returns", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, "see [x](https://)")]
    [InlineData(1000, "see [x](https://a.example/long)")]
    public void AttributesAreCut(int max, string expected) =>
        Assert.Equal(expected, Text("<p>see <a href=https://a.example/long>x</a>", Everything with { Links = true, MaxAttributeChars = max }));

    private static int Length(ExtractOptions options) => Extract(options).Length;

    private static string Extract(ExtractOptions options) => Extractor.Extract(Page, null, null, options).Text;

    private static string[] Paragraphs(string text) => text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

    private static byte[] Page { get; } =
        """
        <!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>The canal in winter</title></head><body>
        <nav><ul><li><a href=/>Home</a><li><a href=/news>News</a><li><a href=/shop>Shop</a></ul></nav>
        <main><article><h1>The canal in winter</h1>
        <p>The first lock of the canal was built in 1792, and for two hundred years nobody thought of heating it. When the water froze, the barges stood still, and the men who worked them went home.</p>
        <p>That changed with the power station. Its cooling water keeps a mile of the canal open in every frost, and the birds have learnt it: last January a count found eleven hundred of them on that one mile.</p>
        <p>Whether that is good for the birds is another question. Those that stay may find no food when the station stops for repairs, as it did for six weeks in 2019.</p>
        <p class=note>Photographs by the author.</p></article>
        <aside class=related><h3>More from the river</h3><ul><li><a href=/a>Ten walks along the water</a><li><a href=/b>What the eels eat</a></ul></aside></main>
        <div class=promo><p>Subscribe to our letter and never miss a story from the water again.</p></div>
        <footer><p>Shipping and returns</p><p>&copy; 2024 The Canal Press. All rights reserved.</p></footer></body></html>
        """u8.ToArray();
}
