using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Score.Vision.Reduction;

/// <summary>
/// Zero-TPrune (Wang, Dedhia and Jha 2024, "Zero-TPrune: Zero-Shot Token Pruning through Leveraging of the Attention Graph in Pre-Trained Transformers", CVPR). Attention
/// is a graph: s = A^T s, from 1/N, ranks its tokens (weighted page rank), head by head; heads whose ranks vary too little or too much are left out, the others are joined
/// by the root of the mean square. The I-stage keeps the highest ranks. The S-stage orders what is left by rank, halves it, finds for each of the less important
/// half the most similar one of the other half, and drops those with the greatest similarity.
/// </summary>
public static class ZeroTPrune
{
    /// <summary>Rank of each patch, on the scale on which ranks that are all equal are 1.</summary>
    /// <param name="attention">Attention of the layer; edges between patches only, rows scaled to 1.</param>
    /// <param name="steps">Steps of the power iteration at most: many in a first layer, one in the last.</param>
    /// <param name="tolerance">Sum of absolute changes at which it ends before.</param>
    /// <param name="minVariance">Heads whose ranks have a smaller variance are left out.</param>
    /// <param name="maxVariance">Heads whose ranks have a larger variance are left out. Where none is left, all count.</param>
    public static double[] Importance(AttentionMap attention, int steps = 50, double tolerance = 1e-9, double minVariance = 0.01, double maxVariance = 0.7)
    {
        ArgumentNullException.ThrowIfNull(attention);
        double[][] heads = [.. Enumerable.Range(0, attention.Heads).Select(h => Rank(attention, h, steps, tolerance))];
        double[][] informative = [.. heads.Where(r => Variance(r) is double v && v >= minVariance && v <= maxVariance)];
        double[][] joined = informative.Length > 0 ? informative : heads;
        double[] importance = new double[attention.Patches];
        for (int i = 0; i < importance.Length; i++)
        {
            double squares = 0;
            foreach (double[] ranks in joined)
            {
                squares += ranks[i] * ranks[i];
            }

            importance[i] = Math.Sqrt(squares / joined.Length);
        }

        return importance;
    }

    /// <summary>Keeps tokens by importance and similarity.</summary>
    /// <param name="keys">What similarity is measured on, one token after another: keys of the layer, or features.</param>
    /// <param name="dimensions">Values of a token.</param>
    /// <param name="importance">Rank of each token.</param>
    /// <param name="keep">Tokens to keep.</param>
    /// <param name="similarShare">Share of the dropped tokens that the S-stage drops, in [0, 1]; it drops half of what it is given at most.</param>
    /// <returns>Kept tokens, ascending.</returns>
    public static int[] Select(ReadOnlySpan<float> keys, int dimensions, IReadOnlyList<double> importance, int keep, double similarShare = 0.5)
    {
        ArgumentNullException.ThrowIfNull(importance);
        keep = Math.Clamp(keep, 0, importance.Count);

        // Of m tokens the S-stage drops m / 2 at most, so it can drop no more than it leaves.
        int similar = Math.Min((int)Math.Round(similarShare * (importance.Count - keep), MidpointRounding.ToEven), keep);
        int[] important = [.. TokenRanking.Descending(importance).Take(keep + similar)];
        int half = important.Length / 2;
        ReadOnlySpan<int> more = important.AsSpan(0, important.Length - half);
        int[] less = important[^half..];
        double[] nearest = new double[half];
        for (int i = 0; i < half; i++)
        {
            nearest[i] = double.NegativeInfinity;
            foreach (int other in more)
            {
                nearest[i] = Math.Max(nearest[i], FixedOrderMath.Cosine(keys.Slice(less[i] * dimensions, dimensions), keys.Slice(other * dimensions, dimensions)));
            }
        }

        // Of equally similar ones the least important goes.
        HashSet<int> dropped = [.. Enumerable.Range(0, half).OrderByDescending(i => nearest[i]).ThenByDescending(i => i).Take(similar).Select(i => less[i])];
        return [.. important.Where(i => !dropped.Contains(i)).Order()];
    }

    private static double[] Rank(AttentionMap attention, int head, int steps, double tolerance)
    {
        int n = attention.Patches;
        double[] rows = new double[n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                rows[i] += attention.Between(head, i, j);
            }
        }

        double[] rank = new double[n];
        Array.Fill(rank, 1);
        double change = double.PositiveInfinity;
        for (int step = 0; step < steps && change > tolerance; step++)
        {
            double[] next = new double[n];
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    next[j] += rank[i] * (rows[i] > 0 ? attention.Between(head, i, j) / rows[i] : 1.0 / n);
                }
            }

            change = 0;
            for (int i = 0; i < n; i++)
            {
                change += Math.Abs(next[i] - rank[i]);
            }

            rank = next;
        }

        return rank;
    }

    private static double Variance(double[] ranks)
    {
        double mean = ranks.Average();
        double sum = 0;
        foreach (double rank in ranks)
        {
            sum += (rank - mean) * (rank - mean);
        }

        return sum / ranks.Length;
    }
}
