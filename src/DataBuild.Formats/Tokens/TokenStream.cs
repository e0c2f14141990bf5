using System.Buffers;

namespace DataBuild.Formats.Tokens;

/// <summary>Appends token ids to a stream, little-endian, through one pooled buffer. Leaves the stream open.</summary>
internal sealed class TokenStream : IDisposable
{
    private const int BufferSize = 1 << 17;

    private readonly Stream _stream;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _used;

    public TokenStream(Stream stream, TokenWidth width)
    {
        _stream = stream;
        Width = width;
    }

    /// <summary>Bytes a token.</summary>
    public TokenWidth Width { get; }

    /// <summary>Tokens written.</summary>
    public long Count { get; private set; }

    public void Write(ReadOnlySpan<int> ids)
    {
        int width = (int)Width;
        Count += ids.Length;
        while (!ids.IsEmpty)
        {
            int fit = Math.Min(ids.Length, (BufferSize - _used) / width);
            if (fit == 0)
            {
                Flush();
                continue;
            }

            TokenWidths.Write(ids[..fit], Width, _buffer.AsSpan(_used));
            _used += fit * width;
            ids = ids[fit..];
        }
    }

    public void Flush()
    {
        _stream.Write(_buffer, 0, _used);
        _used = 0;
    }

    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
