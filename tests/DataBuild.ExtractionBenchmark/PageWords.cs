using DataBuild.Stages.Extract.Blocks;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.ExtractionBenchmark;

/// <summary>The words of one page as the regression reads them: names of elements, each with its parent, words of blocks and of the headings above them.</summary>
internal sealed class PageWords
{
    public PageWords(
        HtmlTree tree, BlockSegmenter segments, List<(int Element, uint Hash)> names, List<(int Block, uint Hash)> words, List<(int Block, uint Hash)> headings, float[] labels,
        float[] weights)
    {
        ReadOnlySpan<int> order = segments.Order;
        Dictionary<int, int> place = [];
        Parents = new int[order.Length];
        for (int i = 0; i < order.Length; i++)
        {
            place[order[i]] = i;
            Parents[i] = i == 0 ? -1 : place[tree[order[i]].Parent];
        }

        Names = Lists(names.Select(n => (place.GetValueOrDefault(n.Element, -1), n.Hash)), order.Length);
        Words = Lists(words, labels.Length);
        Headings = Lists(headings, labels.Length);
        Elements = new int[labels.Length];
        Above = new int[labels.Length];
        Counts = new int[labels.Length];
        int above = -1;
        for (int i = 0; i < labels.Length; i++)
        {
            ref Block b = ref segments.Blocks[i];
            Elements[i] = place[b.Parent];
            Counts[i] = b.Words;
            above = (b.Context & BlockContext.Heading) != 0 ? i : above;
            Above[i] = above;
        }

        Labels = labels;
        Weights = weights;
    }

    /// <summary>Per element its parent's place, -1 for the first.</summary>
    public int[] Parents { get; }

    /// <summary>Per element the hashes of its names.</summary>
    public uint[][] Names { get; }

    /// <summary>Per block its element's place, its number of words, the heading above (-1 for none).</summary>
    public int[] Elements { get; }

    public int[] Counts { get; }

    public int[] Above { get; }

    /// <summary>Per block the hashes of its words, and of a heading those for the blocks below.</summary>
    public uint[][] Words { get; }

    public uint[][] Headings { get; }

    public float[] Labels { get; }

    public float[] Weights { get; }

    private static uint[][] Lists(IEnumerable<(int Place, uint Hash)> pairs, int count)
    {
        List<uint>?[] lists = new List<uint>?[count];
        foreach ((int place, uint hash) in pairs)
        {
            if (place >= 0 && place < count)
            {
                (lists[place] ??= []).Add(hash);
            }
        }

        return [.. lists.Select(l => l is null ? [] : l.ToArray())];
    }
}
