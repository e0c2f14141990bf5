using System.Runtime.CompilerServices;

namespace DataBuild.Stages.Extract.Blocks;

/// <summary>
/// Learned scores of words: how much more often than others they stand on main content (positive) or off it (negative), in sixteenths of
/// the natural logarithm of the odds. An open table by hash; a word that training did not see often enough scores 0.
/// </summary>
internal sealed class TokenScores
{
    /// <summary>Slots of a table.</summary>
    public const int Size = 1 << 15;

    private readonly byte[] _checks;
    private readonly sbyte[] _scores;

    /// <summary>A table of its two arrays, each of <see cref="Size"/>.</summary>
    public TokenScores(byte[] checks, sbyte[] scores)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(checks.Length, Size);
        ArgumentOutOfRangeException.ThrowIfNotEqual(scores.Length, Size);
        _checks = checks;
        _scores = scores;
    }

    /// <summary>A table that scores nothing.</summary>
    public static TokenScores Empty { get; } = new(new byte[Size], new sbyte[Size]);

    /// <summary>The hashes' check bytes, 0 for an empty slot.</summary>
    public ReadOnlySpan<byte> Checks => _checks;

    /// <summary>The scores.</summary>
    public ReadOnlySpan<sbyte> Scores => _scores;

    /// <summary>The slot and check byte of a hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (int Slot, byte Check) Place(uint hash)
    {
        hash *= 0x9E3779B1;
        return ((int)(hash >> 17), (byte)((hash >> 8) | 1));
    }

    /// <summary>The score of a word by its hash; 0 where it has none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Score(uint hash)
    {
        (int slot, byte check) = Place(hash);
        return _checks[slot] == check ? _scores[slot] : 0;
    }
}
