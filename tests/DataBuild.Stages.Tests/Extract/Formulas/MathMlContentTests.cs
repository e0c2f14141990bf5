namespace DataBuild.Tests.Extract.Formulas;

/// <summary>Content MathML, operator by operator.</summary>
public class MathMlContentTests
{
    [Theory]
    [InlineData("<apply><plus/><ci>s</ci><cn>4</cn><ci>t</ci></apply>", "s + 4 + t")]
    [InlineData("<apply><minus/><ci>s</ci></apply>", "-s")]
    [InlineData("<apply><minus/><ci>s</ci><apply><minus/><ci>t</ci><cn>1</cn></apply></apply>", @"s - \left( t - 1 \right)")]
    [InlineData("<apply><times/><cn>3</cn><ci>s</ci><apply><plus/><ci>t</ci><cn>1</cn></apply></apply>", @"3 s \left( t + 1 \right)")]
    [InlineData("<apply><times/><cn>3</cn><cn>4</cn></apply>", @"3 \times 4")]
    [InlineData("<apply><divide/><ci>s</ci><apply><plus/><ci>t</ci><cn>1</cn></apply></apply>", @"\frac{s}{t + 1}")]
    [InlineData("<apply><power/><apply><plus/><ci>s</ci><ci>t</ci></apply><cn>2</cn></apply>", @"\left( s + t \right)^{2}")]
    [InlineData("<apply><root/><degree><cn>3</cn></degree><ci>s</ci></apply>", @"\sqrt[3]{s}")]
    [InlineData("<apply><eq/><ci>s</ci><cn type='rational'>3<sep/>8</cn></apply>", @"s = \frac{3}{8}")]
    [InlineData("<apply><sin/><ci>s</ci></apply>", @"\sin s")]
    [InlineData("<apply><log/><logbase><cn>2</cn></logbase><ci>s</ci></apply>", @"\log_{2} s")]
    [InlineData("<apply><abs/><ci>s</ci></apply>", @"\left| s \right|")]
    [InlineData("<apply><factorial/><ci>s</ci></apply>", "s!")]
    [InlineData("<apply><int/><bvar><ci>t</ci></bvar><lowlimit><cn>0</cn></lowlimit><uplimit><pi/></uplimit><apply><cos/><ci>t</ci></apply></apply>", @"\int_{0}^{\pi} \cos t \, dt")]
    [InlineData("<apply><sum/><bvar><ci>r</ci></bvar><lowlimit><cn>1</cn></lowlimit><uplimit><infinity/></uplimit><ci>r</ci></apply>", @"\sum_{r = 1}^{\infty} r")]
    [InlineData("<apply><diff/><bvar><ci>t</ci></bvar><ci>y</ci></apply>", @"\frac{d}{d t} y")]
    [InlineData("<apply><limit/><bvar><ci>t</ci></bvar><lowlimit><cn>0</cn></lowlimit><ci>t</ci></apply>", @"\lim_{t \to 0} t")]
    [InlineData("<apply><in/><ci>s</ci><reals/></apply>", @"s \in \mathbb{R}")]
    [InlineData("<apply><and/><ci>s</ci><apply><not/><ci>t</ci></apply></apply>", @"s \land \neg t")]
    [InlineData("<apply><forall/><bvar><ci>s</ci></bvar><apply><geq/><ci>s</ci><cn>0</cn></apply></apply>", @"\forall s \; s \geq 0")]
    [InlineData("<interval closure='closed-open'><cn>0</cn><ci>s</ci></interval>", "[0, s)")]
    [InlineData("<set><cn>1</cn><cn>2</cn></set>", @"\{1, 2\}")]
    [InlineData("<apply><ci>f</ci><ci>s</ci><ci>t</ci></apply>", @"f\left( s, t \right)")]
    [InlineData("<matrix><matrixrow><cn>1</cn><cn>2</cn></matrixrow><matrixrow><cn>3</cn><cn>4</cn></matrixrow></matrix>", "\\begin{pmatrix}\n1 & 2 \\\\\n3 & 4\n\\end{pmatrix}")]
    [InlineData("<piecewise><piece><cn>0</cn><apply><lt/><ci>s</ci><cn>0</cn></apply></piece><otherwise><ci>s</ci></otherwise></piecewise>", "\\begin{cases}\n0 & s < 0 \\\\\ns & \\text{otherwise}\n\\end{cases}")]
    public void WritesLatex(string mathMl, string latex) => Assert.Equal(latex, MathPage.Latex(mathMl));

    [Fact]
    public void PresentationBesideContentIsPreferred() => Assert.Equal("s", MathPage.Latex(
        "<semantics><ci>t</ci><annotation-xml encoding='MathML-Presentation'><mi>s</mi></annotation-xml></semantics>"));
}
