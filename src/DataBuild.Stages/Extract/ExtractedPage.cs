namespace DataBuild.Stages.Extract;

/// <summary>What <see cref="HtmlExtractor"/> got from a page. A column that the page does not state is null.</summary>
public sealed record ExtractedPage
{
    /// <summary>The main content; empty where the page is dropped.</summary>
    public required string Text { get; init; }

    /// <summary>The page's title without the site's name.</summary>
    public string? Title { get; init; }

    /// <summary>The language that the page declares, as written (BCP 47).</summary>
    public string? LanguageDeclared { get; init; }

    /// <summary>The author or authors, divided by semicolons.</summary>
    public string? Author { get; init; }

    /// <summary>The date of publication, <c>yyyy-MM-dd</c>.</summary>
    public string? DatePublished { get; init; }

    /// <summary>The name of the site.</summary>
    public string? SiteName { get; init; }

    /// <summary>The address that the page calls its own.</summary>
    public string? CanonicalUrl { get; init; }

    /// <summary>The licence of the content: an address or a name as stated.</summary>
    public string? License { get; init; }

    /// <summary>The WHATWG name of the encoding that was read.</summary>
    public required string Charset { get; init; }

    /// <summary>Malformed sequences that became U+FFFD.</summary>
    public int ReplacementCount { get; init; }

    /// <summary>Whether a labeller's answer decided what is kept; false where the page was labelled without one or its answer could not be used.</summary>
    public bool LabelledByAnswer { get; init; }

    /// <summary>The HTML of the kept blocks and what holds them, where <see cref="ExtractOptions.MainHtml"/> asks for it.</summary>
    public string? MainHtml { get; init; }

    /// <summary>
    /// Why the page is dropped; null where it is kept. <c>budget_bytes</c>, <c>budget_nodes</c>, <c>undecodable</c>, <c>empty</c> (no bytes),
    /// <c>no_content</c> (nothing was kept).
    /// </summary>
    public string? DropReason { get; init; }
}

/// <summary>A block of a page as the extractor sees it.</summary>
/// <param name="Index">Its place in the page, from 0.</param>
/// <param name="Path">The tags above it, outermost first, with classes and ids.</param>
/// <param name="Kept">Whether it is in the text.</param>
/// <param name="Score">How likely it is main content, 0 to 1; in heuristic mode 0 or 1.</param>
/// <param name="Words">The number of words.</param>
/// <param name="LinkDensity">The share of its text that is in links, 0 to 1.</param>
/// <param name="Text">Its text.</param>
public sealed record ExplainedBlock(int Index, string Path, bool Kept, double Score, int Words, double LinkDensity, string Text);
