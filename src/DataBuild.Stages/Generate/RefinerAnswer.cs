using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace DataBuild.Stages.Generate;

/// <summary>
/// An answer of a Refiner model (Li et al. 2024): extracts of the sources that bear on a question, word for word, in numbered sections by what belongs together. The exact
/// grammar was not published in full; read are lines such as <c>1. Heading</c> or <c>2.1 Heading</c> and, below each, one extract a line.
/// </summary>
public sealed partial record RefinerAnswer(IReadOnlyList<RefinerSection> Sections)
{
    /// <summary>Reads an answer; lines before the first number make a section without heading.</summary>
    public static RefinerAnswer Parse(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        List<RefinerSection> sections = [];
        List<string> extracts = [];
        string heading = "";
        foreach (string line in answer.ReplaceLineEndings("\n").Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0))
        {
            if (Number().Match(line) is { Success: true } number)
            {
                Close();
                heading = line[number.Length..].Trim();
                extracts = [];
                continue;
            }

            extracts.Add(Bullet().Replace(line, ""));
        }

        Close();
        return new RefinerAnswer(sections);

        void Close()
        {
            if (extracts.Count > 0 || heading.Length > 0)
            {
                sections.Add(new RefinerSection(heading, extracts));
            }
        }
    }

    /// <summary>
    /// Keeps the extracts that stand in the sources word for word, up to runs of white space, and the sections that still hold one.
    /// </summary>
    /// <param name="sources">The texts that were to be extracted from.</param>
    /// <returns>What is left, and how many extracts were taken out.</returns>
    public (RefinerAnswer Verbatim, int Removed) KeepVerbatim(string sources)
    {
        string haystack = Spaced(sources);
        int removed = 0;
        List<RefinerSection> kept = [];
        foreach (RefinerSection section in Sections)
        {
            string[] extracts = [.. section.Extracts.Where(e => haystack.Contains(Spaced(e), StringComparison.Ordinal))];
            removed += section.Extracts.Count - extracts.Length;
            if (extracts.Length > 0)
            {
                kept.Add(section with { Extracts = extracts });
            }
        }

        return (new RefinerAnswer(kept), removed);
    }

    /// <summary>The answer as text, its sections numbered from 1.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        for (int i = 0; i < Sections.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i + 1}. {Sections[i].Heading}").Append('\n').AppendJoin('\n', Sections[i].Extracts).Append('\n');
        }

        return text.ToString().TrimEnd('\n');
    }

    private static string Spaced(string text) => Space().Replace(text, " ").Trim();

    [GeneratedRegex(@"^\d+(\.\d+)*[.)]?\s+")]
    private static partial Regex Number();

    [GeneratedRegex(@"^[-*•]\s+")]
    private static partial Regex Bullet();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
