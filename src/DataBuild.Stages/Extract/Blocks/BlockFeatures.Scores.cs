using System.Runtime.InteropServices;
using DataBuild.Stages.Extract.Model;

namespace DataBuild.Stages.Extract.Blocks;

/// <content>Second look: the first model's scores of the blocks around, as features of the second model.</content>
internal sealed partial class BlockFeatures
{
    private static readonly int[] ScoreOffsets = [-4, -3, -2, -1, 1, 2, 3, 4];

    private static readonly int[] Windows = [2, 5, 10, 25];

    private readonly Dictionary<ulong, (float Mass, float Words)> _pathMass = [];

    /// <summary>Number of features that <see cref="AppendScores"/> adds.</summary>
    public static int ScoreCount => 1 + 8 + 4 + 5 + 4 + 7;

    /// <summary>
    /// Adds the second model's features behind those of <see cref="Compute"/>, of which <paramref name="matrix"/> must hold
    /// <see cref="Count"/> columns and have room for <see cref="ScoreCount"/> more.
    /// </summary>
    public void AppendScores(FeatureMatrix matrix, ReadOnlySpan<float> probabilities)
    {
        Span<Block> blocks = _segments.Blocks;
        int n = blocks.Length;
        int column = Count;
        float[] mass = new float[n + 1];
        float[] words = new float[n + 1];
        _pathMass.Clear();
        for (int i = 0; i < n; i++)
        {
            float w = blocks[i].Words + 1;
            mass[i + 1] = mass[i] + (probabilities[i] * w);
            words[i + 1] = words[i] + w;
            ref (float Mass, float Words) p = ref CollectionsMarshal.GetValueRefOrAddDefault(_pathMass, PathHash(ref blocks[i]), out _);
            p.Mass += probabilities[i] * w;
            p.Words += w;
        }

        probabilities[..n].CopyTo(matrix[column++]);
        foreach (int offset in ScoreOffsets)
        {
            Span<float> at = matrix[column++];
            for (int i = 0; i < n; i++)
            {
                int j = i + offset;
                at[i] = j < 0 || j >= n ? -0.1f : probabilities[j];
            }
        }

        foreach (int window in Windows)
        {
            Span<float> at = matrix[column++];
            for (int i = 0; i < n; i++)
            {
                at[i] = Mean(Math.Max(0, i - window), Math.Min(n, i + window + 1), i);
            }
        }

        for (int level = 0; level < 5; level++)
        {
            Span<float> at = matrix[column++];
            for (int i = 0; i < n; i++)
            {
                int up = blocks[i].Container;
                for (int k = 0; k <= level && up != _tree.Body; k++)
                {
                    up = _tree[up].Parent;
                }

                at[i] = Mean(_segments[up].FirstBlock, Math.Min(n, _segments[up].EndBlock), i);
            }
        }

        float pageWords = Math.Max(1, _segments[_tree.Body].Words);
        foreach (float least in Shares)
        {
            Span<float> at = matrix[column++];
            for (int i = 0; i < n; i++)
            {
                int up = blocks[i].Container;
                while (up != _tree.Body && _segments[up].Words < least * pageWords)
                {
                    up = _tree[up].Parent;
                }

                at[i] = Mean(_segments[up].FirstBlock, Math.Min(n, _segments[up].EndBlock), i);
            }
        }

        Span<float> path = matrix[column++];
        Span<float> before = matrix[column++];
        Span<float> after = matrix[column++];
        Span<float> page = matrix[column++];
        Span<float> pageMass = matrix[column++];
        Span<float> beforeMean = matrix[column++];
        Span<float> afterMean = matrix[column++];
        float total = Math.Max(1e-3f, mass[n]);
        for (int i = 0; i < n; i++)
        {
            (float m, float w) = _pathMass[PathHash(ref blocks[i])];
            float own = blocks[i].Words + 1;
            path[i] = w - own < 1 ? -0.1f : (m - (probabilities[i] * own)) / (w - own);
            before[i] = mass[i] / total;
            after[i] = (mass[n] - mass[i + 1]) / total;
            page[i] = mass[n] / words[n];
            pageMass[i] = mass[n];
            beforeMean[i] = mass[i] / Math.Max(1, words[i]);
            afterMean[i] = (mass[n] - mass[i + 1]) / Math.Max(1, words[n] - words[i + 1]);
        }

        // The mean of a range without the block itself.
        float Mean(int from, int to, int self)
        {
            bool inside = self >= from && self < to;
            float w = words[to] - words[from] - (inside ? words[self + 1] - words[self] : 0);
            return w < 1 ? -0.1f : (mass[to] - mass[from] - (inside ? mass[self + 1] - mass[self] : 0)) / w;
        }
    }
}
