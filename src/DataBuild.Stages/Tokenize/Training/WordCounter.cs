using System.IO.Hashing;

namespace DataBuild.Stages.Tokenize.Training;

/// <summary>Counts byte strings: open addressing over one block of bytes. Not thread-safe.</summary>
internal sealed class WordCounter
{
    private Slot[] _slots = new Slot[1 << 16];
    private readonly List<byte[]> _blocks = [];
    private int _blockUsed = BlockSize;

    private const int BlockBits = 22;
    private const int BlockSize = 1 << BlockBits;

    private struct Slot
    {
        public ulong Hash;
        public int Block;
        public int Start;
        public int Length;
        public long Count;
    }

    /// <summary>Number of different words.</summary>
    public int Count { get; private set; }

    /// <summary>Adds to a word's count.</summary>
    public void Add(ReadOnlySpan<byte> word, long count)
    {
        ulong hash = XxHash3.HashToUInt64(word);
        ref Slot slot = ref Find(hash, word);
        if (slot.Count == 0)
        {
            slot = Store(word, hash);
            Count++;
        }

        slot.Count += count;
        if (Count * 2 > _slots.Length)
        {
            Grow();
        }
    }

    /// <summary>Adds another counter's counts.</summary>
    public void Add(WordCounter other)
    {
        foreach (Slot slot in other._slots)
        {
            if (slot.Count > 0)
            {
                Add(other.Bytes(slot).Span, slot.Count);
            }
        }
    }

    /// <summary>The words in byte order, which no order of counting can change, and their counts.</summary>
    public (ReadOnlyMemory<byte> Word, long Count)[] ToSorted()
    {
        var words = new (ReadOnlyMemory<byte> Word, long Count)[Count];
        int next = 0;
        foreach (Slot slot in _slots)
        {
            if (slot.Count > 0)
            {
                words[next++] = (Bytes(slot), slot.Count);
            }
        }

        Array.Sort(words, static (a, b) => a.Word.Span.SequenceCompareTo(b.Word.Span));
        return words;
    }

    private ReadOnlyMemory<byte> Bytes(Slot slot) => _blocks[slot.Block].AsMemory(slot.Start, slot.Length);

    private ref Slot Find(ulong hash, ReadOnlySpan<byte> word)
    {
        int mask = _slots.Length - 1;
        int at = (int)hash & mask;
        while (true)
        {
            ref Slot slot = ref _slots[at];
            if (slot.Count == 0
                || (slot.Hash == hash && slot.Length == word.Length && _blocks[slot.Block].AsSpan(slot.Start, slot.Length).SequenceEqual(word)))
            {
                return ref slot;
            }

            at = (at + 1) & mask;
        }
    }

    private Slot Store(ReadOnlySpan<byte> word, ulong hash)
    {
        if (_blocks.Count == 0 || _blockUsed + word.Length > _blocks[^1].Length)
        {
            _blocks.Add(new byte[Math.Max(BlockSize, word.Length)]);
            _blockUsed = 0;
        }

        word.CopyTo(_blocks[^1].AsSpan(_blockUsed));
        var slot = new Slot { Hash = hash, Block = _blocks.Count - 1, Start = _blockUsed, Length = word.Length };
        _blockUsed += word.Length;
        return slot;
    }

    private void Grow()
    {
        Slot[] old = _slots;
        _slots = new Slot[old.Length * 2];
        int mask = _slots.Length - 1;
        foreach (Slot slot in old)
        {
            if (slot.Count > 0)
            {
                int at = (int)slot.Hash & mask;
                while (_slots[at].Count > 0)
                {
                    at = (at + 1) & mask;
                }

                _slots[at] = slot;
            }
        }
    }
}
