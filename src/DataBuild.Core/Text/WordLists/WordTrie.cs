using System.IO.Compression;

namespace DataBuild.Text;

/// <summary>
/// A list of words as a tree of UTF-16 units, its nodes numbered level by level: a node's children stand side by side, and in order. A node that ends a
/// word holds the word's cost, from 1 to 255 (more frequent words cost less); 0 stands for no word.
/// </summary>
internal sealed class WordTrie
{
    private readonly char[] _labels;
    private readonly int[] _firstChild;
    private readonly byte[] _costs;
    private readonly char _lowest;
    private readonly int[] _roots;

    private WordTrie(char[] labels, int[] firstChild, byte[] costs)
    {
        _labels = labels;
        _firstChild = firstChild;
        _costs = costs;

        // The first character has thousands of branches: a table instead of a search.
        int children = firstChild[1];
        _lowest = children > 1 ? labels[1] : '\0';
        _roots = new int[children > 1 ? labels[children - 1] - _lowest + 1 : 0];
        for (int node = 1; node < children; node++)
        {
            _roots[labels[node] - _lowest] = node;
        }
    }

    /// <summary>Number of words.</summary>
    public int Count => _costs.Count(cost => cost != 0);

    /// <summary>Cost of the word that ends at a node; 0 when none does.</summary>
    public byte CostOf(int node) => _costs[node];

    /// <summary>The node of the words that start with a character; 0 when there is none.</summary>
    public int First(char character)
    {
        int index = character - _lowest;
        return (uint)index < (uint)_roots.Length ? _roots[index] : 0;
    }

    /// <summary>The node that a character leads to; 0 when there is none.</summary>
    public int Next(int node, char character)
    {
        int low = _firstChild[node];
        int high = _firstChild[node + 1] - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            char label = _labels[middle];
            if (label == character)
            {
                return middle;
            }

            if (label < character)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return 0;
    }

    /// <summary>Cost of a word; 0 when it is not in the list.</summary>
    public byte CostOf(ReadOnlySpan<char> word)
    {
        int node = word.IsEmpty ? 0 : First(word[0]);
        for (int i = 1; i < word.Length && node != 0; i++)
        {
            node = Next(node, word[i]);
        }

        return node == 0 ? (byte)0 : _costs[node];
    }

    /// <summary>Reads a tree that <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The stream holds something else.</exception>
    public static WordTrie Read(Stream stream)
    {
        using BrotliStream unpacked = new(stream, CompressionMode.Decompress, leaveOpen: true);
        using BinaryReader reader = new(unpacked);
        int count = reader.Read7BitEncodedInt();
        char[] labels = new char[count];
        int[] firstChild = new int[count + 1];
        firstChild[0] = 1;
        for (int node = 0; node < count; node++)
        {
            firstChild[node + 1] = firstChild[node] + reader.Read7BitEncodedInt();
        }

        if (firstChild[count] != count)
        {
            throw new InvalidDataException("a list of words is damaged");
        }

        // Labels of siblings rise: differences are small.
        for (int node = 0, child = 1; node < count; node++)
        {
            char before = '\0';
            for (; child < firstChild[node + 1]; child++)
            {
                before = labels[child] = (char)(before + reader.Read7BitEncodedInt());
            }
        }

        return new WordTrie(labels, firstChild, reader.ReadBytes(count));
    }

    /// <summary>Writes words with their costs, from 1 to 255; every word once.</summary>
    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, byte>> words)
    {
        (string Word, byte Cost)[] sorted = [.. words.Select(w => (w.Key, w.Value)).OrderBy(w => w.Key, StringComparer.Ordinal)];
        List<int> counts = [];
        List<int> labels = [];
        List<byte> costs = [];

        // A queue of ranges of words with a common beginning: breadth first.
        Queue<(int From, int To, int Depth)> open = new([(0, sorted.Length, 0)]);
        while (open.TryDequeue(out (int From, int To, int Depth) range))
        {
            int at = range.From;
            bool isWord = at < range.To && sorted[at].Word.Length == range.Depth;
            costs.Add(isWord ? sorted[at].Cost : (byte)0);
            at += isWord ? 1 : 0;
            int children = 0;
            char before = '\0';
            while (at < range.To)
            {
                char label = sorted[at].Word[range.Depth];
                int from = at;
                while (at < range.To && sorted[at].Word[range.Depth] == label)
                {
                    at++;
                }

                open.Enqueue((from, at, range.Depth + 1));
                labels.Add(label - before);
                before = label;
                children++;
            }

            counts.Add(children);
        }

        using BrotliStream packed = new(stream, CompressionLevel.SmallestSize, leaveOpen: true);
        using BinaryWriter writer = new(packed);
        writer.Write7BitEncodedInt(counts.Count);
        counts.ForEach(writer.Write7BitEncodedInt);
        labels.ForEach(writer.Write7BitEncodedInt);
        writer.Write(costs.ToArray());
    }
}
