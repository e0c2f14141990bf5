using System.Collections.Frozen;
using System.Text;

namespace DataBuild.Stages.Extract.Formulas;

/// <summary>
/// LaTeX for the characters of formulas, after the names of LaTeX, amsmath and amssymb (The Comprehensive LaTeX Symbol List; Unicode
/// Technical Report 25), as far as KaTeX knows the command. Characters without an entry are written as they are.
/// </summary>
internal static class LatexSymbols
{
    private const string Table = """
        α\alpha β\beta γ\gamma δ\delta ε\varepsilon ϵ\epsilon ζ\zeta η\eta θ\theta ϑ\vartheta ι\iota κ\kappa ϰ\varkappa λ\lambda μ\mu µ\mu
        ν\nu ξ\xi π\pi ϖ\varpi ρ\rho ϱ\varrho σ\sigma ς\varsigma τ\tau υ\upsilon φ\varphi ϕ\phi χ\chi ψ\psi ω\omega Ϝ\digamma
        Γ\Gamma Δ\Delta Θ\Theta Λ\Lambda Ξ\Xi Π\Pi Σ\Sigma Υ\Upsilon ϒ\mathrm{\Upsilon} Φ\Phi Ψ\Psi Ω\Omega Ω\Omega
        ı\imath ȷ\jmath ℓ\ell ℘\wp ℑ\Im ℜ\Re ℵ\aleph ℶ\beth ℷ\gimel ℸ\daleth ℏ\hslash ℎ{h} ð\eth ∂\partial ∇\nabla ∞\infty ∀\forall ∃\exists
        ∄\nexists ∅\varnothing ⌀\varnothing ∠\angle ∡\measuredangle ∢\sphericalangle ⊤\top ⊥\bot ¬\neg ′' ″'' ‴''' ‵\backprime °{^\circ}
        ♭\flat ♮\natural ♯\sharp ♠\spadesuit ♡\heartsuit ♢\diamondsuit ♣\clubsuit ★\bigstar ◊\lozenge ⧫\blacklozenge □\square ◻\square
        ■\blacksquare ▪\blacksquare ◼\blacksquare △\bigtriangleup ▽\bigtriangledown ▵\vartriangle ▿\triangledown ▴\blacktriangle ▾\blacktriangledown ▹\triangleright
        ◃\triangleleft ▸\blacktriangleright ◂\blacktriangleleft Ⓢ\circledS ®\circledR ✓\checkmark £\pounds ¥\yen ∁\complement ℧\mho Ⅎ\Finv
        −- ∓\mp ±\pm ×\times ÷\div ⋅\cdot ·\cdot ∙\bullet •\bullet ∗* ⋆\star ∘\circ ∔\dotplus ∖\smallsetminus ⊎\uplus ∩\cap ∪\cup
        ⊓\sqcap ⊔\sqcup ∧\land ∨\vee ⊼\barwedge ⌅\barwedge ⌆\doublebarwedge ⊻\veebar ⊕\oplus ⊖\ominus ⊗\otimes ⊘\oslash ⊙\odot ⊚\circledcirc ⊛\circledast
        ⊝\circleddash ⊞\boxplus ⊟\boxminus ⊠\boxtimes ⊡\boxdot ⊺\intercal ⋄\diamond ⋇\divideontimes ⋉\ltimes ⋊\rtimes ⋋\leftthreetimes
        ⋌\rightthreetimes ⋎\curlyvee ⋏\curlywedge ⋒\Cap ⋓\Cup ≀\wr ⨿\amalg †\dagger ‡\ddagger ⋔\pitchfork ⊲\vartriangleleft ⊳\vartriangleright
        ≤\leq ≥\geq ≦\leqq ≧\geqq ⩽\leqslant ⩾\geqslant ≪\ll ≫\gg ⋘\lll ⋙\ggg ≠\neq ≡\equiv ≈\approx ≊\approxeq ≅\cong ≃\simeq ∼\sim ≁\nsim
        ∽\backsim ⋍\backsimeq ≂\eqsim ∝\propto ≍\asymp ≐\doteq ≑\Doteq ≒\fallingdotseq ≓\risingdotseq ≖\eqcirc ≗\circeq ≜\triangleq ≏\bumpeq
        ≎\Bumpeq ∷:: ⩵== ∶: ≬\between ≲\lesssim ≳\gtrsim ⪅\lessapprox ⪆\gtrapprox ≶\lessgtr ≷\gtrless ⋚\lesseqgtr ⋛\gtreqless ⪋\lesseqqgtr
        ⪌\gtreqqless ⋖\lessdot ⋗\gtrdot ⪕\eqslantless ⪖\eqslantgtr ≮\nless ≯\ngtr ≰\nleq ≱\ngeq ⪇\lneq ⪈\gneq ≨\lneqq ≩\gneqq ⋦\lnsim ⋧\gnsim
        ⪉\lnapprox ⪊\gnapprox ≺\prec ≻\succ ≼\preccurlyeq ≽\succcurlyeq ⪯\preceq ⪰\succeq ⋞\curlyeqprec ⋟\curlyeqsucc ≾\precsim ≿\succsim ⪷\precapprox
        ⪸\succapprox ⪹\precnapprox ⪺\succnapprox ⪵\precneqq ⪶\succneqq ⋨\precnsim ⋩\succnsim ⊀\nprec ⊁\nsucc ⋠\npreceq ⋡\nsucceq ⊂\subset ⊃\supset ⊆\subseteq ⊇\supseteq ⊈\nsubseteq
        ⊉\nsupseteq ⊊\subsetneq ⊋\supsetneq ⫅\subseteqq ⫆\supseteqq ⫋\subsetneqq ⫌\supsetneqq ⋐\Subset ⋑\Supset ⊏\sqsubset ⊐\sqsupset ⊑\sqsubseteq
        ⊒\sqsupseteq ∈\in ∉\notin ∋\ni ∌\not\ni ∣\mid ∤\nmid ∥\parallel ∦\nparallel ⊢\vdash ⊣\dashv ⊧\models ⊨\vDash ⊩\Vdash ⊪\Vvdash ⊬\nvdash ⊭\nvDash
        ⊮\nVdash ⊯\nVDash ⊴\trianglelefteq ⊵\trianglerighteq ⋪\ntriangleleft ⋫\ntriangleright ⋬\ntrianglelefteq ⋭\ntrianglerighteq ⋈\bowtie ⌢\frown ⌣\smile
        ∴\therefore ∵\because ϶\backepsilon ⊸\multimap ≆\ncong ≇\ncong
        ←\leftarrow →\rightarrow ↑\uparrow ↓\downarrow ↔\leftrightarrow ↕\updownarrow ⇐\Leftarrow ⇒\Rightarrow ⇑\Uparrow ⇓\Downarrow ⇔\Leftrightarrow
        ⇕\Updownarrow ↦\mapsto ⟵\longleftarrow ⟶\longrightarrow ⟷\longleftrightarrow ⟸\Longleftarrow ⟹\Longrightarrow ⟺\Longleftrightarrow ⟼\longmapsto
        ↖\nwarrow ↗\nearrow ↘\searrow ↙\swarrow ↚\nleftarrow ↛\nrightarrow ↮\nleftrightarrow ⇍\nLeftarrow ⇏\nRightarrow ⇎\nLeftrightarrow ↝\rightsquigarrow
        ⇝\rightsquigarrow ↭\leftrightsquigarrow ↞\twoheadleftarrow ↠\twoheadrightarrow ↢\leftarrowtail ↣\rightarrowtail ↩\hookleftarrow ↪\hookrightarrow
        ↫\looparrowleft ↬\looparrowright ↰\Lsh ↱\Rsh ↶\curvearrowleft ↷\curvearrowright ↺\circlearrowleft ↻\circlearrowright ↼\leftharpoonup ↽\leftharpoondown
        ↾\upharpoonright ↿\upharpoonleft ⇀\rightharpoonup ⇁\rightharpoondown ⇂\downharpoonright ⇃\downharpoonleft ⇄\rightleftarrows ⇆\leftrightarrows
        ⇇\leftleftarrows ⇈\upuparrows ⇉\rightrightarrows ⇊\downdownarrows ⇋\leftrightharpoons ⇌\rightleftharpoons ⇚\Lleftarrow ⇛\Rrightarrow
        ⇠\dashleftarrow ⇢\dashrightarrow
        ∑\sum ∏\prod ∐\coprod ∫\int ∬\iint ∭\iiint ∮\oint ∯\oiint ∰\oiiint ⋀\bigwedge ⋁\bigvee ⋂\bigcap ⋃\bigcup ⨀\bigodot ⨁\bigoplus
        ⨂\bigotimes ⨄\biguplus ⨆\bigsqcup √\sqrt{}
        ⟨\langle ⟩\rangle 〈\langle 〉\rangle 〈\langle 〉\rangle ⌈\lceil ⌉\rceil ⌊\lfloor ⌋\rfloor ‖\| ⦇\llparenthesis ⦈\rrparenthesis ⟦\llbracket ⟧\rrbracket ⎰\lmoustache ⎱\rmoustache
        ⟮\lgroup ⟯\rgroup [\lbrack ]\rbrack {\{ }\}
        …\ldots ⋯\cdots ⋮\vdots ⋱\ddots %\% #\# &\& $\$ _\_ \\backslash ~\sim ^\hat{} ˆ\hat{} ”" “" ’' ‘` ⏞\overbrace{} ⏟\underbrace{} ⃛\dddot{} ⃜\ddddot{} ̲\underline{} ̱\underbar{}
        """;

