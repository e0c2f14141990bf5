using System.Text;
using DataBuild.Stages.Extract.Blocks;
using DataBuild.Stages.Extract.Charsets;
using DataBuild.Stages.Extract.Formulas;
using DataBuild.Stages.Extract.Html;
using DataBuild.Stages.Extract.Labelling;
using DataBuild.Stages.Extract.Metadata;
using DataBuild.Stages.Extract.Model;
using DataBuild.Stages.Extract.Render;
using DataBuild.Stages.Extract.Sites;

namespace DataBuild.Stages.Extract;

/// <summary>The buffers and steps of one thread's extraction.</summary>
internal sealed partial class ExtractScratch
{
    private const int KeepBytes = 8 * 1024 * 1024;

    private static readonly ExtractOptions PlainText = new() { Format = ExtractFormat.Text };

    private readonly HtmlTree _tree = new();
    private readonly ModelLabeller _labeller = new();
    private readonly ExpectedF1 _expectedF1 = new();
    private string? _url;
    private readonly HtmlTreeBuilder _builder;
    private readonly BlockSegmenter _segments = new();
    private readonly PageMetadata _metadata = new();
    private readonly PageRenderer _renderer = new();
    private readonly MainHtmlWriter _mainHtml = new();
    private bool[] _kept = new bool[512];
    private float[] _scores = new float[512];
    private readonly List<int> _repeated = [];
    private List<int> _items = [];
    private bool _hasMath;
    private string? _reason;
    private DecodedPage _decoded;

    /// <summary>Makes empty buffers.</summary>
    /// <param name="model">The block model; null for rules alone.</param>
    public ExtractScratch(BlockModel? model)
    {
        Model = model;
        _builder = new HtmlTreeBuilder(_tree);
    }

    /// <summary>The tree of the last page.</summary>
    public HtmlTree Tree => _tree;

    /// <summary>The blocks of the last page.</summary>
    public BlockSegmenter Segments => _segments;

    /// <summary>The metadata of the last page.</summary>
    public PageMetadata Metadata => _metadata;

    /// <summary>The block model; null for rules alone.</summary>
    public BlockModel? Model { get; }

    /// <summary>Scores of words in place of the model's own, for training.</summary>
    public LearnedTokens? Tokens { get; set; }

    /// <summary>Receives words, for training.</summary>
    public ITokenObserver? Observer
    {
        set => _segments.Observer = value;
    }

    /// <summary>The text of one block of the last page.</summary>
    public string TextOf(int block) => _renderer.RenderAlone(block, PlainText);

    /// <summary>The text of the last page with these blocks kept.</summary>
    public string Render(ReadOnlySpan<bool> kept, ExtractOptions options) =>
        _renderer.Render(kept, options, _hasMath ? Math : null).ToString();

    /// <summary>The text of the last page with these probabilities of its blocks, and which blocks that keeps.</summary>
    public string Render(ReadOnlySpan<float> probabilities, ExtractOptions options, Span<bool> kept)
    {
        float[] scores = probabilities.ToArray();
        Decide(options, kept, scores);
        return Render(kept, options);
    }

    /// <summary>Parses a page and writes it for a labeller; null for a page that is dropped before it is cut into blocks. <see cref="Finish"/> goes on.</summary>
    public string? Simplify(ReadOnlySpan<byte> payload, string? httpCharset, string? url, ExtractOptions options)
    {
        _reason = Parse(payload, httpCharset, url, options, out _decoded);
        if (_reason is not null)
        {
            _items = [];
            return null;
        }

        _items = SimplifiedPage.Items(_segments);
        return SimplifiedPage.Write(_tree, _segments, _items, TextOf, options.MaxItemChars);
    }

    /// <summary>The blocks that <see cref="Simplify"/> showed, in order.</summary>
    public IReadOnlyList<int> Items => _items;

    /// <summary>Receives the time of each step, for measuring; null otherwise.</summary>
    public ExtractTimes? Times { get; set; }

    /// <summary>Renders formulas; null where formulas stay plain text.</summary>
    public IMathRenderer? Math { get; init; } = new PageMathRenderer();

    /// <summary>Lets go of buffers that one very large page made.</summary>
    public void Trim()
    {
        if (_tree.Text.Length > KeepBytes)
        {
            _tree.Trim(KeepBytes);
            _segments.Trim();
        }
    }

    /// <summary>What the pages of this page's site repeat; null where that is not known.</summary>
    public SiteTexts? Site { get; set; }

    /// <summary>Extracts a page.</summary>
    public ExtractedPage Extract(ReadOnlySpan<byte> payload, string? httpCharset, string? url, ExtractOptions options)
    {
        _reason = Parse(payload, httpCharset, url, options, out _decoded);
        return Finish(options, null);
    }

    /// <summary>Labels and writes the page parsed last.</summary>
    /// <param name="options">What to extract.</param>
    /// <param name="answer">A labeller's answer; where it is null or cannot be used, blocks are labelled as the options say.</param>
    public ExtractedPage Finish(ExtractOptions options, string? answer)
    {
        if (_reason is not null)
        {
            return new ExtractedPage { Text = "", Charset = _decoded.Charset ?? "", ReplacementCount = _decoded.Replacements, DropReason = _reason };
        }

        Span<bool> kept = Label(options, answer, out bool answered);
        Times?.Mark(ExtractStep.Label);
        string text = _renderer.Render(kept, options, _hasMath ? Math : null).ToString();
        Times?.Mark(ExtractStep.Render);
        return new ExtractedPage
        {
            Text = text,
            Title = _metadata.ShownTitle,
            LanguageDeclared = _metadata.Language,
            Author = _metadata.ShownAuthor,
            DatePublished = _metadata.ShownDate,
            SiteName = _metadata.SiteName,
            CanonicalUrl = _metadata.Canonical,
            License = _metadata.License,
            Charset = _decoded.Charset,
            ReplacementCount = _decoded.Replacements,
            LabelledByAnswer = answered,
            MainHtml = options.MainHtml ? _mainHtml.Write(_tree, _segments, kept) : null,
            DropReason = text.Length == 0 ? "no_content" : null,
        };
    }

