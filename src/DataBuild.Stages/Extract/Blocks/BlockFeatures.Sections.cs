using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Blocks;

/// <content>
/// What short blocks announce (related items, reviews, delivery, filters, ...), by words and pairs of words in several languages: learned scores know only
/// those that many training pages have. Many of them are no headings in the page's markup.
/// </content>
internal sealed partial class BlockFeatures
{
    private const int AnnouncingWords = 8;

    private byte[] _announced = [];

    private void Sections()
    {
        Span<Block> blocks = _segments.Blocks;
        int n = blocks.Length;
        if (_announced.Length < n)
        {
            _announced = new byte[Math.Max(512, n * 2)];
        }

        Span<float> own = Add("announces");
        Span<float> heading = Add("heading_announces");
        Span<float> outer = Add("wrapper_announces");
        Span<float> level = Add("wrapper_announces_level");
        int above = 0;
        for (int i = 0; i < n; i++)
        {
            ref Block b = ref blocks[i];
            _announced[i] = b.Words is > 0 and <= AnnouncingWords && b.Last != '.' ? Announces(ref b) : (byte)0;
            own[i] = _announced[i];
            above = (b.Context & BlockContext.Heading) != 0 ? _announced[i] : above;
            heading[i] = above;
        }

        for (int group = 1; group <= SectionPhrases.Count; group++)
        {
            Span<float> since = Add(_names is null ? "" : "since_announced_" + group);
            int last = -1;
            for (int i = 0; i < n; i++)
            {
                last = _announced[i] == group ? i : last;
                since[i] = last < 0 ? -1 : i - last;
            }
        }

        // The innermost element around a block that begins with an announcement.
        for (int i = 0; i < n; i++)
        {
            level[i] = -1;
            int up = blocks[i].Container;
            for (int k = 0; k < 10 && up != _tree.Body; k++, up = _tree[up].Parent)
            {
                int first = _segments[up].FirstBlock;
                if (first < i && _announced[first] != 0)
                {
                    outer[i] = _announced[first];
                    level[i] = k;
                    break;
                }
            }
        }
    }

    // The section that a short block announces by one of its words or two or three of them in a row; 0 for none.
    private byte Announces(ref Block b)
    {
        byte found = 0;
        uint before = 0;
        uint beforeThat = 0;
        for (int leaf = b.FirstLeaf; leaf != 0; leaf = _tree.Next(leaf, 0))
        {
            if (_tree[leaf].Kind == HtmlNodeKind.Text)
            {
                WordHashes words = new(_tree.TextOf(leaf));
                while (found == 0 && words.MoveNext())
                {
                    uint word = words.Current;
                    if (!SectionPhrases.Find(word, out found) && before != 0
                        && !SectionPhrases.Find(SectionPhrases.Join(before, word), out found) && beforeThat != 0)
                    {
                        SectionPhrases.Find(SectionPhrases.Join(SectionPhrases.Join(beforeThat, before), word), out found);
                    }

                    beforeThat = before;
                    before = word;
                }
            }

            if (leaf == b.LastLeaf || found != 0)
            {
                break;
            }
        }

        return found;
    }
}
