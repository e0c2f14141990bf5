namespace DataBuild.Stages.Extract;

/// <summary>The form of the extracted text.</summary>
public enum ExtractFormat
{
    /// <summary>Paragraphs in reading order, one blank line between them.</summary>
    Text,

    /// <summary>GitHub-flavoured Markdown.</summary>
    Markdown,
}

/// <summary>What becomes of formulas.</summary>
public enum ExtractMath
{
    /// <summary>Their plain text.</summary>
    None,

    /// <summary>LaTeX between dollars.</summary>
    Latex,
}

/// <summary>How tables are written in Markdown.</summary>
public enum ExtractTables
{
    /// <summary>GitHub pipe tables; HTML tables where cells span several rows or columns.</summary>
    Pipe,

    /// <summary>HTML tables.</summary>
    Html,

    /// <summary>A line per row, cells divided by tabs.</summary>
    None,
}

/// <summary>How the main content is found.</summary>
public enum ExtractMode
{
    /// <summary>The trained block model.</summary>
    Model,

    /// <summary>Rules on text and link density, without the model.</summary>
    Heuristic,

    /// <summary>Everything that is rendered, boilerplate included.</summary>
    All,

    /// <summary>
    /// The pieces that any of several settings of the model keeps: the strict, the usual and the generous threshold and the rules together,
    /// without repeating a piece.
    /// </summary>
    Union,
}

/// <summary>What <see cref="HtmlExtractor"/> is asked for. Budgets stand in for timeouts, so a slow machine extracts the same text.</summary>
public sealed record ExtractOptions
{
    /// <summary>The usual options.</summary>
    public static ExtractOptions Default { get; } = new();

    /// <summary>The form of the text.</summary>
    public ExtractFormat Format { get; init; } = ExtractFormat.Markdown;

    /// <summary>What becomes of formulas.</summary>
    public ExtractMath Math { get; init; } = ExtractMath.Latex;

    /// <summary>Whether Markdown keeps the targets of links.</summary>
    public bool Links { get; init; }

    /// <summary>Whether Markdown keeps images as <c>![alt](src)</c>.</summary>
    public bool Images { get; init; }

    /// <summary>Whether Markdown marks bold and italic text.</summary>
    public bool Emphasis { get; init; }

    /// <summary>How tables are written.</summary>
    public ExtractTables Tables { get; init; } = ExtractTables.Pipe;

    /// <summary>Whether readers' comments below an article are kept. Posts of a forum thread are content, not comments, and so are comments to its questions and answers.</summary>
    public bool Comments { get; init; }

    /// <summary>How the main content is found.</summary>
    public ExtractMode Mode { get; init; } = ExtractMode.Model;

    /// <summary>Added to the model's threshold: above 0 keeps less, below 0 keeps more; -0.5 to 0.5.</summary>
    public double ThresholdShift { get; init; }

    /// <summary>Whether <see cref="ExtractedPage.MainHtml"/> is filled.</summary>
    public bool MainHtml { get; init; }

    /// <summary>Characters of a block that a labeller is shown, 1 and up; 200 in MinerU-HTML's paper, 500 in its code since 1.1.</summary>
    public int MaxItemChars { get; init; } = 200;

    /// <summary>Nodes of the page's tree; a page with more is dropped with <c>budget_nodes</c>.</summary>
    public int MaxNodes { get; init; } = 1_000_000;

    /// <summary>Nested elements; start tags below that are left out, their text stays.</summary>
    public int MaxDepth { get; init; } = 512;

    /// <summary>Bytes of the page; a longer one is dropped with <c>budget_bytes</c>.</summary>
    public int MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes read of one attribute's value; a longer one is cut.</summary>
    public int MaxAttributeChars { get; init; } = 256 * 1024;
}
