using System.Globalization;
using System.Text;

namespace DataBuild.Stages.Deduplicate;

/// <summary>What a UTF-16 unit is to <see cref="SimplifiedText"/>.</summary>
internal enum CharacterKind : byte
{
    /// <summary>Ends a word: white space, punctuation, symbols, controls, unassigned.</summary>
    Separator,

    /// <summary>Part of a word.</summary>
    Letter,

    /// <summary>Decimal digit of any script.</summary>
    Digit,

    /// <summary>Left out: non-spacing marks, format characters (soft hyphen, joiners).</summary>
    Dropped,

    /// <summary>A word of its own: a letter of a script written without spaces.</summary>
    Single,

    /// <summary>Precomposed Hangul syllable.</summary>
    Hangul,

    /// <summary>Half of a surrogate pair.</summary>
    Surrogate,
}

/// <summary>Kind and folded form of every UTF-16 unit, as tables.</summary>
internal static class CharacterKinds
{
    private static readonly char[] FoldTable = CreateFolds();
    private static readonly byte[] KindTable = CreateKinds();

    /// <summary>Kind of each UTF-16 unit.</summary>
    public static ReadOnlySpan<byte> Kinds => KindTable;

    /// <summary>Lower-case form without marks of each UTF-16 unit.</summary>
    public static ReadOnlySpan<char> Folds => FoldTable;

    /// <summary>Kind of a code point.</summary>
    public static CharacterKind Of(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
            or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterKind.Letter,
        UnicodeCategory.OtherLetter or UnicodeCategory.SpacingCombiningMark => IsWithoutSpaces(rune.Value) ? CharacterKind.Single : CharacterKind.Letter,
        UnicodeCategory.DecimalDigitNumber => CharacterKind.Digit,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => CharacterKind.Dropped,
        _ => CharacterKind.Separator,
    };

    // Unicode blocks of the scripts that are written without blanks between words.
    private static bool IsWithoutSpaces(int code) => code switch
    {
        >= 0x0E00 and <= 0x0FFF => true, // Thai, Lao, Tibetan
        >= 0x1000 and <= 0x109F => true, // Burmese
        >= 0x1780 and <= 0x17FF => true, // Khmer
        >= 0x1950 and <= 0x19DF => true, // Tai Le, New Tai Lue
        >= 0x1A20 and <= 0x1AAF => true, // Tai Tham
        >= 0x3005 and <= 0x3007 => true, // iteration mark and zero of Han
        >= 0x3040 and <= 0x30FF => true, // hiragana, katakana
        >= 0x31F0 and <= 0x31FF => true, // katakana extensions
        >= 0x3400 and <= 0x4DBF => true, // Han, extension A
        >= 0x4E00 and <= 0x9FFF => true, // Han
        >= 0xA000 and <= 0xA4CF => true, // Yi
        >= 0xF900 and <= 0xFAFF => true, // Han, compatibility
        >= 0xFF66 and <= 0xFF9F => true, // katakana, half width
        >= 0x1B000 and <= 0x1B16F => true, // kana, supplementary
        >= 0x20000 and <= 0x3FFFF => true, // Han, supplementary
        _ => false,
    };

    private static char[] CreateFolds()
    {
        char[] bases = new char[65536];
        for (int c = 0; c < bases.Length; c++)
        {
            bases[c] = (char)c;
        }

        for (int i = 0; i < CanonicalBases.Pairs.Length; i += 2)
        {
            bases[CanonicalBases.Pairs[i]] = CanonicalBases.Pairs[i + 1];
        }

        char[] folds = new char[65536];
        for (int c = 0; c < folds.Length; c++)
        {
            folds[c] = char.IsSurrogate((char)c) ? (char)c : bases[char.ToLowerInvariant((char)c)];
        }

        return folds;
    }

    private static byte[] CreateKinds()
    {
        byte[] kinds = new byte[65536];
        for (int c = 0; c < kinds.Length; c++)
        {
            kinds[c] = (byte)(char.IsSurrogate((char)c) ? CharacterKind.Surrogate
                : c is >= 0xAC00 and <= 0xD7A3 ? CharacterKind.Hangul
                : Of(new Rune(c)));
        }

        return kinds;
    }
}
