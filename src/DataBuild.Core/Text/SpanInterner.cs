using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DataBuild.Text;

/// <summary>
/// Gives equal spans of one text the same small number, in the order of first occurrence. Exact: a match of hashes is verified by comparing characters.
/// Open addressing over buffers that are reused for text after text.
/// </summary>
public sealed class SpanInterner
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;
    private const ulong TailMultiplier = 0xD6E8FEB86659FD93;

    // A slot: the upper half of the hash above the number of the span plus one; 0 when empty.
    private ulong[] _slots = new ulong[256];
    private int _mask = 255;
    private ulong[] _hashes = new ulong[128];
    private InternedSpan[] _entries = new InternedSpan[128];
    private int _count;

    /// <summary>Distinct spans so far.</summary>
    public int Count => _count;

    /// <summary>Distinct spans, by number.</summary>
    public ReadOnlySpan<InternedSpan> Entries => _entries.AsSpan(0, _count);

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        // A long text must not make every later short one pay for a large table.
        _mask = 255;
        Array.Clear(_slots, 0, 256);
        _count = 0;
    }

    /// <summary>Hash of a span; the same for the same characters in every process.</summary>
    public static ulong Hash(ReadOnlySpan<char> span)
    {
        ref byte bytes = ref Unsafe.As<char, byte>(ref MemoryMarshal.GetReference(span));
        nuint length = (nuint)span.Length * 2;
        ulong hash = (ulong)length * Multiplier;
        nuint at = 0;
        if (length >= 64)
        {
            // Two lanes hide the latency of multiplication.
            ulong other = hash ^ TailMultiplier;
            for (; at + 16 <= length; at += 16)
            {
                hash = Mix(hash ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, at)), Multiplier);
                other = Mix(other ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, at + 8)), TailMultiplier);
            }

            hash ^= BitOperations.RotateLeft(other, 32);
        }

        for (; at + 8 <= length; at += 8)
        {
            hash = Mix(hash ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, at)), Multiplier);
        }

        ulong tail = 0;
        if (length - at >= 4)
        {
            tail = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref bytes, at));
            at += 4;
        }

        if (at < length)
        {
            tail = (tail << 16) | Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref bytes, at));
        }

        return Mix(hash ^ tail, TailMultiplier);
    }

    /// <summary>The number of a span; <paramref name="isNew"/> tells its first occurrence.</summary>
    /// <param name="text">The text; the same in all calls between two of <see cref="Clear"/>.</param>
    /// <param name="start">First character of the span.</param>
    /// <param name="length">Characters.</param>
    /// <param name="isNew">True when no equal span was added before.</param>
    public int Add(ReadOnlySpan<char> text, int start, int length, out bool isNew)
    {
        ReadOnlySpan<char> span = text.Slice(start, length);
        ulong hash = Hash(span);
        ulong[] slots = _slots;
        int mask = _mask;
        int slot = (int)hash & mask;
        while (slots[slot] is not 0 and ulong known)
        {
            if ((known ^ hash) >> 32 == 0)
            {
                int id = (int)(uint)known - 1;
                ref InternedSpan entry = ref _entries[id];
                if (entry.Length == length && AreEqual(text, entry.Start, start, length))
                {
                    entry.Count++;
                    isNew = false;
                    return id;
                }
            }

            slot = (slot + 1) & mask;
        }

        isNew = true;
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, _count * 2);
            Array.Resize(ref _hashes, _count * 2);
        }

        int added = _count++;
        _hashes[added] = hash;
        _entries[added] = new InternedSpan { Start = start, Length = length, Count = 1 };
        slots[slot] = SlotOf(hash, added);
        if (_count * 2 > _mask)
        {
            Grow();
        }

        return added;
    }

    /// <summary>An entry, to set what its owner keeps there.</summary>
    public ref InternedSpan EntryOf(int id) => ref _entries[id];

    private void Grow()
    {
        int capacity = (_mask + 1) * 4;
        if (_slots.Length < capacity)
        {
            _slots = new ulong[(int)BitOperations.RoundUpToPowerOf2((uint)capacity)];
        }
        else
        {
            Array.Clear(_slots, 0, capacity);
        }

        _mask = capacity - 1;
        for (int id = 0; id < _count; id++)
        {
            int slot = (int)_hashes[id] & _mask;
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & _mask;
            }

            _slots[slot] = SlotOf(_hashes[id], id);
        }
    }

    private static ulong SlotOf(ulong hash, int id) => (hash & 0xFFFFFFFF00000000) | (uint)(id + 1);

    // Short spans are compared without a call.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool AreEqual(ReadOnlySpan<char> text, int first, int second, int length)
    {
        if (length > 4)
        {
            return text.Slice(first, length).SequenceEqual(text.Slice(second, length));
        }

        for (int i = 0; i < length; i++)
        {
            if (text[first + i] != text[second + i])
            {
                return false;
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong value, ulong multiplier)
    {
        ulong high = Math.BigMul(value, multiplier, out ulong low);
        return high ^ low;
    }
}

/// <summary>A distinct span of a text.</summary>
public struct InternedSpan
{
    /// <summary>First character of its first occurrence.</summary>
    public int Start { get; set; }

    /// <summary>Length in UTF-16 code units.</summary>
    public int Length { get; set; }

    /// <summary>Length in code points; set by token indexes.</summary>
    public int CodePoints { get; set; }

    /// <summary>How often it occurs.</summary>
    public int Count { get; set; }

    /// <summary>What kind of token it is; set by token indexes.</summary>
    public TokenTraits Traits { get; set; }
}

/// <summary>What the filters ask of a token; a set of flags.</summary>
[Flags]
public enum TokenTraits : byte
{
    /// <summary>None of the others.</summary>
    None = 0,

    /// <summary>Holds a letter.</summary>
    HasLetter = 1,

    /// <summary>Holds a character that is not in <see cref="CharacterTable.Punctuation"/>.</summary>
    HasNonPunctuation = 2,

    /// <summary>Starts with a letter, a digit or another number: a word and no punctuation.</summary>
    IsWord = 4,

    /// <summary>Holds an ASCII letter.</summary>
    HasAsciiLetter = 8,
}
