using System.Text;

namespace DataBuild.Worker;

/// <summary>Texts of pages on a terminal: escape sequences of a hostile page must not reach it.</summary>
internal static class TerminalText
{
    /// <summary>The text with every control character replaced.</summary>
    public static string Visible(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));

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

            line.Append(c is '\n' or '\r' or '\t' ? ' ' : char.IsControl(c) ? '\uFFFD' : c);
        }

        return line.ToString();
    }
}
