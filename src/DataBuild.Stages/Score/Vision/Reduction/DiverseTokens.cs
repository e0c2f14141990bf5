using DataBuild.Stages.Score.Selection;

namespace DataBuild.Stages.Score.Vision.Reduction;

/// <summary>
/// Tokens whose features lie far from each other. DivPrune (Alvar et al. 2025, "DivPrune: Diversity-based Visual Token Pruning for Large Multimodal Models", CVPR)
/// maximises the smallest distance 1 - cos between two kept tokens: the first token is the one farthest from its nearest other one, each next one the farthest from those
/// kept. ToDRE's first stage (Li et al. 2025) is greedy k-centre over the same distance, from a given token: what it minimises is the largest distance to a kept token.
/// ToDRE's second stage drops tokens inside a decoder and has no place here.
/// </summary>
public static class DiverseTokens
{
    /// <summary>Selection of DivPrune.</summary>
    /// <param name="features">Features of all tokens, one after another.</param>
    /// <param name="dimensions">Features of a token.</param>
    /// <param name="keep">Tokens to keep.</param>
    /// <returns>Kept tokens, ascending.</returns>
    public static int[] DivPrune(ReadOnlyMemory<float> features, int dimensions, int keep) => Select(features, dimensions, keep, SelectionStart.MostIsolated);

    /// <summary>Selection of ToDRE's first stage, from the first token.</summary>
    /// <inheritdoc cref="DivPrune" />
    public static int[] ToDre(ReadOnlyMemory<float> features, int dimensions, int keep) => Select(features, dimensions, keep, SelectionStart.FirstItem);

    private static int[] Select(ReadOnlyMemory<float> features, int dimensions, int keep, SelectionStart start) =>
        [.. FarthestPoint.Select(features, dimensions, keep, EmbeddingDistance.Cosine, start).Items.Order()];
}
