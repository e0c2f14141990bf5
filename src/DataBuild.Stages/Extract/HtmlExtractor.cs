using System.Collections.Concurrent;
using System.Text;
using DataBuild.Stages.Extract.Blocks;
using DataBuild.Stages.Extract.Charsets;
using DataBuild.Stages.Extract.Formulas;
using DataBuild.Stages.Extract.Html;
using DataBuild.Stages.Extract.Labelling;
using DataBuild.Stages.Extract.Metadata;
using DataBuild.Stages.Extract.Model;
using DataBuild.Stages.Extract.Render;

namespace DataBuild.Stages.Extract;

/// <summary>
/// Gets the main content and the metadata of HTML pages. One instance serves any number of threads; buffers are kept per thread in use and
/// reused, so a page costs little beyond its own result. Never throws on any input.
/// </summary>
public sealed class HtmlExtractor
{
    private readonly ConcurrentBag<ExtractScratch> _scratch = [];

    /// <summary>Extracts a page.</summary>
    /// <param name="payload">The page's bytes, transfer and content encodings undone.</param>
    /// <param name="httpCharset">The charset parameter of the HTTP Content-Type, null where there is none.</param>
    /// <param name="url">The page's address, null where it is unknown.</param>
    /// <param name="options">What to extract.</param>
    public ExtractedPage Extract(ReadOnlySpan<byte> payload, string? httpCharset, string? url, ExtractOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ExtractScratch scratch = Take();
        ExtractedPage page = scratch.Extract(payload, httpCharset, url, options);
        Give(scratch);
        return page;
    }

    /// <summary>
    /// Extracts a page whose blocks a labeller labels; where its answer cannot be used, the blocks are labelled as <paramref name="options"/> say.
    /// </summary>
    public async ValueTask<ExtractedPage> ExtractAsync(
        ReadOnlyMemory<byte> payload, string? httpCharset, string? url, ExtractOptions options, IBlockLabeller labeller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(labeller);

        // The page's buffers are held while the labeller thinks.
        ExtractScratch scratch = Take();
        string? simplified = scratch.Simplify(payload.Span, httpCharset, url, options);
        string? answer = simplified is null ? null : await labeller.LabelAsync(simplified, scratch.Segments.Count, cancellationToken).ConfigureAwait(false);
        ExtractedPage page = scratch.Finish(options, answer);
        Give(scratch);
        return page;
    }

    /// <summary>The page as labellers are shown it, and its number of blocks; null for a page that is dropped before its blocks are known.</summary>
    public (string Html, int Items)? Simplify(ReadOnlySpan<byte> payload, string? httpCharset, string? url, ExtractOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ExtractScratch scratch = Take();
        string? simplified = scratch.Simplify(payload, httpCharset, url, options);
        int items = scratch.Segments.Count;
        Give(scratch);
        return simplified is null ? null : (simplified, items);
    }

    /// <summary>Lists a page's blocks with what the extractor makes of them; empty for a page that is dropped before its blocks are known.</summary>
    public IReadOnlyList<ExplainedBlock> ExplainBlocks(ReadOnlySpan<byte> payload, string? httpCharset, string? url, ExtractOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ExtractScratch scratch = Take();
        IReadOnlyList<ExplainedBlock> blocks = scratch.Explain(payload, httpCharset, url, options);
        Give(scratch);
        return blocks;
    }

    private ExtractScratch Take() => _scratch.TryTake(out ExtractScratch? scratch) ? scratch : new ExtractScratch(BlockModel.Shipped);

    private void Give(ExtractScratch scratch)
    {
        scratch.Trim();
        _scratch.Add(scratch);
    }
}

/// <summary>The buffers and steps of one thread's extraction.</summary>
internal sealed class ExtractScratch
{
    private const double UnionShift = 0.2;
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
    public (TokenScores Classes, TokenScores Words)? Tokens { get; set; }

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
        return _reason is null ? SimplifiedPage.Write(_tree, _segments, TextOf) : null;
    }

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
    public IReadOnlyList<ExplainedBlock> Explain(ReadOnlySpan<byte> payload, string? httpCharset, string? url, ExtractOptions options)
    {
        if (Parse(payload, httpCharset, url, options, out _) is not null)
        {
            return [];
        }

        Span<bool> kept = Label(options, null, out _);
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
        (TokenScores classes, TokenScores words) = Tokens ?? (Model?.ClassScores ?? TokenScores.Empty, Model?.WordScores ?? TokenScores.Empty);
        _segments.Run(_tree, classes, words, _hasMath ? Math : null);
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
        answered = answer is not null && BlockAnswer.TryRead(answer, kept);
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
            return kept;
        }

        for (int i = 0; i < kept.Length; i++)
        {
            scores[i] = kept[i] ? 1 : 0;
        }

        return kept;
    }

    private void LabelByModel(ExtractOptions options, BlockModel model, Span<bool> kept, Span<float> scores)
    {
        _labeller.Score(_tree, _segments, _metadata, _url, model, scores, Times);
        Decide(options, kept, scores);
    }

    // Which blocks to keep, from their probabilities.
    private void Decide(ExtractOptions options, Span<bool> kept, Span<float> scores)
    {
        bool union = options.Mode == ExtractMode.Union;
        ScoreFormulas(scores);
        ScoreTables(scores);
        if (union)
        {
            HeuristicLabeller.Label(_tree, _segments, kept);
        }

        // Of the model's settings the most generous holds the others.
        double threshold = _expectedF1.Threshold(scores, _segments.Blocks) + options.ThresholdShift - (union ? UnionShift : 0);
        HashSet<uint>? seen = union ? [] : null;
        for (int i = 0; i < kept.Length; i++)
        {
            kept[i] = scores[i] >= threshold || (union && kept[i])
                || (options.Comments && (_segments.Blocks[i].Context & BlockContext.Comments) != 0 && IsComment(ref _segments.Blocks[i]));
            if (seen is not null && kept[i])
            {
                kept[i] = seen.Add(_segments.Blocks[i].TextHash);
            }
        }
    }

    private static bool IsComment(ref Block b) =>
        b.Words >= 3 && b.LinkBytes * 2 < b.TextBytes && (b.Context & (BlockContext.Button | BlockContext.Label | BlockContext.Heading)) == 0;

    // A formula that stands alone belongs to the text around it, whose words tell more.
    private void ScoreFormulas(Span<float> scores)
    {
        Span<Block> blocks = _segments.Blocks;
        for (int i = 1; i < blocks.Length; i++)
        {
            if (blocks[i].Formulas > 0 && blocks[i].Words == 2 * blocks[i].Formulas)
            {
                scores[i] = System.Math.Max(scores[i], scores[i - 1]);
            }
        }
    }

    // The cells of a table of data are kept or left together.
    private void ScoreTables(Span<float> scores)
    {
        Span<Block> blocks = _segments.Blocks;
        for (int i = 0; i < blocks.Length; i++)
        {
            if ((blocks[i].Context & BlockContext.Table) == 0)
            {
                continue;
            }

            int table = _renderer.OutermostDataTable(ref blocks[i]);
            if (table == 0)
            {
                continue;
            }

            int end = System.Math.Min(blocks.Length, System.Math.Max(i + 1, _segments[table].EndBlock));
            float mass = 0;
            float words = 0;
            for (int j = i; j < end; j++)
            {
                mass += scores[j] * (blocks[j].Words + 1);
                words += blocks[j].Words + 1;
            }

            scores[i..end].Fill(mass / words);
            i = end - 1;
        }
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
