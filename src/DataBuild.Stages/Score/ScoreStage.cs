using DataBuild.Stages.Filter.Expressions;
using DataBuild.Stages.Tokenize;

namespace DataBuild.Stages.Score;

/// <summary>Figures of <see cref="ScoreStage"/>.</summary>
/// <param name="Value">The score; none for a text without tokens.</param>
/// <param name="Covered">Fraction of the text that the model read, in [0, 1].</param>
/// <param name="Windows">Windows that the text was read in.</param>
[Figures]
public readonly partial record struct ScoreFigures(double? Value, double Covered, int Windows);

/// <summary>
/// Scores documents with an ONNX text classifier or regressor, and keeps those in a range. A text that the model has scored is not scored again, and
/// editing the range decides anew from the stored scores.
/// </summary>
[Stage("Score", Phase = StagePhase.Score, ColumnPrefix = "score")]
public sealed partial record ScoreStage : BatchStage<ScoreFigures>
{
    private OnnxTextScorer? _scorer;
    private KeepExpression? _keep;

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".value"];

    /// <summary>The model: an ONNX file.</summary>
    [Option(Required = true)]
    public InputFile? Model { get; init; }

    /// <summary>Tokenizer of the model: a file, or the name of an encoding. Models of hashed n-grams need none.</summary>
    [Option(Names = "o200k_base|cl100k_base|p50k_base|r50k_base")]
    public InputFile? Tokenizer { get; init; }

    /// <summary>An expression over the stage's figures, such as <c>score >= 3</c> or <c>score >= 2 and covered > 0.5</c>. Empty keeps all.</summary>
    [Threshold]
    public string Keep { get; init; } = "";

    /// <summary>Smallest score that is kept.</summary>
    [Threshold]
    public double MinScore { get; init; } = double.NegativeInfinity;

    /// <summary>Largest score that is kept.</summary>
    [Threshold]
    public double MaxScore { get; init; } = double.PositiveInfinity;

    /// <summary>Tokens of a window, special ones included.</summary>
    [Option(Min = 1, Max = 1048576, Unit = "tokens")]
    public int MaxTokens { get; init; } = 512;

    /// <summary>What becomes of a text longer than a window: its beginning counts, or the mean or the maximum of all windows.</summary>
    public WindowPolicy Window { get; init; } = WindowPolicy.Truncate;

    /// <summary>Special tokens before the text in every window, such as <c>[CLS]</c>.</summary>
    public IReadOnlyList<string> PrefixTokens { get; init; } = [];

    /// <summary>Special tokens after the text in every window, such as <c>[SEP]</c>.</summary>
    public IReadOnlyList<string> SuffixTokens { get; init; } = [];

    /// <summary>Id that fills a row up; its places are masked.</summary>
    [Option(Min = 0)]
    public int PaddingId { get; init; }

    /// <summary>Output of the model that holds the score; without it <c>score</c>, or the only one.</summary>
    public string? Output { get; init; }

    /// <summary>Label, or index, of the value to take where the output has several.</summary>
    public string? Label { get; init; }

    /// <summary>Labels of the output's values in order; without them those that the model names.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>What is done to the output's values before one is taken.</summary>
    public ScoreActivation Activation { get; init; } = ScoreActivation.None;

    /// <summary>Decimals of a stored score: the low bits, which other hardware may give differently, are rounded away.</summary>
    [Option(Min = 0, Max = 12, Unit = "decimals")]
    public int Decimals { get; init; } = 4;

    /// <summary>Where the model runs: <c>cpu</c>, <c>cuda</c>, <c>tensorrt</c>, <c>auto</c>, or the name of a plugin provider.</summary>
    [WithoutEffectOnOutput]
    public string Provider { get; init; } = "cpu";

    /// <summary>Library of a plugin execution provider.</summary>
    [WithoutEffectOnOutput]
    public string? EpLibraryPath { get; init; }

    /// <summary>Tokens of a batch, about.</summary>
    [Option(Min = 32, Max = 16777216, Unit = "tokens"), WithoutEffectOnOutput]
    public int BatchTokens { get; init; } = 8192;

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (Expression is { } keep)
        {
            keep.RequireColumns("Score", ExpressionColumns.OfStage(Name, Descriptor.ColumnPrefix, ScoreFigures.Columns.Select(c => KeyValuePair.Create(c.Name, c.Type.ToString()))));
        }

        string path = Model?.PathOrName ?? throw new StageException("DB4001", "the stage Score names no model (option Model)");
        TextTokenizer? tokenizer = Tokenizer is null ? null : LoadTokenizer(Tokenizer);
        OnnxScorerOptions options = new()
        {
            MaxTokens = MaxTokens,
            Window = Window,
            PrefixIds = TokenIdsOf(PrefixTokens, tokenizer, nameof(PrefixTokens)),
            SuffixIds = TokenIdsOf(SuffixTokens, tokenizer, nameof(SuffixTokens)),
            PaddingId = PaddingId,
            Output = Output,
            Label = Label,
            Labels = Labels,
            Activation = Activation,
            Decimals = Decimals,
            BatchTokens = BatchTokens,
            Threads = context.Threads,
            Provider = new ExecutionProviderRequest(
                Provider,
                EpLibraryPath is null ? null : Path.GetFullPath(Path.Combine(context.ProjectDirectory, EpLibraryPath))),
        };
        _scorer = OnnxTextScorer.Load(path, options, tokenizer is null ? null : Encode(tokenizer), context.Report);
        context.Report(new StageNote("DB4007", false, $"{Model.Value} runs on {_scorer.Provider}", path));
    }

    /// <inheritdoc />
    public override void Measure(IReadOnlyList<Document> documents, Span<ScoreFigures> figures)
    {
        ArgumentNullException.ThrowIfNull(documents);
        OnnxTextScorer scorer = _scorer ?? throw new InvalidOperationException("Initialize was not called");
        TextScore[] scores = new TextScore[documents.Count];
        scorer.Score([.. documents.Select(d => d.TextMemory)], scores);
        for (int i = 0; i < scores.Length; i++)
        {
            figures[i] = new ScoreFigures(double.IsNaN(scores[i].Score) ? null : scores[i].Score, scores[i].Covered, scores[i].Windows);
        }
    }

    /// <inheritdoc />
    public override Verdict Decide(in ScoreFigures figures)
    {
        if (figures.Value is { } score)
        {
            if (score < MinScore || score > MaxScore)
            {
                return Verdict.Drop(score < MinScore ? "score_too_low" : "score_too_high");
            }
        }
        else if (MinScore > double.NegativeInfinity || MaxScore < double.PositiveInfinity)
        {
            return Verdict.Drop("no_score");
        }

        if (Expression is not { } keep)
        {
            return Verdict.Keep;
        }

        ScoreRow row = new(in figures);
        return keep.Evaluate(in row) switch
        {
            true => Verdict.Keep,
            false when keep.FirstFalse(in row) is { } broken => Verdict.Drop(row.Reason(broken)),
            false => Verdict.Drop("score_not_kept"),
            null => Verdict.Drop("no_score"),
        };
    }

    // Parsed once; a copy of the record with another expression parses its own.
    private KeepExpression? Expression =>
        string.IsNullOrWhiteSpace(Keep) ? null
        : _keep is { } known && known.Source == Keep ? known
        : _keep = KeepExpression.ParseOption("Score", Keep);

    private static TokenIds Encode(TextTokenizer tokenizer) => (text, tokens) =>
    {
        using TokenBuffer buffer = new(Math.Max(16, text.Length / 3));
        tokenizer.Encode(text, buffer);
        foreach (int id in buffer.Span)
        {
            tokens.Add(id);
        }
    };

    private static TextTokenizer LoadTokenizer(InputFile tokenizer)
    {
        try
        {
            return TextTokenizer.Load(tokenizer.PathOrName);
        }
        catch (Exception e) when (e is TokenizerFormatException or IOException or UnauthorizedAccessException)
        {
            throw new StageException("DB4005", $"the tokenizer '{tokenizer.Value}' cannot be used: {e.Message}", tokenizer.Path, e);
        }
    }

    private int[] TokenIdsOf(IReadOnlyList<string> tokens, TextTokenizer? tokenizer, string option)
    {
        int[] ids = new int[tokens.Count];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = tokenizer?.FindToken(tokens[i])
                ?? throw new StageException("DB4005", $"the tokenizer '{Tokenizer?.Value ?? "(none)"}' has no token '{tokens[i]}' (option {option})", Tokenizer?.Path);
        }

        return ids;
    }
}
