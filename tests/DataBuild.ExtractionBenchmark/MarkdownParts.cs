using System.Text;
using System.Text.RegularExpressions;

namespace DataBuild.ExtractionBenchmark;

/// <summary>Code, formulas and tables of a Markdown text, each as one string.</summary>
internal sealed partial record MarkdownParts(string Code, string Math, string Tables)
{
    public static MarkdownParts Of(string text)
    {
        string code = string.Join('\n', Fence().Matches(text).Select(m => m.Groups[2].Value));
        string rest = Fence().Replace(text, "\n");
        StringBuilder math = new();
        foreach (Match m in Formula().Matches(rest))
        {
            string body = m.Groups.Values.Skip(1).First(g => g.Success).Value;
            math.Append(math.Length > 0 ? "\n" : "").Append(Spaces().Replace(body, ""));
        }

        List<string> cells = [];
        foreach (string line in rest.Split('\n'))
        {
            string row = line.Trim();
            if (row.StartsWith('|') && !Rule().IsMatch(row))
            {
                cells.AddRange(row.Trim('|').Split('|').Select(Scoring.Squeeze));
            }
        }

        foreach (Match table in HtmlTable().Matches(rest))
        {
            foreach (Match cell in Cell().Matches(table.Value))
            {
                cells.Add(Scoring.Squeeze(Tag().Replace(cell.Groups[1].Value, " ")));
            }
        }

        return new MarkdownParts(code, math.ToString(), string.Join('\n', cells.Where(c => c.Length > 0)));
    }

    /// <summary>Ratio of Ratcliff and Obershelp over words and marks, as Python's difflib computes it.</summary>
    public static double Similarity(string a, string b)
    {
        string[] ta = [.. Tokens().Matches(a).Select(m => m.Value)];
        string[] tb = [.. Tokens().Matches(b).Select(m => m.Value)];
        if (ta.Length + tb.Length == 0)
        {
            return 1;
        }

        Dictionary<string, List<int>> places = [];
        for (int i = 0; i < tb.Length; i++)
        {
            (places.TryGetValue(tb[i], out List<int>? list) ? list : places[tb[i]] = []).Add(i);
        }

        Stack<(int, int, int, int)> work = new([(0, ta.Length, 0, tb.Length)]);
        int matched = 0;
        while (work.TryPop(out (int ALow, int AHigh, int BLow, int BHigh) r))
        {
            int bestI = r.ALow;
            int bestJ = r.BLow;
            int best = 0;
            Dictionary<int, int> runs = [];
            for (int i = r.ALow; i < r.AHigh; i++)
            {
                Dictionary<int, int> next = [];
                if (places.TryGetValue(ta[i], out List<int>? list))
                {
                    foreach (int j in list)
                    {
                        if (j < r.BLow)
                        {
                            continue;
                        }

                        if (j >= r.BHigh)
                        {
                            break;
                        }

                        int k = next[j] = runs.GetValueOrDefault(j - 1) + 1;
                        if (k > best)
                        {
                            (bestI, bestJ, best) = (i - k + 1, j - k + 1, k);
                        }
                    }
                }

                runs = next;
            }

            if (best > 0)
            {
                matched += best;
                work.Push((r.ALow, bestI, r.BLow, bestJ));
                work.Push((bestI + best, r.AHigh, bestJ + best, r.BHigh));
            }
        }

        return 2.0 * matched / (ta.Length + tb.Length);
    }

    [GeneratedRegex(@"^(```+|~~~+)[^\n]*\n(.*?)^\1\s*$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\$\$(.+?)\$\$|\\\[(.+?)\\\]|\\\((.+?)\\\)|(?<![\\$])\$([^$\n]+?)\$", RegexOptions.Singleline)]
    private static partial Regex Formula();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"^[|\s:\-]+$")]
    private static partial Regex Rule();

    [GeneratedRegex(@"<table.*?</table>", RegexOptions.Singleline)]
    private static partial Regex HtmlTable();

    [GeneratedRegex(@"<t[dh][^>]*>(.*?)</t[dh]>", RegexOptions.Singleline)]
    private static partial Regex Cell();

    [GeneratedRegex(@"<[^>]+>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\w+|\S")]
    private static partial Regex Tokens();
}
