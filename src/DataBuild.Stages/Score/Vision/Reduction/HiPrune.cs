namespace DataBuild.Stages.Score.Vision.Reduction;

/// <summary>
/// HiPrune (Liu et al. 2025, "HiPrune: Training-Free Visual Token Pruning via Hierarchical Attention in Vision-Language Models"). Of N tokens to keep, round(N alpha / 5)
/// are anchors: the highest attention in a middle layer. Their four neighbours on the grid of patches are kept too, as buffers; the rest are registers, the
/// highest attention in the last layer.
/// </summary>
public static class HiPrune
{
    /// <summary>Keeps tokens.</summary>
    /// <param name="middle">Attention that each patch receives in the middle layer (9 of 24 in CLIP-L, 16 of 32 in Qwen2.5-VL).</param>
    /// <param name="deep">Attention that each patch receives in the last layer.</param>
    /// <param name="columns">Patches in a row of the grid.</param>
    /// <param name="keep">Tokens to keep.</param>
    /// <param name="alpha">Share of anchors with their buffers, in [0, 1].</param>
    /// <returns>Kept tokens, ascending.</returns>
    /// <exception cref="ArgumentException">The lists differ in length, or are no whole number of rows.</exception>
    public static int[] Select(IReadOnlyList<double> middle, IReadOnlyList<double> deep, int columns, int keep, double alpha = 0.1)
    {
        ArgumentNullException.ThrowIfNull(middle);
        ArgumentNullException.ThrowIfNull(deep);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (middle.Count != deep.Count || middle.Count % columns != 0)
        {
            throw new ArgumentException($"{middle.Count} and {deep.Count} patches in rows of {columns}; expected as many in both layers, in whole rows", nameof(deep));
        }

        keep = Math.Clamp(keep, 0, middle.Count);
        HashSet<int> kept = [];
        int[] anchors = [.. TokenRanking.Descending(middle).Take((int)Math.Round(keep * alpha / 5, MidpointRounding.ToEven))];
        foreach (int token in anchors.Concat(anchors.SelectMany(a => Neighbours(a, columns, middle.Count))).Concat(TokenRanking.Descending(deep)))
        {
            if (kept.Count == keep)
            {
                break;
            }

            kept.Add(token);
        }

        return [.. kept.Order()];
    }

    private static IEnumerable<int> Neighbours(int token, int columns, int count)
    {
        int column = token % columns;
        if (column > 0)
        {
            yield return token - 1;
        }

        if (column < columns - 1)
        {
            yield return token + 1;
        }

        if (token >= columns)
        {
            yield return token - columns;
        }

        if (token + columns < count)
        {
            yield return token + columns;
        }
    }
}
