using System.Globalization;
using System.Text;

namespace DataBuild.Text;

/// <summary>
/// Derives the word-break classes of Unicode Standard Annex 29 from general categories and the annex's lists of exceptions.
/// Two departures: U+200B and U+202F separate words, as they do for writers, and the tsheg between Tibetan syllables (U+0F0B, U+0F0C) separates like a blank.
/// </summary>
internal static class WordBreakTableBuilder
{
    public static byte[] Build()
    {
        byte[] table = new byte[0x10000];
        for (int c = 0; c < table.Length; c++)
        {
            table[c] = (byte)Classify((char)c);
        }

        return table;
    }

    public static WordBreakClass Classify(Rune rune)
    {
        if (rune.IsBmp)
        {
            return CharacterTable.WordBreakOf((char)rune.Value);
        }

        if (rune.Value is >= 0x1F1E6 and <= 0x1F1FF)
        {
            return WordBreakClass.RegionalIndicator;
        }

        // Ideographs, Tangut, Khitan and historic kana stand alone; emoji modifiers extend.
        if (rune.Value is (>= 0x16FE0 and <= 0x1B2FF) or (>= 0x20000 and <= 0x3FFFF))
        {
            return WordBreakClass.Other;
        }

        return rune.Value is >= 0x1F3FB and <= 0x1F3FF ? WordBreakClass.Extend : Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber => WordBreakClass.Letter,
            UnicodeCategory.DecimalDigitNumber => WordBreakClass.Numeric,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.Format => WordBreakClass.Extend,
            _ => WordBreakClass.Other,
        };
    }

    private static WordBreakClass Classify(char c)
    {
        switch (c)
        {
            case '\n' or '\r' or '\u000B' or '\u000C' or '\u0085' or '\u2028' or '\u2029':
                return WordBreakClass.LineBreak;
            case '\u200B' or '\u202F' or '\u0F0B' or '\u0F0C':
                return WordBreakClass.Whitespace;
            case '\u200D':
                return WordBreakClass.Joiner;
            case '.' or '\u2018' or '\u2019' or '\u2024' or '\uFE52' or '\uFF07' or '\uFF0E':
                return WordBreakClass.MidNumLet;
            case '\'':
                return WordBreakClass.SingleQuote;
            case '"':
                return WordBreakClass.DoubleQuote;
            case '-':
                return WordBreakClass.Dash;
            case ':' or '\u00B7' or '\u0387' or '\u055F' or '\u05F4' or '\u2027' or '\uFE13' or '\uFE55' or '\uFF1A':
                return WordBreakClass.MidLetter;
            case ',' or ';' or '\u037E' or '\u0589' or '\u060C' or '\u060D' or '\u066C' or '\u07F8' or '\u2044' or '\uFE10' or '\uFE14' or '\uFE50' or '\uFE54' or '\uFF0C' or '\uFF1B':
                return WordBreakClass.MidNum;
            case '\u066B':
                return WordBreakClass.Numeric;
            case '\u05F3' or (>= '\u24B6' and <= '\u24E9'):
                return WordBreakClass.Letter;
        }

        if (CharacterTable.Is(c, CharacterTraits.Whitespace))
        {
            return WordBreakClass.Whitespace;
        }

        if (char.IsHighSurrogate(c))
        {
            return WordBreakClass.HighSurrogate;
        }

        return CharUnicodeInfo.GetUnicodeCategory(c) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber => LetterClass(c),
            UnicodeCategory.DecimalDigitNumber => WordBreakClass.Numeric,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.Format => WordBreakClass.Extend,
            UnicodeCategory.ConnectorPunctuation => WordBreakClass.ExtendNumLet,
            _ => c is '\u309B' or '\u309C' or '\u30A0' ? WordBreakClass.Katakana : WordBreakClass.Other,
        };
    }

    private static WordBreakClass LetterClass(char c) => c switch
    {
        (>= '\u05D0' and <= '\u05F2') or (>= '\uFB1D' and <= '\uFB4F') => WordBreakClass.HebrewLetter,
        (>= '\u30A1' and <= '\u30FA') or (>= '\u30FC' and <= '\u30FF') or (>= '\u31F0' and <= '\u31FF') or (>= '\uFF66' and <= '\uFF9D')
            or (>= '\u3031' and <= '\u3035') => WordBreakClass.Katakana,
        _ when UnspacedWords.ScriptOf(c) != UnspacedScript.None => WordBreakClass.Unspaced,
        _ => IsWithoutSpaces(c) ? WordBreakClass.Other : WordBreakClass.Letter,
    };

    // Scripts written without spaces between words: Thai, Lao, Myanmar, Khmer, Tai scripts, hiragana, ideographs, Yi.
    private static bool IsWithoutSpaces(char c) => c is
        (>= '\u0E00' and <= '\u0EFF') or (>= '\u1000' and <= '\u109F') or (>= '\u1780' and <= '\u17FF') or (>= '\u1950' and <= '\u19FF')
        or (>= '\u1A20' and <= '\u1AAF') or (>= '\uA9E0' and <= '\uA9FF') or (>= '\uAA60' and <= '\uAADF')
        or (>= '\u3005' and <= '\u3007') or (>= '\u3021' and <= '\u3029') or (>= '\u3038' and <= '\u303B') or (>= '\u3041' and <= '\u309F')
        or (>= '\u3400' and <= '\u4DBF') or (>= '\u4E00' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF') or (>= '\uA000' and <= '\uA48C');
}
