using System.Numerics;
using System.Runtime.CompilerServices;

namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>Merges by pair of ids: open addressing, immutable after it is filled. Thread-safe for lookups.</summary>
internal sealed class PairTable
{
    private const ulong Empty = ulong.MaxValue;

    private readonly ulong[] _keys;
    private readonly long[] _values;
    private readonly int _shift;

    /// <summary>Makes a table with room for so many pairs.</summary>
    public PairTable(int capacity)
    {
        int bits = BitOperations.Log2((uint)Math.Max(8, capacity) * 2 - 1) + 1;
        _keys = new ulong[1 << bits];
        _values = new long[1 << bits];
        _shift = 64 - bits;
        Array.Fill(_keys, Empty);
    }

    /// <summary>Adds a merge; the last of equal pairs wins, as in the Hugging Face loader.</summary>
    public void Add(int left, int right, int rank, int merged)
    {
        ulong key = Key(left, right);
        uint slot = Slot(key);
        while (_keys[slot] != Empty && _keys[slot] != key)
        {
            slot = (slot + 1) & ((uint)_keys.Length - 1);
        }

        _keys[slot] = key;
        _values[slot] = ((long)rank << 32) | (uint)merged;
    }

    /// <summary><c>rank &lt;&lt; 32 | merged id</c>, or <see cref="IMergeRule.NoMerge"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Find(int left, int right)
    {
        ulong key = Key(left, right);
        uint slot = Slot(key);
        ulong[] keys = _keys;
        while (true)
        {
            ulong found = keys[slot];
            if (found == key)
            {
                return _values[slot];
            }

            if (found == Empty)
            {
                return IMergeRule.NoMerge;
            }

            slot = (slot + 1) & ((uint)keys.Length - 1);
        }
    }

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Slot(ulong key) => (uint)(((key ^ (key >> 29)) * 0x9E3779B97F4A7C15) >> _shift);
}
