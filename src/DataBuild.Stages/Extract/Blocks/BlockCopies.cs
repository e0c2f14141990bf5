using System.Runtime.InteropServices;

namespace DataBuild.Stages.Extract.Blocks;

/// <summary>
/// Finds text that stands on a page more than once: a layout for narrow screens beside the one for wide screens, previews, carousels that repeat their slides,
/// text for readers without scripts. One instance per thread.
/// </summary>
internal sealed class BlockCopies
{
    private readonly Dictionary<uint, int> _last = [];
    private int[] _source = [];
    private int[] _index = [];
    private int[] _run = [];

    /// <summary>Per block the earlier block of the same text, in line with those before it where they are copies too; -1 for none.</summary>
    public ReadOnlySpan<int> Source => _source;

    /// <summary>Per block how many of the same text stand before it.</summary>
    public ReadOnlySpan<int> Index => _index;

    /// <summary>Per block the words of the run of blocks that is copied with it; 0 for a block that is no copy.</summary>
    public ReadOnlySpan<int> Run => _run;

    /// <summary>Reads a page.</summary>
    public void Read(ReadOnlySpan<Block> blocks)
    {
        int n = blocks.Length;
        if (_source.Length < n)
        {
            _source = new int[Math.Max(512, n * 2)];
            _index = new int[_source.Length];
            _run = new int[_source.Length];
        }

        _last.Clear();
        int offset = 0;
        int start = 0;
        int words = 0;
        for (int i = 0; i < n; i++)
        {
            ref int last = ref CollectionsMarshal.GetValueRefOrAddDefault(_last, blocks[i].TextHash, out bool known);
            int previous = known && blocks[i].TextHash != 0 ? last : -1;
            last = i;

            // A run goes on where the block at the same distance before is the same, though a nearer one may be too.
            if (offset == 0 || previous < 0 || blocks[i - offset].TextHash != blocks[i].TextHash)
            {
                _run.AsSpan(start, i - start).Fill(words);
                start = i;
                words = 0;
                offset = previous < 0 ? 0 : i - previous;
            }

            words += offset == 0 ? 0 : blocks[i].Words;
            _source[i] = offset == 0 ? -1 : i - offset;
            _index[i] = previous < 0 ? 0 : _index[previous] + 1;
        }

        _run.AsSpan(start, n - start).Fill(words);
    }
}
