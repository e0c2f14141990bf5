using DataBuild.Stages.Tokenize;

namespace DataBuild.Stages.Score;

/// <summary>Figures of <see cref="ByteScoreStage"/>.</summary>
/// <param name="BitsPerByte">-log2 of the probability of the text and its end, divided by the text's bytes; none for a text without bytes.</param>
/// <param name="Perplexity">2 to the bits a predicted token; none where nothing is predicted.</param>
/// <param name="Covered">Fraction of the text that was read, in [0, 1].</param>
[Figures]
public readonly partial record struct ByteScoreFigures(double? BitsPerByte, double? Perplexity, double Covered);

/// <summary>
/// Measures how surprising documents are to a causal language model (an ONNX graph with logits at every position). For a document that fits the model's window and ends with
/// the end token the bits are exact, since only its canonical encoding carries mass (Phan et al. 2024); bits per byte compare models of different vocabularies.
/// </summary>
[Stage("ByteScore", Version = 2, Phase = StagePhase.Score, ColumnPrefix = "byteScore")]
public sealed partial record ByteScoreStage : OnnxStage<ByteScoreFigures>
{
    private CausalScorer[] _scorers = [];

    /// <summary>
    /// Further models: a document's probability is then the mean of what all of them give it, exact for each, so that models of different vocabularies make an ensemble.
    /// </summary>
    public IReadOnlyList<InputFile> Ensemble { get; init; } = [];

    /// <summary>Tokenizers of the further models, one each; without it they have that of the first.</summary>
    public IReadOnlyList<InputFile> EnsembleTokenizers { get; init; } = [];

    /// <summary>Token that the model reads before the text; without it the one that ends texts.</summary>
    public string StartToken { get; init; } = "";

    /// <summary>Token that ends a text and is predicted too; without it the one that the tokenizer names.</summary>
    public string EndToken { get; init; } = "";

    /// <summary>Whether the end is predicted.</summary>
    public bool PredictEnd { get; init; } = true;

    /// <summary>Tokens that a window of a long text shares with the one before; they are read and not predicted again.</summary>
    [Option(Min = 1, Max = 1048576, Unit = "tokens")]
    public int Overlap { get; init; } = 64;

    /// <summary>Most windows of a text; what lies beyond is not covered.</summary>
    [Option(Min = 1, Max = 1000000)]
    public int MaxWindows { get; init; } = 1000;

    /// <summary>Fewest bits per byte that are kept.</summary>
    [Threshold, Option(Min = 0)]
    public double MinBitsPerByte { get; init; }

    /// <summary>Most bits per byte that are kept.</summary>
    [Threshold, Option(Min = 0)]
    public double MaxBitsPerByte { get; init; } = double.PositiveInfinity;

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".bitsPerByte"];

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _ = PathOf(Model, nameof(Model));
        if (EnsembleTokenizers.Count > 0 && EnsembleTokenizers.Count != Ensemble.Count)
        {
            throw new StageException("DB4079", $"ByteScore.EnsembleTokenizers names {EnsembleTokenizers.Count} tokenizers for {Ensemble.Count} models (option Ensemble); expected one each, or none");
        }

        _scorers = new CausalScorer[1 + Ensemble.Count];
        _scorers[0] = Load(context, Model!, Tokenizer);
        for (int i = 0; i < Ensemble.Count; i++)
        {
            _scorers[i + 1] = Load(context, Ensemble[i], EnsembleTokenizers.Count > 0 ? EnsembleTokenizers[i] : Tokenizer);
        }
    }

    /// <inheritdoc />
    public override void Measure(IReadOnlyList<Document> documents, Span<ByteScoreFigures> figures)
    {
        CausalScore[][] scores = _scorers.Length > 0 ? [.. _scorers.Select(s => s.Score(documents))] : throw new InvalidOperationException("Initialize was not called");
        for (int i = 0; i < figures.Length; i++)
        {
            int document = i;
            CausalScore[] all = [.. scores.Select(s => s[document])];

            // What one model read and another did not cannot be compared.
            bool alike = all.All(s => s.Bytes == all[0].Bytes);
            double bits = MeanBits(all);
            figures[i] = new ByteScoreFigures(
                all[0].Bytes == 0 || !alike ? null : Math.Round(bits / all[0].Bytes, Decimals, MidpointRounding.ToEven),
                all[0].Predicted == 0 || !alike ? null : Math.Round(Math.Pow(2, bits / all[0].Predicted), Decimals, MidpointRounding.ToEven),
                all.Min(s => s.Covered));
        }
    }

    // -log2 of the mean of 2^-bits, so that no power overflows.
    private static double MeanBits(CausalScore[] scores)
    {
        double least = scores.Min(s => s.Bits);
        return least - Math.Log2(scores.Sum(s => Math.Pow(2, least - s.Bits)) / scores.Length);
    }

    private CausalScorer Load(StageContext context, InputFile file, InputFile? tokenizerFile)
    {
        string path = file.PathOrName;
        TextTokenizer tokenizer = LoadTokenizer(tokenizerFile)
            ?? throw new StageException("DB4005", $"the model '{path}' takes token ids: name its tokenizer (option Tokenizer)", path);
        int end = StageTokenizer.EndOfText(tokenizer, tokenizerFile!, EndToken);
        int start = StartToken.Length == 0 ? end : StageTokenizer.Find(tokenizer, tokenizerFile!, StartToken, nameof(StartToken));
        if (Overlap >= MaxTokens)
        {
            throw new StageException("DB4079", $"ByteScore.Overlap is {Overlap}; expected less than MaxTokens, {MaxTokens}");
        }

        OnnxScorerOptions options = BaseOptions(context) with { OutputDimensions = 3 };
        OnnxModelSession model = OnnxModelSession.Load(path, options, context.Report);
        if (model.OutputShape.Count != 3)
        {
            model.Dispose();
            throw new StageException("DB4004", $"output '{model.Output}' of the model '{path}' has {model.OutputShape.Count} dimensions; expected logits [texts, tokens, vocabulary]", path);
        }

        ReportProvider(context, file, model.Provider);
        return CausalScorer.Over(model, tokenizer, options, start, PredictEnd ? end : null, Overlap, MaxWindows);
    }

    /// <inheritdoc />
    public override Verdict Decide(in ByteScoreFigures figures) =>
        figures.BitsPerByte is not { } bits ? Verdict.DropIf(MinBitsPerByte > 0 || MaxBitsPerByte < double.PositiveInfinity, "no_score")
        : bits < MinBitsPerByte ? Verdict.Drop("bits_per_byte_too_low")
        : Verdict.DropIf(bits > MaxBitsPerByte, "bits_per_byte_too_high");
}
