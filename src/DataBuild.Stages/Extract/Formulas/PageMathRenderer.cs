using System.Text;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Formulas;

/// <summary>
/// Finds formulas in pages and renders them as LaTeX: MathML, MathJax 2 and 3, KaTeX, Wikipedia, images of formulas. TeX that the page carries
/// is taken as its author wrote it; only where there is none is MathML converted. Never throws on any page; work is linear in the page.
/// </summary>
internal sealed partial class PageMathRenderer : IMathRenderer
{
    private const int MaxFormula = 1 << 18;

    private readonly MathMlLatex _mathMl = new();
    private readonly LatexWriter _latex = new();

    /// <inheritdoc/>
    public bool BeginPage(HtmlTree tree)
    {
        ReadConfiguration(tree);
        ReadOnlySpan<byte> page = tree.Range(0, tree.TextLength);
        return _asciiMath || _delimiters.Count > 0 || page.IndexOf("math"u8) >= 0 || page.IndexOf("Math"u8) >= 0 || page.IndexOf("atex"u8) >= 0 || page.IndexOf("mjx-"u8) >= 0
            || page.IndexOf("-tex"u8) >= 0 || page.IndexOf("tex.cgi"u8) >= 0 || page.IndexOf("LaTeX"u8) >= 0;
    }

    /// <inheritdoc/>
    public bool IsFormula(HtmlTree tree, int node) => FormOf(tree, node) != MathForm.None;

    /// <inheritdoc/>
    public bool TryRender(HtmlTree tree, int node, out MathResult result)
    {
        result = default;
        switch (FormOf(tree, node))
        {
            case MathForm.MathMl:
                return RenderMathMl(tree, node, tree.Attribute(node, "display"u8).SequenceEqual("block"u8) || tree.Attribute(node, "mode"u8).SequenceEqual("display"u8), out result);
            case MathForm.Script:
                return RenderScript(tree, node, out result);
            case MathForm.Image:
                return RenderImage(tree, node, out result);
            case MathForm.Container:
                return RenderContainer(tree, node, out result);
            case MathForm.MathJaxOutput:
                return RenderMathJaxOutput(tree, node, out result);
            case MathForm.MathJaxPreview:
                return NextIsMathJax(tree, node) && Nothing(out result);
            case MathForm.TexAttribute:
                return RenderTexAttribute(tree, node, out result);
            case MathForm.TexText:
                return RenderTexText(tree, node, out result);
            default:
                return false;
        }
    }

    private static bool Nothing(out MathResult result)
    {
        result = new MathResult("", false);
        return true;
    }

    // A math element: the page's own TeX where there is any, else its markup.
    private bool RenderMathMl(HtmlTree tree, int math, bool display, out MathResult result)
    {
        int annotation = TexAnnotation(tree, math);
        if (annotation != 0 && TexOf(tree, annotation) is string tex && tex.Length > 0)
        {
            result = new MathResult(tex, display);
            return true;
        }

        if (tree.TryGetAttribute(math, "alttext"u8, out ReadOnlySpan<byte> alternative) && alternative.Length < MaxFormula
            && (alternative.Contains((byte)'\\') || tree.Attribute(math, "class"u8).StartsWith("ltx_"u8)))
        {
            tex = TexCleaner.Clean(Encoding.UTF8.GetString(alternative));
            if (tex.Length > 0)
            {
                result = new MathResult(tex, display);
                return true;
            }
        }

        _latex.Clear();
        bool done = _mathMl.TryWrite(tree, math, display, _latex);
        result = done ? new MathResult(TexCleaner.TrimEnds(_latex.Written).ToString(), display) : default;
        return done;
    }

    // The TeX annotation of a math element as a whole.
    private static int TexAnnotation(HtmlTree tree, int math)
    {
        int node = math;
        for (int level = 0; level < 8; level++)
        {
            int first = FirstElement(tree, node);
            if (first == 0)
            {
                return 0;
            }

            HtmlTag tag = MathMlLatex.TagOf(tree, first);
            if (tag == HtmlTag.Semantics)
            {
                for (int c = tree[first].FirstChild; c != 0; c = tree[c].NextSibling)
                {
                    if (tree[c].Kind == HtmlNodeKind.Element && MathMlLatex.TagOf(tree, c) == HtmlTag.Annotation
                        && IsTexEncoding(tree.Attribute(c, "encoding"u8)))
                    {
                        return c;
                    }
                }

                return 0;
            }

            if (tag is not (HtmlTag.Mrow or HtmlTag.Mstyle))
            {
                return 0;
            }

            node = first;
        }

        return 0;
    }

