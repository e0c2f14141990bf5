using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Formulas;

/// <content>Which elements are formulas, by tag, class and attributes.</content>
internal sealed partial class PageMathRenderer
{
    private enum MathForm : byte
    {
        None,
        MathMl,
        Script,
        Image,
        Container,
        MathJaxOutput,
        MathJaxPreview,
        TexAttribute,
        TexText,
    }

    // Attributes that hold TeX: MathJax 4, Zhihu, Quill, GitLab and the like.
    private static readonly byte[][] TexAttributes =
    [
        "data-latex"u8.ToArray(), "data-tex"u8.ToArray(), "data-katex"u8.ToArray(), "data-formula"u8.ToArray(), "data-value"u8.ToArray(),
        "data-math"u8.ToArray(), "data-equation"u8.ToArray(), "data-original"u8.ToArray(),
    ];

    private static MathForm FormOf(HtmlTree tree, int node)
    {
        ref HtmlNode n = ref tree[node];
        switch (n.Tag)
        {
            case HtmlTag.Math:
                return MathForm.MathMl;
            case HtmlTag.Script:
                return IsMathScript(tree.Attribute(node, "type"u8)) ? MathForm.Script : MathForm.None;
            case HtmlTag.Img:
                return IsFormulaImage(tree, node) ? MathForm.Image : MathForm.None;
            case HtmlTag.Span or HtmlTag.Div or HtmlTag.Nobr or HtmlTag.A or HtmlTag.Code:
                return FormOfClass(tree, node);
            default:
                return (int)n.Tag < HtmlTags.FirstUnknown ? MathForm.None : FormOfName(tree, node);
        }
    }

    private static bool IsMathScript(ReadOnlySpan<byte> type) => type.StartsWith("math/tex"u8) || type.StartsWith("math/latex"u8)
        || type.StartsWith("math/mml"u8);

    private static MathForm FormOfName(HtmlTree tree, int node)
    {
        ReadOnlySpan<byte> name = tree.NameOf(node);
        return name.EndsWith(":math"u8) ? MathForm.MathMl
            : name.SequenceEqual("mjx-container"u8) ? MathForm.Container
            : name.SequenceEqual("d-math"u8) || name.SequenceEqual("la-tex"u8) || name.SequenceEqual("tex-math"u8) || name.SequenceEqual("math-field"u8)
                ? MathForm.TexText
            : MathForm.None;
    }

    private static bool IsMath(HtmlTree tree, int node) => tree[node].Tag == HtmlTag.Math
        || ((int)tree[node].Tag >= HtmlTags.FirstUnknown && tree.NameOf(node).EndsWith(":math"u8));

    private static MathForm FormOfClass(HtmlTree tree, int node)
    {
        if (!tree.TryGetAttribute(node, "class"u8, out ReadOnlySpan<byte> cls))
        {
            return HasDataTex(tree, node) ? MathForm.TexAttribute : MathForm.None;
        }

        if (cls.IndexOf("ath"u8) < 0 && cls.IndexOf("tex"u8) < 0 && cls.IndexOf("mjx"u8) < 0 && cls.IndexOf("formula"u8) < 0
            && cls.IndexOf("equation"u8) < 0)
        {
            return HasDataTex(tree, node) ? MathForm.TexAttribute : MathForm.None;
        }

        if (HasWord(cls, "katex"u8) || HasWord(cls, "katex-display"u8) || HasWord(cls, "mwe-math-element"u8))
        {
            return MathForm.Container;
        }

        if (HasWord(cls, "MathJax"u8) || HasWord(cls, "MathJax_Display"u8) || HasWord(cls, "MathJax_SVG"u8) || HasWord(cls, "MathJax_SVG_Display"u8)
            || HasWord(cls, "MathJax_CHTML"u8) || HasWord(cls, "mjx-chtml"u8) || HasWord(cls, "MJXc-display"u8) || HasWord(cls, "MathJax_MathML"u8))
        {
            return MathForm.MathJaxOutput;
        }

        if (HasWord(cls, "MathJax_Preview"u8))
        {
            return MathForm.MathJaxPreview;
        }

        if (HasDataTex(tree, node))
        {
            return MathForm.TexAttribute;
        }

        return HasWord(cls, "math"u8) && (HasWord(cls, "inline"u8) || HasWord(cls, "display"u8)) && IsBareText(tree, node)
            ? MathForm.TexText : MathForm.None;
    }

    private static bool HasDataTex(HtmlTree tree, int node)
    {
        foreach (ref readonly HtmlAttribute a in tree.AttributesOf(node))
        {
            ReadOnlySpan<byte> name = tree.Range(a.NameStart, a.NameLength);
            if (!name.StartsWith("data-"u8) || a.ValueLength == 0)
            {
                continue;
            }

            if (name.SequenceEqual("data-latex"u8) || name.SequenceEqual("data-tex"u8) || name.SequenceEqual("data-katex"u8))
            {
                return true;
            }

            if (name.SequenceEqual("data-formula"u8) || name.SequenceEqual("data-math"u8) || name.SequenceEqual("data-equation"u8)
                || name.SequenceEqual("data-value"u8))
            {
                ReadOnlySpan<byte> cls = tree.Attribute(node, "class"u8);
                return cls.IndexOf("formula"u8) >= 0 || cls.IndexOf("math"u8) >= 0 || cls.IndexOf("equation"u8) >= 0;
            }
        }

        return false;
    }

    // Text alone, not yet in delimiters.
    private static bool IsBareText(HtmlTree tree, int node)
    {
        int only = tree[node].FirstChild;
        if (only == 0 || tree[only].NextSibling != 0 || tree[only].Kind != HtmlNodeKind.Text)
        {
            return false;
        }

        ReadOnlySpan<byte> text = tree.TextOf(only).TrimStart(" \n\r\t"u8);
        return !text.IsEmpty && text[0] != (byte)'$' && !text.StartsWith("\\("u8) && !text.StartsWith("\\["u8);
    }

    /// <summary>Whether a list of words between white space has a word.</summary>
    private static bool HasWord(ReadOnlySpan<byte> list, ReadOnlySpan<byte> word)
    {
        int from = 0;
        while (from <= list.Length - word.Length)
        {
            int at = list[from..].IndexOf(word);
            if (at < 0)
            {
                return false;
            }

            at += from;
            int end = at + word.Length;
            if ((at == 0 || list[at - 1] <= (byte)' ') && (end == list.Length || list[end] <= (byte)' '))
            {
                return true;
            }

            from = at + 1;
        }

        return false;
    }
}
