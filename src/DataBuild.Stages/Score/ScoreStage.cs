using DataBuild.Stages.Filter.Expressions;

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
[Stage("Score", Version = 2, Phase = StagePhase.Score, ColumnPrefix = "score")]
public sealed partial record ScoreStage : OnnxScoreStage<ScoreFigures>
{
    private OnnxTextScorer? _scorer;
    private KeepExpression? _keep;

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".value"];

    /// <summary>An expression over the stage's figures, such as <c>score >= 3</c> or <c>score >= 2 and covered > 0.5</c>. Empty keeps all.</summary>
    [Threshold]
    public string Keep { get; init; } = "";

    /// <summary>Smallest score that is kept.</summary>
    [Threshold]
    public double MinScore { get; init; } = double.NegativeInfinity;

    /// <summary>Largest score that is kept.</summary>
    [Threshold]
    public double MaxScore { get; init; } = double.PositiveInfinity;

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (Expression is { } keep)
        {
            keep.RequireColumns("Score", ExpressionColumns.OfStage(Name, Descriptor.ColumnPrefix, ScoreFigures.Columns.Select(c => KeyValuePair.Create(c.Name, c.Type.ToString()))));
        }

        _scorer = LoadScorer(context, Model, nameof(Model), Tokenizer);
    }

    /// <inheritdoc />
    public override void Measure(IReadOnlyList<Document> documents, Span<ScoreFigures> figures)
    {
        TextScore[] scores = ScoresOf(_scorer, documents);
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
}
