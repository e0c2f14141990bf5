using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Blocks;

/// <content>Program listings that pages mark up without <c>pre</c>, and the line numbers beside them.</content>
internal sealed partial class BlockSegmenter
{
    // Nodes looked at to see whether an element is a listing.
    private const int ListingLook = 80;

    private static readonly System.Buffers.SearchValues<byte> NumberBytes = System.Buffers.SearchValues.Create("0123456789 \r\n\t.:|"u8);

    // Code of several lines (br), the code cell of SyntaxHighlighter, its older lists, code editors' lines, boxes of class code with line breaks.
    private bool IsListing(int node)
    {
        switch (_tree[node].Tag)
        {
            case HtmlTag.Code or HtmlTag.Samp or HtmlTag.Tt:
                return HasLines(node);
            case HtmlTag.Td:
                return (HasClass(node, "code"u8) || HasClass(node, "crayon-code"u8)) && HasLines(node);
            case HtmlTag.Ol:
                return _tree.Attribute(node, "class"u8).StartsWith("dp-"u8);
            case HtmlTag.Table:
                return HasClass(node, "js-file-line-container"u8);
            case HtmlTag.Div:
                ReadOnlySpan<byte> cls = _tree.Attribute(node, "class"u8);
                return (cls.IndexOf("fragment"u8) >= 0 && HasClass(node, "fragment"u8) && StartsWithLine(node)) || (cls.IndexOf("ode"u8) >= 0
                    && (HasClass(node, "CodeMirror-code"u8)
                        || ((HasClass(node, "code"u8) || HasClass(node, "codebox"u8) || HasClass(node, "code-block"u8) || HasClass(node, "codeblock"u8) || HasClass(node, "w3-code"u8)) && HasLines(node))
                        || HasCodeLines(node) || ((cls.IndexOf("odeBlock"u8) >= 0 || cls.IndexOf("odeblock"u8) >= 0 || cls.IndexOf("ode-block"u8) >= 0) && HasCodeRows(node))));
            default:
                return false;
        }
    }

    private bool HasClass(int node, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> cls = _tree.Attribute(node, "class"u8);
        for (int at = cls.IndexOf(name); at >= 0;)
        {
            int end = at + name.Length;
            if ((at == 0 || cls[at - 1] == ' ') && (end == cls.Length || cls[end] == ' '))
            {
                return true;
            }

            int next = cls[end..].IndexOf(name);
            at = next < 0 ? -1 : end + next;
        }

        return false;
    }

    // Line breaks or elements of class line, and nothing that a listing does not hold.
    private bool HasLines(int node)
    {
        bool lines = false;
        int looked = 0;
        for (int inner = _tree.Next(node, node); inner != 0 && looked < ListingLook; inner = _tree.Next(inner, node), looked++)
        {
            switch (_tree[inner].Tag)
            {
                case HtmlTag.Br:
                    lines = true;
                    break;
                case HtmlTag.Div:
                    lines |= HasClass(inner, "line"u8) || HasClass(inner, "crayon-line"u8);
                    break;
                case HtmlTag.Pre or HtmlTag.P or HtmlTag.Table or HtmlTag.Img or HtmlTag.Ul or (>= HtmlTag.H1 and <= HtmlTag.H6):
                    return false;
                default:
                    break;
            }
        }

        return lines;
    }

    private bool StartsWithLine(int node)
    {
        int child = _tree[node].FirstChild;
        while (child != 0 && _tree[child].Kind != HtmlNodeKind.Element)
        {
            child = _tree[child].NextSibling;
        }

        return child != 0 && _tree[child].Tag == HtmlTag.Div && HasClass(child, "line"u8);
    }

    // One element a line, all text of which is code.
    private bool HasCodeLines(int node)
    {
        int lines = 0;
        int looked = 0;
        for (int line = _tree[node].FirstChild; line != 0 && looked < ListingLook; line = _tree[line].NextSibling, looked++)
        {
            if (_tree[line].Kind == HtmlNodeKind.Text)
            {
                if (_tree.TextOf(line).IndexOfAnyExcept(" \t\r\n\f"u8) >= 0)
                {
                    return false;
                }

                continue;
            }

            if (_tree[line].Kind != HtmlNodeKind.Element)
            {
                continue;
            }

            if (_tree[line].Tag != HtmlTag.Div)
            {
                return false;
            }

            lines++;
            for (int inner = _tree.Next(line, line); inner != 0 && looked < ListingLook; looked++)
            {
                bool code = _tree[inner].Tag == HtmlTag.Code;
                if (_tree[inner].Kind == HtmlNodeKind.Text && _tree.TextOf(inner).IndexOfAnyExcept(" \t\r\n\f"u8) >= 0)
                {
                    return false;
                }

                inner = code ? _tree.NextAfter(inner, line) : _tree.Next(inner, line);
            }
        }

        return lines >= 2 || (lines > 0 && looked >= ListingLook);
    }

    // A table of one column, one line a row, and nothing beside it.
    private bool HasCodeRows(int node)
    {
        int rows = 0;
        int looked = 0;
        for (int inner = _tree.Next(node, node); inner != 0 && looked < ListingLook; inner = _tree.Next(inner, node), looked++)
        {
            switch (_tree[inner].Tag)
            {
                case HtmlTag.Tr:
                    rows++;
                    break;
                case HtmlTag.Td:
                    for (int next = _tree[inner].NextSibling; next != 0; next = _tree[next].NextSibling)
                    {
                        if (_tree[next].Tag == HtmlTag.Td)
                        {
                            return false;
                        }
                    }

                    break;
                case HtmlTag.Pre or HtmlTag.P or HtmlTag.Th or HtmlTag.Img or HtmlTag.Ul or (>= HtmlTag.H1 and <= HtmlTag.H6):
                    return false;
                default:
                    break;
            }
        }

        return rows >= 2;
    }

    // The cell of numbers beside a listing.
    private bool IsLineNumbers(int cell)
    {
        ReadOnlySpan<byte> cls = _tree.Attribute(cell, "class"u8);
        if (cls.IsEmpty || (cls.IndexOf("gutter"u8) < 0 && cls.IndexOf("lineno"u8) < 0 && cls.IndexOf("blob-num"u8) < 0 && cls.IndexOf("line-num"u8) < 0 && cls.IndexOf("crayon-nums"u8) < 0))
        {
            return false;
        }

        for (int inner = _tree.Next(cell, cell); inner != 0; inner = _tree.Next(inner, cell))
        {
            if (_tree[inner].Kind == HtmlNodeKind.Text && _tree.TextOf(inner).IndexOfAnyExcept(NumberBytes) >= 0)
            {
                return false;
            }
        }

        return true;
    }
}
