using DataBuild.Stages.Extract.Charsets;
using DataBuild.Stages.Extract.Html;
using DataBuild.Stages.Extract.Metadata;
using DataBuild.Stages.Filter;
using DataBuild.Stages.Language;

namespace DataBuild.Stages.Extract.JusText;

/// <summary>What jusText finds on a page.</summary>
/// <param name="Text">The good paragraphs, an empty line between two; null when the page gives none.</param>
/// <param name="Title">Title of the page.</param>
/// <param name="LanguageDeclared">Language that the page declares, as a BCP 47 tag.</param>
/// <param name="Charset">WHATWG name of the encoding that was used.</param>
/// <param name="Replacements">Byte sequences that were no text in that encoding and became U+FFFD.</param>
/// <param name="Reason">Why the page cannot be used; null when it can.</param>
/// <param name="StopWordLanguage">Language whose stop words were used; null where there was no list: then length and links alone decide.</param>
/// <param name="Paragraphs">Paragraphs of the page.</param>
/// <param name="GoodParagraphs">Those that are its text.</param>
[Figures]
public readonly partial record struct JusTextFigures(
    [property: Column("text")] ReadOnlyMemory<char>? Text,
    [property: Column("title")] string? Title,
    [property: Column("language_declared")] string? LanguageDeclared,
    string? Charset,
    int Replacements,
    string? Reason,
    string? StopWordLanguage,
    int Paragraphs,
    int GoodParagraphs);

/// <summary>
/// Turns fetched pages into text as jusText does (Pomikálek 2011; the parameters of miso-belica/jusText): paragraphs are judged by length, links and stop words, then
/// by their neighbours. Stands in the place of Extract. Inputs that are text already pass as they are.
/// </summary>
[Stage("JusText", Version = 3, Phase = StagePhase.Extract, ColumnPrefix = "justext")]
public sealed partial record JusTextStage : DocumentStage<JusTextFigures>, IPayloadStage
{
    [ThreadStatic]
    private static JusTextScratch? _scratch;

    private Dictionary<string, HashSet<string>> _lists = [];

    /// <summary>Shorter paragraphs are not judged by themselves.</summary>
    [Option(Min = 0, Unit = "characters")]
    public int LengthLow { get; init; } = 70;

    /// <summary>Only longer paragraphs are good by themselves.</summary>
    [Option(Min = 0, Unit = "characters")]
    public int LengthHigh { get; init; } = 200;

    /// <summary>Least share of stop words of a paragraph that may be text.</summary>
    [Option(Min = 0, Unit = "fraction")]
    public double StopWordsLow { get; init; } = 0.30;

    /// <summary>Least share of stop words of a paragraph that is text by itself.</summary>
    [Option(Min = 0, Unit = "fraction")]
    public double StopWordsHigh { get; init; } = 0.32;

