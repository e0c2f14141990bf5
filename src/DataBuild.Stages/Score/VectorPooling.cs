using System.Numerics.Tensors;

namespace DataBuild.Stages.Score;

/// <summary>Makes one vector of a text from a model's output for its windows.</summary>
internal sealed class VectorPooling(OnnxModelSession model, OnnxScorerOptions options)
{
    private readonly int _special = options.PrefixIds.Count + options.SuffixIds.Count;
    private readonly bool _perToken = model.OutputShape.Count == 3;

    /// <summary>The vector; empty for no window.</summary>
    /// <param name="windows">Values of each window, and its tokens without special ones.</param>
    /// <param name="normalize">Whether it is scaled to Euclidean length 1.</param>
    /// <exception cref="StageException">DB4004: the model does not say how long a token's vector is.</exception>
    public float[] Pool(IEnumerable<(ReadOnlyMemory<float> Values, int Tokens)> windows, bool normalize)
    {
        double[] sum = [];
        long tokens = 0;
        foreach ((ReadOnlyMemory<float> values, int count) in windows)
        {
            double[] vector = Window(values.Span, count + _special);
            sum = sum.Length == 0 ? new double[vector.Length] : sum;
            for (int i = 0; i < vector.Length; i++)
            {
                sum[i] += vector[i] * count;
            }

            tokens += count;
        }

        double scale = 1.0 / Math.Max(1, tokens);
        double length = normalize ? Math.Sqrt(sum.Sum(v => v * scale * (v * scale))) : 1;
        float[] result = new float[sum.Length];
        for (int i = 0; i < result.Length; i++)
        {
            // Rounded: the low bits of another batch or provider do not show.
            result[i] = (float)Math.Round(length > 0 ? sum[i] * scale / length : 0, options.Decimals, MidpointRounding.ToEven);
        }

        return result;
    }

    private double[] Window(ReadOnlySpan<float> values, int tokens)
    {
        if (!_perToken)
        {
            double[] whole = new double[values.Length];
            TensorPrimitives.ConvertChecked(values, whole.AsSpan());
            return whole;
        }

        int dimension = model.OutputShape[2] > 0
            ? model.OutputShape[2]
            : throw new StageException("DB4004", $"output '{model.Output}' of the model '{model.Path}' has [{string.Join(',', model.OutputShape)}]; expected the length of a token's vector as the last dimension", model.Path);
        double[] mean = new double[dimension];
        for (int token = 0; token < tokens; token++)
        {
            ReadOnlySpan<float> vector = values.Slice(token * dimension, dimension);
            for (int i = 0; i < dimension; i++)
            {
                mean[i] += vector[i];
            }
        }

        for (int i = 0; i < dimension; i++)
        {
            mean[i] /= tokens;
        }

        return mean;
    }
}
