using System.Runtime.CompilerServices;

namespace DataBuild;

/// <summary>
/// Bytes appended one after the other and then handed out as one piece of memory. Memory is taken only when something is appended, as much as the last
/// piece had, and is not cleared: a builder that makes one column takes no memory for a second one.
/// </summary>
internal sealed class GrowingBytes
{
    private const int Smallest = 64;

    private byte[] _bytes = [];
    private int _last;

    /// <summary>Bytes appended so far.</summary>
    public int Count { get; private set; }

    /// <summary>Room for at least that many more bytes; what is written into it counts after <see cref="Advance"/>.</summary>
    /// <exception cref="InsufficientMemoryException">There would be more bytes than an array can hold.</exception>
    public Span<byte> Room(int size)
    {
        if (_bytes.Length - Count < size)
        {
            Grow(size);
        }

        return _bytes.AsSpan(Count);
    }

    /// <summary>Counts bytes that were written into the room.</summary>
    public void Advance(int size) => Count += size;

    /// <summary>Appends bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Count += bytes.Length;
    }

    /// <summary>Appends a value.</summary>
    public void Write<T>(T value)
        where T : unmanaged
    {
        Unsafe.WriteUnaligned(ref Room(Unsafe.SizeOf<T>())[0], value);
        Count += Unsafe.SizeOf<T>();
    }

    /// <summary>All bytes appended since the last call; the next go elsewhere.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        ReadOnlyMemory<byte> taken = _bytes.AsMemory(0, Count);
        _last = Count;
        _bytes = [];
        Count = 0;
        return taken;
    }

    private void Grow(int size)
    {
        long needed = (long)Count + size;
        if (needed > Array.MaxLength)
        {
            throw new InsufficientMemoryException($"a column of a batch would have {needed} bytes; {Array.MaxLength} are possible");
        }

        long wanted = Math.Max(needed, Math.Max(Smallest, _bytes.Length == 0 ? _last : 2L * _bytes.Length));
        byte[] larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(wanted, Array.MaxLength));
        _bytes.AsSpan(0, Count).CopyTo(larger);
        _bytes = larger;
    }
}
