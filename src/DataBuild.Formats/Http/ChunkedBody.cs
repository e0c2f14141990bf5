using System.Buffers.Text;

namespace DataBuild.Formats.Http;

internal enum ChunkedResult
{
    /// <summary>All chunks up to the last one of size 0 were there.</summary>
    Whole,

    /// <summary>The body does not begin with a chunk; it is unchanged.</summary>
    NotChunked,

    /// <summary>A chunk is cut or its size is not one; the content up to there was kept.</summary>
    Damaged,
}

/// <summary>Takes the chunk sizes out of a chunked body (RFC 9112, section 7.1).</summary>
internal static class ChunkedBody
{
    private const int MaxSizeLine = 4096;

    /// <summary>Decodes in place: content only ever moves towards the front.</summary>
    public static ChunkedResult Decode(Span<byte> body, out int length)
    {
        length = 0;
        int at = 0;
        bool first = true;
        while (true)
        {
            ReadOnlySpan<byte> rest = body[at..];
            int line = rest[..Math.Min(rest.Length, MaxSizeLine)].IndexOf((byte)'\n');
            if (line < 0 || !TryParseSize(rest[..line], out ulong size))
            {
                length = first ? body.Length : length;
                return first ? ChunkedResult.NotChunked : ChunkedResult.Damaged;
            }

            first = false;
            at += line + 1;
            if (size == 0)
            {
                return ChunkedResult.Whole;
            }

            int available = (int)Math.Min(size, (ulong)(body.Length - at));
            body.Slice(at, available).CopyTo(body[length..]);
            length += available;
            at += available;
            if ((ulong)available < size)
            {
                return ChunkedResult.Damaged;
            }

            at += body[at..].StartsWith("\r\n"u8) ? 2 : body[at..].StartsWith("\n"u8) ? 1 : 0;
        }
    }

    private static bool TryParseSize(ReadOnlySpan<byte> line, out ulong size)
    {
        int extension = line.IndexOf((byte)';');
        line = (extension < 0 ? line : line[..extension]).Trim(" \t\r"u8);
        return Utf8Parser.TryParse(line, out size, out int used, 'x') && used == line.Length && line.Length is > 0 and <= 16;
    }
}
