using System.Runtime.InteropServices;
using DataBuild.Stages.Extract.Html;
using DataBuild.Stages.Extract.Metadata;

namespace DataBuild.Stages.Extract.Blocks;

/// <content>Neighbours, ancestors and the page as a whole.</content>
internal sealed partial class BlockFeatures
{
    private static readonly int[] Offsets = [-3, -2, -1, 1, 2, 3];

    private static readonly float[] Shares = [0.05f, 0.15f, 0.35f, 0.65f];

    private static readonly string[] UrlWords =
    [
        "forum", "thread", "topic", "question", "product", "shop", "collection", "categor", "tag", "doc", "api", "guide", "blog", "news", "article",
        "service", "wiki", "search", "/20", "?", "event", "review", "comment",
    ];

    private void Neighbours()
    {
        Span<Block> blocks = _segments.Blocks;
        int n = blocks.Length;
        foreach (int offset in Offsets)
        {
            Span<float> words = Add("words@" + offset);
            Span<float> links = Add("link_density@" + offset);
            Span<float> sentences = Add("sentences@" + offset);
            Span<float> tag = Add("tag@" + offset);
            Span<float> wordMean = Add("word_score@" + offset);
            Span<float> classes = Add("class_score@" + offset);
            Span<float> near = Add("near@" + offset);
            for (int i = 0; i < n; i++)
            {
                int j = i + offset;
                if (j < 0 || j >= n)
                {
                    words[i] = links[i] = sentences[i] = tag[i] = -1;
                    continue;
                }

                ref Block b = ref blocks[j];
                words[i] = b.Words;
                links[i] = b.LinkBytes / (float)Math.Max(1, b.TextBytes);
                sentences[i] = b.Sentences;
                tag[i] = TagClass(b.Tag);
                wordMean[i] = b.WordScore;
                classes[i] = _segments[b.Container].ClassScore;
                near[i] = Nearness(blocks[i].Container, b.Container);
            }
        }

        // Text outside links around the block.
        Span<float> around5 = Add("text_words_5");
        Span<float> around15 = Add("text_words_15");
        Span<float> before = Add("text_words_before");
        Span<float> after = Add("text_words_after");
        Span<float> linkShare = Add("link_share_10");
        int[] text = new int[n + 1];
        int[] all = new int[n + 1];
        for (int i = 0; i < n; i++)
        {
            ref Block b = ref blocks[i];
            bool prose = b.Words >= 8 && b.LinkBytes * 3 < b.TextBytes && b.Sentences > 0;
            text[i + 1] = text[i] + (prose ? b.Words : 0);
            all[i + 1] = all[i] + b.Words;
        }

        int[] linked = new int[n + 1];
        for (int i = 0; i < n; i++)
        {
            linked[i + 1] = linked[i] + blocks[i].LinkWords;
        }

        for (int i = 0; i < n; i++)
        {
            around5[i] = Sum(text, i - 5, i + 6);
            around15[i] = Sum(text, i - 15, i + 16);
            before[i] = text[i];
            after[i] = text[n] - text[i + 1];
            linkShare[i] = Sum(linked, i - 10, i + 11) / (float)Math.Max(1, Sum(all, i - 10, i + 11));
        }

        int Sum(int[] sums, int from, int to) => sums[Math.Min(n, to)] - sums[Math.Max(0, from)];
    }

    // 3: same element, 2: same parent, 1: same grandparent, 0: farther.
    private float Nearness(int a, int b)
    {
        for (int level = 3; level > 0; level--)
        {
            if (a == b)
            {
                return level;
            }

            a = a == _tree.Body ? a : _tree[a].Parent;
            b = b == _tree.Body ? b : _tree[b].Parent;
        }

        return 0;
    }

