using System.Buffers;

namespace DataBuild.Stages.Filter;

/// <summary>What tells the dialects of C4's line rules apart.</summary>
/// <param name="Separators">Characters that end a line.</param>
/// <param name="EndMarks">Characters that end a sentence at the end of a line.</param>
/// <param name="Ellipses">Ends of a line that are no end of a sentence.</param>
internal sealed record C4LineRules(SearchValues<char> Separators, string EndMarks, params string[] Ellipses)
{
    private static readonly SearchValues<char> PythonLines = SearchValues.Create("\n\r\v\f\u001C\u001D\u001E\u0085\u2028\u2029");
    private static readonly SearchValues<char> LineFeeds = SearchValues.Create("\n");

    private static readonly C4LineRules Datatrove = new(PythonLines, ".?!\"'", "...");
    private static readonly C4LineRules Paper = new(PythonLines, ".?!\"", "...") { WithoutCitationWords = true };

    private static readonly C4LineRules Dclm = new(LineFeeds, ".?!\"\u2026", "...", "\u2026") { WithoutCitationWords = true, KeepsEmptyLines = true, TrimsLines = false, SentencesOfPage = true };

    private static readonly C4LineRules Dolma = new(LineFeeds, ".?!\"") { TagsPage = true, TrimsLines = false };

    /// <summary>Words of a line are counted when citation marks are gone already.</summary>
    public bool WithoutCitationWords { get; init; }

    /// <summary>Lines without any character stay.</summary>
    public bool KeepsEmptyLines { get; init; }

    /// <summary>Lines lose the white space at their ends.</summary>
    public bool TrimsLines { get; init; } = true;

    /// <summary>Sentences are counted in the page that is left, not line by line.</summary>
    public bool SentencesOfPage { get; init; }

    /// <summary>
    /// A tagger's reading: what speaks against a page does so in whatever line it stands; "javascript" is a token of its own and speaks against the page; there are no rules
    /// for long words, citation marks and notices.
    /// </summary>
    public bool TagsPage { get; init; }

    /// <summary>The rules of a dialect that has line rules: all but NeMo's.</summary>
    public static C4LineRules Of(FilterDialect dialect) => dialect switch
    {
        FilterDialect.Dclm => Dclm,
        FilterDialect.Dolma => Dolma,
        FilterDialect.Paper => Paper,
        _ => Datatrove,
    };

    /// <summary>The trimmed line ends as a sentence does.</summary>
    public bool IsTerminated(ReadOnlySpan<char> line)
    {
        if (line.IsEmpty || !EndMarks.Contains(line[^1]))
        {
            return false;
        }

        foreach (string ellipsis in Ellipses)
        {
            if (line.EndsWith(ellipsis, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }
}
