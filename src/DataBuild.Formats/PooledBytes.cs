using System.Buffers;

namespace DataBuild.Formats;

/// <summary>A growing byte buffer rented from the shared pool.</summary>
internal sealed class PooledBytes(int capacity = 16 * 1024) : IDisposable
{
    private byte[] _array = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public byte[] Array => _array;

    public Span<byte> Span => _array.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => _array.AsMemory(0, Length);

    /// <summary>Free space behind the content, at least that many bytes.</summary>
    public Span<byte> Free(int count)
    {
        if (_array.Length - Length < count)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max((long)_array.Length * 2, (long)Length + count), System.Array.MaxLength));
            Span.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_array);
            _array = larger;
        }

        return _array.AsSpan(Length);
    }

    public void Advance(int count) => Length += count;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Free(bytes.Length));
        Length += bytes.Length;
    }

    public void Truncate(int length) => Length = length;

    /// <summary>Exchanges the contents of two buffers.</summary>
    public void Swap(PooledBytes other)
    {
        (_array, other._array) = (other._array, _array);
        (Length, other.Length) = (other.Length, Length);
    }

    /// <summary>Drops bytes from the front.</summary>
    public void RemoveStart(int count)
    {
        Span[count..].CopyTo(_array);
        Length -= count;
    }

    public void Dispose()
    {
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = [];
            Length = 0;
        }
    }
}
