using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using DataBuild.Formats.Warc;

namespace DataBuild.Formats.Http;

internal enum DecodeResult
{
    Decoded,

    /// <summary>The body does not have the coding; nothing was written.</summary>
    NotEncoded,

    /// <summary>The body is damaged or its coding is unknown.</summary>
    Damaged,

    /// <summary>More bytes than the limit.</summary>
    TooLarge,
}

/// <summary>Undoes one content coding (RFC 9110, section 8.4; RFC 1950 to 1952, 7932, 8878) of a body in memory.</summary>
internal sealed class ContentDecoder : IDisposable
{
    private const int Step = 64 * 1024;

    private static ReadOnlySpan<byte> ZstdMagic => [0x28, 0xB5, 0x2F, 0xFD];

    private readonly Crc32 _crc = new();
    private ZstdDecoder? _zstd;

    public DecodeResult Decode(string coding, byte[] array, int offset, int count, PooledBytes output, int limit)
    {
        ReadOnlySpan<byte> body = array.AsSpan(offset, count);
        switch (coding)
        {
            case "gzip" or "x-gzip":
                return IsGzip(body) ? Gzip(array, offset, count, output, limit) : DecodeResult.NotEncoded;
            case "deflate":
                return IsZlib(body)
                    ? Zlib(new ZLibStream(new MemoryStream(array, offset, count, writable: false), CompressionMode.Decompress), body, output, limit)
                    : Zlib(new DeflateStream(new MemoryStream(array, offset, count, writable: false), CompressionMode.Decompress), body, output, limit);
            case "br":
                return Brotli(body, output, limit);
            case "zstd":
                return body.StartsWith(ZstdMagic) ? Zstd(body, output, limit) : Unlike(body);
            default:
                return Unlike(body);
        }
    }

    public static bool IsGzip(ReadOnlySpan<byte> body) => body.Length > 10 && body[0] == 0x1F && body[1] == 0x8B && body[2] == 8;

    public void Dispose() => _zstd?.Dispose();

    private static bool IsZlib(ReadOnlySpan<byte> body) =>
        body.Length > 2 && (body[0] & 15) == 8 && body[0] >> 4 <= 7 && BinaryPrimitives.ReadUInt16BigEndian(body) % 31 == 0;

    /// <summary>A body that reads as text was never encoded; another is damaged.</summary>
    private static DecodeResult Unlike(ReadOnlySpan<byte> body) => LooksLikeText(body) ? DecodeResult.NotEncoded : DecodeResult.Damaged;

    private static bool LooksLikeText(ReadOnlySpan<byte> body)
    {
        foreach (byte b in body[..Math.Min(body.Length, 512)])
        {
            if (b < 0x20 && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or 0x0C or 0x1B))
            {
                return false;
            }
        }

        return true;
    }

    private DecodeResult Gzip(byte[] array, int offset, int count, PooledBytes output, int limit)
    {
        int end = offset + count;
        while (true)
        {
            int data = GzipFrame.SkipHeader(array.AsSpan(offset, end - offset));
            if (data < 0)
            {
                return DecodeResult.Damaged;
            }

            offset += data;
            int start = output.Length;
            var source = new MemoryStream(array, offset, end - offset, writable: false);
            using var inflater = new DeflateStream(source, CompressionMode.Decompress);
            DecodeResult result = Copy(inflater, output, limit);
            if (result != DecodeResult.Decoded)
            {
                return result;
            }

            _crc.Reset();
            _crc.Append(output.Span[start..]);
            int from = Math.Max(0, (int)source.Position - GzipFrame.ReadAhead);
            int trailer = GzipFrame.FindTrailer(array.AsSpan(offset + from, end - offset - from), _crc.GetCurrentHashAsUInt32(), (uint)(output.Length - start));
            if (trailer < 0)
            {
                return DecodeResult.Damaged;
            }

            offset += from + trailer;
            if (!IsGzip(array.AsSpan(offset, end - offset)))
            {
                return DecodeResult.Decoded;
            }
        }
    }

    private static DecodeResult Zlib(Stream inflater, ReadOnlySpan<byte> body, PooledBytes output, int limit)
    {
        using (inflater)
        {
            DecodeResult result = Copy(inflater, output, limit);
            return result == DecodeResult.Damaged || (result == DecodeResult.Decoded && output.Length == 0 && body.Length > 8) ? Unlike(body) : result;
        }
    }

    private static DecodeResult Brotli(ReadOnlySpan<byte> body, PooledBytes output, int limit)
    {
        ReadOnlySpan<byte> rest = body;
        using var decoder = new BrotliDecoder();
        while (true)
        {
            OperationStatus status = decoder.Decompress(rest, output.Free(Step), out int used, out int written);
            output.Advance(written);
            rest = rest[used..];
            if (output.Length > limit)
            {
                return DecodeResult.TooLarge;
            }

            switch (status)
            {
                case OperationStatus.Done:
                    return DecodeResult.Decoded;
                case OperationStatus.InvalidData:
                    return Unlike(body);
                case OperationStatus.NeedMoreData:
                    return LooksLikeText(body) ? DecodeResult.NotEncoded : DecodeResult.Damaged;
            }
        }
    }

    private DecodeResult Zstd(ReadOnlySpan<byte> body, PooledBytes output, int limit)
    {
        _zstd ??= new ZstdDecoder();
        _zstd.Reset();
        bool ended = false;
        while (!body.IsEmpty)
        {
            ZstdStatus status = _zstd.Decode(body, output.Free(Step), out int used, out int written);
            output.Advance(written);
            body = body[used..];
            ended = status == ZstdStatus.FrameEnd;
            if (status == ZstdStatus.Invalid)
            {
                return DecodeResult.Damaged;
            }

            if (output.Length > limit)
            {
                return DecodeResult.TooLarge;
            }

            if (used == 0 && written == 0)
            {
                return DecodeResult.Damaged;
            }
        }

        // A full buffer may hide what is still to be flushed.
        while (!ended)
        {
            ZstdStatus status = _zstd.Decode(default, output.Free(Step), out _, out int written);
            output.Advance(written);
            ended = status == ZstdStatus.FrameEnd;
            if (output.Length > limit)
            {
                return DecodeResult.TooLarge;
            }

            if (status == ZstdStatus.Invalid || (written == 0 && !ended))
            {
                return DecodeResult.Damaged;
            }
        }

        return DecodeResult.Decoded;
    }

    private static DecodeResult Copy(Stream inflater, PooledBytes output, int limit)
    {
        try
        {
            for (int read; (read = inflater.Read(output.Free(Step))) > 0;)
            {
                output.Advance(read);
                if (output.Length > limit)
                {
                    return DecodeResult.TooLarge;
                }
            }

            return DecodeResult.Decoded;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            // The caller counts it as an undecodable body. The bytes are in memory: an IOException is zlib's, of a body that asks for a dictionary.
            return DecodeResult.Damaged;
        }
    }
}
