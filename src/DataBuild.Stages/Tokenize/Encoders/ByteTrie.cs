namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>Byte strings to ids, for finding every one that starts at a position. Immutable. Thread-safe.</summary>
internal sealed class ByteTrie
{
    private readonly Dictionary<long, int> _edges = [];
    private readonly List<int> _values = [-1];
    private readonly int[] _fromRoot = new int[256];

    /// <summary>Builds the trie of a vocabulary.</summary>
    public ByteTrie(TokenTable table, Func<int, bool> wanted)
    {
        for (int id = 0; id < table.Count; id++)
        {
            if (!wanted(id))
            {
                continue;
            }

            int node = 0;
            foreach (byte b in table[id])
            {
                long edge = ((long)node << 8) | b;
                if (!_edges.TryGetValue(edge, out int next))
                {
                    next = _values.Count;
                    _edges.Add(edge, next);
                    _values.Add(-1);
                }

                node = next;
            }

            if (node != 0 && _values[node] < 0)
            {
                _values[node] = id;
            }
        }

        for (int b = 0; b < 256; b++)
        {
            _fromRoot[b] = _edges.GetValueOrDefault(b, -1);
        }
    }

    /// <summary>Node that a byte leads to, or -1. The root is 0.</summary>
    public int Next(int node, byte b) =>
        node == 0 ? _fromRoot[b] : _edges.TryGetValue(((long)node << 8) | b, out int next) ? next : -1;

    /// <summary>Id of the byte string that ends at a node, or -1.</summary>
    public int ValueAt(int node) => _values[node];
}
