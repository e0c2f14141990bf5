using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Score.Vision.Reduction;

/// <summary>
/// GTP-ViT (Xu et al. 2024, "GTP-ViT: Efficient Vision Transformers via Graph-based Token Propagation", WACV). Tokens that are hard to regenerate from others (attention to
/// themselves) and that broadcast much (attention that they receive) are kept; what is dropped is propagated to them over a graph: x_kept + alpha W x_dropped, and the same of the
/// tokens' sizes, which a later layer takes as the logarithm of a bias of attention. The graph joins patches that touch on the grid and patches that
/// are most alike; its weights are normalised by the roots of both degrees. That both reasons to keep multiply is a reading of the paper's text, not of its code.
/// </summary>
public static class GtpVit
{
    /// <summary>Score of each patch: attention to itself times attention received.</summary>
    public static double[] Scores(AttentionMap attention)
    {
        ArgumentNullException.ThrowIfNull(attention);
        double[] received = attention.Received();
        return [.. received.Select((r, i) => r * attention.Between(i, i))];
    }

    /// <summary>Weights of the graph, [tokens, tokens], normalised: w_ij / sqrt(d_i d_j).</summary>
    /// <param name="features">Features of all tokens, one after another.</param>
    /// <param name="dimensions">Features of a token.</param>
    /// <param name="columns">Patches in a row of the grid.</param>
    /// <param name="alike">Most similar tokens that each one is joined to.</param>
    public static double[] Graph(ReadOnlySpan<float> features, int dimensions, int columns, int alike = 4)
    {
        int n = features.Length / dimensions;
        double[] weights = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            double[] cosines = new double[n];
            for (int j = 0; j < n; j++)
            {
                cosines[j] = i == j ? double.NegativeInfinity : FixedOrderMath.Cosine(features.Slice(i * dimensions, dimensions), features.Slice(j * dimensions, dimensions));
                bool touches = Math.Abs((i / columns) - (j / columns)) <= 1 && Math.Abs((i % columns) - (j % columns)) <= 1;
                if (i != j && touches)
                {
                    weights[(i * n) + j] = 1;
                }
            }

            foreach (int j in TokenRanking.Top(cosines, Math.Min(alike, n - 1)))
            {
                if (cosines[j] > 0)
                {
                    weights[(i * n) + j] = weights[(j * n) + i] = 1;
                }
            }
        }

        double[] degrees = new double[n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                degrees[i] += weights[(i * n) + j];
            }
        }

        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = weights[i] > 0 ? weights[i] / Math.Sqrt(degrees[i / n] * degrees[i % n]) : 0;
        }

        return weights;
    }

    /// <summary>Keeps tokens and propagates the others to them.</summary>
    /// <param name="features">Features of all tokens, one after another.</param>
    /// <param name="dimensions">Features of a token.</param>
    /// <param name="kept">Tokens to keep, ascending.</param>
    /// <param name="graph">Weights, [tokens, tokens].</param>
    /// <param name="alpha">Part of what is propagated.</param>
    public static ReducedTokens Propagate(ReadOnlySpan<float> features, int dimensions, IReadOnlyList<int> kept, IReadOnlyList<double> graph, double alpha = 0.1)
    {
        ArgumentNullException.ThrowIfNull(kept);
        ArgumentNullException.ThrowIfNull(graph);
        int n = features.Length / dimensions;
        int[] dropped = [.. Enumerable.Range(0, n).Except(kept)];
        float[] left = new float[kept.Count * dimensions];
        double[] sizes = new double[kept.Count];
        for (int i = 0; i < kept.Count; i++)
        {
            sizes[i] = 1;
            for (int d = 0; d < dimensions; d++)
            {
                double sum = features[(kept[i] * dimensions) + d];
                foreach (int j in dropped)
                {
                    sum += alpha * graph[(kept[i] * n) + j] * features[(j * dimensions) + d];
                }

                left[(i * dimensions) + d] = (float)sum;
            }

            foreach (int j in dropped)
            {
                sizes[i] += alpha * graph[(kept[i] * n) + j];
            }
        }

        return new ReducedTokens([.. kept], left, sizes);
    }
}
