using DataBuild.Text;

namespace DataBuild.Stages.Filter;

/// <summary>The two n-gram measures of Gopher's repetition rules, by dialect.</summary>
internal static class NGramRepetition
{
    /// <summary>Share of characters in the most frequent n-gram, for the n that <paramref name="grams"/> stands at.</summary>
    public static double MostFrequent(RepeatedNGrams grams, FilterDialect dialect, ReadOnlySpan<char> text, int textLength, TokenIndex tokens)
    {
        int n = grams.N;
        if (grams.TokenCount < n)
        {
            return dialect == FilterDialect.Nemo ? 1 : 0;
        }

        int gram = grams.MostFrequent(longestOfTied: dialect is FilterDialect.Dclm or FilterDialect.Paper);
        if (gram < 0 && dialect is FilterDialect.Dclm or FilterDialect.Paper)
        {
            return 0;
        }

        // Where nothing repeats, the first n-gram is as frequent as any: DataTrove, Dolma and NeMo count it.
        int first = gram < 0 ? 0 : grams.FirstOf(gram);
        int count = gram < 0 ? 1 : grams.CountOf(gram);
        long length = grams.LengthOf(first, first + n);
        return dialect switch
        {
            FilterDialect.Datatrove => Ratio(count * (length + n - 1), textLength),
            FilterDialect.Nemo => Ratio(OccurrencesJoined(text, tokens, first, n) * (length + n - 1), textLength),
            _ => Ratio(count * length, grams.LengthOf(0, grams.TokenCount)),
        };
    }

    /// <summary>Share of characters in n-grams that occur more than once, for the n that <paramref name="grams"/> stands at.</summary>
    public static double Duplicate(RepeatedNGrams grams, FilterDialect dialect, int textLength)
    {
        int n = grams.N;
        if (grams.TokenCount < n)
        {
            return dialect == FilterDialect.Nemo ? 1 : 0;
        }

        if (grams.Positions.IsEmpty)
        {
            return 0;
        }

        return dialect switch
        {
            FilterDialect.Datatrove => Ratio(GreedyRepeats(grams), textLength),
            FilterDialect.Nemo => Ratio(LaterOccurrences(grams), textLength),
            FilterDialect.Dolma => DuplicateMass(grams),
            _ => Ratio(Covered(grams), grams.LengthOf(0, grams.TokenCount)),
        };
    }

    private static double Ratio(double part, double whole) => whole == 0 ? 0 : part / whole;

    // A scan from the left: an n-gram seen before counts and is jumped over, any other is remembered.
    private static long GreedyRepeats(RepeatedNGrams grams)
    {
        using Flags seen = new(grams.GramCount);
        long characters = 0;
        int next = 0;
        ReadOnlySpan<int> positions = grams.Positions;
        for (int k = 0; k < positions.Length; k++)
        {
            int position = positions[k];
            if (position < next)
            {
                continue;
            }

            if (seen.TestAndSet(grams.Grams[k]))
            {
                characters += grams.LengthOf(position, position + grams.N);
                next = position + grams.N;
            }
        }

        return characters;
    }

    // Every occurrence but the first, spaces between its words included, each word once.
    private static long LaterOccurrences(RepeatedNGrams grams)
    {
        using Flags seen = new(grams.GramCount);
        long characters = 0;
        int n = grams.N;
        int covered = 0;
        ReadOnlySpan<int> positions = grams.Positions;
        for (int k = 0; k < positions.Length; k++)
        {
            int position = positions[k];
            if (!seen.TestAndSet(grams.Grams[k]))
            {
                continue;
            }

            int overlap = Math.Max(0, covered - position);
            characters += grams.LengthOf(position + overlap, position + n) + Math.Min(n - overlap, n - 1);
            covered = position + n;
        }

        return characters;
    }

    // Words that stand in any occurrence, each once.
    private static long Covered(RepeatedNGrams grams)
    {
        long characters = 0;
        int covered = 0;
        foreach (int position in grams.Positions)
        {
            int end = position + grams.N;
            characters += grams.LengthOf(Math.Max(position, covered), end);
            covered = end;
        }

        return characters;
    }

    // Characters of all occurrences over characters of all n-grams, overlaps counted as often as they occur.
    private static double DuplicateMass(RepeatedNGrams grams)
    {
        long repeated = 0;
        foreach (int position in grams.Positions)
        {
            repeated += grams.LengthOf(position, position + grams.N);
        }

        long all = 0;
        for (int i = 0; i + grams.N <= grams.TokenCount; i++)
        {
            all += grams.LengthOf(i, i + grams.N);
        }

        return Ratio(repeated, Math.Max(1, all));
    }

    // How often the words, joined by single spaces, are found in the text from left to right without overlap.
    private static int OccurrencesJoined(ReadOnlySpan<char> text, TokenIndex tokens, int first, int n)
    {
        int length = n - 1;
        for (int i = first; i < first + n; i++)
        {
            length += tokens[i].Length;
        }

        char[] buffer = System.Buffers.ArrayPool<char>.Shared.Rent(length);
        Span<char> joined = buffer.AsSpan(0, length);
        int at = 0;
        for (int i = first; i < first + n; i++)
        {
            if (i > first)
            {
                joined[at++] = ' ';
            }

            tokens[i].CopyTo(joined[at..]);
            at += tokens[i].Length;
        }

        int count = text.Count(joined);
        System.Buffers.ArrayPool<char>.Shared.Return(buffer);
        return count;
    }

    private readonly ref struct Flags
    {
        private readonly bool[] _flags;

        public Flags(int count)
        {
            _flags = System.Buffers.ArrayPool<bool>.Shared.Rent(Math.Max(1, count));
            Array.Clear(_flags, 0, count);
        }

        public bool TestAndSet(int index)
        {
            bool before = _flags[index];
            _flags[index] = true;
            return before;
        }

        public void Dispose() => System.Buffers.ArrayPool<bool>.Shared.Return(_flags);
    }
}
