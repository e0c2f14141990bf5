using System.Text;
using DataBuild.Stages.Extract;
using DataBuild.Stages.Extract.Formulas;

namespace DataBuild.Tests.Extract.Formulas;

/// <summary>AsciiMath and delimiters of a page's own.</summary>
public class DelimiterTests
{
    [Theory]
    [InlineData("k_1+3", "k_{1} + 3")]
    [InlineData("(k+1)/(m-2)", @"\frac{k + 1}{m - 2}")]
    [InlineData("sqrt(k^2)", @"\sqrt{k^{2}}")]
    [InlineData("root(3)(k)", @"\sqrt[3]{k}")]
    [InlineData("sum_(j=1)^n j", @"\sum_{j = 1}^{n}j")]
    [InlineData("alpha in RR", @"\alpha\in\mathbb{R}")]
    [InlineData("k <= oo", @"k \leq \infty")]
    [InlineData("text(for all) k", @"\text{for all}k")]
    [InlineData("abs(k)", @"\left| k \right|")]
    [InlineData("hat k xx vec m", @"\hat{k}\times\vec{m}")]
    [InlineData("(k", "( k")]
    public void AsciiMathBecomesLatex(string asciiMath, string latex) => Assert.Equal(latex, AsciiMathLatex.Convert(asciiMath));

    private static string Text(string head, string body) => new HtmlExtractor().Extract(
        Encoding.UTF8.GetBytes("<!DOCTYPE html><head>" + head + "</head><body><p>" + body), "utf-8", null, new ExtractOptions { Mode = ExtractMode.All }).Text.Trim();

    [Fact]
    public void AsciiMathIsReadWhereThePageDeclaresIt()
    {
        Assert.Equal("Take $k_{1}$ now.", Text("<script src='https://cdn.example/MathJax.js?config=AM_CHTML'></script>", "Take `k_1` now."));
        Assert.DoesNotContain("$", Text("<script src='https://cdn.example/MathJax.js?config=TeX-AMS_CHTML'></script>", "Take `k_1` now."), StringComparison.Ordinal);
    }

    [Fact]
    public void DelimitersOfThePageBecomeDollars() => Assert.Equal("Take $k_1$ for $5 now.", Text(
        "<script type='text/x-mathjax-config'>MathJax.Hub.Config({tex2jax: {inlineMath: [['$','$'], ['\\\\(','\\\\)'], ['[tex]','[/tex]']]}});</script>",
        "Take [tex]k_1[/tex] for $5 now."));
}