    /// <summary>Largest share of characters in links.</summary>
    [Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MaxLinkDensity { get; init; } = 0.2;

    /// <summary>How far behind a heading the text may begin.</summary>
    [Option(Min = 0, Unit = "characters")]
    public int MaxHeadingDistance { get; init; } = 200;

    /// <summary>Treats headings as any paragraph.</summary>
    public bool NoHeadings { get; init; }

    /// <summary>Short headings before a good paragraph count as near good, as the algorithm says; false: they never do, as in the port up to version 3.0.</summary>
    public bool RescueShortHeadings { get; init; } = true;

    /// <summary>Language of the stop words, by ISO 639-1 code; none given: that of the page's text.</summary>
    public string StopWordLanguage { get; init; } = "";

    /// <summary>Lists of stop words in place of the shipped ones: one word a line, each file named for its language (<c>en.txt</c>).</summary>
    public IReadOnlyList<InputFile> StopWords { get; init; } = [];

    /// <summary>Nodes of a page at most; a page with more is dropped.</summary>
    [Option(Min = 1, Unit = "nodes")]
    public int MaxNodes { get; init; } = 1_000_000;

    /// <summary>Depth of nesting at most; deeper elements become children of the deepest one allowed.</summary>
    [Option(Min = 16, Max = 4096, Unit = "elements")]
    public int MaxDepth { get; init; } = 512;

    /// <summary>Size of a page at most; a larger page is dropped.</summary>
    [Option(Min = 1, Unit = "bytes")]
    public int MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <inheritdoc />
    public override IReadOnlyList<string> InputColumns => [];

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.All;

    /// <inheritdoc />
    /// <exception cref="StageException">A list cannot be read, or the language asked for has none.</exception>
    public override void Initialize(StageContext context)
    {
        _lists = WordListMatcher.ReadByLanguage(StopWords, "JusText.StopWords");
        if (StopWordLanguage.Length > 0 && ListOf(StopWordLanguage) is null)
        {
            throw new StageException(
                "DB4361",
                $"JusText: there are no stop words for '{StopWordLanguage}'; name a file {StopWordLanguage}.txt in StopWords, or one of {string.Join(", ", StopWordLists.Languages)} in StopWordLanguage");
        }
    }

    /// <inheritdoc />
    public override JusTextFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        if (document.Payload.IsEmpty)
        {
            return document.HasText ? Passed(document.TextMemory, "utf-8", 0) : Dropped("empty", null, 0);
        }

        if (PlainText.IsTextType(document.MediaType))
        {
            ExtractFigures plain = PlainText.Decode(document.Payload, document.HttpCharset, MaxBytes);
            return plain.Reason is { } reason ? Dropped(reason, plain.Charset, plain.Replacements) : Passed(plain.Text, plain.Charset, plain.Replacements);
        }

        if (document.Payload.Length > MaxBytes)
        {
            return Dropped("budget_bytes", null, 0);
        }

        JusTextScratch scratch = _scratch ??= new JusTextScratch();
        DecodedPage decoded = PageDecoder.Decode(document.Payload, document.HttpCharset, scratch.Tree);
        if (!decoded.Readable)
        {
            return Dropped("undecodable", decoded.Charset, decoded.Replacements);
        }

        return scratch.Builder.Parse(MaxNodes, MaxDepth, int.MaxValue)
            ? Judge(scratch, decoded, document.Url)
            : Dropped("budget_nodes", decoded.Charset, decoded.Replacements);
    }

    /// <inheritdoc />
    public override Verdict Decide(in JusTextFigures figures) => figures.Reason is { } reason ? Verdict.Drop(reason) : Verdict.Keep;

    /// <summary>Classifies the paragraphs of a parsed page.</summary>
    internal IReadOnlyList<JusTextParagraph> Classify(HtmlTree tree, JusTextScratch scratch, out string? language)
    {
        IReadOnlyList<JusTextParagraph> paragraphs = JusTextParagraphs.Of(tree);
        language = StopWordLanguage.Length > 0 ? StopWordLanguage : scratch.Detector.Detect(string.Join('\n', paragraphs.Select(p => p.Text))).Code;
        HashSet<string>? list = language is null ? null : ListOf(language);
        language = list is null ? null : language;
        JusTextClassifier.ByThemselves(paragraphs, this, list, language is "zh" or "ja" or "th" or "lo" or "km" or "my" ? scratch.Words : null);
        JusTextClassifier.AmongNeighbours(paragraphs, this);
        return paragraphs;
    }

    private JusTextFigures Judge(JusTextScratch scratch, DecodedPage decoded, string url)
    {
        PageMetadata metadata = scratch.Metadata;
        metadata.Read(scratch.Tree, url);
        IReadOnlyList<JusTextParagraph> paragraphs = Classify(scratch.Tree, scratch, out string? language);
        string[] good = [.. paragraphs.Where(p => p.Class == ParagraphClass.Good).Select(p => p.Text)];
        scratch.Trim();
        return new JusTextFigures(
            good.Length == 0 ? null : string.Join("\n\n", good).AsMemory(), metadata.ShownTitle, metadata.Language, decoded.Charset, decoded.Replacements,
            good.Length == 0 ? "no_content" : null, language, paragraphs.Count, good.Length);
    }

    private HashSet<string>? ListOf(string language) => _lists.GetValueOrDefault(language) ?? StopWordLists.Find(language);

    private static JusTextFigures Passed(ReadOnlyMemory<char>? text, string? charset, int replacements) => new(text, null, null, charset, replacements, null, null, 0, 0);

    private static JusTextFigures Dropped(string reason, string? charset, int replacements) => new(null, null, null, charset, replacements, reason, null, 0, 0);
}
