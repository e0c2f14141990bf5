using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>
/// Up to 15 bytes as one 128-bit value: the bytes, zeros, and the length in the last byte, so that equal values mean
/// equal byte strings.
/// </summary>
internal static class ShortKey
{
    /// <summary>Longest byte string that fits.</summary>
    public const int MaxLength = 15;

    private static readonly Vector128<byte>[] Masks = BuildMasks();
    private static readonly Vector128<byte>[] Lengths = BuildLengths();

    /// <summary>The key of a byte string inside a text.</summary>
    /// <param name="text">First byte of the text.</param>
    /// <param name="start">Start of the string.</param>
    /// <param name="size">Length of the string; 0 to 15.</param>
    /// <param name="length">Length of the text, so that a whole 16-byte load stays inside of it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(ref byte text, int start, int size, int length)
    {
        if (length - start >= Vector128<byte>.Count)
        {
            Vector128<byte> bytes = Vector128.LoadUnsafe(ref text, (nuint)start);
            return (bytes & At(Masks, size)) | At(Lengths, size);
        }

        return LoadNearEnd(ref text, start, size);
    }

    /// <summary>A well-mixed hash: the high bits are the ones to use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Hash(Vector128<byte> key)
    {
        Vector128<ulong> halves = key.AsUInt64();
        ulong product = (halves.GetElement(0) ^ 0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93;
        ulong other = (halves.GetElement(1) + product) * 0xA0761D6478BD642F;
        return other ^ (product >> 29);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> At(Vector128<byte>[] table, int index) =>
        Unsafe.Add(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(table), index);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<byte> LoadNearEnd(ref byte text, int start, int size)
    {
        Span<byte> bytes = stackalloc byte[Vector128<byte>.Count];
        bytes.Clear();
        System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref text, start), size).CopyTo(bytes);
        bytes[MaxLength] = (byte)size;
        return Vector128.Create<byte>(bytes);
    }

    private static Vector128<byte>[] BuildMasks()
    {
        var masks = new Vector128<byte>[MaxLength + 1];
        for (int size = 0; size <= MaxLength; size++)
        {
            masks[size] = Vector128.LessThan(Vector128<byte>.Indices, Vector128.Create((byte)size));
        }

        return masks;
    }

    private static Vector128<byte>[] BuildLengths()
    {
        var lengths = new Vector128<byte>[MaxLength + 1];
        for (int size = 0; size <= MaxLength; size++)
        {
            lengths[size] = Vector128<byte>.Zero.WithElement(MaxLength, (byte)size);
        }

        return lengths;
    }
}
