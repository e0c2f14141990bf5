using System.Text;
using DataBuild.Stages.Tokenize.FillInMiddle;

namespace DataBuild.Stages.Tokenize;

/// <summary>Figures of <see cref="FimPrepareStage"/>.</summary>
/// <param name="Ids">Token ids of the document, rearranged or not, with the end-of-text id.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Applied">Whether the document was rearranged.</param>
/// <param name="InsideToken">Whether a split fell inside of a token of the whole document.</param>
[Figures]
public readonly partial record struct FimPrepareFigures([property: Column(".ids")] ReadOnlyMemory<int> Ids, int Count, bool Applied, bool InsideToken);

/// <summary>Token ids of every kept document, a share of them rearranged for fill-in-the-middle training; stands in the place of Tokenize.</summary>
[Stage("FimPrepare", Version = 2, Phase = StagePhase.Tokenize, ColumnPrefix = "fim")]
public sealed partial record FimPrepareStage : TokenFileStage<FimPrepareFigures>
{
    private static readonly string[] Columns = ["text", "id"];

    [ThreadStatic]
    private static TokenBuffer? _buffer;

    private FimPreparer? _preparer;

    /// <summary>Share of documents that are rearranged.</summary>
    [Option(Min = 0, Max = 1, Unit = "fraction")]
    public double Rate { get; init; } = 0.5;

    /// <summary>Share of those with the suffix first.</summary>
    [Option(Min = 0, Max = 1, Unit = "fraction")]
    public double SpmRate { get; init; } = 0.5;

    /// <summary>Where documents are split.</summary>
    public FimSplit Split { get; init; } = FimSplit.Character;

    /// <summary>Text of the token before the prefix.</summary>
    public string PrefixToken { get; init; } = "<|fim_prefix|>";

    /// <summary>Text of the token before the suffix.</summary>
    public string SuffixToken { get; init; } = "<|fim_suffix|>";

    /// <summary>Text of the token before the middle.</summary>
    public string MiddleToken { get; init; } = "<|fim_middle|>";

    /// <summary>Seed.</summary>
    [Option(Min = 0)]
    public long Seed { get; init; }

    /// <inheritdoc />
    public override IReadOnlyList<string> InputColumns => Columns;

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".count", ".applied"];

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        base.Initialize(context);
        _preparer = new FimPreparer(Loaded, new FimOptions
        {
            Rate = Rate,
            SpmRate = SpmRate,
            Split = Split,
            PrefixId = StageTokenizer.Find(Loaded, Tokenizer, PrefixToken, nameof(PrefixToken)),
            SuffixId = StageTokenizer.Find(Loaded, Tokenizer, SuffixToken, nameof(SuffixToken)),
            MiddleId = StageTokenizer.Find(Loaded, Tokenizer, MiddleToken, nameof(MiddleToken)),
            Seed = (ulong)Seed,
        });
    }

    /// <inheritdoc />
    public override FimPrepareFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        FimPreparer preparer = _preparer ?? throw new InvalidOperationException("The stage was not initialized.");
        TokenBuffer buffer = _buffer ??= new TokenBuffer();
        buffer.Clear();
        FimOutcome outcome = preparer.Prepare(document.TextUtf8, Encoding.UTF8.GetBytes(document.Id), buffer);
        buffer.Add(EndOfTextId!.Value);
        return new FimPrepareFigures(buffer.Memory, buffer.Count, outcome.Applied, outcome.InsideToken);
    }
}
