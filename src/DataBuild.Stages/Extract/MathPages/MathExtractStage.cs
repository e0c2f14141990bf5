using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using DataBuild.Stages.Extract.Charsets;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.MathPages;

/// <summary>Figures of <see cref="MathExtractStage"/>.</summary>
/// <param name="Text">Text of the document.</param>
/// <param name="Title">Title of a page.</param>
/// <param name="Type">What the document is: <c>Text</c>, <c>Html</c>, <c>Notebook</c>.</param>
/// <param name="MagicType">Media type that the content looks like.</param>
/// <param name="Reason">Why it cannot be used: <c>empty</c>, <c>undecodable</c>, <c>no_content</c>.</param>
[Figures]
public readonly partial record struct MathExtractFigures(
    [property: Column("text")] ReadOnlyMemory<char>? Text, [property: Column("title")] string? Title, string? Type, string? MagicType, string? Reason);

/// <summary>
/// Turns fetched documents into text as the pipeline of Nemotron-CC-Math does (arXiv 2508.15096): Jupyter notebooks are flattened, texts pass, pages are rendered whole, so that no
/// formula is lost to extraction; a language model cleans them later (LlmClean). Pages are rendered here with formulas as LaTeX, or by lynx.
/// </summary>
[Stage("MathExtract", Version = 4, Phase = StagePhase.Extract, ColumnPrefix = "mathExtract")]
public sealed partial record MathExtractStage : DocumentStage<MathExtractFigures>, IPayloadStage
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    [ThreadStatic]
    private static HtmlTree? _buffer;

    private readonly HtmlExtractor _extractor = new();
    private LynxRenderer? _lynx;

    /// <summary>The program lynx, which renders pages in place of the built-in renderer; its digest is part of the result's key.</summary>
    public InputFile? Lynx { get; init; }

    /// <summary>How long lynx may take for a page, which is dropped then.</summary>
    [Option(Min = 1, Max = 3600, Unit = "seconds")]
    public int LynxTimeout { get; init; } = 20;

    /// <summary>Size of a document at most; a larger one is dropped.</summary>
    [Option(Min = 1, Unit = "bytes")]
    public int MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <inheritdoc />
    [NotAnOption]
    public IReadOnlySet<string> MediaTypes => MathPageTypes.Read;

    /// <inheritdoc />
    public override IReadOnlyList<string> InputColumns => [];

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.All;

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".type", ".magicType"];

    /// <inheritdoc />
    public override void Initialize(StageContext context) => _lynx = Lynx is null ? null : new LynxRenderer(Lynx.PathOrName, TimeSpan.FromSeconds(LynxTimeout));

    /// <inheritdoc />
    public override MathExtractFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        if (document.Payload.IsEmpty)
        {
            return document.HasText ? new MathExtractFigures(document.TextMemory, null, nameof(MathPageType.Text), "text/plain", null) : Dropped("empty", null);
        }

        if (document.Payload.Length > MaxBytes)
        {
            return Dropped("budget_bytes", null);
        }

        string looksLike = ContentType.Of(document.Payload);
        if (Decode(document) is not { } decoded)
        {
            return Dropped("undecodable", looksLike);
        }

        string content = XmlDeclaration().Replace(decoded, "", 1);
        MathPageType type = MathPageTypes.Of(content, looksLike, document.MediaType, document.Url);
        string? title = null;
        string text;
        switch (type)
        {
            case MathPageType.Notebook when NotebookText.TryParse(content, out JsonDocument? notebook):
                using (notebook)
                {
                    text = NotebookText.Of(notebook);
                }

                break;
            case MathPageType.Html when _lynx is not null:
                text = _lynx.Render(content);
                break;
            case MathPageType.Html:
                ExtractedPage page = _extractor.Extract(
                    Encoding.UTF8.GetBytes(content), "utf-8", document.Url, new ExtractOptions { Mode = ExtractMode.All, Math = ExtractMath.Latex, Format = ExtractFormat.Markdown, MaxBytes = int.MaxValue });
                (text, title) = (page.DropReason is null ? page.Text : "", page.Title);
                break;
            default:
                text = content;
                break;
        }

        return string.IsNullOrWhiteSpace(text) ? Dropped("no_content", looksLike, type) : new MathExtractFigures(text.AsMemory(), title, type.ToString(), looksLike, null);
    }

    /// <inheritdoc />
    public override Verdict Decide(in MathExtractFigures figures) => figures.Reason is { } reason ? Verdict.Drop(reason) : Verdict.Keep;

    private static MathExtractFigures Dropped(string reason, string? looksLike, MathPageType? type = null) => new(null, null, type?.ToString(), looksLike, reason);

    // As UTF-8 where it is, whatever is declared; else as the detector says.
    private static string? Decode(Document document)
    {
        try
        {
            return Strict.GetString(document.Payload).ReplaceLineEndings("\n");
        }
        catch (DecoderFallbackException)
        {
            _buffer ??= new HtmlTree();
            DecodedPage page = PageDecoder.Decode(document.Payload, document.HttpCharset, _buffer);
            return page.Readable && page.Charset != "UTF-8" ? Encoding.UTF8.GetString(_buffer.Text.AsSpan(0, _buffer.TextLength)).ReplaceLineEndings("\n") : null;
        }
    }

    [GeneratedRegex(@"^\s*<\?xml.*\?>")]
    private static partial Regex XmlDeclaration();
}
