using System.Runtime.InteropServices;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Blocks;

/// <summary>
/// Blocks that stand alike (cells of one kind of card, paragraphs of one kind of post) are mostly content together or not at all: each block's
/// log-odds move towards the mean of its group. One instance per thread.
/// </summary>
internal sealed class BlockGroups
{
    // How far, 0 to 1; chosen by cross-validation on the training sites.
    private const float Share = 0.4f;

    // A short block in a group of long ones (a pointer to another article between paragraphs) keeps more of its own.
    private const float ShortWords = 20;

    private readonly Dictionary<ulong, (float Sum, float Weight)> _groups = [];

    /// <summary>Hash of tags and classes of a block's container and of the three elements above.</summary>
    public static ulong PathHash(HtmlTree tree, BlockSegmenter segments, ref Block block)
    {
        ulong hash = 14695981039346656037UL;
        int up = block.Container;
        for (int i = 0; i < 4 && up != 0; i++, up = up == tree.Body ? 0 : tree[up].Parent)
        {
            hash = (hash ^ segments[up].Shape) * 1099511628211UL;
        }

        return hash;
    }

    /// <summary>Moves probabilities, each 0 to 1, towards those of their group, by words.</summary>
    public void Smooth(HtmlTree tree, BlockSegmenter segments, Span<float> probabilities)
    {
        Span<Block> blocks = segments.Blocks;
        _groups.Clear();
        for (int i = 0; i < blocks.Length; i++)
        {
            ref (float Sum, float Weight) g = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, PathHash(tree, segments, ref blocks[i]), out _);
            g.Sum += (blocks[i].Words + 1) * LogOdds(probabilities[i]);
            g.Weight += blocks[i].Words + 1;
        }

        for (int i = 0; i < blocks.Length; i++)
        {
            (float sum, float weight) = _groups[PathHash(tree, segments, ref blocks[i])];
            float share = Share * blocks[i].Words / (blocks[i].Words + ShortWords);
            float odds = ((1 - share) * LogOdds(probabilities[i])) + (share * sum / weight);
            probabilities[i] = 1f / (1f + MathF.Exp(-odds));
        }
    }

    private static float LogOdds(float probability)
    {
        float p = Math.Clamp(probability, 1e-5f, 1 - 1e-5f);
        return MathF.Log(p / (1 - p));
    }
}
