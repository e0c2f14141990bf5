using System.Buffers.Binary;

namespace DataBuild.Formats;

/// <summary>Header and trailer of a gzip member (RFC 1952) in memory.</summary>
internal static class GzipFrame
{
    public const int TrailerLength = 8;

    /// <summary>How far behind the inflater's read position a member's end can lie: two of its buffers.</summary>
    public const int ReadAhead = 16 * 1024;

    /// <summary>Length of the header; -1 where it is cut or invalid.</summary>
    public static int SkipHeader(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 10 || bytes[0] != 0x1F || bytes[1] != 0x8B || bytes[2] != 8 || (bytes[3] & 0xE0) != 0)
        {
            return -1;
        }

        int flags = bytes[3];
        int at = 10;
        if ((flags & 4) != 0)
        {
            if (bytes.Length < at + 2)
            {
                return -1;
            }

            at += 2 + BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
        }

        for (int field = 8; field <= 16; field <<= 1)
        {
            if ((flags & field) != 0)
            {
                int end = at <= bytes.Length ? bytes[at..].IndexOf((byte)0) : -1;
                if (end < 0)
                {
                    return -1;
                }

                at += end + 1;
            }
        }

        at += (flags & 2) != 0 ? 2 : 0;
        return at <= bytes.Length ? at : -1;
    }

    /// <summary>Index behind the trailer with that checksum and size; -1 where there is none.</summary>
    public static int FindTrailer(ReadOnlySpan<byte> tail, uint crc, uint size)
    {
        Span<byte> trailer = stackalloc byte[TrailerLength];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, crc);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], size);
        int at = tail.IndexOf(trailer);
        if (at < 0)
        {
            return -1;
        }

        // Only the trailer of an empty member, all zeros, can match at more than one place: take the one that another member or the end follows.
        while (at + TrailerLength < tail.Length && tail[at + TrailerLength] != 0x1F && tail[(at + 1)..].StartsWith(trailer))
        {
            at++;
        }

        return at + TrailerLength;
    }
}
