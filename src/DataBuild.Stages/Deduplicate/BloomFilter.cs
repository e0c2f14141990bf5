namespace DataBuild.Stages.Deduplicate;

/// <summary>
/// A Bloom filter (Bloom 1970) of 64-bit digests, sized for a stated error: <c>m = −n·ln p / (ln 2)²</c> bits and <c>k = (m/n)·ln 2</c> probes, which double
/// hashing derives from the digest (Kirsch and Mitzenmacher 2006). Probes are spread over any number of bits by a wide product, not by a mask.
/// The same digests in the same order give the same answers on every machine.
/// </summary>
public sealed class BloomFilter
{
    private readonly ulong[] _words;
    private readonly ulong _bits;

    /// <summary>Creates an empty filter.</summary>
    /// <param name="capacity">Number of different digests it is sized for.</param>
    /// <param name="falsePositiveRate">Probability, when full, that a digest that was never added seems to have been; above 0, below 1.</param>
    public BloomFilter(long capacity, double falsePositiveRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(falsePositiveRate, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(falsePositiveRate, 1);
        double bits = Math.Ceiling(-Math.Max(1, capacity) * Math.Log(falsePositiveRate) / (Math.Log(2) * Math.Log(2)));
        if (bits > Array.MaxLength * 64.0)
        {
            throw new StageException("DB4105", $"a Bloom filter of {capacity} paragraphs with error {falsePositiveRate} takes {bits:E2} bits; the most is {Array.MaxLength * 64.0:E2}");
        }

        _words = new ulong[(int)Math.Ceiling(bits / 64)];
        _bits = (ulong)_words.Length * 64;
        ProbeCount = Math.Max(1, (int)Math.Round(bits / Math.Max(1, capacity) * Math.Log(2)));
    }

    /// <summary>Probes a digest.</summary>
    public int ProbeCount { get; }

    /// <summary>Memory of the filter.</summary>
    public long ByteCount => _words.Length * 8L;

    /// <summary>True when a digest seems to have been added.</summary>
    public bool Contains(ulong digest)
    {
        ulong position = StableHash.Mix(digest);
        ulong step = StableHash.Mix(position ^ 0xC2B2AE3D27D4EB4F) | 1;
        for (int i = 0; i < ProbeCount; i++, position += step)
        {
            ulong bit = Math.BigMul(position, _bits, out _);
            if ((_words[bit >> 6] & (1UL << (int)(bit & 63))) == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Adds a digest.</summary>
    /// <returns>True when it seems to have been added before.</returns>
    public bool Add(ulong digest)
    {
        ulong position = StableHash.Mix(digest);
        ulong step = StableHash.Mix(position ^ 0xC2B2AE3D27D4EB4F) | 1;
        bool isKnown = true;
        for (int i = 0; i < ProbeCount; i++, position += step)
        {
            ulong bit = Math.BigMul(position, _bits, out _);
            ref ulong word = ref _words[bit >> 6];
            ulong mask = 1UL << (int)(bit & 63);
            isKnown &= (word & mask) != 0;
            word |= mask;
        }

        return isKnown;
    }
}
