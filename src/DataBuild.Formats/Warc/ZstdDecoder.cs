using ZstdSharp.Unsafe;

namespace DataBuild.Formats.Warc;

internal enum ZstdStatus
{
    More,
    FrameEnd,
    Invalid,
}

/// <summary>Decodes Zstandard frames one at a time: unlike the library's own stream it never runs on into the next frame.</summary>
internal sealed unsafe class ZstdDecoder : IDisposable
{
    /// <summary>Largest window accepted, as a power of two bytes: the default limit of zstd itself.</summary>
    public const int MaxWindowLog = 27;

    private ZSTD_DCtx_s* _context;

    public ZstdDecoder()
    {
        _context = Methods.ZSTD_createDCtx();
        if (_context is null)
        {
            throw new InsufficientMemoryException("No memory for a Zstandard decoder.");
        }

        _ = Methods.ZSTD_DCtx_setParameter(_context, ZSTD_dParameter.ZSTD_d_windowLogMax, MaxWindowLog);
    }

    ~ZstdDecoder() => Free();

    /// <summary>What was wrong at the last <see cref="ZstdStatus.Invalid"/>.</summary>
    public string Error { get; private set; } = "";

    /// <summary>Takes a dictionary for all frames to come; false where it is not usable.</summary>
    public bool TryLoadDictionary(ReadOnlySpan<byte> dictionary)
    {
        fixed (byte* bytes = dictionary)
        {
            return Check(Methods.ZSTD_DCtx_loadDictionary(_context, bytes, (nuint)dictionary.Length)) != ZstdStatus.Invalid;
        }
    }

    /// <summary>Forgets a half-decoded frame.</summary>
    public void Reset() => _ = Methods.ZSTD_DCtx_reset(_context, ZSTD_ResetDirective.ZSTD_reset_session_only);

    public ZstdStatus Decode(ReadOnlySpan<byte> source, Span<byte> destination, out int used, out int written)
    {
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var input = new ZSTD_inBuffer_s { src = from, size = (nuint)source.Length };
            var output = new ZSTD_outBuffer_s { dst = to, size = (nuint)destination.Length };
            nuint result = Methods.ZSTD_decompressStream(_context, &output, &input);
            used = (int)input.pos;
            written = (int)output.pos;
            return Check(result);
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private ZstdStatus Check(nuint result)
    {
        if (Methods.ZSTD_isError(result))
        {
            Error = Methods.ZSTD_getErrorName(result);
            return ZstdStatus.Invalid;
        }

        return result == 0 ? ZstdStatus.FrameEnd : ZstdStatus.More;
    }

    private void Free()
    {
        if (_context is not null)
        {
            _ = Methods.ZSTD_freeDCtx(_context);
            _context = null;
        }
    }
}
