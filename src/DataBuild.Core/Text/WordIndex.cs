using System.Text;

namespace DataBuild.Text;

/// <summary>
/// Words and punctuation marks by the word boundaries of Unicode Standard Annex 29, white space left out. Chinese, Japanese, Thai, Lao, Khmer and Burmese
/// are cut by lists of words; Tibetan gives a token a syllable, other scripts without spaces a character with its marks. Runs of full stops and of hyphens are one token, as
/// in the word tokenizers of the field.
/// </summary>
public sealed class WordIndex : TokenIndex
{
    private readonly UnspacedWords _unspaced = new();

    /// <inheritdoc />
    protected override void Segment(ReadOnlySpan<char> text)
    {
        int at = 0;
        while (at < text.Length)
        {
            WordBreakClass kind = CharacterTable.WordBreakOf(text[at]);
            if (kind == WordBreakClass.LineBreak)
            {
                at++;
                continue;
            }

            if (kind == WordBreakClass.Whitespace)
            {
                at = SkipExtend(text, at + 1);
                continue;
            }

            if (kind is WordBreakClass.Unspaced or WordBreakClass.Katakana && UnspacedWords.ScriptOf(text[at]) is not UnspacedScript.None and UnspacedScript script)
            {
                at = AddUnspaced(text, at, script);
                continue;
            }

            int end = kind == WordBreakClass.Letter ? EndOfLetters(text, at) : EndOfToken(text, at);
            Add(text, at, end - at);
            at = end;
        }
    }

    // Marks and joiners of any script belong to the letter before them.
    private int AddUnspaced(ReadOnlySpan<char> text, int start, UnspacedScript script)
    {
        int end = start + 1;
        while (end < text.Length && (UnspacedWords.ScriptOf(text[end]) == script || CharacterTable.WordBreakOf(text[end]) is WordBreakClass.Extend or WordBreakClass.Joiner))
        {
            end++;
        }

        int at = start;
        foreach (int length in _unspaced.Cut(text[start..end], script))
        {
            Add(text, at, length);
            at += length;
        }

        return end;
    }

    // The common case by itself: letters, then white space or a mark that ends the word.
    private static int EndOfLetters(ReadOnlySpan<char> text, int start)
    {
        int end = start + 1;
        while (end < text.Length && CharacterTable.WordBreakOf(text[end]) == WordBreakClass.Letter)
        {
            end++;
        }

        if (end == text.Length)
        {
            return end;
        }

        switch (CharacterTable.WordBreakOf(text[end]))
        {
            case WordBreakClass.Whitespace or WordBreakClass.LineBreak or WordBreakClass.Other or WordBreakClass.Unspaced or WordBreakClass.MidNum or WordBreakClass.Dash or WordBreakClass.DoubleQuote:
            case WordBreakClass.MidNumLet or WordBreakClass.MidLetter or WordBreakClass.SingleQuote
                when end + 1 == text.Length || CharacterTable.WordBreakOf(text[end + 1]) is WordBreakClass.Whitespace or WordBreakClass.LineBreak:
                return end;
            default:
                return EndOfWord(text, end, WordBreakClass.Letter);
        }
    }

    /// <summary>End of the token that starts at a position where no white space stands; a character with its marks in scripts without spaces.</summary>
    public static int EndOfToken(ReadOnlySpan<char> text, int start)
    {
        WordBreakClass last = Next(text, start, out int width);
        int at = start + width;
        switch (last)
        {
            case WordBreakClass.Letter or WordBreakClass.HebrewLetter or WordBreakClass.Numeric or WordBreakClass.Katakana or WordBreakClass.ExtendNumLet:
                return EndOfWord(text, at, last);
            case WordBreakClass.MidNumLet or WordBreakClass.Dash when text[start] is '.' or '-':
                while (at < text.Length && text[at] == text[start])
                {
                    at++;
                }

                return SkipExtend(text, at);
            case WordBreakClass.RegionalIndicator:
                // Flags are pairs.
                if (at < text.Length && Next(text, at, out width) == WordBreakClass.RegionalIndicator)
                {
                    at += width;
                }

                return SkipExtend(text, at);
            default:
                return EndOfSymbol(text, at);
        }
    }

