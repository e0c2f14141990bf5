using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DataBuild.Stages.Score.Linear;

/// <summary>What a character is to <see cref="NGramFeaturizer"/>.</summary>
internal enum FeatureCharacterClass : byte
{
    /// <summary>White space other than a line feed.</summary>
    Space,

    /// <summary>A letter, a digit, a mark or half of a surrogate pair.</summary>
    Word,

    /// <summary>A word by itself.</summary>
    Ideograph,

    /// <summary>A line feed.</summary>
    LineEnd,

    /// <summary>Any other character, a token by itself.</summary>
    Mark,
}

/// <summary>Characters by table, as <see cref="NGramFeaturizer"/> reads them.</summary>
internal static class FeatureCharacters
{
    private const ulong HashPrime = 0x100000001B3; // FNV-1a, 64 bits

    private static readonly FeatureCharacterClass[] Classes = [.. Enumerable.Range(0, 0x10000).Select(c => Classify((char)c))];
    private static readonly char[] Folded = [.. Enumerable.Range(0, 0x10000).Select(c => FoldOne((char)c))];

    public static FeatureCharacterClass ClassOf(char c) => Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Classes), c);

    /// <summary>The character in lower case, every digit of ASCII as 0.</summary>
    public static char Fold(char c) => Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Folded), c);

    /// <summary>A step of FNV-1a over UTF-16 units.</summary>
    public static ulong Hash(ulong hash, char c) => (hash ^ c) * HashPrime;

    private static FeatureCharacterClass Classify(char c) =>
        IsIdeograph(c) ? FeatureCharacterClass.Ideograph
        : IsWordCharacter(c) ? FeatureCharacterClass.Word
        : c == '\n' ? FeatureCharacterClass.LineEnd
        : char.IsWhiteSpace(c) ? FeatureCharacterClass.Space
        : FeatureCharacterClass.Mark;

    private static bool IsWordCharacter(char c) => char.IsAscii(c)
        ? char.IsAsciiLetterOrDigit(c)
        : char.IsLetterOrDigit(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    // Scripts that set no spaces between words: every character is a word. Thai and Lao; CJK radicals to ideographs, kana included; compatibility ideographs.
    private static bool IsIdeograph(char c) => c is (>= '\u0E00' and <= '\u0EFF') or (>= '\u2E80' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF')
        && char.IsLetterOrDigit(c);

    private static char FoldOne(char c) => char.IsAscii(c)
        ? (char.IsAsciiDigit(c) ? '0' : (char)(char.IsAsciiLetterUpper(c) ? c | 0x20 : c))
        : char.ToLowerInvariant(c);
}
