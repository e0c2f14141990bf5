using System.Globalization;
using System.Text;

namespace DataBuild.Worker;

/// <summary>Texts of pages on a terminal: escape sequences of a hostile page must not reach it, nor characters that turn the direction of a line.</summary>
internal static class TerminalText
{
    /// <summary>The text with every control character replaced.</summary>
    public static string Visible(string text) => string.Concat(text.Select(c => IsHarmless(c) ? c : '\uFFFD'));

    /// <summary>The text of a log, whose line ends and tabs stay, with every other control character replaced.</summary>
    public static string Lines(string text) => string.Concat(text.Select(c => c is '\n' or '\t' || IsHarmless(c) ? c : '\uFFFD'));

    /// <summary>The beginning of a text on one line.</summary>
    public static string Line(string text, int characters)
    {
        StringBuilder line = new();
        foreach (char c in text)
        {
            if (line.Length == characters)
            {
                return line.Append('…').ToString();
            }

            line.Append(c is '\n' or '\r' or '\t' ? ' ' : IsHarmless(c) ? c : '\uFFFD');
        }

        return line.ToString();
    }

    private static bool IsHarmless(char c) =>
        !char.IsControl(c) && (c < 0x80 || CharUnicodeInfo.GetUnicodeCategory(c) is not (UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator));
}
