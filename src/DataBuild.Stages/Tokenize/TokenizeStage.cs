namespace DataBuild.Stages.Tokenize;

/// <summary>Figures of <see cref="TokenizeStage"/>.</summary>
/// <param name="Ids">Token ids of the text, with the end-of-text id where it is appended.</param>
/// <param name="Count">How many there are.</param>
[Figures]
public readonly partial record struct TokenizeFigures([property: Column(".ids")] ReadOnlyMemory<int> Ids, int Count);

/// <summary>Token ids of every kept document.</summary>
[Stage("Tokenize", Version = 1, Phase = StagePhase.Tokenize, ColumnPrefix = "tokens")]
public sealed partial record TokenizeStage : DocumentStage<TokenizeFigures>, ITokenizingStage
{
    [ThreadStatic]
    private static TokenBuffer? _buffer;

    private TextTokenizer? _tokenizer;
    private int? _endOfText;

    /// <summary>Built-in encoding, or path of a tokenizer.json, a SentencePiece .model or a .tiktoken file.</summary>
    [Option(Names = "o200k_base|cl100k_base", Required = true)]
    public InputFile Tokenizer { get; init; } = InputFile.FromName("o200k_base");

    /// <summary>Whether the end-of-text id follows every document: token files mark no boundary of their own.</summary>
    public bool AppendEndOfText { get; init; } = true;

    /// <summary>Text of the token that ends a document; empty for the one that the tokenizer names.</summary>
    public string EndOfText { get; init; } = "";

    /// <summary>What becomes of text that spells a special token.</summary>
    public SpecialTokens SpecialTokens { get; init; } = SpecialTokens.AsText;

    /// <summary>Fewest tokens; shorter documents are dropped.</summary>
    [Threshold, Option(Min = 0, Unit = "tokens")]
    public int MinTokens { get; init; }

    /// <summary>Most tokens; longer documents are dropped.</summary>
    [Threshold, Option(Min = 1, Unit = "tokens")]
    public int MaxTokens { get; init; } = int.MaxValue;

    /// <summary>Tokens of a training sequence: the token files then hold the documents one after the other, cut every so many tokens. 0: a sequence a document.</summary>
    [Threshold, Option(Min = 0, Unit = "tokens")]
    public int ContextLength { get; init; }

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.Kept;

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".count"];

    /// <inheritdoc />
    [NotAnOption]
    public string TokensColumn => ".ids";

    /// <inheritdoc />
    [NotAnOption]
    public int VocabularySize => Loaded.VocabularySize;

    private TextTokenizer Loaded => _tokenizer ?? throw new InvalidOperationException("The stage was not initialized.");

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        _tokenizer = StageTokenizer.Load(Tokenizer);
        _endOfText = AppendEndOfText ? StageTokenizer.EndOfText(_tokenizer, Tokenizer, EndOfText) : null;
    }

    /// <inheritdoc />
    public override TokenizeFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        TokenBuffer buffer = _buffer ??= new TokenBuffer();
        buffer.Clear();
        Loaded.Encode(document.TextUtf8, buffer, SpecialTokens);
        if (_endOfText is int id)
        {
            buffer.Add(id);
        }

        return new TokenizeFigures(buffer.Memory, buffer.Count);
    }

    /// <inheritdoc />
    public override Verdict Decide(in TokenizeFigures figures) =>
        figures.Count < MinTokens ? Verdict.Drop("too_few_tokens")
        : figures.Count > MaxTokens ? Verdict.Drop("too_many_tokens")
        : Verdict.Keep;
}
