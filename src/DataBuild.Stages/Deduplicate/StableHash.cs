using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DataBuild.Stages.Deduplicate;

/// <summary>
/// 64-bit hashes that are the same on every machine and in every run. Built on the folded 64 x 64 to 128-bit product (as in wyhash);
/// not safe against an adversary.
/// </summary>
internal static class StableHash
{
    private const ulong Key0 = 0x9E3779B97F4A7C15;
    private const ulong Key1 = 0xD6E8FEB86659FD93;

    /// <summary>Hash of UTF-16 text.</summary>
    public static ulong Of(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(text);
        ulong hash = Key0 ^ (ulong)bytes.Length;
        while (bytes.Length > 8)
        {
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes), Key1);
            bytes = bytes[8..];
        }

        ulong tail = bytes.Length switch
        {
            8 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            6 => BinaryPrimitives.ReadUInt32LittleEndian(bytes) | ((ulong)BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]) << 32),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            _ => 0,
        };
        return Fold(Fold(hash ^ tail, Key1), Key0);
    }

    /// <summary>A bijection that spreads every input bit over all output bits (the finaliser of SplitMix64; Steele, Lea and Flood 2014).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>The next number of a SplitMix64 sequence.</summary>
    public static ulong Next(ref ulong state) => Mix(state += Key0);

    /// <summary>Hash of two numbers, in order.</summary>
    public static ulong Combine(ulong first, ulong second) => Mix((Mix(first + Key0) * Key1) + second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }
}
