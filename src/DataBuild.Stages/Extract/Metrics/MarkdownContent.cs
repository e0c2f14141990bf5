using System.Text.RegularExpressions;

namespace DataBuild.Stages.Extract.Metrics;

/// <summary>
/// The code, formulas and tables of a Markdown text, as WebMainBench cuts them (opendatalab/WebMainBench, Apache-2.0, <c>webmainbench/metrics</c>): fenced and
/// indented code; formulas between dollars or <c>\(</c>, <c>\[</c> outside code; outermost HTML tables and pipe tables.
/// </summary>
/// <param name="Code">Code blocks, a line break between them.</param>
/// <param name="Formulas">Formulas without their delimiters, a line each.</param>
/// <param name="Tables">Tables as they are written, a line break between them.</param>
/// <param name="Text">The whole text.</param>
public sealed partial record MarkdownContent(string Code, string Formulas, string Tables, string Text)
{
    /// <summary>Cuts a Markdown text.</summary>
    public static MarkdownContent Of(string markdown)
    {
        ArgumentNullException.ThrowIfNull(markdown);
        return new MarkdownContent(
            string.Join('\n', FencedCode(markdown).Concat(IndentedCode(markdown))), string.Join('\n', FormulasOf(markdown)), string.Join('\n', HtmlTables(markdown).Concat(PipeTables(markdown))), markdown);
    }

    private static IEnumerable<string> FencedCode(string text) =>
        Fence().Matches(text).Select(m => m.Value.Split('\n')).Select(lines => string.Join('\n', lines.Skip(1).SkipLast(1))).Where(code => code.Length > 0);

    // Two lines or more of four spaces or a tab between blank lines, lists and prices apart.
    private static IEnumerable<string> IndentedCode(string text)
    {
        foreach (Match match in Indented().Matches(text))
        {
            string[] lines = [.. match.Groups[1].Value.Split('\n').Where(line => !string.IsNullOrWhiteSpace(line))];
            if (lines.Length >= 2 && !lines.Any(line => NoCode().IsMatch(line.Trim())))
            {
                yield return string.Join('\n', lines.Select(line => line[0] == '\t' ? line[1..] : line[4..]));
            }
        }
    }

    private static IEnumerable<string> FormulasOf(string text)
    {
        string prose = InlineCode().Replace(Fence().Replace(text, ""), "");
        return new[] { DoubleDollars(), Brackets(), Dollars(), Parentheses() }.SelectMany(r => r.Matches(prose)).Select(m => m.Groups[1].Value.Trim()).Where(f => f.Length > 0);
    }

    private static List<string> HtmlTables(string text)
    {
        List<string> tables = [];
        int depth = 0;
        int start = 0;
        foreach (Match tag in TableTag().Matches(text))
        {
            if (tag.Value[1] != '/')
            {
                start = depth++ == 0 ? tag.Index : start;
            }
            else if (depth > 0 && --depth == 0)
            {
                tables.Add(text[start..(tag.Index + tag.Length)]);
            }
        }

        // A table that is never closed reaches to the end.
        if (depth > 0)
        {
            tables.Add(text[start..]);
        }

        return tables;
    }

    // Runs of lines with a bar, the second of which is a rule.
    private static IEnumerable<string> PipeTables(string text)
    {
        List<string> run = [];
        foreach (string line in text.Split('\n').Append(""))
        {
            if (line.Contains('|', StringComparison.Ordinal))
            {
                run.Add(line);
                continue;
            }

            if (run.Count >= 2 && run[1].Split('|').All(cell => cell.Trim() is var c && (c.Length == 0 || Rule().IsMatch(c))))
            {
                yield return string.Join('\n', run);
            }

            run.Clear();
        }
    }

    [GeneratedRegex("```[\\s\\S]*?```")]
    private static partial Regex Fence();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex("\\n\\s*\\n((?:(?: {4,}|\\t+)[^\\n]*(?:\\n|$)){2,})(?=\\n\\s*\\n|$)", RegexOptions.Multiline)]
    private static partial Regex Indented();

    [GeneratedRegex("^[-•*]\\s|^[0-9]+\\.\\s|\\$[0-9,]|\\b(million|billion|thousand)\\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NoCode();

    [GeneratedRegex("(?<!\\\\)\\$\\$(.*?)(?<!\\\\)\\$\\$", RegexOptions.Singleline)]
    private static partial Regex DoubleDollars();

    [GeneratedRegex("(?<!\\\\)\\\\\\[(.*?)(?<!\\\\)\\\\\\]", RegexOptions.Singleline)]
    private static partial Regex Brackets();

    [GeneratedRegex("(?<!\\\\)\\$(.*?)(?<!\\\\)\\$", RegexOptions.Singleline)]
    private static partial Regex Dollars();

    [GeneratedRegex("(?<!\\\\)\\\\\\((.*?)(?<!\\\\)\\\\\\)", RegexOptions.Singleline)]
    private static partial Regex Parentheses();

    [GeneratedRegex("</?table(?:\\s[^>]*)?>", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TableTag();

    [GeneratedRegex("^:?-{3,}:?$")]
    private static partial Regex Rule();
}
