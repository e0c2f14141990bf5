using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace DataBuild.Stages.Tokenize;

/// <summary>
/// Randomness that depends on what it is for and not on when it is asked: the same seed and key give the same number, in
/// any order, on any thread.
/// </summary>
public static class SeededOrder
{
    /// <summary>A key to sort documents by: their shuffled order, the same for any order in which they are found.</summary>
    /// <param name="seed">Seed of the shuffle.</param>
    /// <param name="id">What names the document: its id.</param>
    /// <param name="repetition">Ordinal of the document's repetition where it occurs more than once.</param>
    public static ulong Key(ulong seed, ReadOnlySpan<byte> id, int repetition = 0)
    {
        ulong name = XxHash3.HashToUInt64(id, unchecked((long)seed));
        return Mix(name, (ulong)repetition);
    }

    /// <summary>A number from 0 to 1, 1 not among them, for a pair of ordinals.</summary>
    public static double Fraction(ulong seed, ulong first, ulong second) => (Mix(Mix(seed, first), second) >> 11) * (1.0 / (1UL << 53));

    /// <summary>An integer from 0 to a bound, the bound not among them, for a pair of ordinals.</summary>
    /// <param name="seed">Seed.</param>
    /// <param name="first">First ordinal.</param>
    /// <param name="second">Second ordinal.</param>
    /// <param name="bound">At least 1.</param>
    public static int Below(ulong seed, ulong first, ulong second, int bound) =>
        (int)Math.BigMul(Mix(Mix(seed, first), second), (ulong)bound, out _);

    private static ulong Mix(ulong state, ulong value)
    {
        ReadOnlySpan<ulong> both = [state, value];
        return XxHash3.HashToUInt64(MemoryMarshal.AsBytes(both));
    }
}
