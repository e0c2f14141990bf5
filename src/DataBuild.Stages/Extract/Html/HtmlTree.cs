using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DataBuild.Stages.Extract.Html;

/// <summary>What a node of the tree is.</summary>
internal enum HtmlNodeKind : byte
{
    Document,
    Element,
    Text,
    Comment,
    Doctype,
}

/// <summary>
/// A node of an <see cref="HtmlTree"/>. Links are indices into the tree, 0 for none (node 0 is the document, which is nobody's child).
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct HtmlNode
{
    /// <summary>The element's name; <see cref="HtmlTag.None"/> for other nodes.</summary>
    public HtmlTag Tag;

    /// <summary>What the node is.</summary>
    public HtmlNodeKind Kind;

    /// <summary>The element's namespace.</summary>
    public HtmlNamespace Namespace;

    /// <summary>Links to the neighbours.</summary>
    public int Parent, FirstChild, LastChild, NextSibling, PreviousSibling;

    /// <summary>Text: where it starts in <see cref="HtmlTree.Text"/>. Element: its first attribute.</summary>
    public int Start;

    /// <summary>Text: its length in bytes. Element: the number of its attributes.</summary>
    public int Length;
}

/// <summary>An attribute: ranges of <see cref="HtmlTree.Text"/>; the name is in lower case.</summary>
internal struct HtmlAttribute
{
    public int NameStart, NameLength, ValueStart, ValueLength;
}

/// <summary>
/// A page as flat arrays, reused from page to page. All text is UTF-8 in one buffer: the page's bytes as they came, then the pieces
/// that had to be rewritten (character references resolved). Text nodes and attributes are ranges of it, so parsing copies next to nothing.
/// A subtree is read by following <see cref="HtmlNode.FirstChild"/> and <see cref="HtmlNode.NextSibling"/>;
/// <see cref="Next"/> walks it in document order without recursion. Adjacent text nodes may occur.
/// </summary>
internal sealed class HtmlTree
{
    private HtmlNode[] _nodes = new HtmlNode[4096];
    private HtmlAttribute[] _attributes = new HtmlAttribute[4096];
    private readonly List<(int Start, int Length)> _unknownNames = [];
    private readonly Dictionary<ulong, int> _unknownByHash = [];

    /// <summary>The buffer that all ranges point into.</summary>
    public byte[] Text { get; private set; } = new byte[64 * 1024];

    /// <summary>Bytes in use of <see cref="Text"/>.</summary>
    public int TextLength { get; set; }

    /// <summary>Length of the page itself, the first part of <see cref="Text"/>.</summary>
    public int SourceLength { get; set; }

    /// <summary>Nodes in use; node 0 is the document.</summary>
    public int Count { get; private set; }

    /// <summary>Attributes in use.</summary>
    public int AttributeCount { get; set; }

    /// <summary>The body element, 0 where there is none.</summary>
    public int Body { get; set; }

    /// <summary>The head element, 0 where there is none.</summary>
    public int Head { get; set; }

