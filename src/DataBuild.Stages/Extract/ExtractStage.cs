using System.Runtime.CompilerServices;
using DataBuild.Stages.Extract.Labelling;
using DataBuild.Stages.Extract.Sites;
using DataBuild.Stages.Generate;
using DataBuild.Stages.Score;
using DataBuild.Stages.Tokenize;

namespace DataBuild.Stages.Extract;

/// <summary>What extraction finds on a page.</summary>
/// <param name="Text">Main content in the format asked for; null when the page gives none.</param>
/// <param name="Title">Title of the page without the site's name.</param>
/// <param name="LanguageDeclared">Language that the page declares, as a BCP 47 tag.</param>
/// <param name="Author">Authors that the page states or shows in its byline; of a thread the first poster.</param>
/// <param name="DatePublished">Date of publication that the page states or shows beside its heading, ISO 8601.</param>
/// <param name="SiteName">Name of the site that the page states.</param>
/// <param name="CanonicalUrl">Canonical address that the page states.</param>
/// <param name="License">Licence that the page states.</param>
/// <param name="Charset">WHATWG name of the encoding that was used.</param>
/// <param name="Replacements">Byte sequences that were no text in that encoding and became U+FFFD.</param>
/// <param name="Reason">Why the page cannot be used; null when it can.</param>
/// <param name="MainHtml">HTML of the main content, where it is asked for.</param>
/// <param name="LabelledBy">Where a labeller other than the built-in model was asked: its kind, or <c>fallback</c> where its answer could not be used.</param>
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
    string? Reason,
    string? MainHtml,
    string? LabelledBy);

/// <summary>
/// Turns fetched pages into text: decodes them, finds the main content and writes it as Markdown or plain text, with formulas as LaTeX. Inputs that are text
/// already pass as they are.
/// </summary>
[Stage("Extract", Version = 11, Phase = StagePhase.Extract, ColumnPrefix = "extract")]
public sealed partial record ExtractStage : DocumentStage<ExtractFigures>, IPrefetchingStage
{
    private readonly HtmlExtractor _extractor = new();
    private readonly ConditionalWeakTable<DocumentBatch, BatchSites> _sites = [];
    private ExtractOptions? _options;
    private IBlockLabeller? _labeller;
    private CancellationToken _cancellation;

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

    /// <summary>Keeps readers' comments below articles; those to questions and answers are part of a thread and always kept.</summary>
    public bool Comments { get; init; }

    /// <summary>How the main content is found.</summary>
    public ExtractMode Mode { get; init; } = ExtractMode.Model;

    /// <summary>Added to the score that a block must reach: below 0 keeps more, above 0 keeps less.</summary>
    [Option(Min = -1, Max = 1)]
    public double ThresholdShift { get; init; }

    /// <summary>
    /// Leaves out blocks that most pages of the same site repeat, where three of its pages or more stand in one batch of a shard (256 documents or 4 MiB).
    /// </summary>
    public bool DropRepeated { get; init; } = true;

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

    /// <summary>Fills the column <c>mainHtml</c> with the HTML of the main content; published where <c>DataBuildOutputColumns</c> names it.</summary>
    public bool MainHtml { get; init; }

    /// <summary>Who says which blocks are main content.</summary>
    public ExtractLabeller Labeller { get; init; } = ExtractLabeller.Model;

    /// <summary>The model of <c>Labeller="Onnx"</c>: a token classifier of the simplified page, two labels a token.</summary>
    public InputFile? LabellerModel { get; init; }

    /// <summary>Tokenizer of that model: a file, or the name of an encoding.</summary>
    [Option(Names = "o200k_base|cl100k_base|p50k_base|r50k_base")]
    public InputFile? LabellerTokenizer { get; init; }

    /// <summary>Tokens that the model reads at a time, special ones included.</summary>
    [Option(Min = 8, Max = 1048576, Unit = "tokens")]
    public int LabellerMaxTokens { get; init; } = 512;

    /// <summary>Special tokens before what the model reads, such as <c>[CLS]</c>.</summary>
    public IReadOnlyList<string> LabellerPrefixTokens { get; init; } = [];

    /// <summary>Special tokens after what the model reads, such as <c>[SEP]</c>.</summary>
    public IReadOnlyList<string> LabellerSuffixTokens { get; init; } = [];

