using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Blocks;

/// <summary>Cuts a page into blocks and gathers what is known of its elements. Reused from page to page by one thread.</summary>
internal sealed partial class BlockSegmenter
{
    private Block[] _blocks = new Block[512];
    private ElementInfo[] _elements = new ElementInfo[4096];
    private int[] _order = new int[4096];
    private int _orderCount;
    private HtmlTree _tree = null!;
    private IMathRenderer? _math;
    private TokenScores _classScores = TokenScores.Empty;
    private TokenScores _wordScores = TokenScores.Empty;
    private TokenScores _classWeights = TokenScores.Empty;
    private TokenScores _wordWeights = TokenScores.Empty;

    // State of the block being gathered.
    private bool _open;
    private bool _hasText;
    private Block _current;
    private bool _inWord;
    private bool _afterSpace;
    private uint _wordHash;
    private uint _previousWord;
    private int _wordLength;
    private int _pendingBreaks;
    private int _lastLink;

    /// <summary>Number of blocks.</summary>
    public int Count { get; private set; }

    /// <summary>The blocks in document order.</summary>
    public Span<Block> Blocks => _blocks.AsSpan(0, Count);

    /// <summary>The elements below the body in document order, the body first.</summary>
    public ReadOnlySpan<int> Order => _order.AsSpan(0, _orderCount);

    /// <summary>Receives the hashes of words for training; null otherwise.</summary>
    public ITokenObserver? Observer { get; set; }

    /// <summary>What is known of an element; only of those in <see cref="Order"/>.</summary>
    public ref ElementInfo this[int node] => ref _elements[node];

    /// <summary>Whether an element below the body was read; skipped ones (scripts, form fields, drawings) were not.</summary>
    public bool IsSegmented(int node) => _tree[node].Kind == HtmlNodeKind.Element && IsEntered(node);

    /// <summary>Cuts the page. <paramref name="math"/> is null for pages without formulas.</summary>
    public void Run(HtmlTree tree, LearnedTokens tokens, IMathRenderer? math)
    {
        _math = math;
        _tree = tree;
        _classScores = tokens.ClassScores;
        _wordScores = tokens.WordScores;
        _classWeights = tokens.ClassWeights;
        _wordWeights = tokens.WordWeights;
        Count = 0;
        _orderCount = 0;
        _open = false;
        _pendingBreaks = 0;
        if (_elements.Length < tree.Count)
        {
            int size = Math.Max(tree.Count, _elements.Length * 2);
            _elements = new ElementInfo[size];
            _order = new int[size];
        }

        _elements.AsSpan(0, tree.Count).Clear();
        int root = tree.Body;
        if (root == 0)
        {
            return;
        }

        int node = root;
        EnterElement(root, default, 0);
        while (true)
        {
            int child = node == root || tree[node].Kind == HtmlNodeKind.Element ? tree[node].FirstChild : 0;
            if (child != 0 && !IsAtomic(node))
            {
                node = child;
                if (Visit(node))
                {
                    continue;
                }
            }
            else if (tree[node].Kind == HtmlNodeKind.Element && IsEntered(node))
            {
                LeaveElement(node);
            }

            while (node != root && tree[node].NextSibling == 0)
            {
                node = tree[node].Parent;
                LeaveElement(node);
            }

            if (node == root)
            {
                break;
            }

            node = tree[node].NextSibling;
            Visit(node);
        }

        Flush();
        _elements[root].EndBlock = Count;
        Aggregate();
    }

    // Skipped elements keep Elements at 0.
    private bool IsEntered(int node) => _elements[node].Elements > 0;

    private bool IsAtomic(int node)
    {
        ref HtmlNode n = ref _tree[node];
        return !IsEntered(node) || n.Namespace != HtmlNamespace.Html || (_elements[node].Context & BlockContext.Formula) != 0;
    }

    /// <summary>Lets go of what one very large page made.</summary>
    public void Trim()
    {
        if (_elements.Length > 1 << 18)
        {
            _elements = new ElementInfo[4096];
            _order = new int[4096];
        }

        if (_blocks.Length > 1 << 16)
        {
            _blocks = new Block[512];
        }
    }

    // Handles a node on the way down; true where it is an element whose children come next.
    private bool Visit(int node)
    {
        ref HtmlNode n = ref _tree[node];
        if (n.Kind == HtmlNodeKind.Text)
        {
            AddText(node);
            return false;
        }

        if (n.Kind != HtmlNodeKind.Element)
        {
            return false;
        }

        ref ElementInfo parent = ref _elements[n.Parent];
        if (n.Namespace == HtmlNamespace.MathMl || (_math is not null && _math.IsFormula(_tree, node)))
        {
            EnterElement(node, parent.Context, parent.Depth + 1);
            _elements[node].Context |= BlockContext.Formula;
            AddFormula(node);
            return true;
        }

        if (n.Namespace == HtmlNamespace.Svg || HtmlTags.Is(n.Tag, TagTraits.Hidden)
            || n.Tag is HtmlTag.Textarea or HtmlTag.Select or HtmlTag.Datalist or HtmlTag.Option or HtmlTag.Optgroup)
        {
            parent.Controls += n.Tag is HtmlTag.Textarea or HtmlTag.Select ? 1 : 0;
            _elements[node] = default;
            return false;
        }

        switch (n.Tag)
        {
            case HtmlTag.Br:
                _elements[node] = default;
                AddBreak(node);
                return false;
            case HtmlTag.Img:
                _elements[node] = default;
                AddImage(node);
                return false;
            case HtmlTag.Hr:
                _elements[node] = default;
                Flush();
                return false;
            case HtmlTag.Input:
                _elements[node] = default;
                CountControl(node, ref parent);
                return false;
            case HtmlTag.Wbr or HtmlTag.Keygen:
            case HtmlTag.Td when IsLineNumbers(node):
                _elements[node] = default;
                return false;
            default:
                break;
        }

        BlockContext context = parent.Context;
        if ((context & BlockContext.Pre) == 0)
        {
            bool listing = IsListing(node);
            context |= listing ? BlockContext.Pre : BlockContext.None;
            if (listing || HtmlTags.Is(n.Tag, TagTraits.Block))
            {
                Flush();
            }
        }

        EnterElement(node, context, parent.Depth + 1);
        return true;
    }

