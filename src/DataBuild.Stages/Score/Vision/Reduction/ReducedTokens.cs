namespace DataBuild.Stages.Score.Vision.Reduction;

/// <summary>What is left of an image's tokens.</summary>
/// <param name="Sources">The token that each one left was, ascending; -1 for one that only aggregates others, which stand last.</param>
/// <param name="Features">Their features, one token after another.</param>
/// <param name="Mass">Tokens that each one stands for: 1 where nothing was merged into it.</param>
public sealed record ReducedTokens(IReadOnlyList<int> Sources, ReadOnlyMemory<float> Features, IReadOnlyList<double> Mass)
{
    /// <summary>Tokens that are kept as they are.</summary>
    /// <param name="features">Features of all tokens, one after another.</param>
    /// <param name="dimensions">Features of a token.</param>
    /// <param name="kept">Tokens to keep, ascending.</param>
    public static ReducedTokens Keep(ReadOnlySpan<float> features, int dimensions, IReadOnlyList<int> kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        float[] left = new float[kept.Count * dimensions];
        double[] mass = new double[kept.Count];
        for (int i = 0; i < kept.Count; i++)
        {
            features.Slice(kept[i] * dimensions, dimensions).CopyTo(left.AsSpan(i * dimensions));
            mass[i] = 1;
        }

        return new ReducedTokens(kept, left, mass);
    }
}
