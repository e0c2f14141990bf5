using System.Globalization;
using System.Reflection;

namespace DataBuild.Stages.Extract.Charsets;

/// <summary>
/// Corrects what .NET's code pages decode otherwise than the WHATWG Encoding Standard: characters that they put into the private use area, bytes
/// without a character that they hide there, and a few that the standard maps to another character. Nothing is lost silently: what stays without a
/// character is U+FFFD.
/// </summary>
internal static class LegacyCharacters
{
    private static readonly Lazy<Dictionary<string, Dictionary<char, int>>> PrivateUse = new(ReadPrivateUse);

    /// <summary>Corrects text that was decoded from an encoding, in place where its length stays.</summary>
    public static ReadOnlySpan<char> Correct(string encoding, Span<char> text)
    {
        switch (encoding)
        {
            // The Unicode encodings and x-user-defined mean it; Shift_JIS and macintosh have private characters in the standard too.
            case "UTF-16LE" or "UTF-16BE" or "x-user-defined" or "Shift_JIS" or "UTF-8":
                return text;
            case "macintosh":
                text.Replace('\u2126', '\u03A9');
                return text;
            case "x-mac-cyrillic":
                text.Replace('\u00A4', '\u20AC');
                return text;
            case "ISO-8859-7":
                text.Replace('\u02BD', '\u2018');
                text.Replace('\u02BC', '\u2019');
                text.Replace('\uF7C2', '\u20AC');
                text.Replace('\uF7C3', '\u20AF');
                text.Replace('\uF7C4', '\u037A');
                break;
            case "ISO-8859-8" or "ISO-8859-8-I":
                text.Replace('\u203E', '\u00AF');
                text.Replace('\uF7BF', '\u200E');
                text.Replace('\uF7C0', '\u200F');
                break;
            case "Big5":
                text.Replace('\u2593', '\uFFED');
                break;
            default:
                break;
        }

        if (text.IndexOfAnyInRange('\uE000', '\uF8FF') < 0)
        {
            return text;
        }

        bool chinese = encoding is "GBK" or "gb18030";
        Dictionary<char, int>? known = PrivateUse.Value.GetValueOrDefault(chinese ? "gb18030" : encoding == "Big5" ? "big5" : "");
        System.Text.StringBuilder corrected = new(text.Length + 64);
        foreach (char c in text)
        {
            if (c is < '\uE000' or > '\uF8FF')
            {
                corrected.Append(c);
            }
            else if (known is not null && known.TryGetValue(c, out int code))
            {
                corrected.Append(char.ConvertFromUtf32(code));
            }
            else
            {
                // GB 18030 maps its user-defined characters to private use itself.
                corrected.Append(chinese ? c : '\uFFFD');
            }
        }

        return corrected.ToString();
    }

    private static Dictionary<string, Dictionary<char, int>> ReadPrivateUse()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("DataBuild.Stages.Extract.private-use.txt")!;
        using StreamReader reader = new(stream);
        Dictionary<string, Dictionary<char, int>> tables = new(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            string[] parts = line.Split(' ');
            if (line.StartsWith('#') || parts.Length != 3)
            {
                continue;
            }

            if (!tables.TryGetValue(parts[0], out Dictionary<char, int>? table))
            {
                tables.Add(parts[0], table = []);
            }

            table.Add((char)int.Parse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture), int.Parse(parts[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }

        return tables;
    }
}