    private static int EndOfWord(ReadOnlySpan<char> text, int at, WordBreakClass last)
    {
        while (true)
        {
            // The common case: letters after letters.
            if (last == WordBreakClass.Letter)
            {
                while (at < text.Length && CharacterTable.WordBreakOf(text[at]) == WordBreakClass.Letter)
                {
                    at++;
                }
            }

            if (at >= text.Length)
            {
                return at;
            }

            WordBreakClass next = Next(text, at, out int width);
            switch (next)
            {
                case WordBreakClass.Extend or WordBreakClass.Joiner:
                    at += width;
                    continue;
                case WordBreakClass.Letter or WordBreakClass.HebrewLetter when last != WordBreakClass.Katakana:
                case WordBreakClass.Numeric when last != WordBreakClass.Katakana:
                case WordBreakClass.Katakana when last is WordBreakClass.Katakana or WordBreakClass.ExtendNumLet:
                case WordBreakClass.ExtendNumLet:
                    at += width;
                    last = next;
                    continue;
                case WordBreakClass.MidLetter or WordBreakClass.MidNumLet or WordBreakClass.SingleQuote or WordBreakClass.DoubleQuote or WordBreakClass.MidNum:
                    if (JoinedAcross(text, at + width, last, next, out int after, out WordBreakClass following))
                    {
                        at = after;
                        last = following;
                        continue;
                    }

                    return next == WordBreakClass.SingleQuote && last == WordBreakClass.HebrewLetter ? at + width : at;
                default:
                    return at;
            }
        }
    }

    // Rules WB6, WB7, WB7b, WB7c, WB11, WB12: a mark inside a word or a number.
    private static bool JoinedAcross(ReadOnlySpan<char> text, int at, WordBreakClass last, WordBreakClass mark, out int after, out WordBreakClass following)
    {
        at = SkipExtend(text, at);
        after = at;
        following = WordBreakClass.Other;
        if (at >= text.Length)
        {
            return false;
        }

        following = Next(text, at, out int width);
        after = at + width;
        bool letters = last is WordBreakClass.Letter or WordBreakClass.HebrewLetter && following is WordBreakClass.Letter or WordBreakClass.HebrewLetter;
        return mark switch
        {
            WordBreakClass.MidLetter => letters,
            WordBreakClass.DoubleQuote => last == WordBreakClass.HebrewLetter && following == WordBreakClass.HebrewLetter,
            WordBreakClass.MidNum => last == WordBreakClass.Numeric && following == WordBreakClass.Numeric,
            _ => letters || (last == WordBreakClass.Numeric && following == WordBreakClass.Numeric),
        };
    }

    private static int EndOfSymbol(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length)
        {
            WordBreakClass next = Next(text, at, out int width);
            if (next == WordBreakClass.Joiner)
            {
                // Emoji sequences: a joiner binds the pictograph after it.
                at += width;
                if (at < text.Length && IsPictograph(text, at, out width))
                {
                    at += width;
                }
            }
            else if (next == WordBreakClass.Extend)
            {
                at += width;
            }
            else
            {
                break;
            }
        }

        return at;
    }

    private static int SkipExtend(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && Next(text, at, out int width) is WordBreakClass.Extend or WordBreakClass.Joiner)
        {
            at += width;
        }

        return at;
    }

    private static bool IsPictograph(ReadOnlySpan<char> text, int at, out int width)
    {
        _ = Rune.DecodeFromUtf16(text[at..], out Rune rune, out width);
        return rune.Value is (>= 0x2190 and <= 0x2BFF) or (>= 0x1F000 and <= 0x1FAFF);
    }

    private static WordBreakClass Next(ReadOnlySpan<char> text, int at, out int width)
    {
        WordBreakClass kind = CharacterTable.WordBreakOf(text[at]);
        width = 1;
        if (kind == WordBreakClass.HighSurrogate && Rune.DecodeFromUtf16(text[at..], out Rune rune, out width) == System.Buffers.OperationStatus.Done)
        {
            return WordBreakTableBuilder.Classify(rune);
        }

        width = Math.Max(1, width);
        return kind == WordBreakClass.HighSurrogate ? WordBreakClass.Other : kind;
    }
}
