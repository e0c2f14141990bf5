using System.Text;

namespace DataBuild.Tests.Extract.Formulas;

/// <summary>Makes LaTeX that differs in white space and redundant braces alone equal.</summary>
internal static class LatexComparison
{
    /// <summary>
    /// White space taken out, and the braces that group nothing a command or a script takes: those that stand for themselves in a row, and
    /// those around another pair of braces.
    /// </summary>
    public static string Plain(string latex)
    {
        StringBuilder squeezed = new();
        foreach (char c in latex)
        {
            if (!char.IsWhiteSpace(c))
            {
                squeezed.Append(c);
            }
        }

        string s = squeezed.ToString();
        StringBuilder output = new();
        int position = 0;
        Group(s, ref position, output);
        return output.ToString();
    }

    private static void Group(string s, ref int i, StringBuilder output)
    {
        // An argument follows a command, a script mark, an optional argument or another argument.
        bool argument = false;
        while (i < s.Length && s[i] != '}')
        {
            char c = s[i];
            if (c == '{')
            {
                i++;
                StringBuilder inner = new();
                Group(s, ref i, inner);
                i++;
                string content = inner.ToString();
                output.Append(argument ? "{" + content + "}" : content);
                continue;
            }

            if (c == '\\' && i + 1 < s.Length)
            {
                int start = i++;
                i++;
                while (char.IsAsciiLetter(s[i - 1]) && i < s.Length && char.IsAsciiLetter(s[i]))
                {
                    i++;
                }

                output.Append(s, start, i - start);
                argument = char.IsAsciiLetter(s[i - 1]) && !s.AsSpan(start, i - start).StartsWith("\\l") && !s.AsSpan(start, i - start).StartsWith("\\r");
                continue;
            }

            output.Append(c);
            argument = c is '_' or '^' || (argument && c == ']');
            i++;
        }
    }
}
