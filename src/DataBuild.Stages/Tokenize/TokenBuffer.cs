using System.Buffers;
using System.Runtime.CompilerServices;

namespace DataBuild.Stages.Tokenize;

/// <summary>
/// A growing list of token ids over a pooled array, for reuse from document to document.
/// Not thread-safe. <see cref="Dispose"/> gives the array back to the pool.
/// </summary>
public sealed class TokenBuffer : IDisposable
{
    private int[] _items;
    private int _count;

    /// <summary>Makes an empty buffer.</summary>
    /// <param name="capacity">Ids that fit before the first growth; at least 1.</param>
    public TokenBuffer(int capacity = 1024)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _items = ArrayPool<int>.Shared.Rent(capacity);
    }

    /// <summary>Number of ids held.</summary>
    public int Count => _count;

    /// <summary>The ids held; valid until the next call that changes the buffer.</summary>
    public ReadOnlySpan<int> Span => _items.AsSpan(0, _count);

    /// <summary>The ids held, as memory; valid until the next call that changes the buffer.</summary>
    public ReadOnlyMemory<int> Memory => _items.AsMemory(0, _count);

    /// <summary>One id.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public int this[int index] => Span[index];

    /// <summary>Appends one id.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int id)
    {
        int[] items = _items;
        int count = _count;
        if ((uint)count < (uint)items.Length)
        {
            items[count] = id;
            _count = count + 1;
            return;
        }

        Grow(1);
        _items[_count++] = id;
    }

    /// <summary>Appends ids.</summary>
    public void AddRange(ReadOnlySpan<int> ids)
    {
        ids.CopyTo(Reserve(ids.Length));
        _count += ids.Length;
    }

    /// <summary>Forgets all ids; keeps the array.</summary>
    public void Clear() => _count = 0;

    /// <summary>Forgets the ids from a position on.</summary>
    /// <param name="count">Ids to keep; 0 to <see cref="Count"/>.</param>
    public void Truncate(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)_count, nameof(count));
        _count = count;
    }

    /// <summary>The ids as an array of their own.</summary>
    public int[] ToArray() => Span.ToArray();

    /// <inheritdoc/>
    public void Dispose()
    {
        int[] items = _items;
        _items = [];
        _count = 0;
        if (items.Length > 0)
        {
            ArrayPool<int>.Shared.Return(items);
        }
    }

    /// <summary>Room for so many more ids after the last; <see cref="Commit"/> makes them count.</summary>
    internal Span<int> Reserve(int length)
    {
        if (_items.Length - _count < length)
        {
            Grow(length);
        }

        return _items.AsSpan(_count);
    }

    /// <summary>Counts ids written to a reserved span.</summary>
    internal void Commit(int length) => _count += length;

    private void Grow(int extra)
    {
        int wanted = Math.Max(checked(_count + extra), (int)Math.Min(2L * _items.Length, Array.MaxLength));
        int[] larger = ArrayPool<int>.Shared.Rent(wanted);
        _items.AsSpan(0, _count).CopyTo(larger);
        if (_items.Length > 0)
        {
            ArrayPool<int>.Shared.Return(_items);
        }

        _items = larger;
    }
}
