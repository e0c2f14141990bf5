namespace DataBuild.Stages.Score.Paired;

/// <summary>Figures of <see cref="CleanGenStage"/>.</summary>
/// <param name="MaxRatio">Largest ratio of a token's probabilities, suspected model over reference; none for a text without tokens.</param>
/// <param name="Suspicious">Tokens whose ratio reaches Alpha.</param>
/// <param name="Share">Share of such tokens.</param>
/// <param name="Covered">Fraction of the tokens that was looked at, in [0, 1].</param>
[Figures]
public readonly partial record struct CleanGenFigures(double? MaxRatio, int Suspicious, double Share, double Covered);

/// <summary>
/// Finds what a language model that may have been tampered with says and a trusted one would not: CleanGen's suspicion ratio (Li et al. 2024), the probability of each token
/// under the suspected model over that under the reference, as a score of texts that the suspected model wrote. Both have one tokenizer.
/// </summary>
[Stage("CleanGen", Version = 2, Phase = StagePhase.Score, ColumnPrefix = "cleanGen")]
public sealed partial record CleanGenStage : PairedModelStage<CleanGenFigures, double>
{
    // A ratio beyond what a double holds is this: e^700.
    private const double LargestLog = 700;

    /// <summary>The trusted model.</summary>
    [Option(Required = true)]
    public InputFile? ReferenceModel { get; init; }

    /// <summary>Ratio from which a token is suspicious.</summary>
    [Option(Min = 0)]
    public double Alpha { get; init; } = 20;

    /// <summary>Largest share of suspicious tokens that is kept.</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MaxShare { get; init; } = 1;

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".maxRatio", ".share"];

    /// <inheritdoc />
    public override void Initialize(StageContext context) => Load(context, ReferenceModel, nameof(ReferenceModel));

    /// <inheritdoc />
    public override Verdict Decide(in CleanGenFigures figures) => Verdict.DropIf(figures.Share > MaxShare, "suspicious_tokens");

    /// <inheritdoc />
    protected override double Look(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int next) =>
        first[next] - Logits.LogSumExp(first) - (second[next] - Logits.LogSumExp(second));

    /// <inheritdoc />
    protected override CleanGenFigures Summarise(IReadOnlyList<int> tokens, IReadOnlyList<double> positions, double covered)
    {
        ArgumentNullException.ThrowIfNull(positions);

        // Rounded before it is compared, so that the low bits of another machine decide nothing.
        double[] ratios = [.. positions.Select(p => Math.Round(Math.Exp(Math.Min(p, LargestLog)), Decimals, MidpointRounding.ToEven))];
        int suspicious = ratios.Count(r => r >= Alpha);
        return new CleanGenFigures(
            ratios.Length == 0 ? null : ratios.Max(), suspicious, ratios.Length == 0 ? 0 : Math.Round((double)suspicious / ratios.Length, Decimals, MidpointRounding.ToEven), covered);
    }
}
