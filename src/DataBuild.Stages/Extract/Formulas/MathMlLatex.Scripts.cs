using System.Text;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Formulas;

/// <content>Scripts, limits, accents and braces above and below.</content>
internal sealed partial class MathMlLatex
{
    private void Script(int node, HtmlTag tag)
    {
        ScriptBase(Child(node, 0));
        ScriptsOf(node, tag);
    }

    // The scripts of a script element without its base.
    private void ScriptsOf(int node) => ScriptsOf(node, TagOf(node));

    private void ScriptsOf(int node, HtmlTag tag)
    {
        if (tag != HtmlTag.Msup)
        {
            SubOrSuper('_', Child(node, 1));
        }

        if (tag != HtmlTag.Msub)
        {
            int super = Child(node, tag == HtmlTag.Msup ? 1 : 2);
            if (!TryPrimes(super))
            {
                SubOrSuper('^', super);
            }
        }
    }

    private void SubOrSuper(char mark, int script)
    {
        if (script == 0 || IsEmptyScript(script))
        {
            return;
        }

        _out.Write(mark);
        Argument(script);
    }

    private bool IsEmptyScript(int script)
    {
        if (!IsElement(script))
        {
            return true;
        }

        ReadOnlySpan<byte> name = _tree.NameOf(script);
        if (name.SequenceEqual("none"u8) || name.EndsWith(":none"u8))
        {
            return true;
        }

        int inner = Unwrap(script);
        return IsRow(TagOf(inner)) && Child(inner, 0) == 0 && IsBlank(inner);
    }