    private void Ancestors()
    {
        Span<Block> blocks = _segments.Blocks;
        int n = blocks.Length;
        CountShapes();
        float pageWords = Math.Max(1, _tree.Body == 0 ? 1 : _segments[_tree.Body].Words);

        Span<float> classSum = Add("class_sum");
        Span<float> classLow = Add("class_low");
        Span<float> classHigh = Add("class_high");
        Span<float> classOwn = Add("class_own");
        Span<float> classWeighted = Add("class_weighted");
        for (int i = 0; i < n; i++)
        {
            int up = blocks[i].Parent;
            float weight = 1;
            int low = 0;
            int high = 0;
            float sum = 0;
            float weighted = 0;
            classOwn[i] = _segments[up].ClassScore;
            while (up != 0 && up != _tree.Body)
            {
                ref ElementInfo e = ref _segments[up];
                low = Math.Min(low, e.ClassLow);
                high = Math.Max(high, e.ClassHigh);
                sum += e.ClassScore;
                weighted += e.ClassScore * weight;
                weight *= 0.7f;
                up = _tree[up].Parent;
            }

            classSum[i] = sum;
            classLow[i] = low;
            classHigh[i] = high;
            classWeighted[i] = weighted;
        }

        for (int level = 0; level < 5; level++)
        {
            string at = "^" + level;
            Span<float> words = Add("words" + at);
            Span<float> links = Add("link_share" + at);
            Span<float> count = Add("blocks" + at);
            Span<float> density = Add("words_per_element" + at);
            Span<float> classes = Add("class" + at);
            Span<float> same = Add("same_shape" + at);
            Span<float> inside = Add("place" + at);
            Span<float> share = Add("share" + at);
            for (int i = 0; i < n; i++)
            {
                int up = AncestorOf(blocks[i].Container, level);
                ref ElementInfo e = ref _segments[up];
                int size = Math.Max(1, e.EndBlock - e.FirstBlock);
                words[i] = e.Words;
                links[i] = e.LinkWords / (float)Math.Max(1, e.Words);
                count[i] = size;
                density[i] = e.Words / (float)Math.Max(1, e.Elements);
                classes[i] = e.ClassScore;
                same[i] = up == _tree.Body ? 0 : _shapeCounts[ShapeKey(up)];
                inside[i] = (i - e.FirstBlock) / (float)size;
                share[i] = e.Words / pageWords;
            }
        }

        foreach (float least in Shares)
        {
            string at = "^share" + (int)(least * 100);
            Span<float> links = Add("link_share" + at);
            Span<float> classes = Add("class" + at);
            Span<float> inside = Add("place" + at);
            Span<float> same = Add("same_shape" + at);
            Span<float> density = Add("words_per_element" + at);
            Span<float> levels = Add("levels" + at);
            for (int i = 0; i < n; i++)
            {
                int up = blocks[i].Container;
                int level = 0;
                while (up != _tree.Body && _segments[up].Words < least * pageWords)
                {
                    up = _tree[up].Parent;
                    level++;
                }

                ref ElementInfo e = ref _segments[up];
                links[i] = e.LinkWords / (float)Math.Max(1, e.Words);
                classes[i] = e.ClassScore;
                inside[i] = (i - e.FirstBlock) / (float)Math.Max(1, e.EndBlock - e.FirstBlock);
                same[i] = up == _tree.Body ? 0 : _shapeCounts[ShapeKey(up)];
                density[i] = e.Words / (float)Math.Max(1, e.Elements);
                levels[i] = level;
            }
        }
    }

    private ulong ShapeKey(int element) => ((ulong)(uint)_tree[element].Parent << 32) | _segments[element].Shape;

    private void CountShapes()
    {
        _shapeCounts.Clear();
        foreach (int element in _segments.Order)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_shapeCounts, ShapeKey(element), out _)++;
        }
    }

    private void Page(PageMetadata metadata, string? url)
    {
        Span<Block> blocks = _segments.Blocks;
        int words = 0;
        int linkWords = 0;
        int prose = 0;
        int items = 0;
        int cells = 0;
        int headings = 0;
        int prices = 0;
        int longest = 0;
        int sentences = 0;
        foreach (ref Block b in blocks)
        {
            words += b.Words;
            linkWords += b.LinkWords;
            prose += b.Tag == HtmlTag.P ? b.Words : 0;
            items += (b.Context & BlockContext.Item) != 0 ? b.Words : 0;
            cells += (b.Context & BlockContext.Cell) != 0 ? b.Words : 0;
            headings += (b.Context & BlockContext.Heading) != 0 ? 1 : 0;
            prices += b.Prices > 0 ? 1 : 0;
            longest = Math.Max(longest, b.Words);
            sentences += b.Sentences;
        }

        float w = Math.Max(1, words);
        int largest = 0;
        foreach (int count in _shapeCounts.Values)
        {
            largest = Math.Max(largest, count);
        }

        Whole("page_words", words);
        Whole("page_blocks", blocks.Length);
        Whole("page_link_share", linkWords / w);
        Whole("page_prose_share", prose / w);
        Whole("page_item_share", items / w);
        Whole("page_cell_share", cells / w);
        Whole("page_headings", headings);
        Whole("page_prices", prices);
        Whole("page_longest", longest);
        Whole("page_sentences", sentences);
        Whole("page_largest_group", largest);
        Whole("page_article", (metadata.Types & PageTypes.Article) != 0 ? 1 : 0);
        Whole("page_forum", (metadata.Types & PageTypes.Forum) != 0 ? 1 : 0);
        Whole("page_product", (metadata.Types & PageTypes.Product) != 0 ? 1 : 0);
        Whole("page_collection", (metadata.Types & PageTypes.Collection) != 0 ? 1 : 0);
        Whole("page_service", (metadata.Types & PageTypes.Service) != 0 ? 1 : 0);
        Whole("page_has_date", metadata.Date is null ? 0 : 1);
        Whole("page_has_author", metadata.Author is null ? 0 : 1);
        string path = PathOf(url);
        Whole("url_length", path.Length);
        Whole("url_depth", path.AsSpan().Count('/'));
        Whole("url_hyphens", path.AsSpan().Count('-'));
        foreach (string word in UrlWords)
        {
            Whole(_names is null ? "" : "url_" + word, path.Contains(word, StringComparison.OrdinalIgnoreCase) ? 1 : 0);
        }
    }

    private void Whole(string name, float value) => Add(name).Fill(value);

    private static string PathOf(string? url)
    {
        if (url is null)
        {
            return "";
        }

        int host = url.IndexOf("://", StringComparison.Ordinal);
        int slash = host < 0 ? url.IndexOf('/', StringComparison.Ordinal) : url.IndexOf('/', host + 3);
        return slash < 0 ? "" : url[slash..];
    }

    // The element so many levels above another; the body where there are fewer.
    private int AncestorOf(int element, int levels)
    {
        for (int k = 0; k < levels && element != _tree.Body; k++)
        {
            element = _tree[element].Parent;
        }

        return element;
    }
}
