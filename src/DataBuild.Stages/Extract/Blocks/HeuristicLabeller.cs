using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Blocks;

/// <summary>
/// Finds the main content by rules alone: the element that holds most of the text outside links and boilerplate sections, and in it the
/// blocks that are not mostly links.
/// </summary>
internal static class HeuristicLabeller
{
    private const BlockContext Boilerplate =
        BlockContext.Nav | BlockContext.Aside | BlockContext.Footer | BlockContext.Invisible | BlockContext.Button | BlockContext.Dialog | BlockContext.Noscript;

    /// <summary>Marks the blocks to keep.</summary>
    public static void Label(HtmlTree tree, BlockSegmenter segments, Span<bool> kept)
    {
        Span<Block> blocks = segments.Blocks;
        kept.Clear();
        if (blocks.IsEmpty)
        {
            return;
        }

        int[] good = new int[blocks.Length + 1];
        for (int i = 0; i < blocks.Length; i++)
        {
            ref Block b = ref blocks[i];
            bool seed = (b.Context & Boilerplate) == 0 && b.LinkBytes * 3 <= b.TextBytes && b.Words >= 4
                && (b.Words >= 12 || b.Sentences > 0 || (b.Context & BlockContext.Pre) != 0);
            good[i + 1] = good[i] + (seed ? b.Words : 0);
        }

        // From the body down while one child still holds most of the good text.
        int total = good[^1];
        int top = tree.Body;
        while (true)
        {
            int best = 0;
            int bestWords = 0;
            for (int child = tree[top].FirstChild; child != 0; child = tree[child].NextSibling)
            {
                if (tree[child].Kind == HtmlNodeKind.Element && segments.IsSegmented(child))
                {
                    ref ElementInfo e = ref segments[child];
                    int words = good[e.EndBlock] - good[e.FirstBlock];
                    if (words > bestWords)
                    {
                        bestWords = words;
                        best = child;
                    }
                }
            }

            if (best == 0 || bestWords * 10 < total * 7)
            {
                break;
            }

            top = best;
        }

        ref ElementInfo t = ref segments[top];
        for (int i = t.FirstBlock; i < t.EndBlock && i < blocks.Length; i++)
        {
            ref Block b = ref blocks[i];
            if ((b.Context & Boilerplate) != 0 || b.LinkBytes * 2 > b.TextBytes + 8)
            {
                continue;
            }

            // A short block belongs where a good one is near.
            int from = Math.Max(t.FirstBlock, i - 3);
            int to = Math.Min(Math.Min(t.EndBlock, blocks.Length), i + 4);
            kept[i] = good[to] - good[from] >= 10;
        }
    }
}
