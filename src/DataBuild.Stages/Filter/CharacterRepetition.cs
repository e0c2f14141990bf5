using System.Numerics;

namespace DataBuild.Stages.Filter;

/// <summary>
/// ROOTS' character repetition ratio: of all character 10-grams, the share that belongs to the k most frequent, k the square root of the number of distinct
/// ones, but no more than occur twice (Laurençon et al. 2022, appendix). N-grams are told by a 64-bit polynomial hash: for a text of a million characters
/// two different ones share it with probability below 3e-8.
/// </summary>
internal sealed class CharacterRepetition : IDocumentAnalysis
{
    private const int N = 10;
    private const ulong Base = 0x9E3779B97F4A7C15;

    private ulong[] _keys = [];
    private int[] _counts = [];

    /// <summary>Nothing: the object only keeps buffers.</summary>
    public void Analyze(Document document)
    {
    }

    /// <summary>The ratio, 0 to 1; 0 for texts without a 10-gram.</summary>
    public double Measure(ReadOnlySpan<char> text)
    {
        int total = text.Length - N + 1;
        if (total <= 0)
        {
            return 0;
        }

        int capacity = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, total * 2L));
        if (_keys.Length < capacity)
        {
            _keys = new ulong[capacity];
            _counts = new int[capacity];
        }
        else
        {
            Array.Clear(_keys, 0, capacity);
        }

        int distinct = Count(text, capacity);
        return TopShare(capacity, distinct, total);
    }

    private int Count(ReadOnlySpan<char> text, int capacity)
    {
        ulong highest = 1;
        for (int i = 1; i < N; i++)
        {
            highest *= Base;
        }

        ulong hash = 0;
        int distinct = 0;
        int shift = 64 - BitOperations.Log2((uint)capacity);
        for (int i = 0; i < text.Length; i++)
        {
            hash = (i >= N ? hash - ((text[i - N] + 1UL) * highest) : hash) * Base + text[i] + 1;
            if (i < N - 1)
            {
                continue;
            }

            ulong key = hash == 0 ? 1 : hash;
            int slot = (int)((key * 0xD6E8FEB86659FD93) >> shift);
            while (_keys[slot] != 0 && _keys[slot] != key)
            {
                slot = (slot + 1) & (capacity - 1);
            }

            if (_keys[slot] == 0)
            {
                _keys[slot] = key;
                _counts[slot] = 0;
                distinct++;
            }

            _counts[slot]++;
        }

        return distinct;
    }

    private double TopShare(int capacity, int distinct, int total)
    {
        List<int> repeated = [];
        for (int slot = 0; slot < capacity; slot++)
        {
            if (_keys[slot] != 0 && _counts[slot] > 1)
            {
                repeated.Add(_counts[slot]);
            }
        }

        int top = Math.Min((int)Math.Sqrt(distinct), repeated.Count);
        repeated.Sort();
        long sum = 0;
        for (int i = 0; i < top; i++)
        {
            sum += repeated[^(i + 1)];
        }

        return (double)sum / total;
    }
}
