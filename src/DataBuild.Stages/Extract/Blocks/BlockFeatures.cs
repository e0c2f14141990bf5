using DataBuild.Stages.Extract.Html;
using DataBuild.Stages.Extract.Metadata;
using DataBuild.Stages.Extract.Model;

namespace DataBuild.Stages.Extract.Blocks;

/// <summary>
/// Describes each block by numbers for the model: itself, its neighbours, the elements that hold it, its page. One instance per thread.
/// The order of the features is part of the model's format: <see cref="Version"/> changes with it.
/// </summary>
internal sealed partial class BlockFeatures
{
    /// <summary>Changes when features change, so that a model of other features is refused.</summary>
    public const int Version = 4;

    private static readonly BlockContext[] Flags =
    [
        BlockContext.Nav, BlockContext.Aside, BlockContext.Footer, BlockContext.Header, BlockContext.Main, BlockContext.Article, BlockContext.Form,
        BlockContext.Table, BlockContext.List, BlockContext.Figure, BlockContext.Invisible, BlockContext.Quote, BlockContext.Pre, BlockContext.Button,
        BlockContext.Noscript, BlockContext.Link, BlockContext.ArticleBody, BlockContext.Dialog, BlockContext.Details, BlockContext.Definition,
        BlockContext.Label, BlockContext.Address, BlockContext.Item, BlockContext.Cell,
        BlockContext.Comments,
    ];

    private readonly HashSet<uint> _titleWords = [];
    private readonly Dictionary<uint, int> _textCounts = [];
    private readonly Dictionary<ulong, int> _shapeCounts = [];
    private HtmlTree _tree = null!;
    private BlockSegmenter _segments = null!;
    private FeatureMatrix _m = null!;
    private int _column;
    private List<string>? _names;

    /// <summary>Number of features.</summary>
    public static int Count { get; } = NamesOf().Count;

    /// <summary>The features' names in order.</summary>
    public static IReadOnlyList<string> Names { get; } = NamesOf();

    /// <summary>Fills the matrix with a page's features.</summary>
    public void Compute(HtmlTree tree, BlockSegmenter segments, PageMetadata metadata, string? url, FeatureMatrix matrix)
    {
        _tree = tree;
        _segments = segments;
        _m = matrix;
        _column = 0;
        matrix.Reset(segments.Count, _names is null ? Count : 1024);
        if (segments.Count == 0 && _names is null)
        {
            return;
        }

        ReadPaths();
        Own(metadata);
        Neighbours();
        Ancestors();
        Groups();
        Headings();
        Stated(metadata);
        Phrases();
        Page(metadata, url);
        Copies();
        Sections();
        Controls();
        Links(url);
        Learned();
    }

    private static List<string> NamesOf()
    {
        BlockFeatures f = new() { _names = [] };
        HtmlTree tree = new();
        tree.Reset(0);
        new HtmlTreeBuilder(tree).Parse(100, 64);
        BlockSegmenter segments = new();
        segments.Run(tree, LearnedTokens.Empty, null);
        PageMetadata metadata = new();
        metadata.Read(tree, null);
        f.Compute(tree, segments, metadata, null, new FeatureMatrix());
        return f._names;
    }

    private Span<float> Add(string name)
    {
        _names?.Add(name);
        return _m[_column++];
    }

    private void Own(PageMetadata metadata)
    {
        Span<Block> blocks = _segments.Blocks;
        int n = blocks.Length;
        ReadTitle(metadata.Title);
        _textCounts.Clear();
        int total = 0;
        foreach (ref Block b in blocks)
        {
            total += b.TextBytes;
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_textCounts, b.TextHash, out _)++;
        }