    /// <summary>Where the model runs: <c>cpu</c>, <c>cuda</c>, <c>tensorrt</c>, <c>auto</c>.</summary>
    [WithoutEffectOnOutput]
    public string LabellerProvider { get; init; } = "cpu";

    /// <summary>Address of the server of <c>Labeller="Endpoint"</c>, which understands chat completions: <c>http://localhost:8000/v1</c>.</summary>
    [WithoutEffectOnOutput]
    public string? Endpoint { get; init; }

    /// <summary>Name of the language model there.</summary>
    public string? EndpointModel { get; init; }

    /// <summary>Answers from a file instead of that server, for tests and examples: JSON lines such as <c>{"when": "text", "answer": "text"}</c>.</summary>
    public InputFile? Script { get; init; }

    /// <summary>Environment variable that holds the server's key; the key itself stands in no file.</summary>
    [WithoutEffectOnOutput]
    public string EndpointKeyVariable { get; init; } = "OPENAI_API_KEY";

    /// <summary>Requests at a time.</summary>
    [Option(Min = 1, Max = 4096, Unit = "requests"), WithoutEffectOnOutput]
    public int EndpointConcurrency { get; init; } = 16;

    /// <summary>How long one answer may take; a request that takes longer is sent again.</summary>
    [Option(Min = 1, Max = 86400, Unit = "seconds"), WithoutEffectOnOutput]
    public int EndpointTimeout { get; init; } = 300;

    /// <summary>Folder, relative to the project, that keeps the answers of language models: none is asked for twice.</summary>
    [WithoutEffectOnOutput]
    public string Answers { get; init; } = "answers";

    /// <summary>Length of a simplified page at most; a longer one is labelled by the built-in model.</summary>
    [Option(Min = 1, Unit = "characters")]
    public int MaxPromptChars { get; init; } = 100_000;

    /// <summary>Form of the endpoint's answer, and what the server is asked to hold it to.</summary>
    public BlockAnswerForm EndpointAnswer { get; init; } = BlockAnswerForm.Json;

    /// <summary>Length of a block's text that a labeller is shown; the rest is cut.</summary>
    [Option(Min = 1, Unit = "characters")]
    public int MaxItemChars { get; init; } = 200;

