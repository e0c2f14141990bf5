using System.Runtime.InteropServices;

namespace DataBuild.Stages.Tokenize.Training;

/// <summary>
/// Counts of adjacent symbols over all words, the words each pair occurs in, and the pair to merge next: the highest count,
/// then the smallest left id, then the smallest right id.
/// </summary>
internal sealed class PairStatistics
{
    private readonly Dictionary<ulong, int> _indexOf = [];
    private readonly List<Pair> _pairs = [];
    private readonly PriorityQueue<int, (long Count, ulong Key)> _queue = new(Comparer<(long Count, ulong Key)>.Create(
        static (a, b) => a.Count != b.Count ? b.Count.CompareTo(a.Count) : a.Key.CompareTo(b.Key)));

    private readonly List<int> _grown = [];

    private struct Pair
    {
        public ulong Key;
        public long Count;
        public int[] Words;
        public int WordCount;
        public bool Grown;
    }

    /// <summary>Adds to a pair's count in a word.</summary>
    /// <param name="left">Left symbol.</param>
    /// <param name="right">Right symbol.</param>
    /// <param name="count">Above 0 where the pair appears, below where it goes.</param>
    /// <param name="word">Ordinal of the word.</param>
    public void Change(int left, int right, long count, int word)
    {
        ulong key = ((ulong)(uint)left << 32) | (uint)right;
        ref int index = ref CollectionsMarshal.GetValueRefOrAddDefault(_indexOf, key, out bool known);
        if (!known)
        {
            index = _pairs.Count;
            _pairs.Add(new Pair { Key = key, Words = [] });
        }

        ref Pair pair = ref CollectionsMarshal.AsSpan(_pairs)[index];
        pair.Count += count;
        if (count < 0)
        {
            return;
        }

        if (pair.WordCount == 0 || pair.Words[pair.WordCount - 1] != word)
        {
            if (pair.WordCount == pair.Words.Length)
            {
                Array.Resize(ref pair.Words, Math.Max(2, pair.WordCount * 2));
            }

            pair.Words[pair.WordCount++] = word;
        }

        if (!pair.Grown)
        {
            pair.Grown = true;
            _grown.Add(index);
        }
    }

    /// <summary>Lets the pairs that grew since the last call take part in <see cref="TryTake"/>.</summary>
    public void Settle()
    {
        Span<Pair> pairs = CollectionsMarshal.AsSpan(_pairs);
        foreach (int index in _grown)
        {
            pairs[index].Grown = false;
            if (pairs[index].Count > 0)
            {
                _queue.Enqueue(index, (pairs[index].Count, pairs[index].Key));
            }
        }

        _grown.Clear();
    }

    /// <summary>Takes the pair to merge next.</summary>
    /// <param name="least">Least count.</param>
    /// <param name="left">Left symbol.</param>
    /// <param name="right">Right symbol.</param>
    /// <param name="words">Words that hold it, or held it once.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryTake(long least, out int left, out int right, out ReadOnlySpan<int> words)
    {
        while (_queue.TryDequeue(out int index, out (long Count, ulong Key) entry))
        {
            ref Pair pair = ref CollectionsMarshal.AsSpan(_pairs)[index];
            if (entry.Count != pair.Count)
            {
                // The count has changed since the pair was entered: it takes its place anew.
                if (pair.Count > 0)
                {
                    _queue.Enqueue(index, (pair.Count, pair.Key));
                }

                continue;
            }

            if (pair.Count < least)
            {
                break;
            }

            left = (int)(pair.Key >> 32);
            right = (int)(uint)pair.Key;
            words = pair.Words.AsSpan(0, pair.WordCount);
            pair.Words = [];
            pair.WordCount = 0;
            pair.Count = 0;
            return true;
        }

        left = 0;
        right = 0;
        words = default;
        return false;
    }
}
