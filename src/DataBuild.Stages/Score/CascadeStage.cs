using DataBuild.Stages.Score.Selection;

namespace DataBuild.Stages.Score;

/// <summary>Figures of <see cref="CascadeStage"/>.</summary>
/// <param name="Value">The large model's score where it was asked, else the small one's; none for a text without tokens.</param>
/// <param name="Small">The small model's score.</param>
/// <param name="Escalated">Whether the large model was asked.</param>
/// <param name="Keep">Whether the document is kept.</param>
/// <param name="Covered">Fraction of the text that the small model read, in [0, 1].</param>
/// <param name="Audited">The large model's score of a document that it does not decide on, where it was shown to it.</param>
[Figures]
public readonly partial record struct CascadeFigures(double? Value, double? Small, bool Escalated, bool Keep, double Covered, double? Audited);

/// <summary>
/// A small model looks at every document and a large one only at those that the small one is unsure of: below the band a document is dropped, above it is kept, within it
/// the large model decides. The band is given, or calibrated on a sample that both models score, to a stated recall of what the large model keeps. An idea taken from
/// R2R's routing (Fu et al. 2025), applied to documents, not to tokens.
/// </summary>
[Stage("Cascade", Version = 3, Phase = StagePhase.Score, ColumnPrefix = "cascade")]
public sealed partial record CascadeStage : OnnxScoreStage<CascadeFigures>
{
    private TwoModels? _models;
    private double _low;
    private double _high;

    /// <summary>The large model.</summary>
    [Option(Required = true)]
    public InputFile? LargeModel { get; init; }

    /// <summary>Tokenizer of the large model; without it that of the small one, unless the large model needs none.</summary>
    [Option(Names = "o200k_base|cl100k_base|p50k_base|r50k_base")]
    public InputFile? LargeTokenizer { get; init; }

    /// <summary>Score of the large model from which it keeps a document.</summary>
    [Option(Required = true)]
    public double? Cut { get; init; }

    /// <summary>Lower end of the band: small scores below are dropped. Without it the sample decides.</summary>
    public double? Low { get; init; }

    /// <summary>Upper end of the band: small scores from it on are kept. Without it the sample decides.</summary>
    public double? High { get; init; }

    /// <summary>Documents to calibrate the band on: JSON lines, Parquet or text.</summary>
    public InputFile? Sample { get; init; }

    /// <summary>Share of what the large model keeps of the sample that the cascade must keep too.</summary>
    [Option(Min = 0.01, Max = 1, Unit = "fraction")]
    public double Recall { get; init; } = 0.95;

    /// <summary>Share of what the cascade keeps unasked that the large model would keep, on the sample; without it the large model is asked about everything above Low.</summary>
    [Option(Min = 0.01, Max = 1, Unit = "fraction")]
    public double? Precision { get; init; }

    /// <summary>Share of the documents that the large model does not decide on which are shown to it all the same, chosen by their texts, so that the log can say how often both agree on this dataset.</summary>
    [Option(Min = 0, Max = 1, Unit = "fraction")]
    public double Audit { get; init; } = 0.01;

    /// <inheritdoc />
    [NotAnOption]
    public override bool HasSummary => true;

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".value", ".escalated"];

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        OnnxTextScorer small = LoadScorer(context, Model, nameof(Model), Tokenizer);
        OnnxTextScorer large = LoadScorer(context, LargeModel, nameof(LargeModel), LargeTokenizer ?? Tokenizer);
        _models = new TwoModels(small, large);
        (_low, _high) = (Low ?? double.NegativeInfinity, High ?? double.PositiveInfinity);
        if (Sample is null)
        {
            _ = Low is null && High is null ? throw new StageException("DB4076", $"the stage '{Name}' has neither a band (Low, High) nor a Sample to calibrate it on") : 0;
            return;
        }

        double cut = Cut.GetValueOrDefault();
        try
        {
            CascadeBand band = CascadeBand.Calibrate([.. _models.ScoreSample(Sample).Select(s => (s.Cheap, s.Costly >= cut))], Recall, Precision ?? double.PositiveInfinity);
            (_low, _high) = (Low ?? band.Low, High ?? band.High);
            context.Report(new StageNote("DB4077", false, TwoModels.Describe(band), Sample.Path));
        }
        catch (ArgumentException error)
        {
            throw new StageException("DB4076", $"the band of the stage '{Name}' cannot be calibrated on '{Sample.Value}': {error.Message.Split(" (Parameter", StringSplitOptions.None)[0]}", Sample.Path, error);
        }
    }

    /// <inheritdoc />
    public override void Measure(IReadOnlyList<Document> documents, Span<CascadeFigures> figures)
    {
        ArgumentNullException.ThrowIfNull(documents);
        (TextScore[] small, TextScore?[] large) = (_models ?? throw new InvalidOperationException("Initialize was not called")).Score([.. documents.Select(d => d.TextMemory)], _low, _high, Audit);
        for (int i = 0; i < small.Length; i++)
        {
            bool scored = !double.IsNaN(small[i].Score);
            bool escalated = small[i].Score >= _low && small[i].Score < _high;
            double value = escalated ? large[i]!.Value.Score : small[i].Score;
            bool keep = scored && (escalated ? value >= Cut.GetValueOrDefault() : value >= _high);
            figures[i] = new CascadeFigures(scored ? value : null, scored ? small[i].Score : null, escalated, keep, small[i].Covered, escalated ? null : large[i]?.Score);
        }
    }

    /// <inheritdoc />
    public override StageNote? Summarize(IEnumerable<CascadeFigures> figures) => new("DB4077", false, TwoModels.Describe(
        figures.Select(f => (f.Escalated, f.Audited is { } large ? large >= Cut.GetValueOrDefault() : (bool?)null, f.Keep)), "went to the large model"));

    /// <inheritdoc />
    public override Verdict Decide(in CascadeFigures figures) =>
        figures.Keep ? Verdict.Keep : Verdict.Drop(figures.Value is null ? "no_score" : figures.Escalated ? "score_too_low" : "small_score_too_low");
}