    private bool IsBlank(int node)
    {
        for (int c = _tree[node].FirstChild; c != 0; c = _tree[c].NextSibling)
        {
            if (!IsSpaceOnly(c))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryPrimes(int script)
    {
        int inner = script == 0 ? 0 : Unwrap(script);
        if (inner == 0 || !IsElement(inner) || TagOf(inner) is not (HtmlTag.Mo or HtmlTag.Mi))
        {
            return false;
        }

        ReadToken(inner);
        ReadOnlySpan<char> token = _token.AsSpan(0, _tokenLength);
        if (token.IsEmpty || token.IndexOfAnyExcept("'′″‴") >= 0)
        {
            return false;
        }

        Characters(token);
        return true;
    }

    // TeX takes one token or group as the base; a base with scripts of its own needs braces.
    private void ScriptBase(int child)
    {
        int inner = child == 0 ? 0 : Unwrap(child);
        HtmlTag tag = inner != 0 && IsElement(inner) ? TagOf(inner) : HtmlTag.None;
        int before = _out.Length;
        if (tag is HtmlTag.Msub or HtmlTag.Msup or HtmlTag.Msubsup or HtmlTag.Mmultiscripts)
        {
            Argument(inner);
            return;
        }

        if (child != 0)
        {
            Item(child, grouped: true);
        }

        if (_out.Length == before)
        {
            _out.Write("{}");
        }
    }

    private void MultiScripts(int node)
    {
        int child = Child(node, 0);
        int prescripts = 0;
        for (int c = _tree[node].FirstChild; c != 0 && prescripts == 0; c = _tree[c].NextSibling)
        {
            prescripts = IsElement(c) && TagOf(c) == HtmlTag.Mprescripts ? c : 0;
        }

        if (prescripts != 0)
        {
            Scripts(NextElement(prescripts), 0);
        }

        ScriptBase(child);
        if (child != 0)
        {
            Scripts(NextElement(child), prescripts, empty: false);
        }
    }

    // Pairs of sub- and superscripts up to an element; further pairs follow on empty groups.
    private void Scripts(int from, int end, bool empty = true)
    {
        while (from != 0 && from != end)
        {
            int super = NextElement(from);
            super = super == end ? 0 : super;
            if (empty)
            {
                _out.Write("{}");
            }

            SubOrSuper('_', from);
            SubOrSuper('^', super);
            empty = true;
            from = super == 0 ? 0 : NextElement(super);
        }
    }

    private int NextElement(int node)
    {
        int c = _tree[node].NextSibling;
        while (c != 0 && !IsElement(c))
        {
            c = _tree[c].NextSibling;
        }

        return c;
    }

    private void UnderOver(int node, HtmlTag tag)
    {
        int child = Child(node, 0);
        int under = tag == HtmlTag.Mover ? 0 : Child(node, 1);
        int over = tag == HtmlTag.Munder ? 0 : Child(node, tag == HtmlTag.Mover ? 1 : 2);
        if (child == 0)
        {
            return;
        }

        if (TakesLimits(child, out bool integral))
        {
            Item(child, grouped: true);
            if (integral || _forceLimits)
            {
                _out.Write("\\limits");
            }

            SubOrSuper('_', under);
            SubOrSuper('^', over);
            return;
        }

        // A brace with its label: \underbrace{...}_{label}.
        if (IsBraced(child, out bool below) && (below ? over == 0 : under == 0))
        {
            Item(child, grouped: false);
            SubOrSuper('_', under);
            SubOrSuper('^', over);
            return;
        }

        bool accentUnder = under != 0 && !AttributeIs(node, "accentunder"u8, "false"u8);
        bool accentOver = over != 0 && !AttributeIs(node, "accent"u8, "false"u8);
        string? underCommand = under != 0 ? AccentOf(under, child, below: true, accentUnder) : null;
        string? overCommand = over != 0 ? AccentOf(over, child, below: false, accentOver) : null;
        if (under != 0)
        {
            OpenMark(underCommand, "\\underset", under);
        }

        if (over != 0)
        {
            OpenMark(overCommand, "\\overset", over);
        }

        Item(child, grouped: false);
        if (under != 0)
        {
            _out.Write('}');
        }

        if (over != 0)
        {
            _out.Write('}');
        }
    }

    private void OpenMark(string? command, string set, int mark)
    {
        if (command is not null)
        {
            _out.Write(command);
        }
        else
        {
            _out.Write(set);
            Argument(mark);
        }

        _out.Write('{');
    }

    private bool IsBraced(int child, out bool below)
    {
        below = false;
        int inner = Unwrap(child);
        HtmlTag tag = inner != 0 && IsElement(inner) ? TagOf(inner) : HtmlTag.None;
        if (tag is not (HtmlTag.Munder or HtmlTag.Mover))
        {
            return false;
        }

        int mark = Unwrap(Child(inner, 1));
        below = tag == HtmlTag.Munder;
        return mark != 0 && IsElement(mark) && TagOf(mark) == HtmlTag.Mo && SingleRune(mark) == (below ? 0x23DF : 0x23DE);
    }

    private bool TakesLimits(int child, out bool integral)
    {
        integral = false;
        int inner = Unwrap(child);
        if (inner == 0 || !IsElement(inner) || TagOf(inner) is not (HtmlTag.Mo or HtmlTag.Mi))
        {
            return false;
        }

        ReadToken(inner);
        ReadOnlySpan<char> token = _token.AsSpan(0, _tokenLength);
        if (Rune.DecodeFromUtf16(token, out Rune rune, out int used) == System.Buffers.OperationStatus.Done && used == token.Length)
        {
            integral = LatexSymbols.IsIntegral(rune);
            return LatexSymbols.IsLargeOperator(rune);
        }

        return token is "lim" or "max" or "min" or "sup" or "inf" or "det" or "gcd" or "Pr" or "liminf" or "limsup" or "injlim" or "projlim";
    }

    // The only character of a token; 0 where it has none or several.
    private int SingleRune(int token)
    {
        ReadToken(token);
        return Rune.DecodeFromUtf16(_token.AsSpan(0, _tokenLength), out Rune rune, out int used) == System.Buffers.OperationStatus.Done
            && used == _tokenLength ? rune.Value : 0;
    }

    // The accent command of a mark above or below; null where it is written as a set mark.
    private string? AccentOf(int mark, int child, bool below, bool accent)
    {
        int inner = Unwrap(mark);
        if (inner == 0 || !IsElement(inner) || TagOf(inner) is not (HtmlTag.Mo or HtmlTag.Mi or HtmlTag.Mn or HtmlTag.Mtext))
        {
            return null;
        }

        int rune = SingleRune(inner);

        // Combining marks and braces are nothing but accents, whatever the attributes say.
        if ((!accent || _noAccents || AttributeIs(inner, "accent"u8, "false"u8))
            && rune is not ((>= 0x300 and <= 0x36F) or (>= 0x20D0 and <= 0x20FF) or (>= 0x23B4 and <= 0x23DF)))
        {
            return null;
        }

        if (below)
        {
            return rune switch
            {
                '_' or 0xAF or 0x2015 or 0x203E or 0x332 or 0x2500 => "\\underline",
                0x23DF => "\\underbrace",
                0x23B5 => "\\underbracket",
                _ => null,
            };
        }

        bool wide = !IsSingleLetter(child);
        return rune switch
        {
            '^' or 0x302 when !wide && rune == '^' => "\\hat",
            '^' or 0x2C6 or 0x302 => "\\widehat",
            '`' or 0x300 => "\\grave",
            0xB4 or 0x301 => "\\acute",
            0x2C7 or 0x30C => "\\check",
            0x2D8 or 0x306 => "\\breve",
            0x2D9 or 0x307 => "\\dot",
            '.' => "\\dot",
            0xA8 or 0x308 => "\\ddot",
            0x20DB => "\\dddot",
            0x20DC => "\\ddddot",
            0x2DA or 0x30A => "\\mathring",
            0x2DC or 0x303 => "\\widetilde",
            '~' or 0x223C => wide ? "\\widetilde" : "\\tilde",
            0xAF or 0x305 or 0x2015 or 0x2500 => "\\overline",
            0x203E or 0x2C9 or 0x304 or '-' or 0x2212 => wide ? "\\overline" : "\\bar",
            0x2192 or 0x20D7 => wide ? "\\overrightarrow" : "\\vec",
            0x2190 or 0x20D6 => "\\overleftarrow",
            0x2194 or 0x20E1 => "\\overleftrightarrow",
            0x23DE => "\\overbrace",
            0x23B4 => "\\overbracket",
            _ => null,
        };
    }

    private bool IsSingleLetter(int child)
    {
        int inner = Unwrap(child);
        return inner != 0 && IsElement(inner) && TagOf(inner) is HtmlTag.Mi or HtmlTag.Mn && SingleRune(inner) != 0;
    }
}
