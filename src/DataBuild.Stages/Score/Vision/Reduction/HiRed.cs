using DataBuild.Stages.Score.Selection;

namespace DataBuild.Stages.Score.Vision.Reduction;

/// <summary>
/// HiRED (Arif et al. 2025, "HiRED: Attention-Guided Token Dropping for Efficient Inference of High-Resolution Vision-Language Models", AAAI). An image is encoded whole and
/// in tiles. Of the budget, the whole image gets the share alpha; tiles share the rest in proportion to how many of the whole image's top (1 - alpha) n patches by attention
/// of the class token lie in each. Inside each, the patches with the highest attention of the class token stay.
/// </summary>
public static class HiRed
{
    /// <summary>Divides the budget: the whole image first, then the tiles, row by row.</summary>
    /// <param name="whole">Attention of the class token to each patch of the whole image.</param>
    /// <param name="columns">Patches in a row of the grid; a tile has a grid of the same size.</param>
    /// <param name="tileRows">Rows of tiles.</param>
    /// <param name="tileColumns">Tiles in a row.</param>
    /// <param name="budget">Tokens to keep of all together.</param>
    /// <param name="alpha">Share of the whole image, in [0, 1].</param>
    /// <exception cref="ArgumentException">The patches are no whole number of rows.</exception>
    public static int[] Allocate(IReadOnlyList<double> whole, int columns, int tileRows, int tileColumns, int budget, double alpha = 0.5)
    {
        ArgumentNullException.ThrowIfNull(whole);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        ArgumentOutOfRangeException.ThrowIfNegative(budget);
        int patches = whole.Count;
        if (patches == 0 || patches % columns != 0)
        {
            throw new ArgumentException($"{patches} patches in rows of {columns}; expected whole rows", nameof(whole));
        }

        int tiles = tileRows * tileColumns;
        int rows = patches / columns;
        int main = tiles == 0 ? Math.Min(budget, patches) : Math.Min((int)(budget * alpha), patches);
        double[] votes = new double[tiles];
        foreach (int patch in tiles == 0 ? [] : TokenRanking.Top(whole, Math.Max(1, (int)((1 - alpha) * patches))))
        {
            int row = patch / columns * tileRows / rows;
            votes[(row * tileColumns) + (patch % columns * tileColumns / columns)]++;
        }

        long[] given = BudgetAllocation.Allocate(votes, [.. Enumerable.Repeat((long)patches, tiles)], budget - main);
        return [main, .. given.Select(g => (int)g)];
    }

    /// <summary>Keeps the patches with the highest attention of the class token.</summary>
    /// <param name="attention">Attention of the class token to each patch of the image or tile.</param>
    /// <param name="keep">Its budget.</param>
    /// <returns>Kept tokens, ascending.</returns>
    public static int[] Select(IReadOnlyList<double> attention, int keep) => TokenRanking.Top(attention, keep);
}
