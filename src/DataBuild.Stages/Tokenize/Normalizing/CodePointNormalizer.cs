using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using DataBuild.Stages.Tokenize.Scanning;

namespace DataBuild.Stages.Tokenize.Normalizing;

/// <summary>A normaliser that rewrites each code point by itself.</summary>
/// <param name="map">The text in its place; null to keep it.</param>
/// <param name="keepsAscii">Whether no ASCII code point is ever rewritten.</param>
internal sealed class CodePointNormalizer(Func<int, string?> map, bool keepsAscii) : ITextNormalizer
{
    /// <summary>Lower case, code point by code point.</summary>
    public static CodePointNormalizer Lowercase { get; } = new(ToLower, keepsAscii: false);

    /// <summary>Without combining marks (M); what is to lose its accents must be decomposed first.</summary>
    public static CodePointNormalizer StripMarks { get; } =
        new(c => (CharacterClasses.Of(c) & CharacterClasses.Mark) != 0 ? "" : null, keepsAscii: true);

    /// <summary>Without nonspacing marks (Mn), as in BERT.</summary>
    public static CodePointNormalizer StripNonspacingMarks { get; } =
        new(c => CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark ? "" : null, keepsAscii: true);

    /// <summary>Without control characters, and with a plain space for all whitespace, as in BERT.</summary>
    public static CodePointNormalizer BertClean { get; } = new(
        c => c is 0 or 0xFFFD || IsBertControl(c) ? "" : (CharacterClasses.Of(c) & CharacterClasses.Space) != 0 && c != ' ' ? " " : null,
        keepsAscii: false);

    /// <summary>Spaces around ideographs, as in BERT.</summary>
    public static CodePointNormalizer BertIdeographs { get; } =
        new(c => IsIdeograph(c) ? $" {char.ConvertFromUtf32(c)} " : null, keepsAscii: true);

    /// <inheritdoc/>
    public bool KeepsAscii => keepsAscii;

    /// <inheritdoc/>
    public void Apply(NormalizedText source, NormalizedText target)
    {
        ReadOnlySpan<byte> text = source.Bytes;
        ref byte first = ref MemoryMarshal.GetReference(text);
        Span<byte> encoded = stackalloc byte[64];
        int copied = 0;
        for (int at = 0; at < text.Length;)
        {
            if (keepsAscii && text[at] < 0x80)
            {
                at++;
                continue;
            }

            string? content = map(CharacterClasses.Decode(ref first, at, out int size));
            if (content is not null)
            {
                target.AppendUnchanged(source, copied, at);
                target.Append(encoded[..Encoding.UTF8.GetBytes(content, encoded)], source, at, at + size);
                copied = at + size;
            }

            at += size;
        }

        target.AppendUnchanged(source, copied, text.Length);
    }

    private static string? ToLower(int codePoint)
    {
        // The one code point whose full lower case is two.
        if (codePoint == 0x130)
        {
            return "i\u0307";
        }

        int lower = Rune.ToLowerInvariant(new Rune(codePoint)).Value;
        return lower == codePoint ? null : char.ConvertFromUtf32(lower);
    }

    private static bool IsBertControl(int codePoint) =>
        codePoint is not ('\t' or '\n' or '\r')
        && CharUnicodeInfo.GetUnicodeCategory(codePoint) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse;

    private static bool IsIdeograph(int codePoint) =>
        codePoint is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
            or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF)
            or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
