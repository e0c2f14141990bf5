using System.Numerics.Tensors;

namespace DataBuild.Stages.Score.Paired;

/// <summary>Arithmetic on a row of logits.</summary>
public static class Logits
{
    /// <summary>Natural logarithm of the sum of the exponentials.</summary>
    public static double LogSumExp(ReadOnlySpan<float> logits)
    {
        float max = TensorPrimitives.Max(logits);
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - (double)max);
        }

        return max + Math.Log(sum);
    }

    /// <summary>The token of the largest logit; the lowest id among equals.</summary>
    public static int ArgMax(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            best = logits[i] > logits[best] ? i : best;
        }

        return best;
    }

    /// <summary>Entropy of the distribution, in nats.</summary>
    public static double Entropy(ReadOnlySpan<float> logits)
    {
        double sum = LogSumExp(logits);
        double entropy = 0;
        foreach (float logit in logits)
        {
            double log = logit - sum;
            entropy -= Math.Exp(log) * log;
        }

        return entropy;
    }

    /// <summary>
    /// Uncertainty of the largest logits read as evidence of a Dirichlet distribution, as R2R's label-free baselines do (Fu et al. 2025): with S their sum and p = x / S,
    /// aleatoric = -sum p (psi(x + 1) - psi(S + 1)) and epistemic = K / (S + K). Logits of 0 and less are no evidence.
    /// </summary>
    /// <param name="logits">Logits.</param>
    /// <param name="count">K: how many of the largest are taken.</param>
    public static (double Aleatoric, double Epistemic) Uncertainty(ReadOnlySpan<float> logits, int count)
    {
        float[] largest = logits.ToArray();
        Array.Sort(largest);
        double[] evidence = [.. largest.Reverse().Take(count).Select(x => Math.Max(0.0, x))];
        double total = evidence.Sum();
        double aleatoric = total == 0 ? 0 : -evidence.Sum(x => x / total * (Digamma(x + 1) - Digamma(total + 1)));
        return (aleatoric, evidence.Length / (total + evidence.Length));
    }

    /// <summary>The logarithmic derivative of the gamma function, for arguments above 0 (Abramowitz and Stegun, 6.3.5 and 6.3.18).</summary>
    public static double Digamma(double x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(x);
        double value = 0;
        for (; x < 8; x++)
        {
            value -= 1 / x;
        }

        double square = 1 / (x * x);
        return value + Math.Log(x) - (0.5 / x) - (square * ((1.0 / 12) - (square * ((1.0 / 120) - (square * ((1.0 / 252) - (square / 240)))))));
    }
}