        Span<float> words = Add("words");
        Span<float> bytes = Add("bytes");
        Span<float> links = Add("link_density");
        Span<float> linkCount = Add("links");
        Span<float> wordLength = Add("word_length");
        Span<float> sentences = Add("sentences");
        Span<float> sentenceRate = Add("sentence_rate");
        Span<float> commas = Add("commas");
        Span<float> digits = Add("digit_share");
        Span<float> capitals = Add("capital_share");
        Span<float> nonAscii = Add("non_ascii_share");
        Span<float> breaks = Add("breaks");
        Span<float> images = Add("images");
        Span<float> prices = Add("prices");
        Span<float> ends = Add("ends_sentence");
        Span<float> starts = Add("starts_capital");
        Span<float> heading = Add("heading");
        Span<float> tag = Add("tag");
        Span<float> wordScore = Add("word_score");
        Span<float> wordMean = Add("word_score_mean");
        Span<float> wordLow = Add("word_low");
        Span<float> wordHigh = Add("word_high");
        Span<float> pairScore = Add("pair_score");
        Span<float> textScore = Add("text_score");
        Span<float> depth = Add("depth");
        Span<float> place = Add("place");
        Span<float> textPlace = Add("text_place");
        Span<float> fromStart = Add("from_start");
        Span<float> fromEnd = Add("from_end");
        Span<float> titleShare = Add("title_share");
        Span<float> copies = Add("copies");
        Span<float> pathCount = Add("path_count");
        Span<float> pathWords = Add("path_words_mean");
        Span<float> pathLinks = Add("path_link_share");
        int before = 0;
        for (int i = 0; i < n; i++)
        {
            ref Block b = ref blocks[i];
            float w = Math.Max(1, b.Words);
            float t = Math.Max(1, b.TextBytes);
            words[i] = b.Words;
            bytes[i] = b.TextBytes;
            links[i] = b.LinkBytes / t;
            linkCount[i] = b.Links;
            wordLength[i] = (b.Letters + b.Digits + b.NonAscii) / w;
            sentences[i] = b.Sentences;
            sentenceRate[i] = b.Sentences / w;
            commas[i] = b.Commas;
            digits[i] = b.Digits / t;
            capitals[i] = b.Capitals / (float)Math.Max(1, b.Letters);
            nonAscii[i] = b.NonAscii / t;
            breaks[i] = b.Breaks;
            images[i] = b.Images;
            prices[i] = b.Prices;
            ends[i] = b.Last is (byte)'.' or (byte)'!' or (byte)'?' ? 2 : b.Last is (byte)':' or (byte)',' or (byte)';' or >= 0x80 ? 1 : 0;
            starts[i] = b.First is >= (byte)'A' and <= (byte)'Z' ? 2 : b.First is >= (byte)'a' and <= (byte)'z' ? 0 : 1;
            heading[i] = HeadingLevel(ref b);
            tag[i] = TagClass(b.Tag);
            wordScore[i] = b.WordScore;
            wordMean[i] = b.WordScored == 0 ? 0 : b.WordScore / (float)b.WordScored;
            wordLow[i] = b.WordLow;
            wordHigh[i] = b.WordHigh;
            pairScore[i] = b.PairScore;
            textScore[i] = b.TextScore;
            depth[i] = _segments[b.Parent].Depth;
            place[i] = i / (float)n;
            textPlace[i] = before / (float)Math.Max(1, total);
            fromStart[i] = i;
            fromEnd[i] = n - i;
            titleShare[i] = TitleShare(ref b);
            copies[i] = _textCounts[b.TextHash];
            PathGroup path = _paths[_pathOf[i]];
            pathCount[i] = path.Count;
            pathWords[i] = path.Words / (float)path.Count;
            pathLinks[i] = path.LinkWords / (float)Math.Max(1, path.Words);
            before += b.TextBytes;
        }

        foreach (BlockContext flag in Flags)
        {
            Span<float> column = Add(_names is null ? "" : "in_" + flag);
            for (int i = 0; i < n; i++)
            {
                column[i] = (blocks[i].Context & flag) != 0 ? 1 : 0;
            }
        }
    }

    private int HeadingLevel(ref Block b)
    {
        if ((b.Context & BlockContext.Heading) == 0)
        {
            return 0;
        }

        int up = b.Container;
        while (up != 0 && _tree[up].Tag is not (>= HtmlTag.H1 and <= HtmlTag.H6))
        {
            up = _tree[up].Parent;
        }

        return up == 0 ? 0 : 7 - (_tree[up].Tag - HtmlTag.H1);
    }

    private static float TagClass(HtmlTag tag) => tag switch
    {
        HtmlTag.P => 10,
        HtmlTag.Pre => 9,
        HtmlTag.Blockquote => 8,
        HtmlTag.Td or HtmlTag.Th => 7,
        HtmlTag.Dd => 6,
        HtmlTag.Dt => 5.5f,
        HtmlTag.Li => 5,
        >= HtmlTag.H1 and <= HtmlTag.H6 => 4,
        HtmlTag.Div => 3,
        HtmlTag.Figcaption or HtmlTag.Caption => 2.5f,
        HtmlTag.Section or HtmlTag.Article or HtmlTag.Main => 2,
        HtmlTag.Header or HtmlTag.Footer or HtmlTag.Nav or HtmlTag.Aside => 1,
        _ => 0,
    };

    private void ReadTitle(string? title)
    {
        _titleWords.Clear();
        if (title is null)
        {
            return;
        }

        WordHashes words = new(System.Text.Encoding.UTF8.GetBytes(title));
        while (words.MoveNext())
        {
            _titleWords.Add(words.Current);
        }
    }

    // The share of the title's words that a block of few words holds.
    private float TitleShare(ref Block b)
    {
        if (_titleWords.Count == 0 || b.Words > 60)
        {
            return 0;
        }

        int found = 0;
        int words = 0;
        for (int leaf = b.FirstLeaf; leaf != 0; leaf = _tree.Next(leaf, 0))
        {
            if (_tree[leaf].Kind == HtmlNodeKind.Text)
            {
                WordHashes hashes = new(_tree.TextOf(leaf));
                while (hashes.MoveNext())
                {
                    words++;
                    found += _titleWords.Contains(hashes.Current) ? 1 : 0;
                }
            }

            if (leaf == b.LastLeaf)
            {
                break;
            }
        }

        return found / (float)Math.Max(words, _titleWords.Count);
    }
}
