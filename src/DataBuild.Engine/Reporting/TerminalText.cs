using System.Globalization;

namespace DataBuild.Engine.Reporting;

/// <summary>Text for logs and terminals. What comes out of a crawl may hold sequences that a terminal obeys, or that turn the direction of a line.</summary>
public static class TerminalText
{
    /// <summary>The text with every control and format character but line ends and tabs shown as U+FFFD.</summary>
    public static string Visible(string text)
    {
        foreach (char c in text)
        {
            if (!IsHarmless(c))
            {
                return string.Concat(text.Select(x => IsHarmless(x) ? x : '\uFFFD'));
            }
        }

        return text;
    }

    private static bool IsHarmless(char c) =>
        c is '\n' or '\t' || (!char.IsControl(c) && (c < 0x80 || CharUnicodeInfo.GetUnicodeCategory(c) is not (UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)));
}
