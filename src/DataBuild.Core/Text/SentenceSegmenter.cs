namespace DataBuild.Text;

/// <summary>
/// Cuts text into sentences by rules: a sentence terminal of any script ends one when white space or the end follows (ideographic terminals need
/// none), closing quotes and brackets stay with it; a full stop after a known abbreviation, after a single initial or before a lower-case letter does
/// not; an empty line always does.
/// </summary>
public static class SentenceSegmenter
{
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> AbbreviationSet = new HashSet<string>(StringComparer.Ordinal)
    {
            "mr", "mrs", "ms", "dr", "prof", "rev", "gen", "col", "capt", "lt", "sgt", "sen", "rep", "gov", "hon", "st", "jr", "sr", "vs", "etc", "inc", "ltd", "co", "corp",
            "dept", "no", "nos", "vol", "fig", "figs", "eq", "al", "e.g", "i.e", "cf", "approx", "ca", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
            "u.s", "u.k", "a.m", "p.m", "ph.d", "d.c", "mt", "ave", "blvd", "rd",
    }.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Number of sentences of a text; 0 when it is blank.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        int count = 0;
        while (TryNext(ref text, out _))
        {
            count++;
        }

        return count;
    }

    /// <summary>Takes the next sentence off the text, trimmed; false when nothing but white space is left.</summary>
    public static bool TryNext(ref ReadOnlySpan<char> text, out ReadOnlySpan<char> sentence)
    {
        int start = 0;
        while (start < text.Length && CharacterTable.Is(text[start], CharacterTraits.Whitespace))
        {
            start++;
        }

        if (start == text.Length)
        {
            sentence = default;
            text = default;
            return false;
        }

        int end = EndOfSentence(text, start);
        sentence = CharacterTable.Trim(text[start..end]);
        text = text[end..];
        return true;
    }

    private static int EndOfSentence(ReadOnlySpan<char> text, int start)
    {
        for (int i = start; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\n' && IsBlankLineAfter(text, i))
            {
                return i;
            }

            if (!CharacterTable.Is(c, CharacterTraits.SentenceTerminal) && c != '…')
            {
                continue;
            }

            int end = i + 1;
            while (end < text.Length && (CharacterTable.Is(text[end], CharacterTraits.SentenceTerminal) || text[end] == '…' || IsCloser(text[end])))
            {
                end++;
            }

            if (end == text.Length)
            {
                return end;
            }

            bool needsNoSpace = c is '。' or '！' or '？' or '｡';
            bool spaceFollows = CharacterTable.Is(text[end], CharacterTraits.Whitespace);
            if (needsNoSpace || (spaceFollows && EndsHere(text, start, i, end)))
            {
                return end;
            }

            i = end - 1;
        }

        return text.Length;
    }

    private static bool EndsHere(ReadOnlySpan<char> text, int start, int terminal, int end)
    {
        if (text[terminal] is not ('.' or '…'))
        {
            return true;
        }

        int next = end;
        while (next < text.Length && CharacterTable.Is(text[next], CharacterTraits.Whitespace))
        {
            next++;
        }

        if (next < text.Length && CharacterTable.Is(text[next], CharacterTraits.Lower))
        {
            return false;
        }

        if (end - terminal > 1)
        {
            return true;
        }

        int word = terminal;
        while (word > start && !CharacterTable.Is(text[word - 1], CharacterTraits.Whitespace) && !IsOpener(text[word - 1]))
        {
            word--;
        }

        ReadOnlySpan<char> before = text[word..terminal];
        bool isInitial = before.Length == 1 && CharacterTable.Is(before[0], CharacterTraits.Upper) && before[0] != 'I';
        return !isInitial && !IsAbbreviation(before);
    }

    private static bool IsAbbreviation(ReadOnlySpan<char> word)
    {
        if (word.Length is 0 or > 6)
        {
            return false;
        }

        Span<char> lower = stackalloc char[word.Length];
        _ = word.ToLowerInvariant(lower);
        return AbbreviationSet.Contains(lower);
    }

    private static bool IsBlankLineAfter(ReadOnlySpan<char> text, int lineFeed)
    {
        for (int i = lineFeed + 1; i < text.Length && CharacterTable.Is(text[i], CharacterTraits.Whitespace); i++)
        {
            if (text[i] == '\n')
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsCloser(char c) => c is '"' or '\'' or '”' or '’' or '»' or ')' or ']' or '}' or '」' or '』' or '）' or '】' or '›';

    private static bool IsOpener(char c) => c is '"' or '\'' or '“' or '‘' or '«' or '(' or '[' or '{' or '「' or '『' or '（' or '【';
}