    /// <summary>Lists a page's blocks.</summary>
    public IReadOnlyList<ExplainedBlock> Explain(ReadOnlySpan<byte> payload, string? httpCharset, string? url, ExtractOptions options) =>
        Parse(payload, httpCharset, url, options, out _) is null ? Explain(options, null) : [];

    /// <summary>Lists the blocks of the page parsed last, labelled by an answer where it can be used.</summary>
    public IReadOnlyList<ExplainedBlock> Explain(ExtractOptions options, string? answer)
    {
        Span<bool> kept = Label(options, answer, out _);
        List<ExplainedBlock> list = new(_segments.Count);
        for (int i = 0; i < _segments.Count; i++)
        {
            ref Block b = ref _segments.Blocks[i];
            string text = TextOf(i);
            list.Add(new ExplainedBlock(i, PathOf(b.Parent), kept[i], _scores[i], b.Words, b.TextBytes == 0 ? 0 : (double)b.LinkBytes / b.TextBytes, text));
        }

        return list;
    }

    /// <summary>Decodes, parses, reads metadata and cuts into blocks. Null, or why the page is dropped.</summary>
    public string? Parse(ReadOnlySpan<byte> payload, string? httpCharset, string? url, ExtractOptions options, out DecodedPage decoded)
    {
        decoded = new DecodedPage("", 0, true);
        if (payload.IsEmpty)
        {
            return "empty";
        }

        if (payload.Length > options.MaxBytes)
        {
            return "budget_bytes";
        }

        Times?.Begin();
        decoded = PageDecoder.Decode(payload, httpCharset, _tree);
        Times?.Mark(ExtractStep.Decode);
        if (!decoded.Readable)
        {
            return "undecodable";
        }

        if (!_builder.Parse(options.MaxNodes, options.MaxDepth, options.MaxAttributeChars))
        {
            return "budget_nodes";
        }

        Times?.Mark(ExtractStep.Tree);
        _metadata.Read(_tree, url);
        Times?.Mark(ExtractStep.Metadata);
        _hasMath = Math is not null && options.Math == ExtractMath.Latex && Math.BeginPage(_tree);
        _url = url;
        _segments.Run(_tree, Tokens ?? Model?.Tokens ?? LearnedTokens.Empty, _hasMath ? Math : null);
        _renderer.BeginPage(_tree, _segments);
        Times?.Mark(ExtractStep.Segment);
        return null;
    }

    private Span<bool> Label(ExtractOptions options, string? answer, out bool answered)
    {
        if (_kept.Length < _segments.Count)
        {
            _kept = new bool[_segments.Count * 2];
            _scores = new float[_segments.Count * 2];
        }

        Span<bool> kept = _kept.AsSpan(0, _segments.Count);
        Span<float> scores = _scores.AsSpan(0, _segments.Count);
        answered = answer is not null && Answered(answer, kept);
        if (answered)
        {
            scores.Clear();
        }
        else if (options.Mode == ExtractMode.All)
        {
            kept.Fill(true);
        }
        else if (options.Mode == ExtractMode.Heuristic || Model is null)
        {
            HeuristicLabeller.Label(_tree, _segments, kept);
        }
        else
        {
            LabelByModel(options, Model, kept, scores);
            LeaveOutRepeats(answered, options, kept);
            return kept;
        }

        for (int i = 0; i < kept.Length; i++)
        {
            scores[i] = kept[i] ? 1 : 0;
        }

        LeaveOutRepeats(answered, options, kept);
        return kept;
    }

    private void LeaveOutRepeats(bool answered, ExtractOptions options, Span<bool> kept)
    {
        if (Site is { } site && !answered && options.Mode != ExtractMode.All)
        {
            LeaveOutRepeats(site, kept);
        }
    }

    // Blocks that the labeller was not shown are left out.
    private bool Answered(string answer, Span<bool> kept)
    {
        bool[] main = new bool[_items.Count];
        kept.Clear();
        if (!BlockAnswer.TryRead(answer, main))
        {
            return false;
        }

        for (int i = 0; i < main.Length; i++)
        {
            kept[_items[i]] = main[i];
        }

        return true;
    }

    private void LabelByModel(ExtractOptions options, BlockModel model, Span<bool> kept, Span<float> scores)
    {
        _labeller.Score(_tree, _segments, _metadata, _url, model, scores, Times);
        Decide(options, kept, scores);
    }

    /// <summary>The names, ids and classes of an element and of those above it.</summary>
    public string PathOf(int node)
    {
        List<string> parts = [];
        for (; node != 0 && node != _tree.Body && parts.Count < 12; node = _tree[node].Parent)
        {
            StringBuilder part = new(Encoding.UTF8.GetString(_tree.NameOf(node)));
            string id = Encoding.UTF8.GetString(_tree.Attribute(node, "id"u8));
            string cls = Encoding.UTF8.GetString(_tree.Attribute(node, "class"u8));
            if (id.Length > 0)
            {
                part.Append('#').Append(id);
            }

            foreach (string name in cls.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(3))
            {
                part.Append('.').Append(name);
            }

            parts.Add(part.ToString());
        }

        parts.Reverse();
        return string.Join(" > ", parts);
    }
}
