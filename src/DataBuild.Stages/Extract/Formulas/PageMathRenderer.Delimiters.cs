using System.Text;
using DataBuild.Stages.Extract.Html;
using DataBuild.Stages.Extract.Render;

namespace DataBuild.Stages.Extract.Formulas;

/// <content>
/// Formulas in the running text, by the delimiters that the page's configuration of MathJax or KaTeX declares. Dollars, <c>\(</c> and
/// <c>\[</c> stay as written; delimiters of the page's own become dollars, and AsciiMath becomes LaTeX. Dollars of a page that declares no
/// dollar as a delimiter are money, and stay as they are.
/// </content>
internal sealed partial class PageMathRenderer
{
    private const int MaxDelimited = 4000;

    private readonly List<(byte[] Open, byte[] Close, bool Display)> _delimiters = [];
    private bool _asciiMath;

    private void ReadConfiguration(HtmlTree tree)
    {
        _delimiters.Clear();
        _asciiMath = false;
        ReadOnlySpan<byte> page = tree.Range(0, tree.SourceLength);
        bool mayHold = page.IndexOf("inlineMath"u8) >= 0 || page.IndexOf("displayMath"u8) >= 0 || page.IndexOf("AM_"u8) >= 0 || page.IndexOf("asciimath"u8) >= 0 || page.IndexOf("ASCIIMathML"u8) >= 0
            || page.IndexOf("AsciiMath"u8) >= 0 || page.IndexOf("MML-AM"u8) >= 0;
        if (!mayHold)
        {
            return;
        }

        for (int n = 1; n < tree.Count; n++)
        {
            if (tree[n].Tag != HtmlTag.Script || tree[n].Kind != HtmlNodeKind.Element)
            {
                continue;
            }

            ReadOnlySpan<byte> text = tree[n].FirstChild == 0 ? default : tree.TextOf(tree[n].FirstChild);
            ReadDelimiters(text, "inlineMath"u8, display: false);
            ReadDelimiters(text, "displayMath"u8, display: true);
            _asciiMath |= text.IndexOf("asciimath2jax"u8) >= 0 || text.IndexOf("input/asciimath"u8) >= 0
                || DeclaresAsciiMath(tree.Attribute(n, "src"u8));
        }
    }

    // MathJax's combined configurations with AsciiMath (AM_CHTML, TeX-AMS-MML_... have none), version 3's asciimath component, ASCIIMathML.js.
    private static bool DeclaresAsciiMath(ReadOnlySpan<byte> source) => source.IndexOf("config=AM_"u8) >= 0 || source.IndexOf("-AM_"u8) >= 0
        || source.IndexOf("TeX-MML-AM"u8) >= 0 || source.IndexOf("asciimath"u8) >= 0 || source.IndexOf("ASCIIMathML"u8) >= 0
        || source.IndexOf("AsciiMath"u8) >= 0;

    // "inlineMath: [['$','$'], ['\\(','\\)']]": the pairs that this project's output does not know already.
    private void ReadDelimiters(ReadOnlySpan<byte> script, ReadOnlySpan<byte> name, bool display)
    {
        int at = script.IndexOf(name);
        if (at < 0)
        {
            return;
        }

        ReadOnlySpan<byte> list = script[(at + name.Length)..];
        list = list[..Math.Min(list.Length, 400)];
        int position = list.IndexOf((byte)'[') + 1;
        byte[]? open = null;
        int depth = 1;
        while (position > 0 && position < list.Length && depth > 0 && _delimiters.Count < 8)
        {
            byte b = list[position++];
            depth += b == (byte)'[' ? 1 : b == (byte)']' ? -1 : 0;
            if (b is not ((byte)'\'' or (byte)'"'))
            {
                continue;
            }

            int start = position;
            while (position < list.Length && list[position] != b)
            {
                position += list[position] == (byte)'\\' ? 2 : 1;
            }

            if (position >= list.Length)
            {
                return;
            }

            byte[] value = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(list[start..position]).Replace("\\\\", "\\", StringComparison.Ordinal));
            position++;
            if (open is null)
            {
                open = value;
                continue;
            }

            bool known = open.AsSpan().SequenceEqual("$"u8) || open.AsSpan().SequenceEqual("$$"u8) || open.AsSpan().SequenceEqual("\\("u8)
                || open.AsSpan().SequenceEqual("\\["u8);
            if (!known && open.Length > 1 && value.Length > 1)
            {
                _delimiters.Add((open, value, display));
            }

            open = null;
        }
    }

    /// <inheritdoc/>
    public bool TryRewriteText(HtmlTree tree, int textNode, Utf8Writer output)
    {
        if (!_asciiMath && _delimiters.Count == 0)
        {
            return false;
        }

        int parent = tree[textNode].Parent;
        if (tree[parent].Tag is HtmlTag.Code or HtmlTag.Pre or HtmlTag.Kbd or HtmlTag.Samp or HtmlTag.Tt or HtmlTag.Script)
        {
            return false;
        }

        ReadOnlySpan<byte> text = tree.TextOf(textNode);
        bool changed = false;
        int from = 0;
        while (from < text.Length)
        {
            if (!NextFormula(text[from..], out int at, out int open, out int length, out int close, out bool display, out bool ascii))
            {
                break;
            }

            string source = Encoding.UTF8.GetString(text.Slice(from + at + open, length));
            string latex = ascii ? AsciiMathLatex.Convert(source) : TexCleaner.Clean(source);
            output.Write(text.Slice(from, at));
            if (latex.Length > 0)
            {
                output.Write(display ? "$$"u8 : "$"u8);
                output.Write(latex);
                output.Write(display ? "$$"u8 : "$"u8);
            }

            from += at + open + length + close;
            changed = true;
        }

        if (changed)
        {
            output.Write(text[from..]);
        }

        return changed;
    }

    private bool NextFormula(ReadOnlySpan<byte> text, out int at, out int open, out int length, out int close, out bool display, out bool ascii)
    {
        at = int.MaxValue;
        open = length = close = 0;
        display = ascii = false;
        if (_asciiMath && text.IndexOf((byte)'`') is int tick && tick >= 0)
        {
            int end = text[(tick + 1)..].IndexOf((byte)'`');
            if (end is > 0 and < MaxDelimited)
            {
                (at, open, length, close, ascii) = (tick, 1, end, 1, true);
            }
        }

        foreach ((byte[] left, byte[] right, bool block) in _delimiters)
        {
            int start = text.IndexOf(left);
            if (start < 0 || start >= at)
            {
                continue;
            }

            int end = text[(start + left.Length)..].IndexOf(right);
            if (end is > 0 and < MaxDelimited)
            {
                (at, open, length, close, display, ascii) = (start, left.Length, end, right.Length, block, false);
            }
        }

        return at != int.MaxValue;
    }
}