    private const string Relations = "=<>≤≥≦≧⩽⩾≪≫⋘⋙≠≡≈≊≅≃∼∽⋍≂∝≍≐≑≒≓≖≗≜≏≎≔≕∷∶≲≳⪅⪆≶≷⋚⋛≮≯≰≱≺≻≼≽⪯⪰≾≿⊂⊃⊆⊇⊈⊉⊊⊋⊏⊐⊑⊒∈∉∋∣∤∥∦⊢⊣⊨⊩⊴⊵⋈∴∵"
        + "←→↔⇐⇒⇔↦⟵⟶⟷⟸⟹⟺⟼↪↩↠⇌⇋⊲⊳" + "+-−±∓×÷⋅·∙∗⋆∘∔∖⊎∩∪⊓⊔∧∨⊻⊕⊖⊗⊘⊙⊞⊟⊠⊡⋄≀⋉⋊⋎⋏";

    private static readonly FrozenDictionary<int, string> Commands = Parse();
    private static readonly FrozenSet<int> Infix = Relations.EnumerateRunes().Select(r => r.Value).ToFrozenSet();

    private static readonly FrozenSet<string> Functions = (
        "arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln log max min Pr sec sin sinh sup "
        + "tan tanh injlim projlim").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> FunctionsBySpan = Functions.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Every character that has LaTeX of its own, with it.</summary>
    public static IEnumerable<KeyValuePair<int, string>> All => Commands.OrderBy(c => c.Key);

