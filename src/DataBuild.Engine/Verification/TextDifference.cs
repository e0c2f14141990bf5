using System.Globalization;
using System.Text;

namespace DataBuild.Engine.Verification;

/// <summary>Compares two texts line by line, for people: the lines that went and came, with a little around them.</summary>
public static class TextDifference
{
    private const int ContextLines = 1;
    private const int LineCharacters = 160;

    // Beyond this the middle is shown as replaced whole: the table of the longest common subsequence would grow too large.
    private const long LargestTable = 4_000_000;

    /// <summary>Number of the first line, from 1, in which the texts differ; 0 when they are equal.</summary>
    public static int FirstLine(string expected, string found)
    {
        string[] a = Lines(expected);
        string[] b = Lines(found);
        int same = CommonPrefix(a, b);
        return same == a.Length && same == b.Length ? 0 : same + 1;
    }

    /// <summary>The differences, one line each: <c>-</c> what was expected, <c>+</c> what was found; cut after so many lines.</summary>
    public static string Describe(string expected, string found, int maxLines)
    {
        string[] a = Lines(expected);
        string[] b = Lines(found);
        List<(char Sign, int Line, string Text)> all = [.. Compare(a, b)];
        StringBuilder text = new();
        int shown = 0;
        bool gap = false;
        for (int i = 0; i < all.Count; i++)
        {
            int from = Math.Max(0, i - ContextLines);
            int to = Math.Min(all.Count - 1, i + ContextLines);
            if (!all[from..(to + 1)].Any(l => l.Sign != ' '))
            {
                gap = shown > 0;
                continue;
            }

            if (shown == maxLines)
            {
                int left = all[i..].Count(l => l.Sign != ' ');
                return left == 0 ? text.ToString() : text.Append(CultureInfo.InvariantCulture, $"\n  … {left} more changed lines").ToString();
            }

            text.Append(shown > 0 ? "\n" : "").Append(gap ? "  …\n" : "");
            text.Append(CultureInfo.InvariantCulture, $"{all[i].Sign} {all[i].Line,4} {Cut(all[i].Text)}");
            gap = false;
            shown++;
        }

        return text.ToString();
    }

    private static List<(char Sign, int Line, string Text)> Compare(string[] a, string[] b)
    {
        int prefix = CommonPrefix(a, b);
        int suffix = 0;
        while (suffix < a.Length - prefix && suffix < b.Length - prefix && a[^(suffix + 1)] == b[^(suffix + 1)])
        {
            suffix++;
        }

        List<(char, int, string)> lines = [.. a.Take(prefix).Select((l, i) => (' ', i + 1, l))];
        Middle(a[prefix..^suffix], b[prefix..^suffix], prefix, lines);
        lines.AddRange(a[^suffix..].Select((l, i) => (' ', a.Length - suffix + i + 1, l)));
        return lines;
    }

    private static void Middle(string[] a, string[] b, int offset, List<(char Sign, int Line, string Text)> lines)
    {
        int i = 0;
        int j = 0;
        if ((long)(a.Length + 1) * (b.Length + 1) <= LargestTable)
        {
            // Length of the longest common subsequence of what is left.
            int[,] common = new int[a.Length + 1, b.Length + 1];
            for (int x = a.Length - 1; x >= 0; x--)
            {
                for (int y = b.Length - 1; y >= 0; y--)
                {
                    common[x, y] = a[x] == b[y] ? common[x + 1, y + 1] + 1 : Math.Max(common[x + 1, y], common[x, y + 1]);
                }
            }

            while (i < a.Length && j < b.Length)
            {
                if (a[i] == b[j])
                {
                    lines.Add((' ', offset + i + 1, a[i]));
                    i++;
                    j++;
                }
                else if (common[i + 1, j] >= common[i, j + 1])
                {
                    lines.Add(('-', offset + i + 1, a[i]));
                    i++;
                }
                else
                {
                    lines.Add(('+', offset + j + 1, b[j]));
                    j++;
                }
            }
        }

        for (; i < a.Length; i++)
        {
            lines.Add(('-', offset + i + 1, a[i]));
        }

        for (; j < b.Length; j++)
        {
            lines.Add(('+', offset + j + 1, b[j]));
        }
    }

    private static int CommonPrefix(string[] a, string[] b)
    {
        int same = 0;
        while (same < a.Length && same < b.Length && a[same] == b[same])
        {
            same++;
        }

        return same;
    }

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    private static string Cut(string line) => line.Length <= LineCharacters ? line : string.Concat(line.AsSpan(0, LineCharacters), "…");
}
