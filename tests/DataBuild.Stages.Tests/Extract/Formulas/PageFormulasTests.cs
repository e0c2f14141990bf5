using System.Text;
using DataBuild.Stages.Extract;

namespace DataBuild.Tests.Extract.Formulas;

/// <summary>Formulas of whole pages, by the tool that put them there.</summary>
public class PageFormulasTests
{
    [Theory]
    [InlineData("<math><semantics><mi>q</mi><annotation encoding='application/x-tex'>q_{\\rm tex}</annotation></semantics></math>", "q_{\\rm tex}", false)]
    [InlineData("<math display='block'><mi>q</mi></math>", "q", true)]
    [InlineData("<math class='ltx_Math' alttext='q+\\hat r'><mi>q</mi></math>", "q+\\hat r", false)]
    [InlineData("<span class='MathJax_Preview'>q</span><span class='MathJax'><nobr>q</nobr></span><script type='math/tex'>q^2</script>", "q^2", false)]
    [InlineData("<div class='MathJax_Display'><span class='MathJax'>q</span></div><script type='math/tex; mode=display'>\nq^3\n</script>", "q^3", true)]
    [InlineData("<script type='math/tex'>% <![CDATA[\nq < r %]]></script>", "q < r", false)]
    [InlineData("<script type='math/mml'><math><msup><mi>q</mi><mn>4</mn></msup></math></script>", "q^{4}", false)]
    [InlineData("<span class='MathJax' data-mathml='<math><msub><mi>q</mi><mn>5</mn></msub></math>'>q5</span>", "q_{5}", false)]
    [InlineData("<mjx-container display='true'><mjx-math>q</mjx-math><mjx-assistive-mml><math><msup><mi>q</mi><mn>6</mn></msup></math></mjx-assistive-mml></mjx-container>", "q^{6}", true)]
    [InlineData("<mjx-container data-latex='q^7'><svg></svg></mjx-container>", "q^7", false)]
    [InlineData("<span class='katex'><span class='katex-mathml'><math><semantics><mi>q</mi><annotation encoding='application/x-tex'>q^8</annotation></semantics></math></span><span class='katex-html'>q8</span></span>", "q^8", false)]
    [InlineData("<span class='katex-display'><span class='katex'><span class='katex-mathml'><math><semantics><mi>q</mi><annotation encoding='application/x-tex'>q^9</annotation></semantics></math></span></span></span>", "q^9", true)]
    [InlineData("<span class='mwe-math-element'><span class='mwe-math-mathml-inline'><math alttext='{\\displaystyle q}'><semantics><mi>q</mi><annotation encoding='application/x-tex'>{\\displaystyle q}</annotation></semantics></math></span><img class='mwe-math-fallback-image-inline' alt='{\\displaystyle q}'></span>", "{\\displaystyle q}", false)]
    [InlineData("<p>a <img class='mwe-math-fallback-image-inline tex' alt='\\sqrt q'></p>", "\\sqrt q", false)]
    [InlineData("<p>a <img class='latex' alt='q \\in Q&amp;fg=000000' src='https://s0.wp.com/latex.php?latex=q'></p>", "q \\in Q", false)]
    [InlineData("<p><img src='https://s0.wp.com/latex.php?latex=q+%5Cleq+r%2B1&amp;bg=ffffff'></p>", "q \\leq r+1", true)]
    [InlineData("<p>a <img src='https://latex.codecogs.com/gif.latex?\\dpi{120}&amp;space;\\frac{q}{r}'></p>", "\\frac{q}{r}", false)]
    [InlineData("<p>a <img src='https://chart.googleapis.com/chart?cht=tx&amp;chl=q%5E2'></p>", "q^2", false)]
    [InlineData("<span class='math inline'>q_1</span>", "q_1", false)]
    [InlineData("<span class='ql-formula' data-value='q_2'>q</span>", "q_2", false)]
    [InlineData("<span class='ztext-math' data-tex='q_3'></span>", "q_3", false)]
    [InlineData("<d-math block>q_4</d-math>", "q_4", true)]
    [InlineData("<mml:math><mml:mfrac><mml:mi>q</mml:mi><mml:mi>r</mml:mi></mml:mfrac></mml:math>", "\\frac{q}{r}", false)]
    [InlineData("<math><semantics><mi>q</mi><annotation encoding='TeX'>\\text{for $q$}\\</annotation></semantics></math>", "\\text{for \\(q\\)}", false)]
    public void FindsTheFormula(string html, string latex, bool display) =>
        Assert.Equal(new MathResult(latex, display), Assert.Single(MathPage.Formulas("<!-- math --><body>" + html)));

    [Theory]
    [InlineData("<p>It costs $5 or $6, mathematics or not.</p>", "It costs $5 or $6, mathematics or not.")]
    [InlineData("<p>Let $q^2$ be math, and \\(r\\) too.</p>", "Let $q^2$ be math, and \\(r\\) too.")]
    [InlineData("<p>Let <math><mi>q</mi></math> be small.</p>", "Let $q$ be small.")]
    [InlineData("<p>Let <script type='math/tex; mode=display'>q=1</script> hold.</p>", "Let\n\n$$q=1$$\n\nhold.")]
    public void ExtractsText(string html, string text)
    {
        ExtractedPage page = new HtmlExtractor().Extract(Encoding.UTF8.GetBytes("<!DOCTYPE html><body>" + html), "utf-8", null, new ExtractOptions { Mode = ExtractMode.All });
        Assert.Equal(text, page.Text.Trim());
    }
}
