using System.Text;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Formulas;

/// <content>Images of formulas and MathML in attributes and scripts.</content>
internal sealed partial class PageMathRenderer
{
    private HtmlTree? _fragment;
    private HtmlTreeBuilder? _fragmentBuilder;

    private static bool IsFormulaImage(HtmlTree tree, int node)
    {
        ReadOnlySpan<byte> cls = tree.Attribute(node, "class"u8);
        if (HasWord(cls, "latex"u8) || HasWord(cls, "tex"u8) || cls.IndexOf("mwe-math-fallback"u8) >= 0 || HasWord(cls, "texrender"u8)
            || HasWord(cls, "latexImg"u8) || HasWord(cls, "mathtex"u8) || HasWord(cls, "Latex"u8) || HasWord(cls, "ee_img"u8))
        {
            return !tree.Attribute(node, "alt"u8).IsEmpty || !tree.Attribute(node, "title"u8).IsEmpty || QueryOf(SourceOf(tree, node)).Length > 0;
        }

        return QueryOf(SourceOf(tree, node)).Length > 0;
    }

    private static ReadOnlySpan<byte> SourceOf(HtmlTree tree, int node)
    {
        ReadOnlySpan<byte> source = tree.Attribute(node, "src"u8);
        return source.IsEmpty || source.StartsWith("data:"u8) ? tree.Attribute(node, "data-src"u8) : source;
    }

    // The percent-encoded TeX in an image's address; empty where it has none.
    private static ReadOnlySpan<byte> QueryOf(ReadOnlySpan<byte> source)
    {
        int query = source.IndexOf((byte)'?');
        if (query < 0 || query + 1 >= source.Length)
        {
            return default;
        }

        ReadOnlySpan<byte> path = source[..query];
        ReadOnlySpan<byte> rest = source[(query + 1)..];
        if (path.IndexOf("codecogs.com"u8) >= 0 || path.EndsWith("tex.cgi"u8) || path.EndsWith(".latex"u8) || path.EndsWith("zhihu.com/equation"u8))
        {
            return rest.StartsWith("tex="u8) ? Parameter(rest, "tex="u8) : rest.StartsWith("latex="u8) ? Parameter(rest, "latex="u8) : rest;
        }

        if (path.EndsWith("latex.php"u8) || path.IndexOf("latex"u8) >= 0)
        {
            return Parameter(rest, "latex="u8);
        }

        return path.IndexOf("chart.googleapis.com"u8) >= 0 || path.IndexOf("google.com/chart"u8) >= 0
            ? Parameter(rest, "cht=tx"u8).IsEmpty && rest.IndexOf("cht=tx"u8) < 0 ? default : Parameter(rest, "chl="u8)
            : default;
    }

    private static ReadOnlySpan<byte> Parameter(ReadOnlySpan<byte> query, ReadOnlySpan<byte> name)
    {
        while (!query.IsEmpty)
        {
            int end = query.IndexOf((byte)'&');
            ReadOnlySpan<byte> part = end < 0 ? query : query[..end];
            query = end < 0 ? default : query[(end + 1)..];
            query = query.StartsWith("amp;"u8) ? query[4..] : query;
            if (part.StartsWith(name))
            {
                return part[name.Length..];
            }
        }

        return default;
    }

    private static bool RenderImage(HtmlTree tree, int node, out MathResult result)
    {
        ReadOnlySpan<byte> cls = tree.Attribute(node, "class"u8);
        ReadOnlySpan<byte> alternative = tree.Attribute(node, "alt"u8);
        ReadOnlySpan<byte> query = QueryOf(SourceOf(tree, node));

        // The alternative text of WordPress and Wikipedia is the source itself; elsewhere the address is the safer place.
        string tex = "";
        if (!alternative.IsEmpty && alternative.Length < MaxFormula && (query.IsEmpty || HasWord(cls, "latex"u8)))
        {
            tex = TexCleaner.CleanImage(Encoding.UTF8.GetString(alternative));
        }

        if (tex.Length == 0 && query.Length is > 0 and < MaxFormula)
        {
            tex = TexCleaner.CleanImage(TexCleaner.Unescape(query));
        }

        if (tex.Length == 0)
        {
            ReadOnlySpan<byte> title = tree.Attribute(node, "title"u8);
            tex = title.Length is > 0 and < MaxFormula ? TexCleaner.CleanImage(Encoding.UTF8.GetString(title)) : "";
        }

        bool display = cls.IndexOf("display"u8) >= 0 || cls.IndexOf("block"u8) >= 0 || StandsAlone(tree, node);
        result = new MathResult(tex, display);
        return tex.Length > 0;
    }

    // Whether a node is all that its paragraph holds.
    private static bool StandsAlone(HtmlTree tree, int node)
    {
        int parent = tree[node].Parent;
        if (parent == 0 || tree[parent].Tag is not (HtmlTag.P or HtmlTag.Div or HtmlTag.Center))
        {
            return false;
        }

        for (int c = tree[parent].FirstChild; c != 0; c = tree[c].NextSibling)
        {
            if (c != node && (tree[c].Kind == HtmlNodeKind.Element ? tree[c].Tag != HtmlTag.Br
                : tree[c].Kind == HtmlNodeKind.Text && tree.TextOf(c).IndexOfAnyExcept(" \n\r\t"u8) >= 0))
            {
                return false;
            }
        }

        return true;
    }

    // MathML kept as text, in a script or an attribute.
    private bool RenderFragment(ReadOnlySpan<byte> markup, out MathResult result)
    {
        result = default;
        if (markup.IsEmpty || markup.Length > MaxFormula)
        {
            return false;
        }

        _fragment ??= new HtmlTree();
        _fragmentBuilder ??= new HtmlTreeBuilder(_fragment);
        _fragment.Reset(markup.Length);
        markup.CopyTo(_fragment.Text);
        if (!_fragmentBuilder.Parse(MaxFormula, 1024, MaxFormula))
        {
            return false;
        }

        for (int n = 0; n < _fragment.Count; n++)
        {
            if (_fragment[n].Kind == HtmlNodeKind.Element && IsMath(_fragment, n))
            {
                return RenderMathMl(_fragment, n, _fragment.Attribute(n, "display"u8).SequenceEqual("block"u8), out result);
            }
        }

        return false;
    }
}
