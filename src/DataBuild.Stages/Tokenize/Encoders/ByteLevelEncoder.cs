using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DataBuild.Stages.Tokenize.Scanning;

namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>
/// Byte-pair encoding over bytes: the text is cut into words by a scanner, and each word's bytes are merged by rank.
/// </summary>
/// <typeparam name="TScanner">The pre-tokeniser pattern.</typeparam>
/// <typeparam name="TRule">The merges.</typeparam>
internal sealed class ByteLevelEncoder<TScanner, TRule> : TextEncoder
    where TScanner : struct, IPieceScanner
    where TRule : struct, IMergeRule
{
    private readonly TokenTable _table;
    private readonly TRule _rule;
    private readonly int[] _byteIds;
    private readonly bool _wholeWordFirst;

    /// <summary>Makes an encoder.</summary>
    /// <param name="table">The vocabulary.</param>
    /// <param name="rule">The merges.</param>
    /// <param name="byteIds">Ids of the 256 single bytes; -1 where the vocabulary lacks one, whose bytes then vanish.</param>
    /// <param name="wholeWordFirst">Whether a word that is a token is taken as it is, without merging.</param>
    public ByteLevelEncoder(TokenTable table, TRule rule, int[] byteIds, bool wholeWordFirst)
    {
        _table = table;
        _rule = rule;
        _byteIds = byteIds;
        _wholeWordFirst = wholeWordFirst;
    }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<byte> text, TokenBuffer output, EncoderState state)
    {
        int length = text.Length;
        ref byte first = ref MemoryMarshal.GetReference(text);
        WordCache cache = state.Words;
        Span<int> room = output.Reserve(Math.Min(length, (length / 3) + 64));
        int used = 0;
        int position = 0;
        while (position < length)
        {
            int end = TScanner.Next(ref first, position, length);
            int size = end - position;
            if (room.Length - used < Math.Max(size, WordCache.InlineIds))
            {
                output.Commit(used);
                room = output.Reserve(size + 1024);
                used = 0;
            }

            if (size <= ShortKey.MaxLength)
            {
                Vector128<byte> key = ShortKey.Load(ref first, position, size, length);
                ref WordCache.ShortEntry entry = ref cache.Short(key);
                if (entry.Key == key && entry.Count > 0)
                {
                    ref int place = ref Unsafe.Add(ref MemoryMarshal.GetReference(room), used);
                    place = entry.First;
                    Unsafe.Add(ref place, 1) = entry.Second;
                    Unsafe.Add(ref place, 2) = entry.Third;
                    used += entry.Count;
                }
                else
                {
                    used += EncodeShort(ref first, position, size, length, key, ref entry, room[used..], state);
                }
            }
            else
            {
                used += EncodeLong(ref first, position, size, length, room[used..], state);
            }

            position = end;
        }

        output.Commit(used);
    }

    private int EncodeShort(
        ref byte text, int start, int size, int length, Vector128<byte> key, ref WordCache.ShortEntry entry, Span<int> output, EncoderState state)
    {
        int count;
        if (entry.Key == key)
        {
            count = EncodeLong(ref text, start, size, length, output, state);
        }
        else if (_wholeWordFirst && _table.FindShort(key) is int id and >= 0)
        {
            output[0] = id;
            count = 1;
        }
        else
        {
            count = MergeBytes(ref text, start, size, length, output, state.Workspace);
        }

        if (count is > 0 and <= WordCache.InlineIds)
        {
            entry.Key = key;
            entry.First = output[0];
            entry.Second = count > 1 ? output[1] : 0;
            entry.Third = count > 2 ? output[2] : 0;
            entry.Count = count;
        }
        else if (entry.Key != key)
        {
            entry.Key = key;
            entry.Count = 0;
        }

        return count;
    }

    private int EncodeLong(ref byte text, int start, int size, int length, Span<int> output, EncoderState state)
    {
        ReadOnlySpan<byte> word = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref text, start), size);
        ReadOnlySpan<int> known = state.Words.FindLong(word, out ulong hash);
        if (!known.IsEmpty)
        {
            known.CopyTo(output);
            return known.Length;
        }

        int count;
        if (_wholeWordFirst && _table.Find(ref text, start, size, length) is int id and >= 0)
        {
            output[0] = id;
            count = 1;
        }
        else
        {
            count = MergeBytes(ref text, start, size, length, output, state.Workspace);
        }

        state.Words.KeepLong(word, hash, output[..count]);
        return count;
    }

    private int MergeBytes(ref byte text, int start, int size, int length, Span<int> output, MergeWorkspace workspace)
    {
        workspace.Clear();
        for (int i = start; i < start + size; i++)
        {
            int id = _byteIds[Unsafe.Add(ref text, i)];
            if (id >= 0)
            {
                workspace.Add(id, i);
            }
        }

        workspace.Merge(_rule, ref text, start + size, length);
        workspace.Ids.CopyTo(output);
        return workspace.Count;
    }
}
