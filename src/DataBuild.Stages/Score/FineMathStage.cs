namespace DataBuild.Stages.Score;

/// <summary>Figures of <see cref="FineMathStage"/>.</summary>
/// <param name="Value">The score, in [0, 5]; none for a text without tokens.</param>
/// <param name="Rounded">The score as a whole number, halves to the even one.</param>
[Figures]
public readonly partial record struct FineMathFigures(double? Value, int? Rounded);

/// <summary>
/// Scores the quality of mathematical text as FineMath's classifier is used (Allal et al. 2025; NeMo Curator 1e2e4275e, nemo_curator/stages/math/classifiers/finemath.py): the middle of the text, the model's
/// value cut to [0, 5] and rounded. The sets 3+ and 4+ are those with a rounded score of at least 3 and 4.
/// </summary>
[Stage("FineMath", Version = 2, Phase = StagePhase.Score, ColumnPrefix = "finemath")]
public sealed partial record FineMathStage : OnnxScoreStage<FineMathFigures>
{
    private const double Highest = 5;

    private OnnxTextScorer? _scorer;

    /// <summary>Characters on each side of the middle that are read; 0 for the whole text.</summary>
    [Option(Min = 0, Unit = "characters")]
    public int CropCharacters { get; init; } = 10_000;

    /// <summary>Smallest rounded score that is kept.</summary>
    [Threshold, Option(Min = 0, Max = 5)]
    public int MinScore { get; init; }

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".value", ".rounded"];

    /// <summary>A model's value as a score.</summary>
    public static FineMathFigures FiguresOf(double value) => double.IsNaN(value)
        ? new FineMathFigures(null, null)
        : new FineMathFigures(Math.Clamp(value, 0, Highest), (int)Math.Round(Math.Clamp(value, 0, Highest), MidpointRounding.ToEven));

    /// <inheritdoc />
    public override void Initialize(StageContext context) => _scorer = LoadScorer(context, Model, nameof(Model), Tokenizer);

    /// <inheritdoc />
    public override void Measure(IReadOnlyList<Document> documents, Span<FineMathFigures> figures)
    {
        ArgumentNullException.ThrowIfNull(documents);
        TextScore[] scores = new TextScore[documents.Count];
        (_scorer ?? throw new InvalidOperationException("Initialize was not called")).Score([.. documents.Select(d => CenterCrop.Of(d.Text.ToString(), CropCharacters).AsMemory())], scores);
        for (int i = 0; i < scores.Length; i++)
        {
            figures[i] = FiguresOf(scores[i].Score);
        }
    }

    /// <inheritdoc />
    public override Verdict Decide(in FineMathFigures figures) =>
        figures.Rounded is { } score ? Verdict.DropIf(score < MinScore, "score_too_low") : Verdict.DropIf(MinScore > 0, "no_score");
}
