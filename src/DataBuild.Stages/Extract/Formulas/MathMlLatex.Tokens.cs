using System.Buffers.Text;
using System.Globalization;
using System.Text;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Formulas;

/// <content>Token elements: identifiers, numbers, operators, text and space.</content>
internal sealed partial class MathMlLatex
{
    private const int MaxToken = 1 << 16;

    // Signs that KaTeX knows in formulas only, not in text.
    private const string MathOnly = "‼ℋℌℐℒℛℨℬℭℰℱℳ↤∉∌∏∐∑∫∬∭∮∯∰∷∹≔≕≘≙≚≛≝≞≟≠⋀⋁⋂⋃⌜⌝⌞⌟⟂⟦⟧⦃⦄⦵⨀⨁⨂⨄⨆⩴";

    // The LaTeX command of an element's mathvariant: null where it has none, empty for upright.
    private string? VariantOf(int node)
    {
        if (!_tree.TryGetAttribute(node, "mathvariant"u8, out ReadOnlySpan<byte> value))
        {
            return null;
        }

        value = value.Trim((byte)' ');
        return value.SequenceEqual("bold"u8) || value.SequenceEqual("bold-italic"u8) || value.SequenceEqual("bold-sans-serif"u8)
            || value.SequenceEqual("sans-serif-bold-italic"u8) ? "\\mathbf"
            : value.SequenceEqual("italic"u8) ? "\\mathit"
            : value.SequenceEqual("double-struck"u8) ? "\\mathbb"
            : value.SequenceEqual("script"u8) || value.SequenceEqual("bold-script"u8) ? "\\mathcal"
            : value.SequenceEqual("fraktur"u8) || value.SequenceEqual("bold-fraktur"u8) ? "\\mathfrak"
            : value.SequenceEqual("sans-serif"u8) || value.SequenceEqual("sans-serif-italic"u8) ? "\\mathsf"
            : value.SequenceEqual("monospace"u8) ? "\\mathtt"
            : "";
    }

    // Reads the text of a token's subtree: white space collapsed, invisible characters taken out, ends trimmed.
    private void ReadToken(int node, bool keepSpaces = false)
    {
        _tokenLength = 0;
        bool space = false;
        int n = node;
        do
        {
            if (_tree[n].Kind == HtmlNodeKind.Text)
            {
                ReadOnlySpan<byte> text = _tree.TextOf(n);
                while (!text.IsEmpty && _tokenLength < MaxToken)
                {
                    Rune.DecodeFromUtf8(text, out Rune rune, out int used);
                    text = text[used..];
                    if (rune.Value is ' ' or '\n' or '\t' or '\r' or '\f')
                    {
                        space = _tokenLength > 0;
                        continue;
                    }

                    if (IsInvisible(rune))
                    {
                        continue;
                    }

                    if (space)
                    {
                        Push(new Rune(' '));
                        space = false;
                    }

                    Push(rune.Value is >= 0xE000 and <= 0xF8FF or < 0x20 or 0x7F ? Rune.ReplacementChar : rune);
                }
            }

            n = n == node && _tree[n].Kind == HtmlNodeKind.Text ? 0 : _tree.Next(n, node);
        }
        while (n != 0);

        if (!keepSpaces)
        {
            return;
        }

        // Text of white space alone stands for a space.
        if (_tokenLength == 0 && _tree[node].FirstChild != 0 && _tree.TextOf(_tree[node].FirstChild).Length > 0)
        {
            Push(new Rune(' '));
        }
    }

