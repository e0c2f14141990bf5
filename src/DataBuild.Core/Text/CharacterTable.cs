using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace DataBuild.Text;

/// <summary>Traits of characters, by table for the Basic Multilingual Plane and by category beyond it.</summary>
public static class CharacterTable
{
    /// <summary>
    /// The symbols that the field's word filters do not count as words (DataTrove's PUNCTUATION_SET, in use by FineWeb): ASCII and common
    /// typographic marks, control characters, and all sentence terminals.
    /// </summary>
    public const string Punctuation =
        "!/—”:％１〈&(、━\\【#%「」，】；+^]~“《„';’{|∶´[=-`*．（–？！：$～«〉,><》)?）。…@_.\"}►»";

    // Unicode property Sentence_Terminal within the Basic Multilingual Plane.
    private const string SentenceTerminalsBmp =
        "!.?\u0589\u061D\u061E\u061F\u06D4\u0700\u0701\u0702\u07F9\u0837\u0839\u083D\u083E\u0964\u0965\u104A\u104B\u1362\u1367\u1368\u166E\u1735\u1736" +
        "\u17D4\u17D5\u1803\u1809\u1944\u1945\u1AA8\u1AA9\u1AAA\u1AAB\u1B5A\u1B5B\u1B5E\u1B5F\u1B7D\u1B7E\u1C3B\u1C3C\u1C7E\u1C7F\u203C\u203D\u2047\u2048\u2049" +
        "\u2E2E\u2E3C\u2E53\u2E54\u3002\uA4FF\uA60E\uA60F\uA6F3\uA6F7\uA876\uA877\uA8CE\uA8CF\uA92F\uA9C8\uA9C9\uAA5D\uAA5E\uAA5F\uAAF0\uAAF1\uABEB" +
        "\uFE52\uFE56\uFE57\uFF01\uFF0E\uFF1F\uFF61\u17D6\u17D9\u17DA";

    private static readonly byte[] TraitTable = BuildTraits();
    private static readonly byte[] WordBreakTable = WordBreakTableBuilder.Build();

    /// <summary>Traits of a UTF-16 code unit; a surrogate has none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CharacterTraits TraitsOf(char character) => (CharacterTraits)TraitTable[character];

    /// <summary>Traits of a code point.</summary>
    public static CharacterTraits TraitsOf(Rune rune) =>
        rune.IsBmp ? TraitsOf((char)rune.Value) : TraitsOf(Rune.GetUnicodeCategory(rune)) | (IsSupplementaryTerminal(rune.Value) ? CharacterTraits.SentenceTerminal | CharacterTraits.Punctuation : 0);

    /// <summary>True when the code unit has one of the traits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Is(char character, CharacterTraits traits) =>
        ((CharacterTraits)Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(TraitTable), character) & traits) != 0;

    /// <summary>Number of code points of well-formed UTF-16 text.</summary>
    public static int CountCodePoints(ReadOnlySpan<char> text) => text.Length - CountInRange(text, '\uDC00', '\uDFFF');

    /// <summary>The text without white space at both ends.</summary>
    public static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text)
    {
        int start = 0;
        int end = text.Length;
        while (start < end && Is(text[start], CharacterTraits.Whitespace))
        {
            start++;
        }

        while (end > start && Is(text[end - 1], CharacterTraits.Whitespace))
        {
            end--;
        }

        return text[start..end];
    }

    /// <summary>True when the last character is in the Unicode property Sentence_Terminal.</summary>
    public static bool EndsWithSentenceTerminal(ReadOnlySpan<char> text) =>
        !text.IsEmpty && (char.IsLowSurrogate(text[^1])
            ? text.Length > 1 && char.IsHighSurrogate(text[^2]) && IsSupplementaryTerminal(char.ConvertToUtf32(text[^2], text[^1]))
            : Is(text[^1], CharacterTraits.SentenceTerminal));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static WordBreakClass WordBreakOf(char character) =>
        (WordBreakClass)Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(WordBreakTable), character);

    private static int CountInRange(ReadOnlySpan<char> text, char first, char last)
    {
        int count = 0;
        while (text.IndexOfAnyInRange(first, last) is >= 0 and int at)
        {
            count++;
            text = text[(at + 1)..];
        }

        return count;
    }

    private static CharacterTraits TraitsOf(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => CharacterTraits.Letter | CharacterTraits.Upper,
        UnicodeCategory.LowercaseLetter => CharacterTraits.Letter | CharacterTraits.Lower,
        UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => CharacterTraits.Letter,
        UnicodeCategory.DecimalDigitNumber => CharacterTraits.Digit,
        UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterTraits.OtherNumber,
        _ => CharacterTraits.None,
    };

    // Sentence_Terminal beyond the BMP, as ranges.
    private static bool IsSupplementaryTerminal(int codePoint) => codePoint is
        0x10A56 or 0x10A57 or (>= 0x10F55 and <= 0x10F59) or (>= 0x10F86 and <= 0x10F89) or 0x11047 or 0x11048 or (>= 0x110BE and <= 0x110C1)
        or (>= 0x11141 and <= 0x11143) or 0x111C5 or 0x111C6 or 0x111CD or 0x111DE or 0x111DF or 0x11238 or 0x11239 or 0x1123B or 0x1123C or 0x112A9
        or 0x1144B or 0x1144C or 0x115C2 or 0x115C3 or (>= 0x115C9 and <= 0x115D7) or 0x11641 or 0x11642 or (>= 0x1173C and <= 0x1173E)
        or 0x11944 or 0x11946 or 0x11A42 or 0x11A43 or 0x11A9B or 0x11A9C or 0x11C41 or 0x11C42 or 0x11EF7 or 0x11EF8 or 0x11F43 or 0x11F44
        or 0x16A6E or 0x16A6F or 0x16AF5 or 0x16B37 or 0x16B38 or 0x16B44 or 0x16E98 or 0x1BC9F or 0x1DA88;

    private static byte[] BuildTraits()
    {
        byte[] table = new byte[0x10000];
        for (int c = 0; c < table.Length; c++)
        {
            CharacterTraits traits = TraitsOf(CharUnicodeInfo.GetUnicodeCategory((char)c));
            if (char.IsWhiteSpace((char)c) || c is >= 0x1C and <= 0x1F)
            {
                traits |= CharacterTraits.Whitespace;
            }

            // Control characters but tab (9), vertical tab is 11: the set's ranges are 0-8, 11-12, 13-31, 127-159.
            if (c is < 9 or (>= 11 and < 32) or (>= 127 and < 160))
            {
                traits |= CharacterTraits.Punctuation;
            }

            table[c] = (byte)traits;
        }

        foreach (char c in Punctuation)
        {
            table[c] |= (byte)CharacterTraits.Punctuation;
        }

        foreach (char c in SentenceTerminalsBmp)
        {
            table[c] |= (byte)(CharacterTraits.SentenceTerminal | CharacterTraits.Punctuation);
        }

        return table;
    }
}