    private static bool IsTexEncoding(ReadOnlySpan<byte> encoding) => Ascii.EqualsIgnoreCase(encoding, "application/x-tex"u8)
        || Ascii.EqualsIgnoreCase(encoding, "tex"u8) || Ascii.EqualsIgnoreCase(encoding, "latex"u8)
        || Ascii.EqualsIgnoreCase(encoding, "application/x-latex"u8) || Ascii.EqualsIgnoreCase(encoding, "text/x-tex"u8)
        || Ascii.EqualsIgnoreCase(encoding, "text/x-latex"u8);

    private static int FirstElement(HtmlTree tree, int node)
    {
        int c = tree[node].FirstChild;
        while (c != 0 && tree[c].Kind != HtmlNodeKind.Element)
        {
            c = tree[c].NextSibling;
        }

        return c;
    }

    private bool RenderScript(HtmlTree tree, int node, out MathResult result)
    {
        result = default;
        ReadOnlySpan<byte> type = tree.Attribute(node, "type"u8);
        bool display = type.IndexOf("mode=display"u8) >= 0 || type.IndexOf("mode = display"u8) >= 0;
        if (type.StartsWith("math/mml"u8))
        {
            return RenderFragment(TextBytes(tree, node), out result);
        }

        string tex = TexOf(tree, node);
        if (tex.Length == 0)
        {
            return false;
        }

        result = new MathResult(tex, display);
        return true;
    }

    // KaTeX, Wikipedia, MathJax 3: an element that holds a math element somewhere, beside what is shown.
    private bool RenderContainer(HtmlTree tree, int node, out MathResult result)
    {
        ReadOnlySpan<byte> cls = tree.Attribute(node, "class"u8);
        bool display = HasWord(cls, "katex-display"u8) || tree.Attribute(node, "display"u8).SequenceEqual("true"u8)
            || (!tree.TryGetAttribute(node, "display"u8, out _) && HasParentClass(tree, node, "katex-display"u8))
            || tree.Attribute(node, "data-display"u8).SequenceEqual("true"u8);
        result = default;
        int image = 0;
        for (int n = tree.Next(node, node); n != 0; n = tree.Next(n, node))
        {
            if (tree[n].Kind != HtmlNodeKind.Element)
            {
                continue;
            }

            if (IsMath(tree, n))
            {
                return RenderMathMl(tree, n, display || tree.Attribute(n, "display"u8).SequenceEqual("block"u8), out result);
            }

            if (MathMlLatex.TagOf(tree, n) == HtmlTag.Annotation && IsTexEncoding(tree.Attribute(n, "encoding"u8)))
            {
                result = new MathResult(TexOf(tree, n), display);
                return result.Latex.Length > 0;
            }

            image = tree[n].Tag == HtmlTag.Img && image == 0 ? n : image;
        }

        return (image != 0 && RenderImage(tree, image, out result)) || RenderTexAttribute(tree, node, out result);
    }

    // MathJax 2 shows the formula in front of the script that holds it.
    private bool RenderMathJaxOutput(HtmlTree tree, int node, out MathResult result)
    {
        result = default;
        if (NextIsScript(tree, node))
        {
            return Nothing(out result);
        }

        bool display = tree.Attribute(node, "class"u8).IndexOf("isplay"u8) >= 0;
        for (int n = node; n != 0; n = tree.Next(n, node))
        {
            if (tree[n].Kind != HtmlNodeKind.Element)
            {
                continue;
            }

            if (tree[n].Tag == HtmlTag.Script && tree.Attribute(n, "type"u8).StartsWith("math/"u8))
            {
                return RenderScript(tree, n, out result);
            }

            if (IsMath(tree, n))
            {
                return RenderMathMl(tree, n, display || tree.Attribute(n, "display"u8).SequenceEqual("block"u8), out result);
            }

            if (tree.TryGetAttribute(n, "data-mathml"u8, out ReadOnlySpan<byte> markup) && RenderFragment(markup, out result))
            {
                result = result with { Display = display || result.Display };
                return true;
            }
        }

        return false;
    }

