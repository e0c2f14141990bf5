namespace DataBuild.Stages.Tokenize;

/// <summary>Figures of <see cref="TokenizeStage"/>.</summary>
/// <param name="Ids">Token ids of the text, with the end-of-text id where it is appended.</param>
/// <param name="Count">How many there are.</param>
[Figures]
public readonly partial record struct TokenizeFigures([property: Column(".ids")] ReadOnlyMemory<int> Ids, int Count);

/// <summary>Token ids of every kept document.</summary>
[Stage("Tokenize", Version = 2, Phase = StagePhase.Tokenize, ColumnPrefix = "tokens")]
public sealed partial record TokenizeStage : TokenFileStage<TokenizeFigures>
{
    [ThreadStatic]
    private static TokenBuffer? _buffer;

    /// <summary>Column that is encoded: the text, or a column of bytes (<c>binary.content</c>) with a tokenizer that was trained on bytes.</summary>
    public string Column { get; init; } = "text";

    /// <summary>Whether the end-of-text id follows every document: token files mark no boundary of their own.</summary>
    public bool AppendEndOfText { get; init; } = true;

    /// <summary>What becomes of text that spells a special token.</summary>
    public SpecialTokens SpecialTokens { get; init; } = SpecialTokens.AsText;

    /// <summary>Fewest tokens; shorter documents are dropped.</summary>
    [Threshold, Option(Min = 0, Unit = "tokens")]
    public int MinTokens { get; init; }

    /// <summary>Most tokens; longer documents are dropped.</summary>
    [Threshold, Option(Min = 1, Unit = "tokens")]
    public int MaxTokens { get; init; } = int.MaxValue;

    /// <inheritdoc />
    public override IReadOnlyList<string> InputColumns => [Column];

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".count"];

    /// <inheritdoc />
    public override bool ReuseByText => true;

    /// <inheritdoc />
    protected override bool EndsDocuments => AppendEndOfText;

    /// <inheritdoc />
    public override TokenizeFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        TokenBuffer buffer = _buffer ??= new TokenBuffer();
        buffer.Clear();
        if (document.Batch.Find(Column) is StringColumn { Type: ColumnType.Binary } bytes)
        {
            EncodeBytes(bytes[document.Row], buffer);
        }
        else
        {
            ReadOnlySpan<byte> text = Column == "text" ? document.TextUtf8 : document.Batch.Find(Column) is StringColumn column ? column[document.Row] : default;
            Loaded.Encode(text, buffer, SpecialTokens);
        }

        if (EndOfTextId is int id)
        {
            buffer.Add(id);
        }

        return new TokenizeFigures(buffer.Memory, buffer.Count);
    }

    private void EncodeBytes(ReadOnlySpan<byte> bytes, TokenBuffer buffer)
    {
        try
        {
            Loaded.EncodeBytes(bytes, buffer);
        }
        catch (NotSupportedException error)
        {
            throw new StageException("DB4203", $"the column '{Column}' holds bytes, and {error.Message}", Tokenizer.Path, error);
        }
    }

    /// <inheritdoc />
    public override Verdict Decide(in TokenizeFigures figures) =>
        figures.Count < MinTokens ? Verdict.Drop("too_few_tokens")
        : figures.Count > MaxTokens ? Verdict.Drop("too_many_tokens")
        : Verdict.Keep;
}