    /// <summary>A node by index.</summary>
    public ref HtmlNode this[int node]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _nodes[node];
    }

    /// <summary>All nodes in use. Invalid after the next <see cref="Add"/>.</summary>
    public Span<HtmlNode> Nodes => _nodes.AsSpan(0, Count);

    /// <summary>Empties the tree and makes room for a page of so many bytes.</summary>
    public void Reset(int sourceLength)
    {
        int need = sourceLength + (sourceLength >> 3) + 4096;
        if (Text.Length < need)
        {
            Text = GC.AllocateUninitializedArray<byte>(need);
        }

        TextLength = SourceLength = sourceLength;
        AttributeCount = 0;
        Body = Head = 0;
        _unknownNames.Clear();
        _unknownByHash.Clear();
        _nodes[0] = new HtmlNode { Kind = HtmlNodeKind.Document };
        Count = 1;
    }

    /// <summary>Lets go of buffers that one very large page made, so that a worker's memory does not stay at its peak.</summary>
    public void Trim(int keepBytes)
    {
        if (Text.Length > keepBytes)
        {
            Text = new byte[64 * 1024];
        }

        if (_nodes.Length > 1 << 18)
        {
            _nodes = new HtmlNode[4096];
        }

        if (_attributes.Length > 1 << 18)
        {
            _attributes = new HtmlAttribute[4096];
        }

        SourceLength = TextLength = 0;
        Count = 0;
    }

    /// <summary>Adds an unlinked node.</summary>
    public int Add(HtmlNodeKind kind, HtmlTag tag, HtmlNamespace ns, int start, int length)
    {
        if (Count == _nodes.Length)
        {
            Array.Resize(ref _nodes, Count * 2);
        }

        _nodes[Count] = new HtmlNode { Kind = kind, Tag = tag, Namespace = ns, Start = start, Length = length };
        return Count++;
    }

    /// <summary>Adds an attribute at the end of the attribute list.</summary>
    public void AddAttribute(HtmlAttribute attribute)
    {
        if (AttributeCount == _attributes.Length)
        {
            Array.Resize(ref _attributes, AttributeCount * 2);
        }

        _attributes[AttributeCount++] = attribute;
    }

    /// <summary>An attribute by its place in the attribute list.</summary>
    public ref HtmlAttribute AttributeAt(int index) => ref _attributes[index];

    /// <summary>Makes the last child of a parent of an unlinked node.</summary>
    public void Append(int parent, int node)
    {
        ref HtmlNode p = ref _nodes[parent];
        ref HtmlNode n = ref _nodes[node];
        n.Parent = parent;
        n.PreviousSibling = p.LastChild;
        n.NextSibling = 0;
        if (p.LastChild != 0)
        {
            _nodes[p.LastChild].NextSibling = node;
        }
        else
        {
            p.FirstChild = node;
        }

        p.LastChild = node;
    }

    /// <summary>Links an unlinked node in front of another.</summary>
    public void InsertBefore(int reference, int node)
    {
        ref HtmlNode r = ref _nodes[reference];
        ref HtmlNode n = ref _nodes[node];
        n.Parent = r.Parent;
        n.NextSibling = reference;
        n.PreviousSibling = r.PreviousSibling;
        if (r.PreviousSibling != 0)
        {
            _nodes[r.PreviousSibling].NextSibling = node;
        }
        else
        {
            _nodes[r.Parent].FirstChild = node;
        }

        r.PreviousSibling = node;
    }

    /// <summary>Takes a node out of its parent.</summary>
    public void Detach(int node)
    {
        ref HtmlNode n = ref _nodes[node];
        if (n.Parent == 0 && n.PreviousSibling == 0 && n.NextSibling == 0 && _nodes[0].FirstChild != node)
        {
            return;
        }

        if (n.PreviousSibling != 0)
        {
            _nodes[n.PreviousSibling].NextSibling = n.NextSibling;
        }
        else
        {
            _nodes[n.Parent].FirstChild = n.NextSibling;
        }

        if (n.NextSibling != 0)
        {
            _nodes[n.NextSibling].PreviousSibling = n.PreviousSibling;
        }
        else
        {
            _nodes[n.Parent].LastChild = n.PreviousSibling;
        }

        n.Parent = n.PreviousSibling = n.NextSibling = 0;
    }

    /// <summary>Copies rewritten text behind the page and returns where it starts.</summary>
    public int AppendText(ReadOnlySpan<byte> text)
    {
        if (TextLength + text.Length + 64 > Text.Length)
        {
            byte[] grown = GC.AllocateUninitializedArray<byte>((int)Math.Min(Array.MaxLength, (TextLength + (long)text.Length) * 3 / 2 + 4096));
            Text.AsSpan(0, TextLength).CopyTo(grown);
            text.CopyTo(grown.AsSpan(TextLength));
            Text = grown;
        }
        else
        {
            text.CopyTo(Text.AsSpan(TextLength));
        }

        int start = TextLength;
        TextLength += text.Length;
        return start;
    }

    /// <summary>Copies text behind the page with every NUL as U+FFFD.</summary>
    public (int Start, int Length) AppendReplacingNul(ReadOnlySpan<byte> text)
    {
        int start = TextLength;
        while (true)
        {
            int nul = text.IndexOf((byte)0);
            if (nul < 0)
            {
                AppendText(text);
                return (start, TextLength - start);
            }

            AppendText(text[..nul]);
            AppendText("\ufffd"u8);
            text = text[(nul + 1)..];
        }
    }

    /// <summary>Copies text behind the page without its NULs.</summary>
    public (int Start, int Length) AppendWithoutNul(ReadOnlySpan<byte> text)
    {
        int start = TextLength;
        while (!text.IsEmpty)
        {
            int nul = text.IndexOf((byte)0);
            AppendText(nul < 0 ? text : text[..nul]);
            text = nul < 0 ? default : text[(nul + 1)..];
        }

        return (start, TextLength - start);
    }

    /// <summary>The text of a text or comment node, UTF-8.</summary>
    public ReadOnlySpan<byte> TextOf(int node)
    {
        ref HtmlNode n = ref _nodes[node];
        return n.Kind == HtmlNodeKind.Element ? default : Text.AsSpan(n.Start, n.Length);
    }

    /// <summary>The value of an element's attribute, UTF-8; empty where it is missing. The name must be in lower case.</summary>
    public ReadOnlySpan<byte> Attribute(int node, ReadOnlySpan<byte> name)
    {
        TryGetAttribute(node, name, out ReadOnlySpan<byte> value);
        return value;
    }

    /// <summary>Finds an element's attribute. The name must be in lower case.</summary>
    public bool TryGetAttribute(int node, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        ref HtmlNode n = ref _nodes[node];
        if (n.Kind == HtmlNodeKind.Element)
        {
            byte[] text = Text;
            foreach (ref HtmlAttribute a in _attributes.AsSpan(n.Start, n.Length))
            {
                if (a.NameLength == name.Length && text.AsSpan(a.NameStart, a.NameLength).SequenceEqual(name))
                {
                    value = text.AsSpan(a.ValueStart, a.ValueLength);
                    return true;
                }
            }
        }

        value = default;
        return false;
    }

    /// <summary>The attributes of an element.</summary>
    public ReadOnlySpan<HtmlAttribute> AttributesOf(int node)
    {
        ref HtmlNode n = ref _nodes[node];
        return n.Kind == HtmlNodeKind.Element ? _attributes.AsSpan(n.Start, n.Length) : default;
    }

    /// <summary>The text of a range.</summary>
    public ReadOnlySpan<byte> Range(int start, int length) => Text.AsSpan(start, length);

    /// <summary>The name of an element as written, in lower case for listed names.</summary>
    public ReadOnlySpan<byte> NameOf(int node)
    {
        HtmlTag tag = _nodes[node].Tag;
        if ((int)tag < HtmlTags.FirstUnknown)
        {
            return HtmlTags.Name(tag);
        }

        (int start, int length) = _unknownNames[(int)tag - HtmlTags.FirstUnknown];
        return Text.AsSpan(start, length);
    }

    /// <summary>The number of a name that <see cref="HtmlTag"/> does not list; the range must be in lower case.</summary>
    public HtmlTag InternUnknown(ReadOnlySpan<byte> lowerName)
    {
        ulong hash = 14695981039346656037UL;
        foreach (byte b in lowerName)
        {
            hash = (hash ^ b) * 1099511628211UL;
        }

        if (_unknownByHash.TryGetValue(hash, out int index))
        {
            return (HtmlTag)index;
        }

        // Past the numbers there are, further unknown names share the last one.
        if (_unknownNames.Count >= ushort.MaxValue - HtmlTags.FirstUnknown)
        {
            return (HtmlTag)(ushort.MaxValue - 1);
        }

        index = HtmlTags.FirstUnknown + _unknownNames.Count;
        _unknownNames.Add((AppendText(lowerName), lowerName.Length));
        _unknownByHash.Add(hash, index);
        return (HtmlTag)index;
    }

    /// <summary>The next node in document order within the subtree of <paramref name="root"/>; 0 at its end.</summary>
    public int Next(int node, int root)
    {
        int child = _nodes[node].FirstChild;
        return child != 0 ? child : NextAfter(node, root);
    }

    /// <summary>The next node in document order after the whole subtree of <paramref name="node"/>; 0 at the end of <paramref name="root"/>.</summary>
    public int NextAfter(int node, int root)
    {
        while (node != root)
        {
            ref HtmlNode n = ref _nodes[node];
            if (n.NextSibling != 0)
            {
                return n.NextSibling;
            }

            node = n.Parent;
        }

        return 0;
    }
}
