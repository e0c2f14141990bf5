using DataBuild.Text;

namespace DataBuild.Stages.Extract.JusText;

/// <summary>
/// jusText's two classifications (Pomikálek 2011, chapter 3; parameters and order of miso-belica/jusText): a paragraph by itself, by length, links and stop words,
/// then among its neighbours.
/// </summary>
internal static class JusTextClassifier
{
    /// <summary>Classifies paragraphs by themselves.</summary>
    /// <param name="paragraphs">The page's paragraphs.</param>
    /// <param name="stage">Limits.</param>
    /// <param name="stopWords">Stop words in lower case; null where the language has no list: then every paragraph has enough of them.</param>
    /// <param name="words">Cuts languages without spaces into words; null where white space does.</param>
    public static void ByThemselves(IReadOnlyList<JusTextParagraph> paragraphs, JusTextStage stage, HashSet<string>? stopWords, WordIndex? words)
    {
        foreach (JusTextParagraph paragraph in paragraphs)
        {
            paragraph.ContextFree = ByItself(paragraph, stage, stopWords is null ? 1 : StopWordDensity(paragraph.Text, stopWords, words));
        }
    }

    /// <summary>Classifies paragraphs among their neighbours, from their classes by themselves.</summary>
    public static void AmongNeighbours(IReadOnlyList<JusTextParagraph> paragraphs, JusTextStage stage)
    {
        foreach (JusTextParagraph paragraph in paragraphs)
        {
            paragraph.Class = paragraph.ContextFree;
        }

        if (stage.RescueShortHeadings && !stage.NoHeadings)
        {
            Headings(paragraphs, stage.MaxHeadingDistance, p => p.Class == ParagraphClass.Short, ParagraphClass.NearGood);
        }

        ShortOnes(paragraphs);
        for (int i = 0; i < paragraphs.Count; i++)
        {
            // In place: a rescued paragraph counts for those after it.
            if (paragraphs[i].Class == ParagraphClass.NearGood)
            {
                paragraphs[i].Class = Neighbour(paragraphs, i, -1, skipNearGood: true) == ParagraphClass.Bad && Neighbour(paragraphs, i, 1, skipNearGood: true) == ParagraphClass.Bad
                    ? ParagraphClass.Bad
                    : ParagraphClass.Good;
            }
        }

        if (!stage.NoHeadings)
        {
            Headings(paragraphs, stage.MaxHeadingDistance, p => p.Class == ParagraphClass.Bad && p.ContextFree != ParagraphClass.Bad, ParagraphClass.Good);
        }
    }

    private static ParagraphClass ByItself(JusTextParagraph paragraph, JusTextStage stage, double stopWords) => paragraph switch
    {
        _ when paragraph.LinkDensity > stage.MaxLinkDensity => ParagraphClass.Bad,
        _ when paragraph.Text.Contains('©', StringComparison.Ordinal) || paragraph.Text.Contains("&copy", StringComparison.Ordinal) => ParagraphClass.Bad,
        { IsInSelect: true } => ParagraphClass.Bad,
        _ when paragraph.Length < stage.LengthLow => paragraph.LinkCharacters > 0 ? ParagraphClass.Bad : ParagraphClass.Short,
        _ when stopWords >= stage.StopWordsHigh => paragraph.Length > stage.LengthHigh ? ParagraphClass.Good : ParagraphClass.NearGood,
        _ when stopWords >= stage.StopWordsLow => ParagraphClass.NearGood,
        _ => ParagraphClass.Bad,
    };

    private static double StopWordDensity(string text, HashSet<string> stopWords, WordIndex? unspaced)
    {
        TokenIndex words = unspaced ?? (TokenIndex)new WhitespaceWordIndex();
        words.Analyze(text.AsMemory());
        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> lookup = stopWords.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> lower = stackalloc char[64];
        int all = 0;
        int found = 0;
        for (int type = 0; type < words.Types.Length; type++)
        {
            InternedSpan entry = words.Types[type];
            if (unspaced is not null && (entry.Traits & TokenTraits.IsWord) == 0)
            {
                continue;
            }

            all += entry.Count;
            ReadOnlySpan<char> word = words.TextOf(type);
            if (word.Length <= lower.Length && lookup.Contains(lower[..word.ToLowerInvariant(lower)]))
            {
                found += entry.Count;
            }
        }

        return all == 0 ? 0 : (double)found / all;
    }

    private static void Headings(IReadOnlyList<JusTextParagraph> paragraphs, int maxDistance, Func<JusTextParagraph, bool> isChosen, ParagraphClass becomes)
    {
        for (int i = 0; i < paragraphs.Count; i++)
        {
            if (!paragraphs[i].IsHeading || !isChosen(paragraphs[i]))
            {
                continue;
            }

            int distance = 0;
            for (int j = i + 1; j < paragraphs.Count && distance <= maxDistance; j++)
            {
                if (paragraphs[j].Class == ParagraphClass.Good)
                {
                    paragraphs[i].Class = becomes;
                    break;
                }

                distance += paragraphs[j].Length;
            }
        }
    }

    private static void ShortOnes(IReadOnlyList<JusTextParagraph> paragraphs)
    {
        List<(int Index, ParagraphClass Class)> decided = [];
        for (int i = 0; i < paragraphs.Count; i++)
        {
            if (paragraphs[i].Class != ParagraphClass.Short)
            {
                continue;
            }

            ParagraphClass before = Neighbour(paragraphs, i, -1, skipNearGood: true);
            ParagraphClass after = Neighbour(paragraphs, i, 1, skipNearGood: true);
            bool isGood = before == after
                ? before == ParagraphClass.Good
                : Neighbour(paragraphs, i, before == ParagraphClass.Bad ? -1 : 1, skipNearGood: false) == ParagraphClass.NearGood;
            decided.Add((i, isGood ? ParagraphClass.Good : ParagraphClass.Bad));
        }

        foreach ((int index, ParagraphClass decision) in decided)
        {
            paragraphs[index].Class = decision;
        }
    }

    // The class of the nearest neighbour that is neither short nor, if so asked, near good; the page's edges are bad.
    private static ParagraphClass Neighbour(IReadOnlyList<JusTextParagraph> paragraphs, int index, int step, bool skipNearGood)
    {
        for (int i = index + step; i >= 0 && i < paragraphs.Count; i += step)
        {
            ParagraphClass found = paragraphs[i].Class;
            if (found is ParagraphClass.Good or ParagraphClass.Bad || (found == ParagraphClass.NearGood && !skipNearGood))
            {
                return found;
            }
        }

        return ParagraphClass.Bad;
    }
}
