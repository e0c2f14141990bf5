using System.Text.RegularExpressions;

namespace DataBuild.EndToEnd.Tests;

/// <summary>A fenced block of a page.</summary>
/// <param name="Language">Word behind the fence.</param>
/// <param name="Text">Contents.</param>
/// <param name="File">The file that the text before it names, in code quotes before a colon; null where it names none.</param>
/// <param name="Line">Line of the fence.</param>
internal sealed record MarkdownBlock(string Language, string Text, string? File, int Line);

/// <summary>The fenced blocks of a Markdown page.</summary>
internal static partial class MarkdownBlocks
{
    public static IReadOnlyList<MarkdownBlock> Of(string path)
    {
        List<MarkdownBlock> blocks = [];
        string[] lines = File.ReadAllLines(path);
        string? file = null;
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                // The words just before a block say where it belongs.
                file = lines[i].Length == 0 ? file : FileName().Match(lines[i]) is { Success: true } match ? match.Groups[1].Value : NamedInText(lines[i]);
                continue;
            }

            int start = i;
            while (lines[++i] != "```")
            {
            }

            blocks.Add(new MarkdownBlock(lines[start][3..], string.Join('\n', lines[(start + 1)..i]) + "\n", file, start + 1));
            file = null;
        }

        return blocks;
    }

    private static string? NamedInText(string line) => line.StartsWith("`nuget.config` tells", StringComparison.Ordinal) ? "nuget.config" : null;

    [GeneratedRegex("`([^` ]+)`:$")]
    private static partial Regex FileName();
}
