namespace DataBuild.Stages.Extract;

/// <summary>What extraction finds on a page.</summary>
/// <param name="Text">Main content in the format asked for; null when the page gives none.</param>
/// <param name="Title">Title of the page.</param>
/// <param name="LanguageDeclared">Language that the page declares, as a BCP 47 tag.</param>
/// <param name="Author">Author that the page states.</param>
/// <param name="DatePublished">Date of publication that the page states, ISO 8601.</param>
/// <param name="SiteName">Name of the site that the page states.</param>
/// <param name="CanonicalUrl">Canonical address that the page states.</param>
/// <param name="License">Licence that the page states.</param>
/// <param name="Charset">WHATWG name of the encoding that was used.</param>
/// <param name="Replacements">Byte sequences that were no text in that encoding and became U+FFFD.</param>
/// <param name="Reason">Why the page cannot be used; null when it can.</param>
[Figures]
public readonly partial record struct ExtractFigures(
    [property: Column("text")] ReadOnlyMemory<char>? Text,
    [property: Column("title")] string? Title,
    [property: Column("language_declared")] string? LanguageDeclared,
    [property: Column("author")] string? Author,
    [property: Column("date_published")] string? DatePublished,
    [property: Column("site_name")] string? SiteName,
    [property: Column("canonical_url")] string? CanonicalUrl,
    [property: Column("license")] string? License,
    string? Charset,
    int Replacements,
    string? Reason);

/// <summary>
/// Turns fetched pages into text: decodes them, finds the main content and writes it as Markdown or plain text, with formulas as LaTeX. Inputs that are text
/// already pass as they are.
/// </summary>
[Stage("Extract", Version = 2, Phase = StagePhase.Extract, ColumnPrefix = "extract")]
public sealed partial record ExtractStage : DocumentStage<ExtractFigures>, IPayloadStage
{
    private readonly HtmlExtractor _extractor = new();
    private ExtractOptions? _options;

    /// <summary>Form of the text.</summary>
    public ExtractFormat Format { get; init; } = ExtractFormat.Markdown;

    /// <summary>What becomes of formulas.</summary>
    public ExtractMath Math { get; init; } = ExtractMath.Latex;

    /// <summary>Keeps the targets of links.</summary>
    public bool Links { get; init; }

    /// <summary>Keeps images with their alternative texts.</summary>
    public bool Images { get; init; }

    /// <summary>Keeps bold and italic marks.</summary>
    public bool Emphasis { get; init; }

    /// <summary>Form of tables.</summary>
    public ExtractTables Tables { get; init; } = ExtractTables.Pipe;

    /// <summary>Keeps readers' comments.</summary>
    public bool Comments { get; init; }

    /// <summary>How the main content is found.</summary>
    public ExtractMode Mode { get; init; } = ExtractMode.Model;

    /// <summary>Added to the score that a block must reach: below 0 keeps more, above 0 keeps less.</summary>
    [Option(Min = -1, Max = 1)]
    public double ThresholdShift { get; init; }

    /// <summary>Nodes of a page at most; a page with more is dropped.</summary>
    [Option(Min = 1, Unit = "nodes")]
    public int MaxNodes { get; init; } = 1_000_000;

    /// <summary>Depth of nesting at most; deeper elements become children of the deepest one allowed.</summary>
    [Option(Min = 16, Max = 4096, Unit = "elements")]
    public int MaxDepth { get; init; } = 512;

    /// <summary>Size of a page at most; a larger page is dropped.</summary>
    [Option(Min = 1, Unit = "bytes")]
    public int MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Length of an attribute at most; the rest is cut.</summary>
    [Option(Min = 1, Unit = "characters")]
    public int MaxAttributeChars { get; init; } = 256 * 1024;

    /// <inheritdoc />
    public override IReadOnlyList<string> InputColumns => [];

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.All;

    /// <inheritdoc />
    public override void Initialize(StageContext context) => _options = CreateOptions();

    /// <inheritdoc />
    public override ExtractFigures Measure(Document document)
    {
        if (document.Payload.IsEmpty)
        {
            return document.HasText
                ? new ExtractFigures(document.TextMemory, null, null, null, null, null, null, null, "utf-8", 0, null)
                : new ExtractFigures(null, null, null, null, null, null, null, null, null, 0, "empty");
        }

        if (PlainText.IsTextType(document.MediaType))
        {
            return PlainText.Decode(document.Payload, document.HttpCharset, MaxBytes);
        }

        ExtractedPage page = _extractor.Extract(document.Payload, document.HttpCharset, document.Url, _options ??= CreateOptions());
        return new ExtractFigures(
            page.DropReason is null ? page.Text.AsMemory() : null, page.Title, page.LanguageDeclared, page.Author, page.DatePublished, page.SiteName,
            page.CanonicalUrl, page.License, page.Charset, page.ReplacementCount, page.DropReason);
    }

    /// <inheritdoc />
    public override Verdict Decide(in ExtractFigures figures) => figures.Reason is { } reason ? Verdict.Drop(reason) : Verdict.Keep;

    private ExtractOptions CreateOptions() => new()
    {
        Format = Format,
        Math = Math,
        Links = Links,
        Images = Images,
        Emphasis = Emphasis,
        Tables = Tables,
        Comments = Comments,
        Mode = Mode,
        ThresholdShift = ThresholdShift,
        MaxNodes = MaxNodes,
        MaxDepth = MaxDepth,
        MaxBytes = MaxBytes,
        MaxAttributeChars = MaxAttributeChars,
    };
}
