using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Render;

/// <content>The inline content of a block.</content>
internal sealed partial class PageRenderer
{
    private readonly Utf8Writer _rewritten = new();

    // Where the output stood when marks were opened: white space that follows them is not written inside.
    private int _markEnd;

    [Flags]
    private enum Marks
    {
        None = 0,
        Code = 1,
        Strong = 2,
        Emphasis = 4,
    }

    // Writes the leaves from first to last. White space collapses; a line break becomes a line end, in a cell a space.
    private void WriteInline(Utf8Writer output, int first, int last, int container, bool cell)
    {
        Marks open = Marks.None;
        int link = 0;
        bool space = false;
        int floor = output.Length;
        int node = first;
        int root = cell ? container : 0;
        _markEnd = -1;
        while (true)
        {
            ref HtmlNode n = ref _tree[node];
            bool enter = true;
            if (n.Kind == HtmlNodeKind.Text)
            {
                Marks marks = _markdown ? MarksOf(node, container, out int target) : NoMarks(out target);
                if (marks != open || target != link)
                {
                    bool blank = IsSpaceOnly(node);
                    int keep = target == link && !blank ? link : 0;
                    CloseMarks(output, open, keep == 0 ? link : 0, floor);
                    if (!blank)
                    {
                        space |= StartsWithSpace(node);
                        OpenMarks(output, marks, keep == 0 ? target : 0, ref space, floor);
                    }

                    open = blank ? Marks.None : marks;
                    link = blank ? 0 : target;
                }

                WriteText(output, node, ref space, floor, cell);
            }
            else if (n.Kind == HtmlNodeKind.Element)
            {
                enter = WriteElement(output, node, ref space, floor, cell);
            }

            if (node == last)
            {
                // A formula that was not rendered is read as text.
                if (!enter || _tree[node].FirstChild == 0)
                {
                    break;
                }

                while (_tree[last].LastChild != 0)
                {
                    last = _tree[last].LastChild;
                }
            }

            // A cell ends where its element does: its last node may lie within a formula or a drawing that is not entered.
            node = enter ? _tree.Next(node, root) : _tree.NextAfter(node, root);
            if (node == 0)
            {
                break;
            }
        }

        CloseMarks(output, open, link, floor);
    }

    private static Marks NoMarks(out int target)
    {
        target = 0;
        return Marks.None;
    }

    private bool IsSpaceOnly(int node) => _tree.TextOf(node).IndexOfAnyExcept(" \t\r\n\f"u8) < 0;

    private bool StartsWithSpace(int node)
    {
        ReadOnlySpan<byte> text = _tree.TextOf(node);
        return text.Length > 0 && text[0] is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r' or (byte)'\f';
    }

    // False where the element's content is not to be entered.
    private bool WriteElement(Utf8Writer output, int node, ref bool space, int floor, bool cell)
    {
        ref HtmlNode n = ref _tree[node];
        if (_math is not null && _math.IsFormula(_tree, node))
        {
            if (_math.TryRender(_tree, node, out MathResult result))
            {
                WriteFormula(output, result, ref space, floor, cell);
                return false;
            }

            return n.Tag is not (HtmlTag.Script or HtmlTag.Img);
        }

        switch (n.Tag)
        {
            case HtmlTag.Br:
                if (cell)
                {
                    space = true;
                }
                else if (output.Length > floor)
                {
                    output.TrimEnd(floor);
                    output.Write((byte)'\n');
                    space = false;
                }

                return true;
            case HtmlTag.Img:
                WriteImage(output, node, ref space, floor);
                return true;
            default:
                bool hidden = n.Namespace == HtmlNamespace.Svg || (n.Namespace == HtmlNamespace.Html && (HtmlTags.Is(n.Tag, TagTraits.Hidden)
                    || n.Tag is HtmlTag.Textarea or HtmlTag.Select or HtmlTag.Datalist));
                if (cell && HtmlTags.Is(n.Tag, TagTraits.Block))
                {
                    space = true;
                }

                return !hidden;
        }
    }

