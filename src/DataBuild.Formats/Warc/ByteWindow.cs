using System.Buffers;

namespace DataBuild.Formats.Warc;

/// <summary>A buffered view of a seekable stream that can step back a little without reading again.</summary>
internal sealed class ByteWindow : IDisposable
{
    private const int Capacity = 256 * 1024;

    /// <summary>Bytes kept behind the position when the buffer moves on: more than an inflater reads ahead.</summary>
    private const int LookBack = 32 * 1024;

    private readonly Stream _stream;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Capacity + LookBack);
    private long _base;
    private int _start;
    private int _end;

    public ByteWindow(Stream stream)
    {
        if (!stream.CanSeek)
        {
            throw new ArgumentException("A crawl stream must be seekable: damage is skipped by searching again from an earlier byte.", nameof(stream));
        }

        _stream = stream;
        _base = stream.Position;
        Length = stream.Length;
    }

    public long Length { get; }

    public long Position => _base + _start;

    public ReadOnlySpan<byte> Available => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Makes at least <paramref name="count"/> bytes available where the stream has them; returns how many there are.</summary>
    public int Ensure(int count)
    {
        if (_end - _start >= count)
        {
            return _end - _start;
        }

        int keepFrom = Math.Max(0, _start - LookBack);
        if (keepFrom > 0)
        {
            Buffer.BlockCopy(_buffer, keepFrom, _buffer, 0, _end - keepFrom);
            _base += keepFrom;
            _start -= keepFrom;
            _end -= keepFrom;
        }

        if (_start + count > _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(_start + count);
            Buffer.BlockCopy(_buffer, 0, larger, 0, _end);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        while (_end - _start < count)
        {
            int read = _stream.Read(_buffer, _end, _buffer.Length - _end);
            if (read == 0)
            {
                break;
            }

            _end += read;
        }

        return _end - _start;
    }

    public void Advance(int count) => _start += count;

    public void Seek(long position)
    {
        if (position >= _base && position <= _base + _end)
        {
            _start = (int)(position - _base);
            return;
        }

        _stream.Position = position;
        _base = position;
        _start = _end = 0;
    }

    public int Read(Span<byte> destination)
    {
        if (_start == _end)
        {
            if (destination.Length >= Capacity)
            {
                // A large block goes to its reader without a copy.
                _base += _end;
                _start = _end = 0;
                int direct = _stream.Read(destination);
                _base += direct;
                return direct;
            }

            if (Ensure(1) == 0)
            {
                return 0;
            }
        }

        int count = Math.Min(destination.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        return count;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _stream.Dispose();
    }
}
