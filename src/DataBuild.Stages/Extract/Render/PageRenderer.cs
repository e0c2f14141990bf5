using DataBuild.Stages.Extract.Blocks;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Render;

/// <summary>Writes the kept blocks of a page as Markdown or plain text.</summary>
internal sealed partial class PageRenderer
{
    private readonly Utf8Writer _out = new();
    private readonly Utf8Writer _inline = new();
    private readonly Utf8Writer _cell = new();
    private HtmlTree _tree = null!;
    private BlockSegmenter _segments = null!;
    private ExtractOptions _options = ExtractOptions.Default;
    private IMathRenderer? _math;
    private bool _markdown;
    private readonly Dictionary<int, (int Item, int Before)> _numbered = [];
    private readonly Dictionary<int, bool> _holdsHeading = [];
    private int _lastItem;
    private bool _lastWasItem;

    /// <summary>Writes the blocks of the page begun that <paramref name="kept"/> marks. <paramref name="math"/> is null for pages without formulas.</summary>
    public Utf8Writer Render(ReadOnlySpan<bool> kept, ExtractOptions options, IMathRenderer? math)
    {
        _options = options;
        _math = options.Math == ExtractMath.Latex ? math : null;
        _markdown = options.Format == ExtractFormat.Markdown;
        _out.Clear();
        _lastItem = 0;
        _lastWasItem = false;
        Span<Block> blocks = _segments.Blocks;
        for (int i = 0; i < blocks.Length; i++)
        {
            if (!kept[i])
            {
                continue;
            }

            ref Block b = ref blocks[i];
            if ((b.Context & BlockContext.Table) != 0)
            {
                int table = OutermostDataTable(ref b);
                if (table != 0)
                {
                    RenderTable(table, kept);
                    i = Math.Max(i, _segments[table].EndBlock - 1);
                    continue;
                }
            }

            RenderBlock(ref b);
        }

        _out.TrimEnd();
        return _out;
    }

    /// <summary>The text of one block of the page begun by itself.</summary>
    public string RenderAlone(int block, ExtractOptions options)
    {
        _options = options;
        _math = null;
        _markdown = options.Format == ExtractFormat.Markdown;
        _out.Clear();
        _lastItem = 0;
        _lastWasItem = false;
        RenderBlock(ref _segments.Blocks[block]);
        return _out.ToString();
    }

    private void RenderBlock(ref Block b)
    {
        if ((b.Context & BlockContext.Pre) != 0)
        {
            RenderCode(ref b);
            return;
        }

        if (TryRenderCodeParagraph(ref b))
        {
            return;
        }

        _inline.Clear();
        WriteInline(_inline, b.FirstLeaf, b.LastLeaf, b.Container, false);
        _inline.TrimEnd();
        if (_inline.Length == 0)
        {
            return;
        }

        int heading = (b.Context & BlockContext.Heading) != 0 ? HeadingLevel(b.Container) : 0;
        int item = heading == 0 && (b.Context & BlockContext.Item) != 0 ? ItemOf(b.Container) : 0;
        if (item != 0 && HoldsHeading(item))
        {
            item = 0;
        }

        bool sameList = item != 0 && _lastWasItem;
        StartParagraph(sameList);
        int lineStart = _out.Length;
        if (_markdown)
        {
            WriteQuotePrefix(ref b);
            if (heading > 0)
            {
                _out.Repeat((byte)'#', heading);
                _out.Write((byte)' ');
            }
            else if (item != 0)
            {
                WriteItemPrefix(item);
            }
        }
        else if (item != 0)
        {
            _lastItem = item;
        }

        ReadOnlySpan<byte> text = _inline.Written;
        int prefix = _out.Length - lineStart;
        while (true)
        {
            int end = text.IndexOf((byte)'\n');
            if (end < 0)
            {
                _out.Write(text);
                break;
            }

            if (heading > 0 && _markdown)
            {
                _out.Write(text[..end]);
                _out.Write((byte)' ');
            }
            else
            {
                _out.Write(text[..(end + 1)]);
                if (_markdown)
                {
                    int quotes = (b.Context & BlockContext.Quote) != 0 ? QuoteDepth(b.Container) * 2 : 0;
                    WriteQuotePrefix(ref b);
                    if (item != 0)
                    {
                        _out.Repeat((byte)' ', prefix - quotes);
                    }
                }
            }

            text = text[(end + 1)..];
        }

        _lastWasItem = item != 0;
    }

