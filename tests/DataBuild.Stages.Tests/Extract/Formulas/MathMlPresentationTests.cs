namespace DataBuild.Tests.Extract.Formulas;

/// <summary>Presentation MathML, construct by construct.</summary>
public class MathMlPresentationTests
{
    [Theory]
    [InlineData("<mi>k</mi><mo>=</mo><mn>7</mn>", "k = 7")]
    [InlineData("<mo>-</mo><mi>k</mi>", "-k")]
    [InlineData("<mfrac><mi>p</mi><mi>q</mi></mfrac>", @"\frac{p}{q}")]
    [InlineData("<mfrac linethickness='0'><mi>p</mi><mi>q</mi></mfrac>", @"\genfrac{}{}{0pt}{}{p}{q}")]
    [InlineData("<mrow><mo>(</mo><mfrac linethickness='0'><mi>m</mi><mn>3</mn></mfrac><mo>)</mo></mrow>", @"\binom{m}{3}")]
    [InlineData("<msqrt><mi>u</mi><mo>+</mo><mi>v</mi></msqrt>", @"\sqrt{u + v}")]
    [InlineData("<mroot><mi>u</mi><mn>5</mn></mroot>", @"\sqrt[5]{u}")]
    [InlineData("<msub><mi>w</mi><mi>j</mi></msub>", "w_{j}")]
    [InlineData("<msup><mi>w</mi><mn>9</mn></msup>", "w^{9}")]
    [InlineData("<msubsup><mi>w</mi><mi>j</mi><mn>9</mn></msubsup>", "w_{j}^{9}")]
    [InlineData("<msup><msup><mi>w</mi><mn>2</mn></msup><mn>3</mn></msup>", "{w^{2}}^{3}")]
    [InlineData("<msup><mi>g</mi><mo>′</mo></msup>", "g'")]
    [InlineData("<mmultiscripts><mi>U</mi><none/><mrow><mo>+</mo></mrow><mprescripts/><mn>92</mn><mn>238</mn></mmultiscripts>", "{}_{92}^{238}U^{+}")]
    [InlineData("<munder><mi>lim</mi><mrow><mi>t</mi><mo>→</mo><mn>0</mn></mrow></munder><mi>t</mi>", @"\lim_{t \rightarrow 0}t")]
    [InlineData("<munderover><mo>∑</mo><mrow><mi>r</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><mi>r</mi>", @"\sum_{r = 1}^{n}r")]
    [InlineData("<munderover><mo>∫</mo><mi>a</mi><mi>b</mi></munderover>", @"\int\limits_{a}^{b}")]
    [InlineData("<mover><mi>v</mi><mo>→</mo></mover>", @"\vec{v}")]
    [InlineData("<mover><mi>v</mi><mo>˙</mo></mover>", @"\dot{v}")]
    [InlineData("<mover><mi>v</mi><mo>^</mo></mover>", @"\hat{v}")]
    [InlineData("<mover><mrow><mi>u</mi><mi>v</mi></mrow><mo>¯</mo></mover>", @"\overline{uv}")]
    [InlineData("<munder><mover><mi>Q</mi><mi>a</mi></mover><mi>b</mi></munder>", @"\underset{b}{\overset{a}{Q}}")]
    [InlineData("<munder><munder><mi>Q</mi><mo>⏟</mo></munder><mtext>small</mtext></munder>", @"\underbrace{Q}_{\text{small}}")]
    [InlineData("<mtext>if 5% of</mtext>", @"\text{if 5\% of}")]
    [InlineData("<mi>a</mi><mspace width='1em'/><mi>b</mi>", @"a\quad b")]
    [InlineData("<mi>a</mi><mspace width='0.1667em'/><mi>b</mi>", @"a\,b")]
    [InlineData("<mi mathvariant='double-struck'>R</mi>", @"\mathbb{R}")]
    [InlineData("<mi mathvariant='fraktur'>g</mi><mi mathvariant='script'>L</mi><mi mathvariant='monospace'>x</mi>", @"\mathfrak{g}\mathcal{L}\mathtt{x}")]
    [InlineData("<mi>ℝ</mi><mo>⊂</mo><mi>ℂ</mi>", @"\mathbb{R} \subset \mathbb{C}")]
    [InlineData("<mi>𝐯</mi><mi>𝜶</mi><mi>𝑧</mi>", @"\mathbf{v}\boldsymbol{\alpha}z")]
    [InlineData("<mi>sin</mi><mo>&#x2061;</mo><mi>φ</mi>", @"\sin\varphi")]
    [InlineData("<mi>Var</mi><mo>&#x2061;</mo><mi>X</mi>", @"\operatorname{Var}X")]
    [InlineData("<mstyle mathvariant='bold'><mi>s</mi><mo>+</mo><mn>1</mn></mstyle>", @"\mathbf{s + 1}")]
    [InlineData("<menclose notation='updiagonalstrike'><mi>z</mi></menclose>", @"\cancel{z}")]
    [InlineData("<mphantom><mi>z</mi></mphantom>", @"\phantom{z}")]
    [InlineData("<maction selection='2'><mi>a</mi><mi>b</mi></maction>", "b")]
    [InlineData("<mo>≤</mo><mo>∉</mo><mo>⊗</mo><mo>∂</mo>", @"\leq\notin\otimes\partial")]
    [InlineData("<mn>50</mn><mo>%</mo><mo>#</mo><mo>_</mo>", @"50\%\#\_")]
    [InlineData("<mml:mi>k</mml:mi>", "k")]
    public void WritesLatex(string mathMl, string latex) => Assert.Equal(latex, MathPage.Latex(mathMl));

