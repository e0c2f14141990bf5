using System.Buffers;

namespace DataBuild.Formats.Parquet;

/// <summary>A file in memory, in parts that are rented: it grows without being copied.</summary>
internal sealed class EncodedFile : Stream
{
    private const int PartBytes = 1 << 20;

    private readonly List<byte[]> _parts = [];
    private long _length;

    /// <inheritdoc />
    public override bool CanRead => false;

    /// <summary>True: the writer asks for the position. It never moves.</summary>
    public override bool CanSeek => true;

    /// <inheritdoc />
    public override bool CanWrite => true;

    /// <inheritdoc />
    public override long Length => _length;

    /// <inheritdoc />
    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc />
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int used = (int)(_length % PartBytes);
            if (used == 0)
            {
                _parts.Add(ArrayPool<byte>.Shared.Rent(PartBytes));
            }

            int count = Math.Min(buffer.Length, PartBytes - used);
            buffer[..count].CopyTo(_parts[^1].AsSpan(used));
            buffer = buffer[count..];
            _length += count;
        }
    }

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>A copy of some bytes.</summary>
    /// <exception cref="InvalidDataException">The file has none there.</exception>
    public byte[] Copy(long from, int count)
    {
        Check(from, count);
        byte[] bytes = new byte[count];
        using MemoryStream copy = new(bytes);
        CopyTo(copy, from, count);
        return bytes;
    }

    /// <summary>Writes some bytes to a stream.</summary>
    /// <exception cref="InvalidDataException">The file has none there.</exception>
    public void CopyTo(Stream output, long from, long count)
    {
        Check(from, count);
        for (long at = from; at < from + count;)
        {
            int start = (int)(at % PartBytes);
            int some = (int)Math.Min(PartBytes - start, from + count - at);
            output.Write(_parts[(int)(at / PartBytes)], start, some);
            at += some;
        }
    }

    /// <inheritdoc />
    public override void Flush()
    {
    }

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        _parts.ForEach(part => ArrayPool<byte>.Shared.Return(part));
        _parts.Clear();
        _length = 0;
        base.Dispose(disposing);
    }

    private void Check(long from, long count)
    {
        if (from < 0 || count < 0 || from > _length - count)
        {
            throw new InvalidDataException($"{count} bytes at {from} were asked for of a file of {_length}");
        }
    }
}
