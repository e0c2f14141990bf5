using System.Buffers;

namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>Byte strings to values; finds the leftmost, longest one in a text. Immutable after it is filled.</summary>
internal sealed class TokenTrie
{
    private readonly List<Node> _nodes = [new Node(-1)];
    private SearchValues<byte>? _firstBytes;

    /// <summary>Adds a byte string; the first of equal ones stays.</summary>
    public void Add(ReadOnlySpan<byte> bytes, int value)
    {
        int at = 0;
        foreach (byte b in bytes)
        {
            if (!_nodes[at].Children.TryGetValue(b, out int child))
            {
                child = _nodes.Count;
                _nodes[at].Children.Add(b, child);
                _nodes.Add(new Node(-1));
            }

            at = child;
        }

        if (at > 0 && _nodes[at].Value < 0)
        {
            _nodes[at] = _nodes[at] with { Value = value };
        }

        _firstBytes = null;
    }

    /// <summary>Whether it holds nothing.</summary>
    public bool IsEmpty => _nodes.Count == 1;

    /// <summary>Fixes the set of first bytes; call it once after the last <see cref="Add"/>.</summary>
    public void Freeze()
    {
        byte[] first = [.. _nodes[0].Children.Keys];
        _firstBytes = SearchValues.Create(first);
    }

    /// <summary>The longest entry that starts at the first byte: its value and length, or -1 and 0.</summary>
    public int Longest(ReadOnlySpan<byte> text, out int size)
    {
        int best = -1;
        size = 0;
        int at = 0;
        for (int i = 0; i < text.Length && _nodes[at].Children.TryGetValue(text[i], out at); i++)
        {
            if (_nodes[at].Value >= 0)
            {
                best = _nodes[at].Value;
                size = i + 1;
            }
        }

        return best;
    }

    /// <summary>The leftmost entry from a position on, and of those that start there the longest.</summary>
    /// <returns>Whether there is one.</returns>
    public bool TryFind(ReadOnlySpan<byte> text, int from, out int start, out int size, out int value)
    {
        SearchValues<byte> firstBytes = _firstBytes ?? throw new InvalidOperationException("The trie is not frozen.");
        start = from;
        while (start < text.Length)
        {
            int next = text[start..].IndexOfAny(firstBytes);
            if (next < 0)
            {
                break;
            }

            start += next;
            value = Longest(text[start..], out size);
            if (value >= 0)
            {
                return true;
            }

            start++;
        }

        size = 0;
        value = -1;
        return false;
    }

    private readonly record struct Node(int Value)
    {
        public SortedList<byte, int> Children { get; } = new(1);
    }
}
