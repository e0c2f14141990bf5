using System.Globalization;

namespace DataBuild.Stages.Score;

/// <summary>Figures of <see cref="ProgressivePrecisionStage"/>.</summary>
/// <param name="Value">The full-precision score where it was computed, else the quantised one; none for a text without tokens.</param>
/// <param name="Quantized">The quantised model's score.</param>
/// <param name="Recomputed">Whether the full-precision model was run.</param>
/// <param name="Covered">Fraction of the text that was read, in [0, 1].</param>
/// <param name="Audited">The full-precision score of a document that it does not decide on, where it was computed all the same.</param>
[Figures]
public readonly partial record struct ProgressivePrecisionFigures(double? Value, double? Quantized, bool Recomputed, double Covered, double? Audited);

/// <summary>
/// Scores with a quantised (8-bit) form of a model, and again with the full-precision one only where the score comes within a margin of the cut: SpAtten's progressive
/// quantisation (Wang, Zhang and Han 2021) applied to documents. Every decision within the margin is that of the full-precision model; the share of other decisions beyond
/// it is measured where a sample is given.
/// </summary>
[Stage("ProgressivePrecision", Version = 3, Phase = StagePhase.Score, ColumnPrefix = "precision")]
public sealed partial record ProgressivePrecisionStage : OnnxScoreStage<ProgressivePrecisionFigures>
{
    private TwoModels? _models;

    /// <summary>The quantised form of the model; the same tokenizer, inputs and outputs.</summary>
    [Option(Required = true)]
    public InputFile? QuantizedModel { get; init; }

    /// <summary>Smallest score that is kept.</summary>
    [Option(Required = true)]
    public double? Cut { get; init; }

    /// <summary>Quantised scores nearer to the cut than this are computed again in full precision.</summary>
    [Option(Min = 0)]
    public double Margin { get; init; } = 0.1;

    /// <summary>Documents on which both forms are compared: JSON lines, Parquet or text.</summary>
    public InputFile? Sample { get; init; }

    /// <summary>Share of the documents that the full model does not decide on which are shown to it all the same, chosen by their texts, so that the log can say how often both agree on this dataset.</summary>
    [Option(Min = 0, Max = 1, Unit = "fraction")]
    public double Audit { get; init; } = 0.01;

    /// <inheritdoc />
    [NotAnOption]
    public override bool HasSummary => true;

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".value"];

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        OnnxTextScorer quantized = LoadScorer(context, QuantizedModel, nameof(QuantizedModel), Tokenizer);
        OnnxTextScorer full = LoadScorer(context, Model, nameof(Model), Tokenizer);
        _models = new TwoModels(quantized, full);
        if (Sample is null)
        {
            return;
        }

        double cut = Cut.GetValueOrDefault();
        List<(double Cheap, double Costly)> scores = _models.ScoreSample(Sample);
        double again = scores.Average(s => Math.Abs(s.Cheap - cut) < Margin ? 1.0 : 0);
        double other = scores.Average(s => Math.Abs(s.Cheap - cut) >= Margin && s.Cheap >= cut != s.Costly >= cut ? 1.0 : 0);
        context.Report(new StageNote("DB4078", false, string.Create(
            CultureInfo.InvariantCulture, $"on the sample of {scores.Count:N0}: {100 * again:0.0} % computed again, {100 * other:0.00} % decided otherwise than by the full model, largest difference {scores.Max(s => Math.Abs(s.Cheap - s.Costly)):0.####}"), Sample.Path));
    }

    /// <inheritdoc />
    public override void Measure(IReadOnlyList<Document> documents, Span<ProgressivePrecisionFigures> figures)
    {
        ArgumentNullException.ThrowIfNull(documents);
        double cut = Cut.GetValueOrDefault();
        double above = Math.BitIncrement(cut - Margin);
        (TextScore[] quantized, TextScore?[] full) = (_models ?? throw new InvalidOperationException("Initialize was not called")).Score([.. documents.Select(d => d.TextMemory)], above, cut + Margin, Audit);
        for (int i = 0; i < quantized.Length; i++)
        {
            bool scored = !double.IsNaN(quantized[i].Score);
            bool again = quantized[i].Score >= above && quantized[i].Score < cut + Margin;
            figures[i] = new ProgressivePrecisionFigures(
                scored ? again ? full[i]!.Value.Score : quantized[i].Score : null, scored ? quantized[i].Score : null, again, quantized[i].Covered, again ? null : full[i]?.Score);
        }
    }

    /// <inheritdoc />
    public override StageNote? Summarize(IEnumerable<ProgressivePrecisionFigures> figures)
    {
        double cut = Cut.GetValueOrDefault();
        return new StageNote("DB4078", false, TwoModels.Describe(
            figures.Select(f => (f.Recomputed, f.Audited is { } full ? full >= cut : (bool?)null, f.Value >= cut)), "were computed again in full precision"));
    }

    /// <inheritdoc />
    public override Verdict Decide(in ProgressivePrecisionFigures figures) =>
        figures.Value is { } value ? Verdict.DropIf(value < Cut.GetValueOrDefault(), "score_too_low") : Verdict.Drop("no_score");
}
