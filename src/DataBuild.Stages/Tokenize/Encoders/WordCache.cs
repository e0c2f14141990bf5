using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>
/// What the words met lately encode to. One per thread and tokenizer, so it has no lock; it only saves time: what is
/// forgotten is encoded anew to the same ids.
/// </summary>
internal sealed class WordCache
{
    /// <summary>Most ids that an entry for a short word holds itself.</summary>
    public const int InlineIds = 3;

    private const int ShortBits = 14;
    private const int LongBits = 13;
    private const int MaxLongKey = 256;

    private readonly ShortEntry[] _short = new ShortEntry[1 << ShortBits];
    private readonly LongEntry[] _long = new LongEntry[1 << LongBits];
    private readonly byte[] _keys = new byte[512 * 1024];
    private readonly int[] _ids = new int[128 * 1024];
    private int _keysUsed;
    private int _idsUsed;

    /// <summary>A word of up to 15 bytes; <see cref="Count"/> is 0 where the ids are in the long cache.</summary>
    public struct ShortEntry
    {
        public Vector128<byte> Key;
        public int First;
        public int Second;
        public int Third;
        public int Count;
    }

    private struct LongEntry
    {
        public ulong Hash;
        public int KeyStart;
        public int KeyLength;
        public int IdStart;
        public int IdCount;
    }

    /// <summary>The one place where a short word can be; its key says whether it is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref ShortEntry Short(Vector128<byte> key) =>
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_short), (nint)(ShortKey.Hash(key) >> (64 - ShortBits)));

    /// <summary>Ids of a word kept in the long cache; empty where it is not kept.</summary>
    public ReadOnlySpan<int> FindLong(ReadOnlySpan<byte> word, out ulong hash)
    {
        hash = XxHash3.HashToUInt64(word);
        ref LongEntry entry = ref _long[(int)(hash >> (64 - LongBits))];
        return entry.Hash == hash && entry.IdCount > 0 && _keys.AsSpan(entry.KeyStart, entry.KeyLength).SequenceEqual(word)
            ? _ids.AsSpan(entry.IdStart, entry.IdCount)
            : [];
    }

    /// <summary>Keeps a word in the long cache, in the place of another one where need be.</summary>
    public void KeepLong(ReadOnlySpan<byte> word, ulong hash, ReadOnlySpan<int> ids)
    {
        if (word.Length > MaxLongKey)
        {
            return;
        }

        if (_keysUsed + word.Length > _keys.Length || _idsUsed + ids.Length > _ids.Length)
        {
            Array.Clear(_long);
            _keysUsed = 0;
            _idsUsed = 0;
        }

        word.CopyTo(_keys.AsSpan(_keysUsed));
        ids.CopyTo(_ids.AsSpan(_idsUsed));
        _long[(int)(hash >> (64 - LongBits))] = new LongEntry
        {
            Hash = hash,
            KeyStart = _keysUsed,
            KeyLength = word.Length,
            IdStart = _idsUsed,
            IdCount = ids.Length,
        };
        _keysUsed += word.Length;
        _idsUsed += ids.Length;
    }
}
