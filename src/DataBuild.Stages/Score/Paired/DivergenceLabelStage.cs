namespace DataBuild.Stages.Score.Paired;

/// <summary>Figures of <see cref="DivergenceLabelStage"/>: lists have an entry for each token of the text.</summary>
/// <param name="Tokens">The tokens.</param>
/// <param name="Small">What the small model would have put there.</param>
/// <param name="Large">What the large model would have put there.</param>
/// <param name="Labels">0: the small model gives the text's token; 1: it gives another.</param>
/// <param name="Entropy">Entropy of the small model, in nats.</param>
/// <param name="Aleatoric">Aleatoric uncertainty of the small model's ten largest logits.</param>
/// <param name="Epistemic">Epistemic uncertainty of them.</param>
/// <param name="Different">Share of the tokens labelled 1; none for a text without tokens.</param>
/// <param name="Covered">Fraction of the tokens that was looked at, in [0, 1].</param>
[Figures]
public readonly partial record struct DivergenceFigures(
    ReadOnlyMemory<int> Tokens, ReadOnlyMemory<int> Small, ReadOnlyMemory<int> Large, ReadOnlyMemory<int> Labels, ReadOnlyMemory<float> Entropy, ReadOnlyMemory<float> Aleatoric,
    ReadOnlyMemory<float> Epistemic, double? Different, double Covered);

/// <summary>What two models say at a position.</summary>
/// <param name="Next">The text's token.</param>
/// <param name="Small">The small model's.</param>
/// <param name="Large">The large model's.</param>
/// <param name="Entropy">Entropy of the small model, in nats.</param>
/// <param name="Aleatoric">Its aleatoric uncertainty.</param>
/// <param name="Epistemic">Its epistemic uncertainty.</param>
public readonly record struct DivergencePosition(int Next, int Small, int Large, double Entropy, double Aleatoric, double Epistemic);

/// <summary>
/// Labels the tokens of texts that a large model wrote by whether a small one would have gone on in the same way: the first step of R2R's data (Fu et al. 2025), in one pass of
/// each model. <c>DivergenceBranches</c> and <c>JudgeDivergence</c> then say which of the differences change the meaning.
/// </summary>
[Stage("DivergenceLabel", Version = 2, Phase = StagePhase.Score, ColumnPrefix = "divergence")]
public sealed partial record DivergenceLabelStage : PairedModelStage<DivergenceFigures, DivergencePosition>
{
    /// <summary>The large model, of the same vocabulary.</summary>
    [Option(Required = true)]
    public InputFile? LargeModel { get; init; }

    /// <summary>Largest logits that the uncertainties are made of.</summary>
    [Option(Min = 1, Max = 1000)]
    public int UncertaintyTokens { get; init; } = 10;

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".tokens", ".small", ".large", ".labels", ".entropy", ".different"];

    /// <inheritdoc />
    public override void Initialize(StageContext context) => Load(context, LargeModel, nameof(LargeModel));

    /// <inheritdoc />
    protected override DivergencePosition Look(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int next)
    {
        (double aleatoric, double epistemic) = Logits.Uncertainty(first, UncertaintyTokens);
        return new DivergencePosition(next, Logits.ArgMax(first), Logits.ArgMax(second), Logits.Entropy(first), aleatoric, epistemic);
    }

    /// <inheritdoc />
    protected override DivergenceFigures Summarise(IReadOnlyList<int> tokens, IReadOnlyList<DivergencePosition> positions, double covered)
    {
        ArgumentNullException.ThrowIfNull(positions);
        int[] labels = [.. positions.Select(p => p.Small == p.Next ? 0 : 1)];
        float[] Rounded(Func<DivergencePosition, double> value) => [.. positions.Select(p => (float)Math.Round(value(p), Decimals, MidpointRounding.ToEven))];
        return new DivergenceFigures(
            positions.Select(p => p.Next).ToArray(), positions.Select(p => p.Small).ToArray(), positions.Select(p => p.Large).ToArray(), labels,
            Rounded(p => p.Entropy), Rounded(p => p.Aleatoric), Rounded(p => p.Epistemic),
            labels.Length == 0 ? null : Math.Round(labels.Average(), Decimals, MidpointRounding.ToEven), covered);
    }
}
