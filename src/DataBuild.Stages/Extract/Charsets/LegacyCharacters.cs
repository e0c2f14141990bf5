namespace DataBuild.Stages.Extract.Charsets;

/// <summary>
/// Corrects what .NET's code pages of one byte a character decode otherwise than the WHATWG Encoding Standard: a few characters that the standard maps to
/// another one, and bytes without a character that they hide in the private use area. Nothing is lost silently: what has no character is U+FFFD.
/// </summary>
internal static class LegacyCharacters
{
    /// <summary>Corrects text that was decoded from an encoding, in place.</summary>
    public static void Correct(string encoding, Span<char> text)
    {
        switch (encoding)
        {
            case "macintosh":
                text.Replace('\u2126', '\u03A9');
                break;
            case "x-mac-cyrillic":
                text.Replace('\u00A4', '\u20AC');
                break;
            case "ISO-8859-7":
                text.Replace('\u02BD', '\u2018');
                text.Replace('\u02BC', '\u2019');
                text.Replace('\uF7C2', '\u20AC');
                text.Replace('\uF7C3', '\u20AF');
                text.Replace('\uF7C4', '\u037A');
                HidePrivateUse(text);
                break;
            case "ISO-8859-8" or "ISO-8859-8-I":
                text.Replace('\u203E', '\u00AF');
                text.Replace('\uF7BF', '\u200E');
                text.Replace('\uF7C0', '\u200F');
                HidePrivateUse(text);
                break;

            // Those that are decoded by the standard's own indexes, and those that mean private use.
            case "UTF-8" or "UTF-16LE" or "UTF-16BE" or "x-user-defined" or "Big5" or "EUC-JP" or "EUC-KR" or "GBK" or "gb18030" or "ISO-2022-JP" or "Shift_JIS":
                break;
            default:
                HidePrivateUse(text);
                break;
        }
    }

    private static void HidePrivateUse(Span<char> text)
    {
        for (int at = text.IndexOfAnyInRange('\uE000', '\uF8FF'); at >= 0; at = text.IndexOfAnyInRange('\uE000', '\uF8FF'))
        {
            text[at] = '\uFFFD';
            text = text[(at + 1)..];
        }
    }
}