    /// <inheritdoc />
    public override IReadOnlyList<string> InputColumns => [];

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.All;

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _options = CreateOptions();
        _cancellation = context.Cancellation;
        _labeller = Labeller switch
        {
            ExtractLabeller.Onnx => LoadOnnx(context),
            ExtractLabeller.Endpoint => OpenEndpoint(context),
            _ => null,
        };
    }

    /// <inheritdoc />
    public override ExtractFigures Measure(Document document)
    {
        if (document.Payload.IsEmpty)
        {
            return document.HasText
                ? new ExtractFigures(document.TextMemory, null, null, null, null, null, null, null, "utf-8", 0, null, null, null)
                : new ExtractFigures(null, null, null, null, null, null, null, null, null, 0, "empty", null, null);
        }

        if (PlainText.IsTextType(document.MediaType))
        {
            return PlainText.Decode(document.Payload, document.HttpCharset, MaxBytes);
        }

        ExtractedPage page = Extract(document, _options ??= CreateOptions());
        return new ExtractFigures(
            page.DropReason is null ? page.Text.AsMemory() : null, page.Title, page.LanguageDeclared, page.Author, page.DatePublished, page.SiteName,
            page.CanonicalUrl, page.License, page.Charset, page.ReplacementCount, page.DropReason, page.MainHtml,
            _labeller is null ? null : page.LabelledByAnswer ? (Labeller == ExtractLabeller.Onnx ? "onnx" : "endpoint") : "fallback");
    }

    /// <summary>Lists the blocks of a page with what the stage makes of them; none where the page is dropped before its blocks are known.</summary>
    public IReadOnlyList<ExplainedBlock> Explain(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        ExtractOptions options = _options ??= CreateOptions();
        return _labeller is null
            ? _extractor.ExplainBlocks(document.Payload, document.HttpCharset, document.Url, options)
            : _extractor.ExplainBlocksAsync(document.Payload.ToArray(), document.HttpCharset, document.Url, options, _labeller, _cancellation).AsTask().GetAwaiter().GetResult();
    }

    /// <inheritdoc />
    public void Prefetch(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        if (document.Payload.IsEmpty || PlainText.IsTextType(document.MediaType))
        {
            return;
        }

        if (DropRepeated && _labeller is null && Mode != ExtractMode.All && document.Payload.Length <= MaxBytes)
        {
            BatchSites sites = _sites.GetValue(document.Batch, batch => new BatchSites(batch));
            if (sites.Find(document) is not null)
            {
                _extractor.Survey(sites, document);
            }
        }

        if (Labeller == ExtractLabeller.Endpoint && _labeller is { } labeller
            && _extractor.Simplify(document.Payload, document.HttpCharset, document.Url, _options ??= CreateOptions()) is { } page)
        {
            // The answer, or the failure, is met when the document is measured.
            _ = labeller.LabelAsync(page.Html, page.Items, _cancellation).AsTask();
        }
    }

    /// <inheritdoc />
    public override Verdict Decide(in ExtractFigures figures) => figures.Reason is { } reason ? Verdict.Drop(reason) : Verdict.Keep;

    private ExtractedPage Extract(Document document, ExtractOptions options)
    {
        if (_labeller is null)
        {
            SiteTexts? site = _sites.TryGetValue(document.Batch, out BatchSites? sites) ? sites.Find(document) : null;
            return _extractor.Extract(document.Payload, document.HttpCharset, document.Url, options, site);
        }

        return _extractor.ExtractAsync(document.Payload.ToArray(), document.HttpCharset, document.Url, options, _labeller, _cancellation).AsTask().GetAwaiter().GetResult();
    }

    private OnnxBlockLabeller LoadOnnx(StageContext context)
    {
        if (LabellerModel is null || LabellerTokenizer is null)
        {
            throw new StageException("DB4057", "Extract with Labeller=\"Onnx\" needs the options LabellerModel, an ONNX file, and LabellerTokenizer");
        }

        TextTokenizer tokenizer;
        try
        {
            tokenizer = TextTokenizer.Load(LabellerTokenizer.PathOrName);
        }
        catch (Exception e) when (e is TokenizerFormatException or IOException or UnauthorizedAccessException)
        {
            throw new StageException("DB4005", $"the tokenizer '{LabellerTokenizer.Value}' cannot be used: {e.Message}", LabellerTokenizer.Path, e);
        }

        return OnnxBlockLabeller.Load(
            LabellerModel.PathOrName,
            tokenizer,
            new OnnxBlockLabellerOptions
            {
                MaxTokens = LabellerMaxTokens,
                PrefixIds = Ids(LabellerPrefixTokens, nameof(LabellerPrefixTokens)),
                SuffixIds = Ids(LabellerSuffixTokens, nameof(LabellerSuffixTokens)),
                Provider = new ExecutionProviderRequest(LabellerProvider),
            },
            context.Report);

        int[] Ids(IReadOnlyList<string> tokens, string option) =>
        [
            .. tokens.Select(t => tokenizer.FindToken(t)
                ?? throw new StageException("DB4005", $"the tokenizer '{LabellerTokenizer.Value}' has no token '{t}' (option {option})", LabellerTokenizer.Path)),
        ];
    }

    private ChatBlockLabeller OpenEndpoint(StageContext context)
    {
        if (Script is { } script)
        {
            ChatService scripted = new(new ScriptedChatClient(script.PathOrName), null, new ChatServiceOptions { FirstPause = TimeSpan.Zero });
            return new ChatBlockLabeller(scripted, EndpointModel ?? "script", MaxPromptChars, EndpointAnswer);
        }

        ChatService service = new(
            ChatEndpoint.Open(Name.Length == 0 ? "Extract" : Name, "DB4057", Endpoint, EndpointModel, EndpointKeyVariable, EndpointTimeout),
            new ChatAnswerStore(Path.GetFullPath(Path.Combine(context.ProjectDirectory, Answers))),
            new ChatServiceOptions { Concurrency = EndpointConcurrency });
        return new ChatBlockLabeller(service, EndpointModel!, MaxPromptChars, EndpointAnswer);
    }

    /// <summary>What the extractor is asked for.</summary>
    internal ExtractOptions CreateOptions() => new()
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
        MainHtml = MainHtml,
        MaxItemChars = MaxItemChars,
    };
}
