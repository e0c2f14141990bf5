namespace DataBuild.Stages.Score.Vision;

/// <summary>
/// Quantiser with two codebooks that share their indices (TokenFlow, Qu et al. 2025, "TokenFlow: Unified Image Tokenizer for Multimodal Understanding and Generation", CVPR): the id of a
/// token is argmin over k of ||s - S_k||^2 + weight ||p - P_k||^2, where s and p are its semantic and its pixel features and all vectors have length 1. Ties go to the lowest id.
/// </summary>
public sealed class SharedCodebook
{
    private readonly float[] _semantic;
    private readonly float[] _pixel;
    private readonly int _semanticDimensions;
    private readonly int _pixelDimensions;
    private readonly double _pixelWeight;

    /// <summary>Takes the codebooks.</summary>
    /// <param name="semantic">Semantic codes, one after another.</param>
    /// <param name="semanticDimensions">Values of a semantic code.</param>
    /// <param name="pixel">Pixel codes; none for a quantiser of one codebook.</param>
    /// <param name="pixelDimensions">Values of a pixel code.</param>
    /// <param name="pixelWeight">Weight of the pixel distance; 1 in TokenFlow.</param>
    /// <exception cref="ArgumentException">The codebooks do not hold the same number of codes, or a value is not finite.</exception>
    public SharedCodebook(ReadOnlySpan<float> semantic, int semanticDimensions, ReadOnlySpan<float> pixel = default, int pixelDimensions = 0, double pixelWeight = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(semanticDimensions);
        ArgumentOutOfRangeException.ThrowIfNegative(pixelDimensions);
        ArgumentOutOfRangeException.ThrowIfNegative(pixelWeight);
        Count = semantic.Length / semanticDimensions;
        if (Count == 0 || semantic.Length != Count * semanticDimensions || pixel.Length != (long)Count * pixelDimensions)
        {
            throw new ArgumentException($"codebooks of {semantic.Length} values in codes of {semanticDimensions}, and of {pixel.Length} in codes of {pixelDimensions}; expected as many codes in both, at least one", nameof(pixel));
        }

        _semantic = Unit(semantic, semanticDimensions);
        _pixel = pixelDimensions == 0 ? [] : Unit(pixel, pixelDimensions);
        _semanticDimensions = semanticDimensions;
        _pixelDimensions = pixelDimensions;
        _pixelWeight = pixelWeight;
    }

    /// <summary>Codes.</summary>
    public int Count { get; }

    /// <summary>Values of a semantic code.</summary>
    public int SemanticDimensions => _semanticDimensions;

    /// <summary>Values of a pixel code; 0 where there is one codebook.</summary>
    public int PixelDimensions => _pixelDimensions;

    /// <summary>Ids of tokens.</summary>
    /// <param name="semantic">Semantic features, one token after another.</param>
    /// <param name="pixel">Pixel features; empty where there is one codebook.</param>
    /// <exception cref="ArgumentException">The features do not fit the codebooks or each other, or a value is not finite.</exception>
    public int[] Quantize(ReadOnlySpan<float> semantic, ReadOnlySpan<float> pixel = default)
    {
        int tokens = semantic.Length / _semanticDimensions;
        if (semantic.Length != tokens * _semanticDimensions || pixel.Length != (long)tokens * _pixelDimensions)
        {
            throw new ArgumentException($"{semantic.Length} semantic and {pixel.Length} pixel features; expected {_semanticDimensions} and {_pixelDimensions} of every token", nameof(pixel));
        }

        float[] s = Unit(semantic, _semanticDimensions);
        float[] p = _pixelDimensions == 0 ? [] : Unit(pixel, _pixelDimensions);
        int[] ids = new int[tokens];
        for (int i = 0; i < tokens; i++)
        {
            double best = double.PositiveInfinity;
            for (int k = 0; k < Count; k++)
            {
                double distance = Squared(s, i, _semantic, k, _semanticDimensions)
                    + (_pixelDimensions == 0 ? 0 : _pixelWeight * Squared(p, i, _pixel, k, _pixelDimensions));
                if (distance < best)
                {
                    (best, ids[i]) = (distance, k);
                }
            }
        }

        return ids;
    }

    private static double Squared(float[] a, int i, float[] b, int k, int dimensions)
    {
        double sum = 0;
        for (int d = 0; d < dimensions; d++)
        {
            double difference = (double)a[(i * dimensions) + d] - b[(k * dimensions) + d];
            sum += difference * difference;
        }

        return sum;
    }

    private static float[] Unit(ReadOnlySpan<float> vectors, int dimensions)
    {
        float[] unit = vectors.ToArray();
        for (int start = 0; start < unit.Length; start += dimensions)
        {
            double squares = 0;
            for (int d = 0; d < dimensions; d++)
            {
                squares += (double)unit[start + d] * unit[start + d];
            }

            if (!double.IsFinite(squares))
            {
                throw new ArgumentException($"vector {start / dimensions} holds a value that is not finite", nameof(vectors));
            }

            for (int d = 0; d < dimensions && squares > 0; d++)
            {
                unit[start + d] = (float)(unit[start + d] / Math.Sqrt(squares));
            }
        }

        return unit;
    }
}