    private static bool IsInvisible(Rune rune) => rune.Value is (>= 0x200B and <= 0x200F) or 0x2028 or 0x2029 or (>= 0x202A and <= 0x202E)
        or (>= 0x2060 and <= 0x206F) or 0xFEFF or 0xAD or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0000 and <= 0xE0FFF) or 0xFFFE or 0xFFFF;

    private void Push(Rune rune)
    {
        if (_tokenLength + 2 > _token.Length)
        {
            Array.Resize(ref _token, _token.Length * 2);
        }

        _tokenLength += rune.EncodeToUtf16(_token.AsSpan(_tokenLength));
    }

    // Whether the next element is the invisible "apply function" (U+2061), which makes a name of any letters a function.
    private bool AppliesToNext(int node)
    {
        for (int c = _tree[node].NextSibling; c != 0; c = _tree[c].NextSibling)
        {
            if (IsElement(c))
            {
                int text = _tree[c].FirstChild;
                return TagOf(c) == HtmlTag.Mo && text != 0 && _tree.TextOf(text).Trim(" \n\r\t"u8).SequenceEqual("\u2061"u8);
            }
        }

        return false;
    }

    private void Identifier(bool grouped, string? variant, bool function = false)
    {
        ReadOnlySpan<char> token = _token.AsSpan(0, _tokenLength);
        if (token.IsEmpty || TrySpaces(token))
        {
            return;
        }

        if (LatexSymbols.IsFunction(token))
        {
            _out.Write('\\');
            _out.Write(token);
            _out.EndWord();
            return;
        }

        Rune.DecodeFromUtf16(token, out _, out int used);
        if (used == token.Length)
        {
            Styled(variant, token);
            return;
        }

        if (function && IsName(token))
        {
            _out.Write("\\operatorname{");
            _out.Write(token);
            _out.Write('}');
            return;
        }

        if (variant is { Length: > 0 })
        {
            Styled(variant, token);
            return;
        }

        if (grouped)
        {
            _out.Write('{');
        }

        Characters(token);
        if (grouped)
        {
            _out.Write('}');
        }
    }

    private static bool IsName(ReadOnlySpan<char> token)
    {
        foreach (char c in token)
        {
            if (!char.IsAsciiLetterOrDigit(c))
            {
                return false;
            }
        }

        return char.IsAsciiLetter(token[0]);
    }

    private void Styled(string? variant, ReadOnlySpan<char> token)
    {
        if (variant is null or "")
        {
            Characters(token);
            return;
        }

        // LaTeX's \mathbf leaves Greek letters and signs alone.
        _out.Write(variant == "\\mathbf" && !Ascii.IsValid(token) ? "\\boldsymbol" : variant);
        _out.Write('{');
        Characters(token);
        _out.Write('}');
    }

    private void Number(string? variant)
    {
        ReadOnlySpan<char> token = _token.AsSpan(0, _tokenLength);
        if (!token.IsEmpty && !TrySpaces(token))
        {
            Styled(variant, token);
        }
    }

    private void Operator()
    {
        ReadOnlySpan<char> token = _token.AsSpan(0, _tokenLength);
        if (token.IsEmpty || TrySpaces(token))
        {
            return;
        }

        if (LatexSymbols.IsFunction(token))
        {
            _out.Write('\\');
            _out.Write(token);
            _out.EndWord();
            return;
        }

        Rune.DecodeFromUtf16(token, out _, out int used);
        if (used == token.Length || (Ascii.IsValid(token) && !char.IsAsciiLetter(token[0])))
        {
            Characters(token);
            return;
        }

        _out.Write("\\operatorname{");
        Characters(token);
        _out.Write('}');
    }

    // Characters in math mode.
    private void Characters(ReadOnlySpan<char> token)
    {
        int openStyle = -1;
        string? style = null;
        while (!token.IsEmpty)
        {
            Rune.DecodeFromUtf16(token, out Rune rune, out int used);
            token = token[used..];
            string? next = LatexSymbols.Styled(rune, out Rune plain);
            if (openStyle >= 0 && next != style)
            {
                _out.Write('}');
                openStyle = -1;
            }

            if (next is { Length: > 0 } && openStyle < 0)
            {
                _out.Write(next);
                _out.Write('{');
                openStyle = _out.Length;
                style = next;
            }

            // A combining solidus negates the sign in front of it.
            if (token.Length > 0 && token[0] == '\u0338')
            {
                _out.Write("\\not");
            }

            Character(plain);
        }

        if (openStyle >= 0)
        {
            _out.Write('}');
        }
    }

    private void Character(Rune rune)
    {
        if (LatexSymbols.Of(rune) is string latex)
        {
            _out.Write(latex);
        }
        else if (LatexSymbols.SpaceOf(rune) is string space)
        {
            _out.Write(space);
        }
        else if (!IsCombining(rune))
        {
            _out.Write(rune);
        }
    }

    // Marks of U+0300 to U+036F, which KaTeX takes after letters only, and not all of them.
    private static bool IsCombining(Rune rune) => rune.Value is >= 0x300 and <= 0x36F;

    // Writes a token of spaces alone.
    private bool TrySpaces(ReadOnlySpan<char> token)
    {
        foreach (char c in token)
        {
            if (LatexSymbols.SpaceOf(new Rune(char.IsSurrogate(c) ? 'x' : c)) is null)
            {
                return false;
            }
        }

        foreach (char c in token)
        {
            _out.Write(LatexSymbols.SpaceOf(new Rune(c)));
        }

        return true;
    }

    private void TextToken(string? variant)
    {
        ReadOnlySpan<char> token = _token.AsSpan(0, _tokenLength);
        if (!token.IsEmpty && !TrySpaces(token))
        {
            Text(variant switch
            {
                "\\mathbf" => "\\textbf",
                "\\mathit" => "\\textit",
                "\\mathsf" => "\\textsf",
                "\\mathtt" => "\\texttt",
                _ => "\\text",
            }, token);
        }
    }

    private void Text(string command, ReadOnlySpan<char> token)
    {
        bool open = false;
        while (!token.IsEmpty)
        {
            Rune.DecodeFromUtf16(token, out Rune rune, out int used);
            token = token[used..];
            rune = rune.Value == 0x1D6A4 ? new Rune('ı') : rune;
            if (rune.IsBmp && MathOnly.Contains((char)rune.Value, StringComparison.Ordinal))
            {
                if (open)
                {
                    _out.Write('}');
                    open = false;
                }

                LatexSymbols.Styled(rune, out Rune plain);
                Character(plain);
                continue;
            }

            if (!open)
            {
                _out.Write(command);
                _out.Write('{');
                open = true;
            }

            switch (rune.Value)
            {
                case '\\':
                    _out.Write("\\textbackslash");
                    break;
                case '^':
                    _out.Write("\\textasciicircum");
                    break;
                case '~':
                    _out.Write("\\textasciitilde");
                    break;
                case '#' or '$' or '%' or '&' or '_' or '{' or '}':
                    _out.Write('\\');
                    _out.Write((char)rune.Value);
                    break;
                case 0xA0:
                    _out.Write('~');
                    break;
                default:
                    if (!IsCombining(rune))
                    {
                        _out.Write(rune);
                    }

                    break;
            }
        }

        if (open)
        {
            _out.Write('}');
        }
    }

    private void QuotedString(int node)
    {
        ReadToken(node);
        int length = _tokenLength;
        Span<char> quoted = length < 512 ? stackalloc char[1024] : new char[length + 512];
        int n = Quote(quoted, node, "lquote"u8, '“');
        _token.AsSpan(0, length).CopyTo(quoted[n..]);
        n += length;
        n += Quote(quoted[n..], node, "rquote"u8, '”');
        Text("\\text", quoted[..n]);
    }

    private int Quote(Span<char> to, int node, ReadOnlySpan<byte> name, char otherwise)
    {
        if (!_tree.TryGetAttribute(node, name, out ReadOnlySpan<byte> value))
        {
            to[0] = otherwise;
            return 1;
        }

        return Encoding.UTF8.GetChars(value[..Math.Min(value.Length, 64)], to);
    }

    // Widths in em (MathML 3, section 3.3.4.2) as the nearest space of LaTeX; absolute widths below no word space are dropped.
    private void Space(int node)
    {
        ReadOnlySpan<byte> width = _tree.Attribute(node, "width"u8).Trim((byte)' ');
        double em = width.SequenceEqual("veryverythinmathspace"u8) ? 1 / 18.0
            : width.SequenceEqual("verythinmathspace"u8) ? 2 / 18.0
            : width.SequenceEqual("thinmathspace"u8) ? 3 / 18.0
            : width.SequenceEqual("mediummathspace"u8) ? 4 / 18.0
            : width.SequenceEqual("thickmathspace"u8) ? 5 / 18.0
            : width.SequenceEqual("verythickmathspace"u8) ? 6 / 18.0
            : width.SequenceEqual("veryverythickmathspace"u8) ? 7 / 18.0
            : 0;
        if (em == 0 && width.EndsWith("em"u8) && (!Utf8Parser.TryParse(width[..^2], out em, out int used) || used != width.Length - 2
            || Math.Abs(em) > 100))
        {
            em = 0;
        }

        int eighteenths = (int)Math.Round(em * 18, MidpointRounding.AwayFromZero);
        string? latex = eighteenths switch
        {
            0 => null,
            -3 => "\\!",
            3 => "\\,",
            4 => "\\:",
            5 => "\\;",
            18 => "\\quad",
            36 => "\\qquad",
            _ => "\\mkern" + eighteenths.ToString(CultureInfo.InvariantCulture) + "mu ",
        };
        if (latex is not null)
        {
            _out.Write(latex);
        }
    }
}
