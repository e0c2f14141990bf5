using System.Runtime.CompilerServices;

namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>
/// Byte-pair merging of one word, with arrays that are kept from word to word. Not thread-safe.
/// The pair of lowest rank merges first; of equal ranks the leftmost.
/// </summary>
internal sealed class MergeWorkspace
{
    /// <summary>Words of more symbols merge with a heap, so that a run of a million equal bytes takes n log n.</summary>
    private const int ScanLimit = 48;

    private int[] _ids = new int[64];
    private int[] _starts = new int[65];
    private long[] _merges = new long[64];
    private int[] _previous = [];
    private int[] _next = [];
    private HeapEntry[] _heap = [];
    private int _heapCount;

    /// <summary>Number of symbols of the word; after <see cref="Merge"/> the number of tokens.</summary>
    public int Count { get; private set; }

    /// <summary>Ids of the symbols.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>Byte position in the text where each symbol starts.</summary>
    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, Count);

    /// <summary>Starts a word.</summary>
    public void Clear() => Count = 0;

    /// <summary>Appends a symbol of the word.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="start">Where it starts in the text, in bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int id, int start)
    {
        if (Count == _ids.Length)
        {
            Array.Resize(ref _ids, Count * 2);
            Array.Resize(ref _starts, (Count * 2) + 1);
            Array.Resize(ref _merges, Count * 2);
        }

        _ids[Count] = id;
        _starts[Count++] = start;
    }

    /// <summary>Merges the word's symbols until no pair merges.</summary>
    /// <param name="rule">The merges.</param>
    /// <param name="text">First byte of the text.</param>
    /// <param name="end">End of the word in the text.</param>
    /// <param name="length">Length of the text.</param>
    public void Merge<TRule>(TRule rule, ref byte text, int end, int length)
        where TRule : struct, IMergeRule
    {
        _starts[Count] = end;
        if (Count <= ScanLimit)
        {
            MergeByScan(rule, ref text, length);
        }
        else
        {
            MergeByHeap(rule, ref text, length);
        }
    }

    private void MergeByScan<TRule>(TRule rule, ref byte text, int length)
        where TRule : struct, IMergeRule
    {
        int count = Count;
        Span<int> ids = _ids.AsSpan(0, count);
        Span<int> starts = _starts.AsSpan(0, count + 1);
        Span<long> merges = _merges.AsSpan(0, count);
        for (int i = 0; i + 1 < count; i++)
        {
            merges[i] = rule.Merge(ids[i], ids[i + 1], ref text, starts[i], starts[i + 2] - starts[i], length);
        }

        while (count > 1)
        {
            long best = IMergeRule.NoMerge;
            int at = -1;
            for (int i = 0; i < count - 1; i++)
            {
                if (merges[i] < best)
                {
                    best = merges[i];
                    at = i;
                }
            }

            if (at < 0)
            {
                break;
            }

            ids[at] = (int)best;
            ids[(at + 2)..count].CopyTo(ids[(at + 1)..]);
            starts[(at + 2)..(count + 1)].CopyTo(starts[(at + 1)..]);
            if (at + 2 < count)
            {
                merges[(at + 2)..count].CopyTo(merges[(at + 1)..]);
            }

            count--;
            if (at + 1 < count)
            {
                merges[at] = rule.Merge(ids[at], ids[at + 1], ref text, starts[at], starts[at + 2] - starts[at], length);
            }

            if (at > 0)
            {
                merges[at - 1] = rule.Merge(ids[at - 1], ids[at], ref text, starts[at - 1], starts[at + 1] - starts[at - 1], length);
            }
        }

        Count = count;
    }

    private void MergeByHeap<TRule>(TRule rule, ref byte text, int length)
        where TRule : struct, IMergeRule
    {
        int count = Count;
        EnsureLinks(count);
        _heapCount = 0;
        for (int i = 0; i < count; i++)
        {
            _previous[i] = i - 1;
            _next[i] = i + 1;
        }

        // Filled unordered, then put in order from the bottom up: linear, not n log n.
        for (int i = 0; i + 1 < count; i++)
        {
            long merge = rule.Merge(_ids[i], _ids[i + 1], ref text, _starts[i], _starts[i + 2] - _starts[i], length);
            if (merge != IMergeRule.NoMerge)
            {
                _heap[_heapCount++] = new HeapEntry(merge, i, _ids[i], _ids[i + 1]);
            }
        }

        for (int i = (_heapCount / 2) - 1; i >= 0; i--)
        {
            SiftDown(i);
        }

        int end = _starts[count];
        while (_heapCount > 0)
        {
            HeapEntry top = _heap[0];
            _heap[0] = _heap[--_heapCount];
            SiftDown(0);
            int left = top.Position;
            int right = left < count && _ids[left] == top.Left ? _next[left] : count;
            if (right >= count || _ids[right] != top.Right)
            {
                continue;
            }

            int after = _next[right];
            _ids[left] = (int)top.Merge;
            _ids[right] = -1;
            _next[left] = after;
            if (after < count)
            {
                _previous[after] = left;
                Push(rule, ref text, left, after, _next[after] < count ? _starts[_next[after]] : end, length);
            }

            int before = _previous[left];
            if (before >= 0)
            {
                Push(rule, ref text, before, left, after < count ? _starts[after] : end, length);
            }
        }

        int kept = 0;
        for (int i = 0; i < count; i = _next[i])
        {
            _ids[kept] = _ids[i];
            _starts[kept++] = _starts[i];
        }

        _starts[kept] = end;
        Count = kept;
    }

    private void Push<TRule>(TRule rule, ref byte text, int left, int right, int end, int length)
        where TRule : struct, IMergeRule
    {
        int start = _starts[left];
        long merge = rule.Merge(_ids[left], _ids[right], ref text, start, end - start, length);
        if (merge == IMergeRule.NoMerge)
        {
            return;
        }

        if (_heapCount == _heap.Length)
        {
            Array.Resize(ref _heap, _heap.Length * 2);
        }

        int at = _heapCount++;
        var entry = new HeapEntry(merge, left, _ids[left], _ids[right]);
        while (at > 0)
        {
            int parent = (at - 1) / 2;
            if (!entry.Before(_heap[parent]))
            {
                break;
            }

            _heap[at] = _heap[parent];
            at = parent;
        }

        _heap[at] = entry;
    }

    private void SiftDown(int at)
    {
        if (at >= _heapCount)
        {
            return;
        }

        HeapEntry entry = _heap[at];
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= _heapCount)
            {
                break;
            }

            if (child + 1 < _heapCount && _heap[child + 1].Before(_heap[child]))
            {
                child++;
            }

            if (!_heap[child].Before(entry))
            {
                break;
            }

            _heap[at] = _heap[child];
            at = child;
        }

        _heap[at] = entry;
    }

    private void EnsureLinks(int count)
    {
        if (_previous.Length < count)
        {
            _previous = new int[_ids.Length];
            _next = new int[_ids.Length];
        }

        if (_heap.Length < count)
        {
            _heap = new HeapEntry[_ids.Length];
        }
    }

    /// <summary>A pair that merged when it was entered; stale once either symbol has changed.</summary>
    private readonly record struct HeapEntry(long Merge, int Position, int Left, int Right)
    {
        public bool Before(HeapEntry other) =>
            Merge != other.Merge ? Merge < other.Merge : Position < other.Position;
    }
}