    // One line end between items of a list, an empty line between other blocks.
    private void StartParagraph(bool tight)
    {
        _out.TrimEnd();
        if (_out.Length > 0)
        {
            _out.Write((byte)'\n');
            if (!tight)
            {
                _out.Write((byte)'\n');
            }
        }
    }

    private int HeadingLevel(int node)
    {
        for (; node != 0; node = _tree[node].Parent)
        {
            HtmlTag tag = _tree[node].Tag;
            if (tag is >= HtmlTag.H1 and <= HtmlTag.H6)
            {
                return tag - HtmlTag.H1 + 1;
            }
        }

        return 0;
    }

    private int ItemOf(int node)
    {
        for (; node != 0 && node != _tree.Body; node = _tree[node].Parent)
        {
            HtmlTag tag = _tree[node].Tag;
            if (tag == HtmlTag.Li)
            {
                return node;
            }

            if (tag is HtmlTag.Td or HtmlTag.Th)
            {
                return 0;
            }
        }

        return 0;
    }

    // Cards are marked up as list items too; those with headings read better as sections.
    private bool HoldsHeading(int item)
    {
        ref ElementInfo e = ref _segments[item];
        if (e.EndBlock - e.FirstBlock < 2)
        {
            return false;
        }

        if (_holdsHeading.TryGetValue(item, out bool known))
        {
            return known;
        }

        bool holds = false;
        Span<Block> blocks = _segments.Blocks;
        for (int i = e.FirstBlock; i < e.EndBlock && i < blocks.Length; i++)
        {
            if ((blocks[i].Context & BlockContext.Heading) != 0 && ItemOf(blocks[i].Container) == item)
            {
                holds = true;
                break;
            }
        }

        _holdsHeading[item] = holds;
        return holds;
    }

    private int QuoteDepth(int node)
    {
        int depth = 0;
        for (; node != 0 && node != _tree.Body; node = _tree[node].Parent)
        {
            depth += _tree[node].Tag == HtmlTag.Blockquote ? 1 : 0;
        }

        return Math.Min(depth, 8);
    }

    private void WriteQuotePrefix(ref Block b)
    {
        if ((b.Context & BlockContext.Quote) != 0)
        {
            for (int i = QuoteDepth(b.Container); i > 0; i--)
            {
                _out.Write("> "u8);
            }
        }
    }

    private void WriteItemPrefix(int item)
    {
        int indent = 0;
        int list = _tree[item].Parent;
        for (int up = list; up != 0 && up != _tree.Body; up = _tree[up].Parent)
        {
            if (_tree[up].Tag == HtmlTag.Li)
            {
                indent += _tree[_tree[up].Parent].Tag == HtmlTag.Ol ? 3 : 2;
            }
        }

        indent = Math.Min(indent, 40);
        _out.Repeat((byte)' ', indent);
        bool ordered = _tree[list].Tag == HtmlTag.Ol;
        if (_lastItem == item)
        {
            _out.Repeat((byte)' ', ordered ? 3 : 2);
            return;
        }

        _lastItem = item;
        if (!ordered)
        {
            _out.Write("- "u8);
            return;
        }

        _out.Write(ItemNumber(list, item));
        _out.Write(". "u8);
    }

    private int ItemNumber(int list, int item)
    {
        if (System.Buffers.Text.Utf8Parser.TryParse(_tree.Attribute(item, "value"u8), out int value, out _) && value is > 0 and < 1_000_000)
        {
            return value;
        }

        int number = System.Buffers.Text.Utf8Parser.TryParse(_tree.Attribute(list, "start"u8), out int start, out _) && start is > 0 and < 1_000_000 ? start : 1;

        // Counted on from the item of the list that was numbered last, so that a list costs its length once.
        (int last, int before) = _numbered.GetValueOrDefault(list);
        int count = 0;
        int sibling = _tree[item].PreviousSibling;
        for (; sibling != 0 && sibling != last; sibling = _tree[sibling].PreviousSibling)
        {
            count += _tree[sibling].Tag == HtmlTag.Li ? 1 : 0;
        }

        count += sibling == last && last != 0 ? before + 1 : 0;
        _numbered[list] = (item, count);
        return number + count;
    }
}
