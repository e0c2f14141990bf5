using DataBuild.Text;

namespace DataBuild.Stages.Filter;

/// <summary>Counts over a text's words, taken from its distinct words.</summary>
internal readonly record struct WordSummary(int Words, double MeanLength, double MedianLength, int WithLetter, int StopWords, uint StopWordSet)
{
    private const int LongestBucket = 255;

    /// <summary>Summary of the tokens that have all the traits asked for.</summary>
    public static WordSummary Of(TokenIndex tokens, TokenTraits required, FilterDialect dialect)
    {
        bool ignoreCase = dialect is FilterDialect.Dclm or FilterDialect.Paper;
        Span<int> lengths = stackalloc int[LongestBucket + 1];
        lengths.Clear();
        int words = 0;
        long characters = 0;
        int withLetter = 0;
        int stopWords = 0;
        uint stopWordSet = 0;
        ReadOnlySpan<InternedSpan> types = tokens.Types;
        for (int i = 0; i < types.Length; i++)
        {
            ref readonly InternedSpan type = ref types[i];
            if ((type.Traits & required) != required)
            {
                continue;
            }

            words += type.Count;
            characters += (long)type.CodePoints * type.Count;
            lengths[Math.Min(type.CodePoints, LongestBucket)] += type.Count;
            if ((type.Traits & TokenTraits.HasLetter) != 0)
            {
                withLetter += type.Count;
            }

            if (type.CodePoints is >= 2 and <= 4 && EnglishStopWords.IndexOf(tokens.TextOf(i), ignoreCase) is >= 0 and int stopWord)
            {
                stopWords += type.Count;
                stopWordSet |= 1u << stopWord;
            }
        }

        return new WordSummary(words, words == 0 ? 0 : (double)characters / words, Median(lengths, words), withLetter, stopWords, stopWordSet);
    }

    // Lengths of 255 and more share a bucket: a median that long is far beyond any limit in use.
    private static double Median(ReadOnlySpan<int> lengths, int words)
    {
        if (words == 0)
        {
            return 0;
        }

        int lower = -1;
        int seen = 0;
        for (int length = 0; length < lengths.Length; length++)
        {
            seen += lengths[length];
            if (lower < 0 && seen > (words - 1) / 2)
            {
                lower = length;
            }

            if (seen > words / 2)
            {
                return (lower + length) / 2.0;
            }
        }

        return lower;
    }
}
