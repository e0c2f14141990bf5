using DataBuild.Text;

namespace DataBuild.Stages.Filter;

/// <summary>Hash signs and ellipses, by dialect.</summary>
internal static class GopherSymbols
{
    /// <summary>Hash signs, ellipses, and what a dialect with one joint limit counts.</summary>
    public static (double Hashes, double Ellipses, double Joint) Count(ReadOnlySpan<char> text, TokenIndex words, FilterDialect dialect)
    {
        switch (dialect)
        {
            case FilterDialect.Dolma:
                return CountWords(words, static word => word.Contains('#'), static word => word.Contains('…'));
            case FilterDialect.Nemo:
                return CountWords(words, IsMostlyHashes, static word => word is "..." or "[...]" or "…" or "(...)" or "[…]" or "-»");
            default:
                double hashes = text.Count('#');
                double ellipses = text.Count("...") + text.Count('…') + (dialect == FilterDialect.Dclm ? text.Count(". . .") : 0);
                return (hashes, ellipses, hashes + ellipses);
        }
    }

    private delegate bool WordPredicate(ReadOnlySpan<char> word);

    private static (double Hashes, double Ellipses, double Joint) CountWords(TokenIndex words, WordPredicate isHash, WordPredicate isEllipsis)
    {
        int hashes = 0;
        int ellipses = 0;
        int joint = 0;
        ReadOnlySpan<InternedSpan> types = words.Types;
        for (int i = 0; i < types.Length; i++)
        {
            ReadOnlySpan<char> word = words.TextOf(i);
            bool hash = isHash(word);
            bool ellipsis = isEllipsis(word);
            hashes += hash ? types[i].Count : 0;
            ellipses += ellipsis ? types[i].Count : 0;
            joint += hash || ellipsis ? types[i].Count : 0;
        }

        return (hashes, ellipses, joint);
    }

    // NeMo Curator divides the number of runs of '#' by the word's length, so "##" is no symbol.
    private static bool IsMostlyHashes(ReadOnlySpan<char> word)
    {
        int runs = 0;
        for (int i = 0; i < word.Length; i++)
        {
            runs += word[i] == '#' && (i == 0 || word[i - 1] != '#') ? 1 : 0;
        }

        return runs > 0.5 * CharacterTable.CountCodePoints(word);
    }
}