    private static void WriteFormula(Utf8Writer output, MathResult result, ref bool space, int floor, bool cell)
    {
        if (result.Latex.Length == 0)
        {
            return;
        }

        string latex = result.Latex.Trim();
        if (result.Display && !cell)
        {
            output.TrimEnd(floor);
            if (output.Length > floor)
            {
                output.Write("\n\n"u8);
            }

            output.Write("$$"u8);
            output.Write(latex);
            output.Write("$$\n\n"u8);
            space = false;
            return;
        }

        WriteSpace(output, ref space, floor);
        output.Write((byte)'$');
        output.Write(latex.ReplaceLineEndings(" "));
        output.Write((byte)'$');
    }

    private void WriteImage(Utf8Writer output, int node, ref bool space, int floor)
    {
        if (!_markdown || !_options.Images)
        {
            return;
        }

        ReadOnlySpan<byte> source = _tree.Attribute(node, "src"u8);
        if (source.IsEmpty || source.StartsWith("data:"u8))
        {
            source = _tree.Attribute(node, "data-src"u8);
        }

        if (source.IsEmpty || source.StartsWith("data:"u8))
        {
            return;
        }

        WriteSpace(output, ref space, floor);
        output.Write("!["u8);
        WriteCollapsed(output, _tree.Attribute(node, "alt"u8));
        output.Write("]("u8);
        WriteTarget(output, source);
        output.Write((byte)')');
    }

