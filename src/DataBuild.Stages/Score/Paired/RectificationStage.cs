namespace DataBuild.Stages.Score.Paired;

/// <summary>Figures of <see cref="RectificationStage"/>.</summary>
/// <param name="Toxicity">Largest expected toxicity -Q of a token that the text goes on with, in [0, 1]; none for a text without tokens.</param>
/// <param name="Mean">Mean of -Q over the tokens.</param>
/// <param name="Capped">Share of the tokens that rectified decoding makes less likely.</param>
/// <param name="ExtraBits">Bits a token that the text costs more under the rectified model.</param>
/// <param name="Covered">Fraction of the tokens that was looked at, in [0, 1].</param>
[Figures]
public readonly partial record struct RectificationFigures(double? Toxicity, double? Mean, double Capped, double? ExtraBits, double Covered);

/// <summary>
/// Scores texts by the value model of Systematic Rectification (Cao et al. 2023): a graph that gives, beside a language model of the same vocabulary, the expected toxicity of
/// every token that may come next. Says how toxic the way is that a text takes, and how much of it the capped model would not have written.
/// </summary>
[Stage("Rectification", Version = 2, Phase = StagePhase.Score, ColumnPrefix = "rectification")]
public sealed partial record RectificationStage : PairedModelStage<RectificationFigures, (double Value, double Bits)>
{
    // Less than this is rounding of floats.
    private const double LeastBits = 1e-4;

    /// <summary>The value model: Q in [-1, 0] of every token at every position.</summary>
    [Option(Required = true)]
    public InputFile? ValueModel { get; init; }

    /// <summary>Margin of the caps.</summary>
    [Option(Min = 0, Max = 1)]
    public double Epsilon { get; init; } = 0.1;

    /// <summary>Largest toxicity that is kept.</summary>
    [Threshold, Option(Min = 0, Max = 1)]
    public double MaxToxicity { get; init; } = 1;

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".toxicity"];

    /// <inheritdoc />
    public override void Initialize(StageContext context) => Load(context, ValueModel, nameof(ValueModel));

    /// <inheritdoc />
    public override Verdict Decide(in RectificationFigures figures) => Verdict.DropIf(figures.Toxicity > MaxToxicity, "toxic");

    /// <inheritdoc />
    protected override (double Value, double Bits) Look(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int next)
    {
        float[] rectified = first.ToArray();
        RectifiedLogits.Apply(rectified, second, Epsilon);
        double before = first[next] - Logits.LogSumExp(first);
        double after = rectified[next] - Logits.LogSumExp(rectified);
        return (Math.Clamp(-second[next], 0, 1), (before - after) / Math.Log(2));
    }

    /// <inheritdoc />
    protected override RectificationFigures Summarise(IReadOnlyList<int> tokens, IReadOnlyList<(double Value, double Bits)> positions, double covered)
    {
        ArgumentNullException.ThrowIfNull(positions);
        double? Rounded(double value) => positions.Count == 0 ? null : Math.Round(value, Decimals, MidpointRounding.ToEven);
        return positions.Count == 0
            ? new RectificationFigures(null, null, 0, null, covered)
            : new RectificationFigures(
                Rounded(positions.Max(p => p.Value)), Rounded(positions.Average(p => p.Value)), Rounded((double)positions.Count(p => p.Bits > LeastBits) / positions.Count)!.Value,
                Rounded(positions.Average(p => p.Bits)), covered);
    }
}
