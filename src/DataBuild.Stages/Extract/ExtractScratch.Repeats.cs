using DataBuild.Stages.Extract.Blocks;
using DataBuild.Stages.Extract.Html;
using DataBuild.Stages.Extract.Sites;

namespace DataBuild.Stages.Extract;

/// <content>Blocks that most pages of a site repeat.</content>
internal sealed partial class ExtractScratch
{
    // Words of a block at least, and how often it may stand on the page: shorter ones and those that come again are labels of items.
    private const int RepeatWords = 4;
    private const int RepeatCopies = 2;

    private readonly Dictionary<uint, int> _copies = [];

    // Leaves out what most pages of the site repeat, unless that is half of what is kept: then the page itself has near copies.
    private void LeaveOutRepeats(SiteTexts site, Span<bool> kept)
    {
        if (site.Pages < SiteTexts.MinPages)
        {
            return;
        }

        Span<Block> blocks = _segments.Blocks;
        _repeated.Clear();
        _copies.Clear();
        for (int i = 0; i < blocks.Length; i++)
        {
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_copies, blocks[i].TextHash, out _)++;
        }

        int all = 0;
        int repeated = 0;
        for (int i = 0; i < blocks.Length; i++)
        {
            if (!kept[i])
            {
                continue;
            }

            all += blocks[i].Words;
            if ((blocks[i].Context & (BlockContext.Pre | BlockContext.Heading | BlockContext.Cell)) == 0 && blocks[i].Formulas == 0
                && blocks[i].Words >= RepeatWords && _copies[blocks[i].TextHash] <= RepeatCopies && IsRepeated(site, ref blocks[i]))
            {
                repeated += blocks[i].Words;
                _repeated.Add(i);
            }
        }

        if (repeated * 2 < all)
        {
            foreach (int block in _repeated)
            {
                kept[block] = false;
            }
        }
    }

    // All of its pieces are repeated; short ones, which are not counted, must be punctuation.
    private bool IsRepeated(SiteTexts site, ref Block b)
    {
        int last = b.LastLeaf;
        while (_tree[last].LastChild != 0)
        {
            last = _tree[last].LastChild;
        }

        bool any = false;
        for (int node = b.FirstLeaf; node != 0; node = _tree.Next(node, 0))
        {
            if (_tree[node].Kind == HtmlNodeKind.Text)
            {
                ReadOnlySpan<byte> piece = SiteTexts.Trim(_tree.TextOf(node));
                bool counted = piece.Length >= SiteTexts.MinBytes;
                if (counted ? !site.IsRepeated(piece) : piece.IndexOfAnyExcept(Separators) >= 0)
                {
                    return false;
                }

                any |= counted;
            }

            if (node == last)
            {
                break;
            }
        }

        return any;
    }

    private static readonly System.Buffers.SearchValues<byte> Separators = System.Buffers.SearchValues.Create(" \t\r\n\f.,:;!?|/-()[]*+#&"u8);
}