    private static void WriteCollapsed(Utf8Writer output, ReadOnlySpan<byte> text)
    {
        bool space = false;
        int start = output.Length;
        foreach (byte b in text)
        {
            if (b is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r' or (byte)'\f')
            {
                space = output.Length > start;
                continue;
            }

            if (space)
            {
                output.Write((byte)' ');
                space = false;
            }

            output.Write(b);
        }
    }

    private static void WriteTarget(Utf8Writer output, ReadOnlySpan<byte> target)
    {
        foreach (byte b in target)
        {
            switch (b)
            {
                case (byte)' ':
                    output.Write("%20"u8);
                    break;
                case (byte)'(':
                    output.Write("%28"u8);
                    break;
                case (byte)')':
                    output.Write("%29"u8);
                    break;
                case (byte)'\n' or (byte)'\r' or (byte)'\t':
                    break;
                default:
                    output.Write(b);
                    break;
            }
        }
    }

    private static void WriteSpace(Utf8Writer output, ref bool space, int floor)
    {
        if (space && output.Length > floor && output.Last is not ((byte)'\n' or (byte)' '))
        {
            output.Write((byte)' ');
        }

        space = false;
    }

    private void WriteText(Utf8Writer output, int node, ref bool space, int floor, bool cell)
    {
        ReadOnlySpan<byte> text = _tree.TextOf(node);
        if (text.Length is > 10 and < 20 && text.Trim(" \r\n"u8) is var alone && (alone.SequenceEqual("$\\begingroup$"u8) || alone.SequenceEqual("$\\endgroup$"u8)))
        {
            // Question sites put each post's formulas into a group of their own by formulas that show nothing.
            return;
        }

        if (_math is not null)
        {
            _rewritten.Clear();
            if (_math.TryRewriteText(_tree, node, _rewritten))
            {
                text = _rewritten.Written;
            }
        }

        WriteText(output, text, ref space, floor, cell);
    }

    private void WriteText(Utf8Writer output, ReadOnlySpan<byte> text, ref bool space, int floor, bool cell)
    {
        int i = 0;
        while (i < text.Length)
        {
            byte b = text[i];
            if (b is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r' or (byte)'\f')
            {
                space = true;
                i++;
                continue;
            }

            if (b == 0xC2 && i + 1 < text.Length && text[i + 1] is 0xA0 or 0xAD)
            {
                // No-break spaces read as spaces, soft hyphens as nothing.
                space |= text[i + 1] == 0xA0;
                i += 2;
                continue;
            }

            if (b == 0xE2 && i + 2 < text.Length && text[i + 1] == 0x80 && text[i + 2] == 0x8B)
            {
                i += 3;
                continue;
            }

            int end = i + 1;
            while (end < text.Length && text[end] is not ((byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r' or (byte)'\f' or 0xC2 or 0xE2))
            {
                end++;
            }

            space &= output.Length != _markEnd;
            WriteSpace(output, ref space, floor);
            ReadOnlySpan<byte> run = text[i..end];
            if (cell && _markdown && run.Contains((byte)'|'))
            {
                foreach (byte c in run)
                {
                    if (c == '|')
                    {
                        output.Write((byte)'\\');
                    }

                    output.Write(c);
                }
            }
            else if (_escapeHtml && run.IndexOfAny((byte)'<', (byte)'&') >= 0)
            {
                foreach (byte c in run)
                {
                    output.Write(c == '<' ? "&lt;"u8 : c == '&' ? "&amp;"u8 : [c]);
                }
            }
            else
            {
                output.Write(run);
            }

            i = end;
        }
    }

    private Marks MarksOf(int node, int container, out int link)
    {
        Marks marks = Marks.None;
        link = 0;
        for (int up = _tree[node].Parent; up != 0 && up != container; up = _tree[up].Parent)
        {
            switch (_tree[up].Tag)
            {
                case HtmlTag.Code or HtmlTag.Kbd or HtmlTag.Samp or HtmlTag.Tt:
                    marks |= Marks.Code;
                    break;
                case HtmlTag.B or HtmlTag.Strong when _options.Emphasis:
                    marks |= Marks.Strong;
                    break;
                case HtmlTag.I or HtmlTag.Em when _options.Emphasis:
                    marks |= Marks.Emphasis;
                    break;
                case HtmlTag.A when _options.Links && link == 0 && _tree.TryGetAttribute(up, "href"u8, out ReadOnlySpan<byte> href)
                    && !href.StartsWith("javascript:"u8) && !href.StartsWith("#"u8):
                    link = up;
                    break;
                default:
                    break;
            }
        }

        // A container that is itself code.
        if (container != 0 && _tree[container].Tag is HtmlTag.Code or HtmlTag.Kbd or HtmlTag.Samp or HtmlTag.Tt)
        {
            marks |= Marks.Code;
        }

        return marks;
    }

    private void OpenMarks(Utf8Writer output, Marks marks, int link, ref bool space, int floor)
    {
        if (marks == Marks.None && link == 0)
        {
            return;
        }

        WriteSpace(output, ref space, floor);
        if (link != 0)
        {
            output.Write((byte)'[');
        }

        if ((marks & Marks.Strong) != 0)
        {
            output.Write("**"u8);
        }

        if ((marks & Marks.Emphasis) != 0)
        {
            output.Write((byte)'*');
        }

        if ((marks & Marks.Code) != 0)
        {
            output.Write((byte)'`');
        }

        _markEnd = output.Length;
    }

    private void CloseMarks(Utf8Writer output, Marks marks, int link, int floor)
    {
        if (marks == Marks.None && link == 0)
        {
            return;
        }

        bool lineEnd = output.Length > floor && output.Last == (byte)'\n';
        if (lineEnd)
        {
            output.TrimEnd(floor);
        }

        if ((marks & Marks.Code) != 0)
        {
            output.Write((byte)'`');
        }

        if ((marks & Marks.Emphasis) != 0)
        {
            output.Write((byte)'*');
        }

        if ((marks & Marks.Strong) != 0)
        {
            output.Write("**"u8);
        }

        if (link != 0)
        {
            output.Write("]("u8);
            WriteTarget(output, _tree.Attribute(link, "href"u8));
            output.Write((byte)')');
        }

        if (lineEnd)
        {
            output.Write((byte)'\n');
        }
    }
}
