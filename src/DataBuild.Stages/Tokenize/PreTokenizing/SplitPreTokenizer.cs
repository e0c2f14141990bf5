using DataBuild.Stages.Tokenize.Normalizing;

namespace DataBuild.Stages.Tokenize.PreTokenizing;

/// <summary>What becomes of the delimiter in a split. The names are those of Hugging Face tokenizers.</summary>
internal enum SplitBehavior
{
    /// <summary>It goes.</summary>
    Removed,

    /// <summary>It is a piece.</summary>
    Isolated,

    /// <summary>It ends the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>It begins the piece after it.</summary>
    MergedWithNext,

    /// <summary>Delimiters that follow each other are one piece.</summary>
    Contiguous,
}

/// <summary>Cuts at the matches of a delimiter.</summary>
/// <param name="matcher">The delimiter.</param>
/// <param name="behavior">What becomes of it.</param>
/// <param name="invert">Whether what lies between matches is the delimiter.</param>
internal sealed class SplitPreTokenizer(ITextMatcher matcher, SplitBehavior behavior, bool invert = false) : IPreTokenizer
{
    /// <inheritdoc/>
    public void Apply(PreTokenizedText text) => text.Cut(Cut);

    private void Cut(NormalizedText text, int start, int end, List<(int Start, int End)> pieces)
    {
        ReadOnlySpan<byte> piece = text.Bytes[start..end];
        int first = pieces.Count;
        bool previousMatch = false;
        int at = 0;
        while (at < piece.Length)
        {
            bool found = matcher.TryFind(piece, at, out int from, out int to);
            if (!found)
            {
                from = piece.Length;
            }

            if (from > at)
            {
                Add(at, from, invert);
            }

            if (found)
            {
                Add(from, to, !invert);
            }

            at = found ? to : piece.Length;
        }

        void Add(int from, int to, bool isDelimiter)
        {
            bool any = pieces.Count > first;
            bool join = behavior switch
            {
                SplitBehavior.Contiguous => any && isDelimiter == previousMatch,
                SplitBehavior.MergedWithPrevious => any && isDelimiter && !previousMatch,
                SplitBehavior.MergedWithNext => any && !isDelimiter && previousMatch,
                _ => false,
            };
            if (join)
            {
                pieces[^1] = (pieces[^1].Start, start + to);
            }
            else if (behavior != SplitBehavior.Removed || !isDelimiter)
            {
                pieces.Add((start + from, start + to));
            }

            previousMatch = isDelimiter;
        }
    }
}
