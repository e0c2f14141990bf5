using System.Buffers.Text;
using DataBuild.Stages.Extract.Blocks;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Render;

/// <content>Tables of data as tables; tables that only lay out a page are written as the blocks they hold.</content>
internal sealed partial class PageRenderer
{
    private const int MaxColumns = 200;

    private readonly List<(int Node, int ColumnSpan, int RowSpan, bool Header)> _cells = [];
    private readonly List<int> _rowEnds = [];

    private readonly Dictionary<int, bool> _dataTables = [];
    private bool _escapeHtml;

    /// <summary>Starts on a page: forgets what is known of the last one's tables.</summary>
    public void BeginPage(HtmlTree tree, BlockSegmenter segments)
    {
        _tree = tree;
        _segments = segments;
        _dataTables.Clear();
        _numbered.Clear();
        _holdsHeading.Clear();
    }

    /// <summary>The outermost table of data around a block of the page begun, 0 where every table around it is layout.</summary>
    public int OutermostDataTable(ref Block b)
    {
        int found = 0;
        for (int up = b.Container; up != 0 && up != _tree.Body; up = _tree[up].Parent)
        {
            if (_tree[up].Tag == HtmlTag.Table)
            {
                if (!_dataTables.TryGetValue(up, out bool data))
                {
                    _dataTables[up] = data = IsDataTable(up);
                }

                found = data ? up : found;
            }
        }

        return found;
    }

    private bool IsDataTable(int table)
    {
        if (_tree.Attribute(table, "role"u8) is { Length: > 0 } role && (role.SequenceEqual("presentation"u8) || role.SequenceEqual("none"u8)))
        {
            return false;
        }

        ReadCells(table);

        long slots = 0;
        foreach ((_, int columnSpan, int rowSpan, _) in _cells)
        {
            slots += columnSpan * rowSpan;
        }

        if (_rowEnds.Count < 2 || slots < 4)
        {
            return false;
        }

        int columns = 0;
        int start = 0;
        int narrow = 0;
        foreach (int end in _rowEnds)
        {
            columns = Math.Max(columns, end - start);
            narrow += end - start < 2 ? 1 : 0;
            start = end;
        }

        if (columns < 2 || columns > MaxColumns || narrow * 2 > _rowEnds.Count)
        {
            return false;
        }

        Span<Block> blocks = _segments.Blocks;
        ref ElementInfo t = ref _segments[table];
        foreach ((int cell, _, _, _) in _cells)
        {
            ref ElementInfo e = ref _segments[cell];
            if (e.Words > 250 || e.EndBlock - e.FirstBlock > 12)
            {
                return false;
            }
        }

        int words = 0;
        int code = 0;
        for (int i = t.FirstBlock; i < t.EndBlock && i < blocks.Length; i++)
        {
            words += blocks[i].Words;
            if ((blocks[i].Context & BlockContext.Pre) != 0)
            {
                code += blocks[i].Words;
                if (!IsOneLine(ref blocks[i]))
                {
                    return false;
                }
            }
        }

        // A table that is mostly code is a listing with its line numbers.
        if (code * 3 > words)
        {
            return false;
        }

        for (int node = _tree.Next(table, table); node != 0; node = _tree.Next(node, table))
        {
            if (_tree[node].Tag == HtmlTag.Table)
            {
                return false;
            }
        }

        return true;
    }

    private bool IsOneLine(ref Block listing)
    {
        for (int leaf = listing.FirstLeaf; leaf != 0; leaf = _tree.Next(leaf, 0))
        {
            if (_tree[leaf].Tag == HtmlTag.Br || (_tree[leaf].Kind == HtmlNodeKind.Text && _tree.TextOf(leaf).Trim(" \t\r\n\f"u8).Contains((byte)'\n')))
            {
                return false;
            }

            if (leaf == listing.LastLeaf)
            {
                break;
            }
        }

        return true;
    }

    // The cells of a table's own rows, rows in order of the document.
    private void ReadCells(int table)
    {
        _cells.Clear();
        _rowEnds.Clear();
        int node = _tree[table].FirstChild;
        while (node != 0)
        {
            HtmlTag tag = _tree[node].Tag;
            if (tag is HtmlTag.Thead or HtmlTag.Tbody or HtmlTag.Tfoot && _tree[node].FirstChild != 0)
            {
                node = _tree[node].FirstChild;
                continue;
            }

            if (tag == HtmlTag.Tr)
            {
                for (int cell = _tree[node].FirstChild; cell != 0; cell = _tree[cell].NextSibling)
                {
                    if (_tree[cell].Tag is HtmlTag.Td or HtmlTag.Th)
                    {
                        _cells.Add((cell, Span(cell, "colspan"u8), Span(cell, "rowspan"u8), _tree[cell].Tag == HtmlTag.Th));
                    }
                }

                if (_cells.Count > (_rowEnds.Count == 0 ? 0 : _rowEnds[^1]))
                {
                    _rowEnds.Add(_cells.Count);
                }
            }

            node = _tree[node].NextSibling != 0 ? _tree[node].NextSibling
                : _tree[node].Parent != table ? _tree[_tree[node].Parent].NextSibling
                : 0;
        }
    }

