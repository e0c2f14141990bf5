using System.IO.Hashing;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>
/// An immutable vocabulary: byte string to id and back. Lookups take spans and allocate nothing. Thread-safe.
/// </summary>
internal sealed class TokenTable
{
    private readonly Vector128<byte>[] _shortKeys;
    private readonly int[] _shortIds;
    private readonly int _shortShift;
    private readonly int[] _longIds;
    private readonly int _longMask;
    private readonly byte[] _bytes;
    private readonly int[] _starts;

    /// <summary>Builds the table.</summary>
    /// <param name="tokens">Bytes of every id; null where an id is not in use. Of equal byte strings the lowest id wins.</param>
    public TokenTable(IReadOnlyList<byte[]?> tokens)
    {
        Count = tokens.Count;
        _starts = new int[Count + 1];
        int total = 0;
        int shortCount = 0;
        int longCount = 0;
        for (int id = 0; id < Count; id++)
        {
            _starts[id] = total;
            if (tokens[id] is not { Length: > 0 } bytes)
            {
                continue;
            }

            total = checked(total + bytes.Length);
            MaxTokenLength = Math.Max(MaxTokenLength, bytes.Length);
            if (bytes.Length <= ShortKey.MaxLength)
            {
                shortCount++;
            }
            else
            {
                longCount++;
            }
        }

        _starts[Count] = total;
        _bytes = new byte[total];
        int shortBits = BitOperations.Log2((uint)Math.Max(16, shortCount) * 2 - 1) + 1;
        _shortKeys = new Vector128<byte>[1 << shortBits];
        _shortIds = new int[1 << shortBits];
        _shortShift = 64 - shortBits;
        _longIds = new int[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, longCount) * 2)];
        _longMask = _longIds.Length - 1;
        Array.Fill(_shortIds, -1);
        Array.Fill(_longIds, -1);
        for (int id = 0; id < Count; id++)
        {
            if (tokens[id] is { Length: > 0 } bytes)
            {
                bytes.CopyTo(_bytes, _starts[id]);
                Insert(bytes, id);
            }
        }
    }

    /// <summary>One more than the highest id.</summary>
    public int Count { get; }

    /// <summary>Length in bytes of the longest token.</summary>
    public int MaxTokenLength { get; }

    /// <summary>Bytes of a token; empty where the id is not in use.</summary>
    public ReadOnlySpan<byte> this[int id] => _bytes.AsSpan(_starts[id], _starts[id + 1] - _starts[id]);

    /// <summary>Length in bytes of a token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int LengthOf(int id) => _starts[id + 1] - _starts[id];

    /// <summary>Id of a byte string, or -1.</summary>
    public int Find(ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? -1 : Find(ref MemoryMarshal.GetReference(bytes), 0, bytes.Length, bytes.Length);

    /// <summary>Id of a part of a text, or -1.</summary>
    /// <param name="text">First byte of the text.</param>
    /// <param name="start">Start of the part.</param>
    /// <param name="size">Length of the part; at least 1.</param>
    /// <param name="length">Length of the text.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ref byte text, int start, int size, int length) =>
        size <= ShortKey.MaxLength
            ? FindShort(ShortKey.Load(ref text, start, size, length))
            : FindLong(ref text, start, size);

    /// <summary>Id of a byte string of at most 15 bytes, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int FindShort(Vector128<byte> key)
    {
        uint mask = (uint)_shortKeys.Length - 1;
        uint slot = (uint)(ShortKey.Hash(key) >> _shortShift);
        while (true)
        {
            Vector128<byte> found = _shortKeys[slot];
            if (found == key)
            {
                return _shortIds[slot];
            }

            if (found == Vector128<byte>.Zero)
            {
                return -1;
            }

            slot = (slot + 1) & mask;
        }
    }

    private int FindLong(ref byte text, int start, int size)
    {
        if (size > MaxTokenLength)
        {
            return -1;
        }

        ReadOnlySpan<byte> bytes = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref text, start), size);
        int slot = (int)XxHash3.HashToUInt64(bytes) & _longMask;
        while (true)
        {
            int id = _longIds[slot];
            if (id < 0)
            {
                return -1;
            }

            if (this[id].SequenceEqual(bytes))
            {
                return id;
            }

            slot = (slot + 1) & _longMask;
        }
    }

    private void Insert(byte[] bytes, int id)
    {
        if (bytes.Length <= ShortKey.MaxLength)
        {
            Vector128<byte> key = ShortKey.Load(ref bytes[0], 0, bytes.Length, bytes.Length);
            uint slot = (uint)(ShortKey.Hash(key) >> _shortShift);
            while (_shortIds[slot] >= 0)
            {
                if (_shortKeys[slot] == key)
                {
                    return;
                }

                slot = (slot + 1) & ((uint)_shortKeys.Length - 1);
            }

            _shortKeys[slot] = key;
            _shortIds[slot] = id;
            return;
        }

        int place = (int)XxHash3.HashToUInt64(bytes) & _longMask;
        while (_longIds[place] >= 0)
        {
            if (this[_longIds[place]].SequenceEqual(bytes))
            {
                return;
            }

            place = (place + 1) & _longMask;
        }

        _longIds[place] = id;
    }
}
