namespace DataBuild.Stages.Score.Paired;

/// <summary>
/// Capping of Systematic Rectification (Cao et al. 2023): with a value Q in [-1, 0] for every token, the expected toxicity of going on with it, a token's probability is
/// capped at clamp(1 + Q - epsilon, 1e-7, 1).
/// </summary>
public static class RectifiedLogits
{
    private const double SmallestCap = 1e-7;

    /// <summary>
    /// Caps logits in place, twice: logits = min(logits, log cap + logsumexp(logits)). The second pass takes the sum of the capped logits, so that after the softmax a token may
    /// still exceed its cap; this is the published arithmetic.
    /// </summary>
    /// <param name="logits">Logits of the next token.</param>
    /// <param name="values">Q of each token.</param>
    /// <param name="epsilon">Margin.</param>
    public static void Apply(Span<float> logits, ReadOnlySpan<float> values, double epsilon)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, logits.Length);
        for (int pass = 0; pass < 2; pass++)
        {
            double sum = Logits.LogSumExp(logits);
            for (int i = 0; i < logits.Length; i++)
            {
                double cap = Math.Clamp(1 + values[i] - epsilon, SmallestCap, 1);
                logits[i] = (float)Math.Min(logits[i], Math.Log(cap) + sum);
            }
        }
    }
}