    /// <summary>The LaTeX of a character in math mode; null where it is written as it is.</summary>
    public static string? Of(Rune rune) => Commands.GetValueOrDefault(rune.Value);

    /// <summary>The space of math mode for a space character; null for anything else.</summary>
    public static string? SpaceOf(Rune rune) => rune.Value switch
    {
        ' ' or 0xA0 or 0x2007 or 0x2008 or 0x202F => "\\ ",
        0x2002 or 0x2000 => "\\enspace",
        0x2003 or 0x2001 or 0x3000 => "\\quad",
        0x2004 => "\\;",
        0x2005 or 0x205F => "\\:",
        0x2006 or 0x2009 or 0x200A => "\\,",
        _ => null,
    };

    /// <summary>Whether an operator between two operands is written with spaces.</summary>
    public static bool IsSpacedInfix(Rune rune) => Infix.Contains(rune.Value);

    /// <summary>Whether LaTeX has a command of a function's name.</summary>
    public static bool IsFunction(ReadOnlySpan<char> name) => FunctionsBySpan.Contains(name);

    /// <summary>Whether a character is an operator that takes limits: sums, products, integrals, big unions.</summary>
    public static bool IsLargeOperator(Rune rune) => rune.Value is (>= 0x220F and <= 0x2211) or (>= 0x222B and <= 0x2233) or (>= 0x22C0 and <= 0x22C3)
        or (>= 0x2A00 and <= 0x2A1C);

