using System.Text;
using DataBuild.Stages.Tokenize.Normalizing;

namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>
/// The unigram language model: the segmentation of highest total score (Kudo 2018, "Subword Regularization", section 3.1), by
/// dynamic programming over bytes. Characters that no token covers cost ten less than the lowest score.
/// </summary>
internal sealed class UnigramEncoder : WordEncoder
{
    private const double UnknownPenalty = 10;

    private readonly double[] _scores;
    private readonly ByteTrie _trie;
    private readonly int _unknownId;
    private readonly int[] _byteIds;
    private readonly double _unknownScore;

    /// <summary>Makes an encoder.</summary>
    /// <param name="table">The vocabulary.</param>
    /// <param name="scores">Score of every id.</param>
    /// <param name="wanted">Which ids can stand for text.</param>
    /// <param name="unknownId">Id of what the vocabulary lacks; -1 where it vanishes.</param>
    /// <param name="byteIds">Ids that spell what the vocabulary lacks in bytes; empty where there are none.</param>
    public UnigramEncoder(TokenTable table, double[] scores, Func<int, bool> wanted, int unknownId, int[] byteIds)
    {
        _scores = scores;
        _trie = new ByteTrie(table, wanted);
        _unknownId = unknownId;
        _byteIds = byteIds;
        double least = double.PositiveInfinity;
        for (int id = 0; id < scores.Length; id++)
        {
            if (wanted(id))
            {
                least = Math.Min(least, scores[id]);
            }
        }

        _unknownScore = least - UnknownPenalty;
    }

    /// <inheritdoc/>
    protected override void EncodeWord(NormalizedText text, int start, int end, TokenSink sink, EncoderState state)
    {
        ReadOnlySpan<byte> word = text.Bytes[start..end];
        if (state.Lattice.Length <= word.Length)
        {
            state.Lattice = new (double, int, int)[Math.Max(64, word.Length * 2)];
        }

        Span<(double Score, int Start, int Id)> best = state.Lattice.AsSpan(0, word.Length + 1);
        best.Fill((0, -1, -1));
        for (int from = 0; from < word.Length;)
        {
            Rune.DecodeFromUtf8(word[from..], out _, out int size);
            double before = best[from].Score;
            bool single = false;
            for (int at = from, node = 0; at < word.Length; at++)
            {
                node = _trie.Next(node, word[at]);
                if (node < 0)
                {
                    break;
                }

                int id = _trie.ValueAt(node);
                if (id >= 0)
                {
                    single |= at + 1 - from == size;
                    Offer(ref best[at + 1], before + _scores[id], from, id);
                }
            }

            if (!single)
            {
                Offer(ref best[from + size], before + _unknownScore, from, -1);
            }

            from += size;
        }

        // The way back turns the links round, so that the tokens come out in order.
        int next = -1;
        for (int at = word.Length; at >= 0;)
        {
            int previous = at == 0 ? -1 : best[at].Start;
            best[at].Score = next;
            next = at;
            at = previous;
        }

        for (int at = 0; at < word.Length;)
        {
            int to = (int)best[at].Score;
            if (best[to].Id >= 0)
            {
                sink.Add(best[to].Id, text, start + at, start + to);
                at = to;
                continue;
            }

            // Unknown characters that follow each other are one.
            while (to < word.Length && best[(int)best[to].Score].Id < 0)
            {
                to = (int)best[to].Score;
            }

            AddUnknown(text, start + at, start + to, sink);
            at = to;
        }
    }

    private void AddUnknown(NormalizedText text, int start, int end, TokenSink sink)
    {
        if (_byteIds.Length > 0)
        {
            for (int i = start; i < end; i++)
            {
                sink.Add(_byteIds[text.Bytes[i]], text, i, i + 1);
            }
        }
        else if (_unknownId >= 0)
        {
            sink.Add(_unknownId, text, start, end);
        }
    }

    private static void Offer(ref (double Score, int Start, int Id) best, double score, int start, int id)
    {
        if (best.Start < 0 || score > best.Score)
        {
            best = (score, start, id);
        }
    }
}