    [Theory]
    [InlineData("<mi>f</mi><mrow><mo>(</mo><mi>t</mi><mo>)</mo></mrow>", "f(t)")]
    [InlineData("<mo>(</mo><mfrac><mi>p</mi><mi>q</mi></mfrac><mo>]</mo>", @"\left( \frac{p}{q} \right\rbrack")]
    [InlineData("<msup><mrow><mo>(</mo><mfrac><mi>p</mi><mi>q</mi></mfrac><mo>)</mo></mrow><mn>2</mn></msup>", @"\left( \frac{p}{q} \right)^{2}")]
    [InlineData("<mo stretchy='false'>(</mo><mfrac><mi>p</mi><mi>q</mi></mfrac><mo stretchy='false'>)</mo>", @"(\frac{p}{q})")]
    [InlineData("<mo>|</mo><mi>h</mi><mo>|</mo>", "|h|")]
    [InlineData("<mi>P</mi><mo>(</mo><mi>A</mi><mo>|</mo><mi>B</mi><mo>)</mo>", @"P\left( A \middle| B \right)")]
    [InlineData("<mo>(</mo><mi>h</mi>", "(h")]
    [InlineData("<mfenced open='[' close=')'><mn>0</mn><mi>h</mi></mfenced>", @"\left\lbrack {0,h} \right)")]
    [InlineData("<mfenced separators='; ,'><mi>a</mi><mi>b</mi><mi>c</mi></mfenced>", @"\left( {a;b,c} \right)")]
    public void PairsFences(string mathMl, string latex) => Assert.Equal(latex, MathPage.Latex(mathMl));

    private const string TwoByTwo = "<mtable><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr><mtr><mtd><mi>c</mi></mtd><mtd><mi>d</mi></mtd></mtr></mtable>";

    [Theory]
    [InlineData(TwoByTwo, "matrix", "")]
    [InlineData("<mo>(</mo>" + TwoByTwo + "<mo>)</mo>", "pmatrix", "")]
    [InlineData("<mo>[</mo>" + TwoByTwo + "<mo>]</mo>", "bmatrix", "")]
    [InlineData("<mfenced open='|' close='|'>" + TwoByTwo + "</mfenced>", "vmatrix", "")]
    [InlineData("<mo>{</mo>" + TwoByTwo, "cases", "")]
    [InlineData("<mo>{</mo>" + TwoByTwo + "<mo fence='true'></mo>", "cases", "")]
    public void WritesMatrices(string mathMl, string environment, string arguments) =>
        Assert.Equal($"\\begin{{{environment}}}{arguments}\na & b \\\\\nc & d\n\\end{{{environment}}}", MathPage.Latex(mathMl));

    [Fact]
    public void AlignedColumnsAreKept()
    {
        string table = TwoByTwo.Replace("<mtable>", "<mtable columnalign='right left'>", StringComparison.Ordinal);
        Assert.StartsWith("\\begin{array}{rl}\n", MathPage.Latex(table), StringComparison.Ordinal);
        table = TwoByTwo.Replace("<mtable>", "<mtable displaystyle='true' columnalign='right left'>", StringComparison.Ordinal);
        Assert.StartsWith("\\begin{aligned}\n", MathPage.Latex(table), StringComparison.Ordinal);
    }

    [Fact]
    public void DeepFormulasAreRefusedNotOverflowed()
    {
        string deep = string.Concat(Enumerable.Repeat("<msqrt>", 3000)) + "<mi>x</mi>";
        Assert.Empty(MathPage.Formulas("<math>" + deep + "</math>"));
    }

    [Fact]
    public void LongRowsAreLinear()
    {
        string row = string.Concat(Enumerable.Repeat("<mo>(</mo><mi>x</mi>", 20000)) + string.Concat(Enumerable.Repeat("<mo>)</mo>", 20000));
        Assert.NotNull(MathPage.Formulas("<math>" + row + "</math>"));
    }
}