    private int Span(int cell, ReadOnlySpan<byte> name) =>
        Utf8Parser.TryParse(_tree.Attribute(cell, name), out int n, out _) && n > 1 ? Math.Min(n, MaxColumns) : 1;

    private void RenderTable(int table, ReadOnlySpan<bool> kept)
    {
        ref ElementInfo t = ref _segments[table];
        Span<Block> blocks = _segments.Blocks;
        for (int i = t.FirstBlock; i < t.EndBlock && i < blocks.Length; i++)
        {
            if (kept[i] && blocks[i].Tag == HtmlTag.Caption)
            {
                RenderBlock(ref blocks[i]);
            }
        }

        ReadCells(table);
        StartParagraph(false);
        _lastWasItem = false;
        if (!_markdown || _options.Tables == ExtractTables.None)
        {
            WriteRows(" "u8, ""u8, _markdown ? "\t"u8 : " "u8);
            return;
        }

        bool spans = false;
        foreach ((_, int columnSpan, int rowSpan, _) in _cells)
        {
            spans |= columnSpan > 1 || rowSpan > 1;
        }

        if (spans || _options.Tables == ExtractTables.Html)
        {
            WriteHtmlTable();
        }
        else
        {
            WritePipeTable();
        }
    }

    private void WriteRows(ReadOnlySpan<byte> start, ReadOnlySpan<byte> end, ReadOnlySpan<byte> separator)
    {
        int i = 0;
        foreach (int rowEnd in _rowEnds)
        {
            int rowStart = _out.Length;
            bool first = true;
            for (; i < rowEnd; i++)
            {
                WriteCell(_cells[i].Node);
                if (_cell.Length == 0)
                {
                    continue;
                }

                _out.Write(first ? start[..0] : separator);
                _out.Write(_cell.Written);
                first = false;
            }

            _out.Write(end);
            if (_out.Length > rowStart)
            {
                _out.Write((byte)'\n');
            }
        }
    }

    private void WritePipeTable()
    {
        int columns = 0;
        int start = 0;
        foreach (int end in _rowEnds)
        {
            columns = Math.Max(columns, end - start);
            start = end;
        }

        int i = 0;
        for (int row = 0; row < _rowEnds.Count; row++)
        {
            _out.Write((byte)'|');
            int written = 0;
            for (; i < _rowEnds[row]; i++, written++)
            {
                WriteCell(_cells[i].Node);
                _out.Write((byte)' ');
                _out.Write(_cell.Written);
                _out.Write(" |"u8);
            }

            for (; written < columns; written++)
            {
                _out.Write("  |"u8);
            }

            _out.Write((byte)'\n');
            if (row == 0)
            {
                _out.Write((byte)'|');
                for (int c = 0; c < columns; c++)
                {
                    _out.Write(" --- |"u8);
                }

                _out.Write((byte)'\n');
            }
        }
    }

    private void WriteHtmlTable()
    {
        _out.Write("<table>\n"u8);
        int i = 0;
        foreach (int rowEnd in _rowEnds)
        {
            _out.Write("<tr>"u8);
            for (; i < rowEnd; i++)
            {
                (int node, int columnSpan, int rowSpan, bool header) = _cells[i];
                _out.Write(header ? "<th"u8 : "<td"u8);
                if (columnSpan > 1)
                {
                    _out.Write(" colspan=\""u8);
                    _out.Write(columnSpan);
                    _out.Write((byte)'"');
                }

                if (rowSpan > 1)
                {
                    _out.Write(" rowspan=\""u8);
                    _out.Write(rowSpan);
                    _out.Write((byte)'"');
                }

                _out.Write((byte)'>');
                WriteCell(node, escapePipes: false);
                _out.Write(_cell.Written);
                _out.Write(header ? "</th>"u8 : "</td>"u8);
            }

            _out.Write("</tr>\n"u8);
        }

        _out.Write("</table>"u8);
    }

    // Fills _cell with a cell's text on one line.
    private void WriteCell(int node, bool escapePipes = true)
    {
        _cell.Clear();
        int first = _tree[node].FirstChild;
        if (first == 0)
        {
            return;
        }

        int last = node;
        while (_tree[last].LastChild != 0)
        {
            last = _tree[last].LastChild;
        }

        bool markdown = _markdown;
        _markdown &= escapePipes;
        _escapeHtml = !escapePipes;
        WriteInline(_cell, first, last, node, true);
        _markdown = markdown;
        _escapeHtml = false;
        _cell.TrimEnd();
    }
}
