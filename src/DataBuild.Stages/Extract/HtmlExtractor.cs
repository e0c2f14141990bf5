using System.Collections.Concurrent;
using System.Text;
using DataBuild.Stages.Extract.Blocks;
using DataBuild.Stages.Extract.Charsets;
using DataBuild.Stages.Extract.Html;
using DataBuild.Stages.Extract.Metadata;
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
        if (!_scratch.TryTake(out ExtractScratch? scratch))
        {
            scratch = new ExtractScratch();
        }

        ExtractedPage page = scratch.Extract(payload, httpCharset, url, options);
        scratch.Trim();
        _scratch.Add(scratch);
        return page;
    }

    /// <summary>Lists a page's blocks with what the extractor makes of them; empty for a page that is dropped before its blocks are known.</summary>
    public IReadOnlyList<ExplainedBlock> ExplainBlocks(ReadOnlySpan<byte> payload, string? httpCharset, string? url, ExtractOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!_scratch.TryTake(out ExtractScratch? scratch))
        {
            scratch = new ExtractScratch();
        }

        IReadOnlyList<ExplainedBlock> blocks = scratch.Explain(payload, httpCharset, url, options);
        scratch.Trim();
        _scratch.Add(scratch);
        return blocks;
    }
}

/// <summary>The buffers and steps of one thread's extraction.</summary>
internal sealed class ExtractScratch
{
    private const int KeepBytes = 8 * 1024 * 1024;

    private readonly HtmlTree _tree = new();
    private readonly HtmlTreeBuilder _builder;
    private readonly BlockSegmenter _segments = new();
    private readonly PageMetadata _metadata = new();
    private readonly PageRenderer _renderer = new();
    private bool[] _kept = new bool[512];
    private float[] _scores = new float[512];
    private bool _hasMath;

    /// <summary>Makes empty buffers.</summary>
    public ExtractScratch() => _builder = new HtmlTreeBuilder(_tree);

    /// <summary>The tree of the last page.</summary>
    public HtmlTree Tree => _tree;

    /// <summary>The blocks of the last page.</summary>
    public BlockSegmenter Segments => _segments;

    /// <summary>The metadata of the last page.</summary>
    public PageMetadata Metadata => _metadata;

    /// <summary>Renders formulas; null where formulas stay plain text.</summary>
    public IMathRenderer? Math { get; init; }

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
        string? reason = Parse(payload, httpCharset, url, options, out DecodedPage decoded);
        if (reason is not null)
        {
            return new ExtractedPage { Text = "", Charset = decoded.Charset ?? "", ReplacementCount = decoded.Replacements, DropReason = reason };
        }

        Span<bool> kept = Label(options);
        string text = _renderer.Render(_tree, _segments, kept, options, _hasMath ? Math : null).ToString();
        return new ExtractedPage
        {
            Text = text,
            Title = _metadata.Title,
            LanguageDeclared = _metadata.Language,
            Author = _metadata.Author,
            DatePublished = _metadata.Date,
            SiteName = _metadata.SiteName,
            CanonicalUrl = _metadata.Canonical,
            License = _metadata.License,
            Charset = decoded.Charset,
            ReplacementCount = decoded.Replacements,
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

        Span<bool> kept = Label(options);
        List<ExplainedBlock> list = new(_segments.Count);
        ExtractOptions plain = options with { Format = ExtractFormat.Text };
        for (int i = 0; i < _segments.Count; i++)
        {
            ref Block b = ref _segments.Blocks[i];
            string text = _renderer.RenderAlone(_tree, _segments, i, plain);
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

        decoded = PageDecoder.Decode(payload, httpCharset, _tree);
        if (!decoded.Readable)
        {
            return "undecodable";
        }

        if (!_builder.Parse(options.MaxNodes, options.MaxDepth, options.MaxAttributeChars))
        {
            return "budget_nodes";
        }

        _metadata.Read(_tree, url);
        _hasMath = Math is not null && options.Math == ExtractMath.Latex && Math.BeginPage(_tree);
        _segments.Run(_tree, TokenScores.Empty, TokenScores.Empty, _hasMath ? Math : null);
        return null;
    }

    private Span<bool> Label(ExtractOptions options)
    {
        if (_kept.Length < _segments.Count)
        {
            _kept = new bool[_segments.Count * 2];
            _scores = new float[_segments.Count * 2];
        }

        Span<bool> kept = _kept.AsSpan(0, _segments.Count);
        Span<float> scores = _scores.AsSpan(0, _segments.Count);
        if (options.Mode == ExtractMode.All)
        {
            kept.Fill(true);
        }
        else
        {
            HeuristicLabeller.Label(_tree, _segments, kept);
        }

        for (int i = 0; i < kept.Length; i++)
        {
            scores[i] = kept[i] ? 1 : 0;
        }

        return kept;
    }

    private string PathOf(int node)
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
