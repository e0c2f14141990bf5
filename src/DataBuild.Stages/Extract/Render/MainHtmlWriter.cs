using System.Text;
using DataBuild.Stages.Extract.Blocks;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Render;

/// <summary>Writes the HTML of kept blocks and of the elements that hold them, everything else left out.</summary>
internal sealed class MainHtmlWriter
{
    // Attributes that carry content; layout, scripts and styles go.
    private static readonly HashSet<string> KeptAttributes =
    [
        "href", "src", "alt", "title", "class", "id", "colspan", "rowspan", "scope", "lang", "dir", "start", "value", "type", "datetime", "cite",
        "display", "encoding", "alttext", "mathvariant", "_item_id", "data-lang", "data-language",
    ];

    private readonly Utf8Writer _out = new();
    private bool[] _needed = [];

    /// <summary>The HTML of the kept blocks of a page.</summary>
    public string Write(HtmlTree tree, BlockSegmenter segments, ReadOnlySpan<bool> kept)
    {
        _out.Clear();
        if (tree.Body == 0)
        {
            return "";
        }

        if (_needed.Length < tree.Count)
        {
            _needed = new bool[tree.Count * 2];
        }

        _needed.AsSpan().Clear();
        Span<Block> blocks = segments.Blocks;
        for (int i = 0; i < blocks.Length; i++)
        {
            if (kept[i])
            {
                Mark(tree, ref blocks[i]);
            }
        }

        WriteNeeded(tree);
        return _out.ToString();
    }

    private void Mark(HtmlTree tree, ref Block b)
    {
        int last = b.LastLeaf;
        while (tree[last].LastChild != 0)
        {
            last = tree[last].LastChild;
        }

        for (int node = b.FirstLeaf; node != 0; node = tree.Next(node, 0))
        {
            for (int up = node; up != 0 && !_needed[up]; up = tree[up].Parent)
            {
                _needed[up] = true;
            }

            if (node == last)
            {
                return;
            }
        }
    }

    private void WriteNeeded(HtmlTree tree)
    {
        int node = tree.Body;
        if (!_needed[node])
        {
            return;
        }

        while (true)
        {
            bool enter = _needed[node];
            if (enter)
            {
                Open(tree, node);
            }

            if (enter && tree[node].FirstChild != 0)
            {
                node = tree[node].FirstChild;
                continue;
            }

            if (enter)
            {
                Close(tree, node);
            }

            while (node != tree.Body && tree[node].NextSibling == 0)
            {
                node = tree[node].Parent;
                Close(tree, node);
            }

            if (node == tree.Body)
            {
                return;
            }

            node = tree[node].NextSibling;
        }
    }

    private void Open(HtmlTree tree, int node)
    {
        if (tree[node].Kind == HtmlNodeKind.Text)
        {
            Escape(tree.TextOf(node), attribute: false);
            return;
        }

        if (tree[node].Kind != HtmlNodeKind.Element)
        {
            return;
        }

        _out.Write((byte)'<');
        _out.Write(tree.NameOf(node));
        foreach (HtmlAttribute a in tree.AttributesOf(node))
        {
            ReadOnlySpan<byte> name = tree.Range(a.NameStart, a.NameLength);
            if (name.Length <= 16 && KeptAttributes.Contains(Encoding.UTF8.GetString(name)))
            {
                _out.Write((byte)' ');
                _out.Write(name);
                _out.Write("=\""u8);
                Escape(tree.Range(a.ValueStart, a.ValueLength), attribute: true);
                _out.Write((byte)'"');
            }
        }

        _out.Write((byte)'>');
    }

    private void Close(HtmlTree tree, int node)
    {
        if (tree[node].Kind == HtmlNodeKind.Element && !HtmlTags.Is(tree[node].Tag, TagTraits.Void))
        {
            _out.Write("</"u8);
            _out.Write(tree.NameOf(node));
            _out.Write((byte)'>');
        }
    }

    private void Escape(ReadOnlySpan<byte> text, bool attribute)
    {
        foreach (byte b in text)
        {
            switch (b)
            {
                case (byte)'&':
                    _out.Write("&amp;"u8);
                    break;
                case (byte)'<':
                    _out.Write("&lt;"u8);
                    break;
                case (byte)'>':
                    _out.Write("&gt;"u8);
                    break;
                case (byte)'"' when attribute:
                    _out.Write("&quot;"u8);
                    break;
                default:
                    _out.Write(b);
                    break;
            }
        }
    }
}
