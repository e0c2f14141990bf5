using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DataBuild.Stages.Deduplicate;

/// <summary>
/// MinHash signatures (Broder 1997): for each of a family of hash functions the least value over a set of 64-bit shingle hashes. The functions are
/// <c>h(x) = a·low(x) + c·high(x) + b mod 2^32</c> with odd a and c: each maps the two halves of a shingle hash to 32 bits by its own pair of multipliers,
/// so shingles that collide under one function do not under the others. Vectorised over functions; the result does not depend on the vector width.
/// </summary>
public sealed class MinHasher
{
    private const int Padding = 64;
    private readonly uint[] _a;
    private readonly uint[] _b;
    private readonly uint[] _c;

    /// <summary>Creates a family of functions.</summary>
    /// <param name="hashCount">Number of functions.</param>
    /// <param name="seed">The functions follow from it alone.</param>
    public MinHasher(int hashCount, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hashCount, 1);
        HashCount = hashCount;
        Seed = seed;
        int padded = (hashCount + Padding - 1) / Padding * Padding;
        _a = new uint[padded];
        _b = new uint[padded];
        _c = new uint[padded];
        ulong state = StableHash.Mix((ulong)seed + 1);
        for (int i = 0; i < hashCount; i++)
        {
            _a[i] = (uint)(StableHash.Next(ref state) >> 32) | 1;
            _c[i] = (uint)(StableHash.Next(ref state) >> 32) | 1;
            _b[i] = (uint)(StableHash.Next(ref state) >> 32);
        }
    }

    /// <summary>Number of functions.</summary>
    public int HashCount { get; }

    /// <summary>Seed of the functions.</summary>
    public long Seed { get; }

    /// <summary>Values a call of <see cref="Compute"/> writes: the number of functions rounded up to whole vectors.</summary>
    public int PaddedCount => _a.Length;

    /// <summary>Computes a signature.</summary>
    /// <param name="shingles">Hashes of the shingles; order and repetition make no difference.</param>
    /// <param name="signature">Receives <see cref="PaddedCount"/> values; those after <see cref="HashCount"/> mean nothing.</param>
    public void Compute(ReadOnlySpan<ulong> shingles, Span<uint> signature)
    {
        signature = signature[..PaddedCount];
        signature.Fill(uint.MaxValue);

        // A block of shingles stays in the first-level cache while the functions pass over it.
        const int Block = 1024;
        while (!shingles.IsEmpty)
        {
            ReadOnlySpan<ulong> block = shingles[..Math.Min(Block, shingles.Length)];
            shingles = shingles[block.Length..];
            if (Vector512.IsHardwareAccelerated)
            {
                Compute512(block, signature);
            }
            else if (Vector256.IsHardwareAccelerated)
            {
                Compute256(block, signature);
            }
            else
            {
                ComputeScalar(block, signature);
            }
        }
    }

    internal void ComputeScalar(ReadOnlySpan<ulong> shingles, Span<uint> signature)
    {
        for (int i = 0; i < HashCount; i++)
        {
            uint least = signature[i];
            foreach (ulong shingle in shingles)
            {
                least = Math.Min(least, (_a[i] * (uint)shingle) + (_c[i] * (uint)(shingle >> 32)) + _b[i]);
            }

            signature[i] = least;
        }
    }

    internal void Compute256(ReadOnlySpan<ulong> shingles, Span<uint> signature)
    {
        ref uint a = ref MemoryMarshal.GetArrayDataReference(_a);
        ref uint b = ref MemoryMarshal.GetArrayDataReference(_b);
        ref uint c = ref MemoryMarshal.GetArrayDataReference(_c);
        ref uint s = ref MemoryMarshal.GetReference(signature);
        for (nuint i = 0; i < (nuint)HashCount; i += 32)
        {
            Vector256<uint> a0 = Vector256.LoadUnsafe(ref a, i), a1 = Vector256.LoadUnsafe(ref a, i + 8);
            Vector256<uint> a2 = Vector256.LoadUnsafe(ref a, i + 16), a3 = Vector256.LoadUnsafe(ref a, i + 24);
            Vector256<uint> c0 = Vector256.LoadUnsafe(ref c, i), c1 = Vector256.LoadUnsafe(ref c, i + 8);
            Vector256<uint> c2 = Vector256.LoadUnsafe(ref c, i + 16), c3 = Vector256.LoadUnsafe(ref c, i + 24);
            Vector256<uint> m0 = Vector256.LoadUnsafe(ref s, i), m1 = Vector256.LoadUnsafe(ref s, i + 8);
            Vector256<uint> m2 = Vector256.LoadUnsafe(ref s, i + 16), m3 = Vector256.LoadUnsafe(ref s, i + 24);
            foreach (ulong shingle in shingles)
            {
                Vector256<uint> low = Vector256.Create((uint)shingle);
                Vector256<uint> high = Vector256.Create((uint)(shingle >> 32));
                m0 = Vector256.Min(m0, (a0 * low) + (c0 * high) + Vector256.LoadUnsafe(ref b, i));
                m1 = Vector256.Min(m1, (a1 * low) + (c1 * high) + Vector256.LoadUnsafe(ref b, i + 8));
                m2 = Vector256.Min(m2, (a2 * low) + (c2 * high) + Vector256.LoadUnsafe(ref b, i + 16));
                m3 = Vector256.Min(m3, (a3 * low) + (c3 * high) + Vector256.LoadUnsafe(ref b, i + 24));
            }

            m0.StoreUnsafe(ref s, i);
            m1.StoreUnsafe(ref s, i + 8);
            m2.StoreUnsafe(ref s, i + 16);
            m3.StoreUnsafe(ref s, i + 24);
        }
    }

    internal void Compute512(ReadOnlySpan<ulong> shingles, Span<uint> signature)
    {
        ref uint a = ref MemoryMarshal.GetArrayDataReference(_a);
        ref uint b = ref MemoryMarshal.GetArrayDataReference(_b);
        ref uint c = ref MemoryMarshal.GetArrayDataReference(_c);
        ref uint s = ref MemoryMarshal.GetReference(signature);
        for (nuint i = 0; i < (nuint)HashCount; i += 64)
        {
            Vector512<uint> a0 = Vector512.LoadUnsafe(ref a, i), a1 = Vector512.LoadUnsafe(ref a, i + 16);
            Vector512<uint> a2 = Vector512.LoadUnsafe(ref a, i + 32), a3 = Vector512.LoadUnsafe(ref a, i + 48);
            Vector512<uint> b0 = Vector512.LoadUnsafe(ref b, i), b1 = Vector512.LoadUnsafe(ref b, i + 16);
            Vector512<uint> b2 = Vector512.LoadUnsafe(ref b, i + 32), b3 = Vector512.LoadUnsafe(ref b, i + 48);
            Vector512<uint> c0 = Vector512.LoadUnsafe(ref c, i), c1 = Vector512.LoadUnsafe(ref c, i + 16);
            Vector512<uint> c2 = Vector512.LoadUnsafe(ref c, i + 32), c3 = Vector512.LoadUnsafe(ref c, i + 48);
            Vector512<uint> m0 = Vector512.LoadUnsafe(ref s, i), m1 = Vector512.LoadUnsafe(ref s, i + 16);
            Vector512<uint> m2 = Vector512.LoadUnsafe(ref s, i + 32), m3 = Vector512.LoadUnsafe(ref s, i + 48);
            foreach (ulong shingle in shingles)
            {
                Vector512<uint> low = Vector512.Create((uint)shingle);
                Vector512<uint> high = Vector512.Create((uint)(shingle >> 32));
                m0 = Vector512.Min(m0, (a0 * low) + (c0 * high) + b0);
                m1 = Vector512.Min(m1, (a1 * low) + (c1 * high) + b1);
                m2 = Vector512.Min(m2, (a2 * low) + (c2 * high) + b2);
                m3 = Vector512.Min(m3, (a3 * low) + (c3 * high) + b3);
            }

            m0.StoreUnsafe(ref s, i);
            m1.StoreUnsafe(ref s, i + 16);
            m2.StoreUnsafe(ref s, i + 32);
            m3.StoreUnsafe(ref s, i + 48);
        }
    }

    /// <summary>Share of equal values of two signatures: an unbiased estimate of the sets' Jaccard similarity.</summary>
    public static double Similarity(ReadOnlySpan<uint> first, ReadOnlySpan<uint> second)
    {
        int equal = 0;
        for (int i = 0; i < first.Length; i++)
        {
            equal += first[i] == second[i] ? 1 : 0;
        }

        return first.Length == 0 ? 0 : (double)equal / first.Length;
    }

    /// <summary>
    /// Probability that two sets of the given Jaccard similarity share at least one band: <c>1 − (1 − s^rows)^bands</c>
    /// (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, section 3.4.2).
    /// </summary>
    public static double MatchProbability(double jaccard, int bands, int rows) => 1 - Math.Pow(1 - Math.Pow(jaccard, rows), bands);
}