    private void EnterElement(int node, BlockContext context, int depth)
    {
        _order[_orderCount++] = node;
        ref ElementInfo e = ref _elements[node];
        e = default;
        e.Elements = 1;
        e.Depth = (short)depth;
        e.FirstBlock = Count;
        e.Context = context | ContextOf(_tree[node].Tag);
        e.Controls = _tree[node].Tag == HtmlTag.Button ? 1 : 0;
        e.Learned = node == _tree.Body ? 0 : LearnedTokens.Fade * _elements[_tree[node].Parent].Learned;
        ReadAttributes(node, ref e);
    }

    private void LeaveElement(int node)
    {
        ref HtmlNode n = ref _tree[node];
        ref ElementInfo e = ref _elements[node];
        bool ends = (e.Context & BlockContext.Pre) == 0 ? HtmlTags.Is(n.Tag, TagTraits.Block) : (_elements[n.Parent].Context & BlockContext.Pre) == 0;
        if (ends)
        {
            Flush();
        }

        // A block still open belongs to the element as well.
        e.EndBlock = Count + (_open && _hasText ? 1 : 0);
    }

    private static BlockContext ContextOf(HtmlTag tag) => tag switch
    {
        HtmlTag.A => BlockContext.Link,
        HtmlTag.Nav or HtmlTag.Menu => BlockContext.Nav,
        HtmlTag.Aside => BlockContext.Aside,
        HtmlTag.Footer => BlockContext.Footer,
        HtmlTag.Header => BlockContext.Header,
        HtmlTag.Main => BlockContext.Main,
        HtmlTag.Article => BlockContext.Article,
        HtmlTag.Form => BlockContext.Form,
        HtmlTag.Table => BlockContext.Table,
        HtmlTag.Ul or HtmlTag.Ol => BlockContext.List,
        HtmlTag.Li => BlockContext.List | BlockContext.Item,
        HtmlTag.Td or HtmlTag.Th => BlockContext.Cell,
        HtmlTag.Figure => BlockContext.Figure,
        HtmlTag.Blockquote => BlockContext.Quote,
        HtmlTag.Pre or HtmlTag.Listing or HtmlTag.Xmp or HtmlTag.Plaintext => BlockContext.Pre,
        HtmlTag.Button => BlockContext.Button,
        HtmlTag.Noscript => BlockContext.Noscript,
        >= HtmlTag.H1 and <= HtmlTag.H6 => BlockContext.Heading,
        HtmlTag.Dialog => BlockContext.Dialog,
        HtmlTag.Label or HtmlTag.Legend => BlockContext.Label,
        HtmlTag.Dt or HtmlTag.Dd => BlockContext.Definition,
        HtmlTag.Details => BlockContext.Details,
        HtmlTag.Address => BlockContext.Address,
        _ => BlockContext.None,
    };

    private void Aggregate()
    {
        for (int i = 0; i < Count; i++)
        {
            ref Block b = ref _blocks[i];
            ref ElementInfo e = ref _elements[b.Container];
            e.TextBytes += b.TextBytes;
            e.LinkBytes += b.LinkBytes;
            e.Words += b.Words;
            e.LinkWords += b.LinkWords;
            e.Prices += b.Prices > 0 ? 1 : 0;
            e.Images += b.Images;
            e.Headings += (b.Context & BlockContext.Heading) != 0 ? 1 : 0;
        }

        for (int i = _orderCount - 1; i > 0; i--)
        {
            int node = _order[i];
            ref ElementInfo e = ref _elements[node];
            ref ElementInfo p = ref _elements[_tree[node].Parent];
            p.TextBytes += e.TextBytes;
            p.LinkBytes += e.LinkBytes;
            p.Words += e.Words;
            p.LinkWords += e.LinkWords;
            p.Prices += e.Prices;
            p.Images += e.Images;
            p.Headings += e.Headings;
            p.Controls += e.Controls;
            p.Choices += e.Choices;
            p.Elements += e.Elements;
        }
    }
}

/// <summary>Receives what training counts.</summary>
internal interface ITokenObserver
{
    /// <summary>A word of an element's class, id or role.</summary>
    void ClassToken(int element, uint hash);

    /// <summary>A tag, a class name of one word or a pair of words of one name.</summary>
    void NamePart(int element, uint hash);

    /// <summary>A word of a block's text; blocks come in order.</summary>
    void Word(int block, uint hash);

    /// <summary>A word of a heading, by a hash of its own.</summary>
    void HeadingWord(int block, uint hash);
}
