using System.Numerics;

namespace DataBuild.Stages.Tokenize.Packing;

/// <summary>Ways to fill training sequences of a fixed length with documents. Pure functions of the documents' lengths.</summary>
public static class SequencePacking
{
    /// <summary>
    /// Documents one after the other, cut every so many tokens, wherever that is.
    /// </summary>
    /// <param name="lengths">Tokens of each document; 0 or more.</param>
    /// <param name="contextLength">Tokens of a sequence; at least 1.</param>
    /// <param name="keepRemainder">Whether the last sequence is kept where it is short.</param>
    public static IEnumerable<PackedSequence> ConcatenateAndChunk(IEnumerable<int> lengths, int contextLength, bool keepRemainder = false)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(contextLength);
        return Chunks(lengths, contextLength, keepRemainder);
    }

    /// <summary>
    /// Best-fit decreasing packing (Ding et al. 2024, "Fewer Truncations Improve Language Modeling", algorithm 1): documents
    /// longer than a sequence are cut into whole sequences and a rest; then the longest pieces first go into the fullest
    /// sequence that has room. No piece is cut further. Of equal pieces the earlier document goes first.
    /// </summary>
    /// <param name="lengths">Tokens of each document; 0 or more.</param>
    /// <param name="contextLength">Most tokens of a sequence; at least 1.</param>
    public static IReadOnlyList<PackedSequence> BestFit(IReadOnlyList<int> lengths, int contextLength)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(contextLength);
        var pieces = new List<SequencePart>();
        for (int document = 0; document < lengths.Count; document++)
        {
            for (int start = 0; start < lengths[document]; start += contextLength)
            {
                pieces.Add(new SequencePart(document, start, Math.Min(contextLength, lengths[document] - start)));
            }
        }

        var sequences = new List<List<SequencePart>>();
        var withRoom = new RoomIndex(contextLength);
        foreach (SequencePart piece in pieces.OrderByDescending(p => p.Length).ThenBy(p => p.Document).ThenBy(p => p.Start))
        {
            int room = withRoom.SmallestFrom(piece.Length);
            int sequence;
            if (room < 0)
            {
                room = contextLength;
                sequence = sequences.Count;
                sequences.Add([]);
            }
            else
            {
                sequence = withRoom.Take(room);
            }

            sequences[sequence].Add(piece);
            if (room > piece.Length)
            {
                withRoom.Put(room - piece.Length, sequence);
            }
        }

        return [.. sequences.Select(s => new PackedSequence(s))];
    }

    private static IEnumerable<PackedSequence> Chunks(IEnumerable<int> lengths, int contextLength, bool keepRemainder)
    {
        var parts = new List<SequencePart>();
        int room = contextLength;
        int document = 0;
        foreach (int length in lengths)
        {
            for (int start = 0; start < length;)
            {
                int taken = Math.Min(room, length - start);
                parts.Add(new SequencePart(document, start, taken));
                start += taken;
                room -= taken;
                if (room == 0)
                {
                    yield return new PackedSequence(parts.ToArray());
                    parts.Clear();
                    room = contextLength;
                }
            }

            document++;
        }

        if (keepRemainder && parts.Count > 0)
        {
            yield return new PackedSequence(parts.ToArray());
        }
    }

    /// <summary>Sequences by the room that they have left; finds the least room that suffices by bits.</summary>
    private sealed class RoomIndex(int most)
    {
        private readonly ulong[] _any = new ulong[(most >> 6) + 1];
        private readonly Queue<int>?[] _sequences = new Queue<int>?[most + 1];

        public void Put(int room, int sequence)
        {
            (_sequences[room] ??= new Queue<int>()).Enqueue(sequence);
            _any[room >> 6] |= 1UL << room;
        }

        public int Take(int room)
        {
            Queue<int> queue = _sequences[room]!;
            int sequence = queue.Dequeue();
            if (queue.Count == 0)
            {
                _any[room >> 6] &= ~(1UL << room);
            }

            return sequence;
        }

        public int SmallestFrom(int room)
        {
            int word = room >> 6;
            ulong bits = _any[word] & (ulong.MaxValue << room);
            while (bits == 0)
            {
                if (++word == _any.Length)
                {
                    return -1;
                }

                bits = _any[word];
            }

            return (word << 6) + BitOperations.TrailingZeroCount(bits);
        }
    }
}
