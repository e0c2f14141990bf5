using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DataBuild.Formats.Tokens;

/// <summary>How many bytes a token id takes in a token file.</summary>
public enum TokenWidth
{
    /// <summary>Unsigned, 16 bits: vocabularies of at most 65,536.</summary>
    UInt16 = 2,

    /// <summary>32 bits.</summary>
    Int32 = 4,
}

/// <summary>Choice of width and conversion of ids to little-endian bytes.</summary>
public static class TokenWidths
{
    /// <summary>The width that holds every id of a vocabulary: 16 bits up to 65,536 ids.</summary>
    /// <param name="vocabularySize">One more than the highest id.</param>
    public static TokenWidth For(int vocabularySize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        return vocabularySize <= 65_536 ? TokenWidth.UInt16 : TokenWidth.Int32;
    }

    /// <summary>Writes ids in little-endian order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative or does not fit.</exception>
    public static void Write(ReadOnlySpan<int> ids, TokenWidth width, Span<byte> output)
    {
        if (width == TokenWidth.Int32)
        {
            foreach (int id in ids)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(ids));
            }

            if (BitConverter.IsLittleEndian)
            {
                MemoryMarshal.AsBytes(ids).CopyTo(output);
                return;
            }

            for (int i = 0; i < ids.Length; i++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(output[(4 * i)..], ids[i]);
            }

            return;
        }

        for (int i = 0; i < ids.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)ids[i], ushort.MaxValue, nameof(ids));
            BinaryPrimitives.WriteUInt16LittleEndian(output[(2 * i)..], (ushort)ids[i]);
        }
    }
}
