using System.Runtime.InteropServices;
using System.Text;
using DataBuild.Stages.Extract.Html;
using DataBuild.Stages.Extract.Metadata;

namespace DataBuild.Stages.Extract.Blocks;

/// <content>Repeated elements (cards, posts, rows), the headings above, and what the page's metadata repeats of its text.</content>
internal sealed partial class BlockFeatures
{
    private readonly Dictionary<ulong, Group> _groups = [];
    private readonly HashSet<uint> _stated = [];

    private struct Group
    {
        public int Count, Words, LinkWords, Prices, Images, Headings, Blocks;
    }

    private void Groups()
    {
        Span<Block> blocks = _segments.Blocks;
        int n = blocks.Length;
        _groups.Clear();
        foreach (int element in _segments.Order)
        {
            ref ElementInfo e = ref _segments[element];
            ref Group g = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, ShapeKey(element), out _);
            g.Count++;
            g.Words += e.Words;
            g.LinkWords += e.LinkWords;
            g.Prices += e.Prices;
            g.Images += e.Images;
            g.Headings += e.Headings;
            g.Blocks += e.EndBlock - e.FirstBlock;
        }

        float pageWords = Math.Max(1, _tree.Body == 0 ? 1 : _segments[_tree.Body].Words);
        Span<float> count = Add("group_count");
        Span<float> words = Add("group_words");
        Span<float> share = Add("group_share");
        Span<float> mean = Add("group_words_mean");
        Span<float> links = Add("group_link_share");
        Span<float> prices = Add("group_prices");
        Span<float> images = Add("group_images");
        Span<float> headings = Add("group_headings");
        Span<float> size = Add("group_blocks_mean");
        Span<float> level = Add("group_level");
        Span<float> place = Add("group_place");
        for (int i = 0; i < n; i++)
        {
            Group best = default;
            int bestLevel = -1;
            int bestElement = 0;
            int k = 0;
            for (int up = blocks[i].Container; up != 0 && up != _tree.Body; up = _tree[up].Parent, k++)
            {
                Group g = _groups[ShapeKey(up)];
                if (g.Count >= 3 && g.Words > best.Words)
                {
                    best = g;
                    bestLevel = k;
                    bestElement = up;
                }
            }

            level[i] = bestLevel;
            if (bestLevel < 0)
            {
                continue;
            }

            float c = best.Count;
            count[i] = c;
            words[i] = best.Words;
            share[i] = best.Words / pageWords;
            mean[i] = best.Words / c;
            links[i] = best.LinkWords / (float)Math.Max(1, best.Words);
            prices[i] = best.Prices / c;
            images[i] = best.Images / c;
            headings[i] = best.Headings / c;
            size[i] = best.Blocks / c;
            place[i] = i - _segments[bestElement].FirstBlock;
        }
    }

    private void Headings()
    {
        Span<Block> blocks = _segments.Blocks;
        int n = blocks.Length;
        int main = -1;
        for (int i = 0; i < n && main < 0; i++)
        {
            main = HeadingLevel(ref blocks[i]) == 7 ? i : -1;
        }

        Span<float> distance = Add("heading_distance");
        Span<float> level = Add("heading_level");
        Span<float> score = Add("heading_word_score");
        Span<float> low = Add("heading_word_low");
        Span<float> high = Add("heading_word_high");
        Span<float> sameSection = Add("heading_near");
        Span<float> majorScore = Add("major_heading_score");
        Span<float> majorDistance = Add("major_heading_distance");
        Span<float> fromMain = Add("from_h1");
        Span<float> toMain = Add("h1_levels");
        Span<float> section = Add("section_score");
        Span<float> outer = Add("section_score_outer");
        Span<float> sum = Add("section_score_sum");
        Span<float> index = Add("section_index");
        int last = -1;
        int major = -1;
        int count = 0;
        Span<int> open = stackalloc int[8];
        for (int i = 0; i < n; i++)
        {
            int h = HeadingLevel(ref blocks[i]);
            if (h > 0)
            {
                last = i;
                major = h >= 4 ? i : major;
                count++;

                // Levels count down from the main heading's: a heading closes those of its level and below.
                open[..h].Clear();
                open[h] = i + 1;
            }

            int seen = 0;
            for (int rank = 1; rank < open.Length; rank++)
            {
                if (open[rank] > 0)
                {
                    int own = blocks[open[rank] - 1].SectionScore;
                    sum[i] += own;
                    section[i] = seen == 0 ? own : section[i];
                    outer[i] = seen == 1 ? own : outer[i];
                    seen++;
                }
            }

            index[i] = count;

            distance[i] = last < 0 ? -1 : i - last;
            if (last >= 0)
            {
                ref Block b = ref blocks[last];
                level[i] = HeadingLevel(ref b);
                score[i] = b.WordScore;
                low[i] = b.WordLow;
                high[i] = b.WordHigh;
                sameSection[i] = Nearness(b.Container, blocks[i].Container);
            }

            majorDistance[i] = major < 0 ? -1 : i - major;
            majorScore[i] = major < 0 ? 0 : blocks[major].WordScore;
            fromMain[i] = main < 0 ? -1000 : i - main;
            toMain[i] = -1;
            if (main >= 0)
            {
                int levels = 0;
                int up = blocks[i].Container;
                while (up != _tree.Body && (main < _segments[up].FirstBlock || main >= _segments[up].EndBlock))
                {
                    up = _tree[up].Parent;
                    levels++;
                }

                toMain[i] = up == _tree.Body ? 50 : levels;
            }
        }
    }

    // The share of a block's runs of three words that the page's description or structured data states too.
    private void Stated(PageMetadata metadata)
    {
        Span<Block> blocks = _segments.Blocks;
        Span<float> share = Add("stated");
        _stated.Clear();
        AddStated(metadata.Description);
        foreach (string text in metadata.JsonLd.Texts)
        {
            AddStated(text);
        }

        if (_stated.Count == 0)
        {
            return;
        }

        for (int i = 0; i < blocks.Length; i++)
        {
            ref Block b = ref blocks[i];
            if (b.Words < 3)
            {
                continue;
            }

            Trigrams runs = default;
            int found = 0;
            int all = 0;
            for (int leaf = b.FirstLeaf; leaf != 0 && all < 60; leaf = _tree.Next(leaf, 0))
            {
                if (_tree[leaf].Kind == HtmlNodeKind.Text)
                {
                    foreach (byte c in _tree.TextOf(leaf))
                    {
                        if (runs.Next(c, out uint hash))
                        {
                            all++;
                            found += _stated.Contains(hash) ? 1 : 0;
                        }
                    }
                }

                if (leaf == b.LastLeaf)
                {
                    break;
                }
            }

            share[i] = all == 0 ? 0 : found / (float)all;
        }
    }

    private void AddStated(string? text)
    {
        if (text is null || _stated.Count > 20_000)
        {
            return;
        }

        Trigrams runs = default;
        foreach (byte c in Encoding.UTF8.GetBytes(text.Length > 20_000 ? text[..20_000] : text))
        {
            if (runs.Next(c, out uint hash))
            {
                _stated.Add(hash);
            }
        }
    }

    private struct Trigrams
    {
        private uint _word, _previous, _beforePrevious;
        private bool _inWord;
        private int _words;

        public bool Next(byte c, out uint hash)
        {
            hash = 0;
            if (char.IsAsciiLetterOrDigit((char)c) || c >= 0x80)
            {
                _word = ((_inWord ? _word : 2166136261) ^ (c is >= (byte)'A' and <= (byte)'Z' ? (uint)(c | 0x20) : c)) * 16777619;
                _inWord = true;
                return false;
            }

            if (!_inWord)
            {
                return false;
            }

            _inWord = false;
            _words++;
            hash = (((_beforePrevious * 31) ^ _previous) * 31) ^ _word;
            _beforePrevious = _previous;
            _previous = _word;
            return _words >= 3;
        }
    }
}