    private static bool NextIsScript(HtmlTree tree, int node)
    {
        int seen = 0;
        for (int c = tree[node].NextSibling; c != 0 && seen < 2; c = tree[c].NextSibling)
        {
            if (tree[c].Kind == HtmlNodeKind.Element)
            {
                if (tree[c].Tag == HtmlTag.Script)
                {
                    return tree.Attribute(c, "type"u8).StartsWith("math/"u8);
                }

                seen++;
            }
            else if (tree[c].Kind == HtmlNodeKind.Text && tree.TextOf(c).IndexOfAnyExcept(" \n\r\t"u8) >= 0)
            {
                return false;
            }
        }

        // The output inside a wrapper of its own: the script follows the wrapper.
        int parent = tree[node].Parent;
        return parent != 0 && seen == 0 && HasWord(tree.Attribute(parent, "class"u8), "MathJax_Display"u8) && NextIsScript(tree, parent);
    }

    private static bool NextIsMathJax(HtmlTree tree, int node)
    {
        for (int c = tree[node].NextSibling; c != 0; c = tree[c].NextSibling)
        {
            if (tree[c].Kind == HtmlNodeKind.Element)
            {
                return tree[c].Tag == HtmlTag.Script ? tree.Attribute(c, "type"u8).StartsWith("math/"u8)
                    : FormOf(tree, c) is MathForm.MathJaxOutput or MathForm.Container;
            }
        }

        return false;
    }

    private static bool HasParentClass(HtmlTree tree, int node, ReadOnlySpan<byte> word)
    {
        int parent = tree[node].Parent;
        return parent != 0 && HasWord(tree.Attribute(parent, "class"u8), word);
    }

    private static bool RenderTexAttribute(HtmlTree tree, int node, out MathResult result)
    {
        foreach (ReadOnlySpan<byte> name in TexAttributes)
        {
            if (tree.TryGetAttribute(node, name, out ReadOnlySpan<byte> value) && value.Length is > 0 and < MaxFormula)
            {
                string tex = TexCleaner.Clean(Encoding.UTF8.GetString(value));
                ReadOnlySpan<byte> cls = tree.Attribute(node, "class"u8);
                bool display = cls.IndexOf("isplay"u8) >= 0 || cls.IndexOf("block"u8) >= 0 || tree[node].Tag == HtmlTag.Div
                    || tree.Attribute(node, "data-display"u8).SequenceEqual("true"u8) || tree.Attribute(node, "display"u8).SequenceEqual("true"u8);
                result = new MathResult(tex, display);
                return tex.Length > 0;
            }
        }

        result = default;
        return false;
    }

    // An element whose text is TeX without delimiters (pandoc's KaTeX mode, Distill's d-math).
    private static bool RenderTexText(HtmlTree tree, int node, out MathResult result)
    {
        string tex = TexOf(tree, node);
        ReadOnlySpan<byte> cls = tree.Attribute(node, "class"u8);
        result = new MathResult(tex, HasWord(cls, "display"u8) || tree.TryGetAttribute(node, "block"u8, out _));
        return tex.Length > 0;
    }

    private static string TexOf(HtmlTree tree, int node)
    {
        ReadOnlySpan<byte> bytes = TextBytes(tree, node);
        return bytes.Length > MaxFormula ? "" : TexCleaner.Clean(Encoding.UTF8.GetString(bytes));
    }

    private static ReadOnlySpan<byte> TextBytes(HtmlTree tree, int node)
    {
        int only = tree[node].FirstChild;
        if (only == 0)
        {
            return default;
        }

        if (tree[only].NextSibling == 0 && tree[only].Kind == HtmlNodeKind.Text)
        {
            return tree.TextOf(only);
        }

        List<byte> bytes = [];
        for (int n = tree.Next(node, node); n != 0 && bytes.Count <= MaxFormula; n = tree.Next(n, node))
        {
            if (tree[n].Kind == HtmlNodeKind.Text)
            {
                bytes.AddRange(tree.TextOf(n));
            }
        }

        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes);
    }
}
