using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Score.Vision.Reduction;

/// <summary>
/// Token Transforming (Zeng et al. 2025, "Token Transforming: A Unified and Training-Free Token Compression Framework for Vision Transformer Acceleration"): the tokens left are Y = W X.
/// A W whose rows are unit vectors prunes, one with a single entry a column merges; in general every token goes to several. Here the rows stand for the tokens with the highest attention,
/// a token is shared out among them by the softmax of its cosine to each over a temperature, each row's own token wholly to itself, and rows are scaled to sum 1. The paper's abstract gives Y = W X;
/// that softmax is ours.
/// </summary>
public static class TokenTransforming
{
    /// <summary>The matrix W, [rows, tokens]; every row sums to 1.</summary>
    /// <param name="features">Features of all tokens, one after another.</param>
    /// <param name="dimensions">Features of a token.</param>
    /// <param name="anchors">Tokens that the rows stand for, ascending.</param>
    /// <param name="temperature">Temperature of the softmax; 0 gives each token to the most similar row (merging), the first of equal ones.</param>
    /// <param name="mass">Share of all tokens that each row got, before scaling: how many tokens it stands for.</param>
    public static double[] Matrix(ReadOnlySpan<float> features, int dimensions, IReadOnlyList<int> anchors, double temperature, out double[] mass)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        ArgumentOutOfRangeException.ThrowIfNegative(temperature);
        int n = features.Length / dimensions;
        int rows = anchors.Count;
        double[] matrix = new double[rows * n];
        mass = new double[rows];
        for (int j = 0; j < n; j++)
        {
            double[] shares = Shares(features, dimensions, anchors, j, temperature);
            for (int k = 0; k < rows; k++)
            {
                matrix[(k * n) + j] = shares[k];
                mass[k] += shares[k];
            }
        }

        for (int i = 0; i < matrix.Length; i++)
        {
            matrix[i] /= mass[i / n];
        }

        return matrix;
    }

    /// <summary>Transforms tokens: Y = W X.</summary>
    /// <inheritdoc cref="Matrix" />
    public static ReducedTokens Reduce(ReadOnlySpan<float> features, int dimensions, IReadOnlyList<int> anchors, double temperature = 0.1)
    {
        double[] matrix = Matrix(features, dimensions, anchors, temperature, out double[] mass);
        return new ReducedTokens([.. anchors], Apply(matrix, features, dimensions), mass);
    }

    /// <summary>W X.</summary>
    /// <param name="matrix">W, [rows, tokens].</param>
    /// <param name="features">X, [tokens, dimensions].</param>
    /// <param name="dimensions">Features of a token.</param>
    public static float[] Apply(ReadOnlySpan<double> matrix, ReadOnlySpan<float> features, int dimensions)
    {
        int n = features.Length / dimensions;
        float[] left = new float[matrix.Length / n * dimensions];
        for (int k = 0; k < matrix.Length / n; k++)
        {
            for (int d = 0; d < dimensions; d++)
            {
                double sum = 0;
                for (int j = 0; j < n; j++)
                {
                    sum += matrix[(k * n) + j] * features[(j * dimensions) + d];
                }

                left[(k * dimensions) + d] = (float)sum;
            }
        }

        return left;
    }

    private static double[] Shares(ReadOnlySpan<float> features, int dimensions, IReadOnlyList<int> anchors, int token, double temperature)
    {
        double[] shares = new double[anchors.Count];
        for (int k = 0; k < shares.Length; k++)
        {
            if (anchors[k] == token)
            {
                Array.Clear(shares);
                shares[k] = 1;
                return shares;
            }

            shares[k] = FixedOrderMath.Cosine(features.Slice(token * dimensions, dimensions), features.Slice(anchors[k] * dimensions, dimensions));
        }

        double best = shares.Max();
        if (temperature == 0)
        {
            int first = Array.IndexOf(shares, best);
            Array.Clear(shares);
            shares[first] = 1;
            return shares;
        }

        double total = 0;
        for (int k = 0; k < shares.Length; k++)
        {
            shares[k] = Math.Exp((shares[k] - best) / temperature);
            total += shares[k];
        }

        for (int k = 0; k < shares.Length; k++)
        {
            shares[k] /= total;
        }

        return shares;
    }
}