    /// <summary>Whether a large operator is an integral, whose limits stand beside it unless asked otherwise.</summary>
    public static bool IsIntegral(Rune rune) => rune.Value is (>= 0x222B and <= 0x2233) or (>= 0x2A0B and <= 0x2A1C);

    /// <summary>Takes the styled letters of the Mathematical Alphanumeric Symbols apart (Unicode 2.2, Letterlike Symbols included).</summary>
    /// <param name="rune">The character.</param>
    /// <param name="plain">The plain letter.</param>
    /// <returns>The command of its style, empty for italic letters, null for a character that is no styled letter.</returns>
    public static string? Styled(Rune rune, out Rune plain)
    {
        int c = rune.Value;
        plain = rune;
        switch (c)
        {
            case 0x2102 or 0x210D or 0x2115 or 0x2119 or 0x211A or 0x211D or 0x2124:
                plain = new Rune("CHNPQRZ"["ℂℍℕℙℚℝℤ".IndexOf((char)c)]);
                return "\\mathbb";
            case >= 0x2145 and <= 0x2149:
                plain = new Rune("Ddeij"[c - 0x2145]);
                return "\\mathbb";
            case 0x212C or 0x2130 or 0x2131 or 0x210B or 0x2110 or 0x2112 or 0x2133 or 0x211B or 0x212F or 0x210A or 0x2134:
                plain = new Rune("BEFHILMRego"["ℬℰℱℋℐℒℳℛℯℊℴ".IndexOf((char)c)]);
                return "\\mathcal";
            case 0x212D or 0x210C or 0x2128:
                plain = new Rune("CHZ"["ℭℌℨ".IndexOf((char)c)]);
                return "\\mathfrak";
            case < 0x1D400 or > 0x1D7FF:
                return null;
            default:
                break;
        }

        if (c < 0x1D6A4)
        {
            int style = (c - 0x1D400) / 52;
            int letter = (c - 0x1D400) % 52;
            plain = new Rune((char)(letter < 26 ? 'A' + letter : 'a' + letter - 26));
            return style switch
            {
                0 or 2 or 9 or 11 => "\\mathbf",
                1 => "",
                3 or 4 => "\\mathcal",
                5 or 7 => "\\mathfrak",
                6 => "\\mathbb",
                8 or 10 => "\\mathsf",
                _ => "\\mathtt",
            };
        }

        if (c < 0x1D6A8)
        {
            plain = new Rune(c == 0x1D6A4 ? 'ı' : 'ȷ');
            return "";
        }

        if (c < 0x1D7CE)
        {
            int style = (c - 0x1D6A8) / 58;
            plain = new Rune(GreekLetters[(c - 0x1D6A8) % 58]);
            return style == 1 ? "" : "\\boldsymbol";
        }

        plain = new Rune((char)('0' + ((c - 0x1D7CE) % 10)));
        return ((c - 0x1D7CE) / 10) switch { 0 or 3 => "\\mathbf", 1 => "\\mathbb", 2 => "\\mathsf", _ => "\\mathtt" };
    }

    private const string GreekLetters = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡϴΣΤΥΦΧΨΩ∇αβγδεζηθικλμνξοπρςστυφχψω∂ϵϑϰϕϱϖ";

    private static FrozenDictionary<int, string> Parse()
    {
        Dictionary<int, string> map = [];
        foreach (string entry in Table.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            Rune rune = Rune.GetRuneAt(entry, 0);
            map.TryAdd(rune.Value, entry[rune.Utf16SequenceLength..]);
        }

        return map.ToFrozenDictionary();
    }
}
