namespace DataBuild.Stages.Tokenize;

/// <summary>Base of the stages whose token ids packaging writes as token files: the options of those files.</summary>
/// <typeparam name="TFigures">Figures of a document.</typeparam>
public abstract record TokenFileStage<TFigures> : DocumentStage<TFigures>, ITokenizingStage
    where TFigures : struct, IFigures<TFigures>
{
    private TextTokenizer? _tokenizer;
    private int? _endOfText;
    private int? _paddingId;

    /// <summary>Built-in encoding, or path of a tokenizer.json, a SentencePiece .model or a .tiktoken file, or <c>@name</c> for what the stage of that name trained.</summary>
    [Option(Names = "o200k_base|cl100k_base", Required = true)]
    public InputFile Tokenizer { get; init; } = InputFile.FromName("o200k_base");

    /// <summary>Text of the token that ends a document; empty for the one that the tokenizer names.</summary>
    public string EndOfText { get; init; } = "";

    /// <summary>Format of the token files.</summary>
    [Threshold]
    public TokenFormat Format { get; init; } = TokenFormat.Megatron;

    /// <summary>Tokens of a training sequence: the token files then hold the documents packed into sequences of that length. 0: a sequence a document.</summary>
    [Threshold, Option(Min = 0, Max = 16777216, Unit = "tokens")]
    public int ContextLength { get; init; }

    /// <summary>How documents fill sequences: one after the other and cut anywhere, or best-fit, which cuts only documents longer than a sequence.</summary>
    [Threshold]
    public TokenPacking Packing { get; init; } = TokenPacking.Concatenate;

    /// <summary>Text of the token that fills short sequences up; empty leaves them short. Best-fit in formats without boundaries (Datatrove, Npy) takes the end-of-text token.</summary>
    [Threshold]
    public string PaddingToken { get; init; } = "";

    /// <summary>Seed of the order of documents in the token files, which then depends on their ids alone. Without it they stand in the order of the corpus.</summary>
    [Threshold]
    public long? ShuffleSeed { get; init; }

    /// <summary>Writes train.documents.parquet: which part of which document lies where in which sequence.</summary>
    [Threshold]
    public bool DocumentMap { get; init; }

    /// <summary>Tokens of the mixture that the metadata Weight and Epochs of the Crawl items describe. Without it as many as they allow.</summary>
    [Threshold, Option(Min = 1, Unit = "tokens")]
    public long? TokenBudget { get; init; }

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.Kept;

    /// <inheritdoc />
    [NotAnOption]
    public string TokensColumn => ".ids";

    /// <inheritdoc />
    [NotAnOption]
    public bool TokenFilesNeedInitialize => BuiltInSize is null || PaddingToken.Length > 0 || FillsWithEndOfText;

    /// <inheritdoc />
    [NotAnOption]
    public int VocabularySize => _tokenizer?.VocabularySize ?? BuiltInSize ?? Loaded.VocabularySize;

    /// <inheritdoc />
    [NotAnOption]
    public string TokenizerName => Tokenizer.Value;

    /// <inheritdoc />
    [NotAnOption]
    public TokenFileOptions TokenFiles => new()
    {
        Format = Format,
        ContextLength = ContextLength,
        Packing = Packing,
        PaddingId = _paddingId,
        ShuffleSeed = ShuffleSeed,
        DocumentMap = DocumentMap,
        TokenBudget = TokenBudget,
    };

    /// <summary>The tokenizer.</summary>
    protected TextTokenizer Loaded => _tokenizer ?? throw new InvalidOperationException("The stage was not initialized.");

    private int? BuiltInSize => Tokenizer.IsFile ? null : TextTokenizer.VocabularySizeOf(Tokenizer.Value);

    private bool FillsWithEndOfText => Packing == TokenPacking.BestFit && ContextLength > 0 && Format is (TokenFormat.Datatrove or TokenFormat.Npy);

    /// <summary>Whether the end-of-text id is needed.</summary>
    protected virtual bool EndsDocuments => true;

    /// <summary>Id of the token that ends a document; null where none is appended.</summary>
    protected int? EndOfTextId => _endOfText;

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        _tokenizer = StageTokenizer.Load(Tokenizer);
        _endOfText = EndsDocuments ? StageTokenizer.EndOfText(_tokenizer, Tokenizer, EndOfText) : null;
        _paddingId = PaddingToken.Length > 0 ? StageTokenizer.Find(_tokenizer, Tokenizer, PaddingToken, nameof(PaddingToken))
            : FillsWithEndOfText ? StageTokenizer.EndOfText(_tokenizer, Tokenizer, EndOfText)
            : null;
    }
}
