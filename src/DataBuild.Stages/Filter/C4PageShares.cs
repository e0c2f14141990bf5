using System.Buffers;
using DataBuild.Text;

namespace DataBuild.Stages.Filter;

/// <summary>
/// NeMo Curator's reading of C4 (its PunctuationFilter, BoilerPlateStringFilter and LongWordFilter): no line goes; the page is judged by the share of lines that do not end as
/// a sentence does, by the share of paragraphs with notices, and by its longest word.
/// </summary>
internal static class C4PageShares
{
    private const string EndMarks = ".?!\"'";

    // The notices of widespread consent banners that none of the short phrases is part of stand here by their beginning, which no other text has.
    private static readonly SearchValues<string> Notices = SearchValues.Create(
        [
            "terms of use", "privacy policy", "cookie policy", "uses cookies", "privacy overview", "use of cookies", "use cookies",
            "privacy & cookies policy", "privacy and cookies policy",
            "necessary cookies are absolutely essential for the website to function properly. this category only includes cookies that ensures basic functionalities and security features of the website.",
            "any cookies that may not be particularly necessary for the website to function and is used specifically to collect user personal data via analytics, ads, other embedded contents",
            "if you continue to browse this site without changing your cookie settings, you agree to this use.",
        ],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>Measures a page; its text stays as it is.</summary>
    public static C4QualityFigures Measure(ReadOnlySpan<char> text, int maxWordLength, TextBuilder output)
    {
        int lines = 0;
        int unterminated = 0;
        foreach (Range range in text.Split('\n'))
        {
            ReadOnlySpan<char> line = CharacterTable.Trim(text[range]);
            lines += line.IsEmpty ? 0 : 1;
            unterminated += line.IsEmpty || EndMarks.Contains(line[^1]) ? 0 : 1;
        }

        int paragraphs = 0;
        int notices = 0;
        bool loremIpsum = text.Contains("lorem ipsum", StringComparison.OrdinalIgnoreCase);
        bool hasNotice = text.ContainsAny(Notices);
        foreach (Range range in text.Split("\n\n"))
        {
            paragraphs++;
            notices += hasNotice && text[range].ContainsAny(Notices) ? 1 : 0;
        }

        return new C4QualityFigures(
            CharacterTable.CountCodePoints(text), 0, lines, 0, unterminated, 0, 0, 0, loremIpsum, false,
            C4LineFilter.HasLongWord(text, maxWordLength),
            lines == 0 ? 1 : (double)unterminated / lines,
            (double)notices / paragraphs,
            output.Append(text).Memory);
    }
}
