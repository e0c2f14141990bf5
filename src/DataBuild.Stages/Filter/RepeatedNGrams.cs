using System.Numerics;
using System.Runtime.CompilerServices;

namespace DataBuild.Stages.Filter;

/// <summary>
/// Finds all n-grams of a token sequence that occur more than once, for n = 2, 3, 4, ... in turn. Exact: an n-gram is known by the number of its
/// (n-1)-gram and the type of its last token, a 64-bit key without loss. An n-gram can repeat only where its prefix and its suffix of n-1 tokens
/// repeat, so every step looks at the places that the step before left over: one pass over the text for n = 2, next to nothing after n = 4.
/// </summary>
internal sealed class RepeatedNGrams : IDocumentAnalysis
{
    private const int Single = -1;

    private int[] _tokens = [];
    private long[] _lengthBefore = [];
    private int[] _positions = [];
    private int[] _grams = [];
    private int[] _counts = [];
    private int[] _first = [];
    private Slot[] _table = [];
    private int _tokenCount;
    private int _found;

    /// <summary>Length of the n-grams found.</summary>
    public int N { get; private set; }

    /// <summary>Number of tokens.</summary>
    public int TokenCount => _tokenCount;

    /// <summary>Places, in order, where an n-gram starts that occurs more than once.</summary>
    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, _found);

    /// <summary>For each place, the number of its n-gram.</summary>
    public ReadOnlySpan<int> Grams => _grams.AsSpan(0, _found);

    /// <summary>Numbers of n-grams are smaller than this.</summary>
    public int GramCount { get; private set; }

    /// <summary>How often an n-gram occurs.</summary>
    public int CountOf(int gram) => _counts[gram];

    /// <summary>Where an n-gram occurs first.</summary>
    public int FirstOf(int gram) => _first[gram];

    /// <summary>Sum of the lengths of tokens, from one up to but not including another.</summary>
    public long LengthOf(int fromToken, int toToken) => _lengthBefore[toToken] - _lengthBefore[fromToken];

    /// <summary>Nothing: the object only keeps buffers for one document after another.</summary>
    public void Analyze(Document document)
    {
    }

    /// <summary>Starts with a token sequence, as n = 1.</summary>
    /// <param name="tokens">Tokens; those of types that <paramref name="required"/> rules out are left out.</param>
    /// <param name="required">Traits that tokens must have.</param>
    public void Start(Text.TokenIndex tokens, Text.TokenTraits required)
    {
        ReadOnlySpan<int> ids = tokens.Ids;
        ReadOnlySpan<Text.InternedSpan> types = tokens.Types;
        EnsureCapacity(ids.Length, types.Length);
        int count = 0;
        int found = 0;
        long length = 0;
        _lengthBefore[0] = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            int id = ids[i];
            ref readonly Text.InternedSpan type = ref types[id];
            if ((type.Traits & required) != required)
            {
                continue;
            }

            if (type.Count > 1)
            {
                _positions[found] = count;
                _grams[found++] = id;
            }

            _tokens[count] = id;
            length += type.CodePoints;
            _lengthBefore[++count] = length;
        }

        _tokenCount = count;
        _found = found;
        N = 1;
    }

    /// <summary>Goes on to n-grams one token longer.</summary>
    public void Extend()
    {
        N++;
        int mask = ClearTable(_found);
        Slot[] table = _table;
        int grams = 0;
        int candidates = 0;
        int n = N;
        for (int k = 0; k + 1 < _found; k++)
        {
            int position = _positions[k];
            if (_positions[k + 1] != position + 1)
            {
                continue;
            }

            // 0 marks an empty slot, so keys are shifted by one.
            ulong key = (((ulong)(uint)_grams[k] << 32) | (uint)_tokens[position + n - 1]) + 1;
            int at = (int)((key * 0x9E3779B97F4A7C15) >> 32) & mask;
            while (table[at].Key != key && table[at].Key != 0)
            {
                at = (at + 1) & mask;
            }

            // Most n-grams occur once: only the second occurrence makes an entry.
            ref Slot slot = ref table[at];
            int gram = Single;
            if (slot.Key == 0)
            {
                slot = new Slot(key, ~candidates);
            }
            else if (slot.Value < 0)
            {
                gram = grams++;
                int first = ~slot.Value;
                slot = new Slot(key, gram);
                _counts[gram] = 2;
                _first[gram] = _positions[first];
                _grams[first] = gram;
            }
            else
            {
                gram = slot.Value;
                _counts[gram]++;
            }

            _positions[candidates] = position;
            _grams[candidates++] = gram;
        }

        int found = 0;
        for (int k = 0; k < candidates; k++)
        {
            _positions[found] = _positions[k];
            _grams[found] = _grams[k];
            found += _grams[k] == Single ? 0 : 1;
        }

        _found = found;
        GramCount = grams;
    }

    /// <summary>The number of the most frequent repeated n-gram; -1 when none repeats.</summary>
    /// <param name="longestOfTied">True: of several, the one with the most characters; false: the one that occurs first.</param>
    public int MostFrequent(bool longestOfTied)
    {
        int best = -1;
        int bestCount = 1;
        long bestLength = 0;
        for (int k = 0; k < _found; k++)
        {
            int gram = _grams[k];
            int count = _counts[gram];
            if (count < bestCount || (count == bestCount && !longestOfTied))
            {
                continue;
            }

            long length = LengthOf(_first[gram], _first[gram] + N);
            if (count > bestCount || length > bestLength)
            {
                best = gram;
                bestCount = count;
                bestLength = length;
            }
        }

        return best;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnsureCapacity(int tokens, int types)
    {
        int size = Math.Max(tokens, types);
        if (_tokens.Length < size)
        {
            size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1024, size));
            _tokens = new int[size];
            _positions = new int[size];
            _grams = new int[size];
            _counts = new int[size];
            _first = new int[size];
        }

        if (_lengthBefore.Length <= tokens)
        {
            _lengthBefore = new long[_tokens.Length + 1];
        }
    }

    private int ClearTable(int entries)
    {
        int capacity = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, entries * 2));
        if (_table.Length < capacity)
        {
            _table = new Slot[capacity];
        }
        else
        {
            Array.Clear(_table, 0, capacity);
        }

        return capacity - 1;
    }

    /// <summary>A place of the table: the key of an n-gram, and its number or, negated, the candidate that it occurred at so far.</summary>
    private readonly record struct Slot(ulong Key, int Value);
}
