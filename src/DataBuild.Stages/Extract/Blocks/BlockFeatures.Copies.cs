using System.Runtime.InteropServices;

namespace DataBuild.Stages.Extract.Blocks;

/// <content>
/// Text that stands on the page more than once (a layout for narrow screens beside the one for wide screens, previews, carousels that repeat their
/// slides, quotes, text for readers without scripts).
/// </content>
internal sealed partial class BlockFeatures
{
    private const BlockContext Surrounding = BlockContext.Nav | BlockContext.Aside | BlockContext.Footer | BlockContext.Header;
    private const BlockContext Unseen = BlockContext.Invisible | BlockContext.Noscript | BlockContext.Dialog;

    private readonly BlockCopies _copies = new();
    private readonly Dictionary<ulong, PathGroup> _paths = [];
    private ulong[] _pathOf = [];

    private struct PathGroup
    {
        public int Count, Words, LinkWords;
    }

    // The path of each block, by which the features of Own and those below compare.
    private void ReadPaths()
    {
        Span<Block> blocks = _segments.Blocks;
        if (_pathOf.Length < blocks.Length)
        {
            _pathOf = new ulong[Math.Max(512, blocks.Length * 2)];
        }

        _paths.Clear();
        for (int i = 0; i < blocks.Length; i++)
        {
            ref Block b = ref blocks[i];
            _pathOf[i] = BlockGroups.PathHash(_tree, _segments, ref b);
            ref PathGroup g = ref CollectionsMarshal.GetValueRefOrAddDefault(_paths, _pathOf[i], out _);
            g.Count++;
            g.Words += b.Words;
            g.LinkWords += b.LinkWords;
        }
    }

    private void Copies()
    {
        Span<Block> blocks = _segments.Blocks;
        int n = blocks.Length;
        Span<float> index = Add("copy_index");
        Span<float> distance = Add("copy_distance");
        Span<float> run = Add("copy_run");
        Span<float> samePath = Add("copy_same_path");
        Span<float> where = Add("copy_where");
        Span<float> laterDistance = Add("later_copy_distance");
        Span<float> laterRun = Add("later_copy_run");
        Span<float> laterSamePath = Add("later_copy_same_path");
        Span<float> laterWhere = Add("later_copy_where");
        distance.Fill(-1);
        samePath.Fill(-1);
        where.Fill(-1);
        laterDistance.Fill(-1);
        laterSamePath.Fill(-1);
        laterWhere.Fill(-1);
        _copies.Read(blocks);
        for (int i = 0; i < n; i++)
        {
            int from = _copies.Source[i];
            if (from < 0)
            {
                continue;
            }

            float same = _pathOf[i] == _pathOf[from] ? 1 : 0;
            index[i] = _copies.Index[i];
            distance[i] = i - from;
            samePath[i] = same;
            where[i] = Where(ref blocks[from]);
            run[i] = _copies.Run[i];
            laterDistance[from] = i - from;
            laterSamePath[from] = same;
            laterWhere[from] = Where(ref blocks[i]);
            laterRun[from] = Math.Max(laterRun[from], _copies.Run[i]);
        }
    }

    // 0 for a block of the page's own text, 1 for one around it, 2 for one that readers may not see.
    private static float Where(ref Block b) => (b.Context & Unseen) != 0 ? 2 : (b.Context & Surrounding) != 0 ? 1 : 0;
}
