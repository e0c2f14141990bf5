namespace DataBuild.Stages.Extract.Html;

/// <summary>
/// Builds an <see cref="HtmlTree"/> from a page by HTML's tree construction (section 13.2.6): implied elements, the adoption agency,
/// foster parenting, templates, foreign content. Works in flat arrays without recursion.
/// Nodes and depth are bounded: too many nodes end the parse, start tags below the deepest level allowed are left out while their text stays
/// (browsers bound their depth likewise).
/// </summary>
internal sealed partial class HtmlTreeBuilder
{
    private const int Marker = -1;

    private readonly HtmlTree _tree;
    private readonly HtmlTokenizer _tokens;
    private int[] _open = new int[256];
    private int _openCount;
    private int[] _formatting = new int[64];
    private int _formattingCount;
    private InsertionMode[] _templateModes = new InsertionMode[16];
    private int _templateModeCount;
    private InsertionMode _mode;
    private InsertionMode _originalMode;
    private bool _framesetOk;
    private bool _fosterParenting;
    private bool _quirks;
    private bool _keepComments;
    private bool _skipLineFeed;
    private int _form;
    private int _head;
    private int _maxDepth;

    /// <summary>Makes a builder of a tree.</summary>
    public HtmlTreeBuilder(HtmlTree tree)
    {
        _tree = tree;
        _tokens = new HtmlTokenizer(tree);
    }

    private enum InsertionMode : byte
    {
        Initial, BeforeHtml, BeforeHead, InHead, InHeadNoscript, AfterHead, InBody, Text, InTable, InTableText, InCaption,
        InColumnGroup, InTableBody, InRow, InCell, InTemplate, AfterBody, InFrameset, AfterFrameset, AfterAfterBody, AfterAfterFrameset,
    }

    /// <summary>
    /// Parses the page that lies in the tree's buffer. False where it has more than <paramref name="maxNodes"/> nodes; the tree then holds its beginning.
    /// </summary>
    public bool Parse(int maxNodes, int maxDepth, int maxAttributeLength = int.MaxValue, bool keepComments = false)
    {
        _openCount = _formattingCount = _templateModeCount = 0;
        _mode = InsertionMode.Initial;
        _framesetOk = true;
        _fosterParenting = _quirks = _skipLineFeed = false;
        _form = _head = 0;
        _maxDepth = Math.Max(8, maxDepth);
        _keepComments = keepComments;
        _tokens.Reset();
        _tokens.MaxAttributeLength = maxAttributeLength;
        while (true)
        {
            _tokens.AcceptCData = _openCount > 0 && _tree[_open[_openCount - 1]].Namespace != HtmlNamespace.Html;
            _tokens.Read();
            if (_skipLineFeed)
            {
                _tokens.DropLineFeed();
                _skipLineFeed = false;
            }

            if (_tokens.Kind == TokenKind.EndOfFile)
            {
                Finish();
                return true;
            }

            Dispatch();
            if (_tree.Count > maxNodes || _tree.AttributeCount > 8L * maxNodes)
            {
                return false;
            }
        }
    }

    private void Dispatch()
    {
        if (_openCount > 0)
        {
            ref HtmlNode current = ref _tree[_open[_openCount - 1]];
            if (current.Namespace != HtmlNamespace.Html && IsForeignToken(ref current))
            {
                ForeignContent();
                return;
            }
        }

        switch (_tokens.Kind)
        {
            case TokenKind.Text:
                if (_tokens.HasNul && _tree.Range(_tokens.Start, _tokens.Length).Contains((byte)0))
                {
                    (int start, int length) = _tree.AppendWithoutNul(_tree.Range(_tokens.Start, _tokens.Length));
                    HandleText(start, length);
                }
                else
                {
                    HandleText(_tokens.Start, _tokens.Length);
                }

                break;
            case TokenKind.StartTag:
                StartTag(_mode);
                break;
            case TokenKind.EndTag:
                EndTag(_mode);
                break;
            case TokenKind.Comment:
                HandleComment();
                break;
            case TokenKind.Doctype:
                if (_mode == InsertionMode.Initial)
                {
                    if (_keepComments)
                    {
                        AddDoctype(in _tokens.Doctype);
                    }

                    _quirks = _tokens.Doctype.IsQuirky(_tree);
                    _mode = InsertionMode.BeforeHtml;
                }

                break;
            default:
                break;
        }
    }

    // The node's text is the name, then both identifiers in quotes where one is stated.
    private void AddDoctype(in Doctype d)
    {
        int start = _tree.AppendText(_tree.Range(d.NameStart, Math.Max(0, d.NameLength)));
        if (d.PublicLength >= 0 || d.SystemLength >= 0)
        {
            _tree.AppendText(" \""u8);
            _tree.AppendText(_tree.Range(d.PublicStart, Math.Max(0, d.PublicLength)));
            _tree.AppendText("\" \""u8);
            _tree.AppendText(_tree.Range(d.SystemStart, Math.Max(0, d.SystemLength)));
            _tree.AppendText("\""u8);
        }

        _tree.Append(0, _tree.Add(HtmlNodeKind.Doctype, HtmlTag.None, HtmlNamespace.Html, start, _tree.TextLength - start));
    }

    private void HandleComment()
    {
        if (!_keepComments)
        {
            return;
        }

        int node = _tree.Add(HtmlNodeKind.Comment, HtmlTag.None, HtmlNamespace.Html, _tokens.Start, _tokens.Length);
        int parent = _mode switch
        {
            InsertionMode.Initial or InsertionMode.BeforeHtml or InsertionMode.AfterAfterBody or InsertionMode.AfterAfterFrameset => 0,
            InsertionMode.AfterBody => _open[0],
            _ => -1,
        };
        if (parent >= 0)
        {
            _tree.Append(parent, node);
        }
        else
        {
            Insert(node);
        }
    }

    private void Finish()
    {
        // An empty or head-only page still gets its implied elements.
        if (_mode == InsertionMode.Text)
        {
            _openCount--;
            _mode = _originalMode;
        }

        while (_templateModeCount > 0 && IsOpen(HtmlTag.Template))
        {
            EndTemplate();
        }

        if (_mode is InsertionMode.Initial or InsertionMode.BeforeHtml or InsertionMode.BeforeHead or InsertionMode.InHead or InsertionMode.InHeadNoscript or InsertionMode.AfterHead)
        {
            EnsureBody();
        }

        _tree.Head = _head;
        if (_tree.Body == 0)
        {
            int root = _tree[0].LastChild;
            while (root != 0 && _tree[root].Kind != HtmlNodeKind.Element)
            {
                root = _tree[root].PreviousSibling;
            }

            _tree.Body = root;
        }
    }

    private int Current => _open[_openCount - 1];

    private HtmlTag CurrentTag => _tree[_open[_openCount - 1]].Tag;

    private bool CurrentIsHtml(HtmlTag tag)
    {
        ref HtmlNode n = ref _tree[_open[_openCount - 1]];
        return n.Tag == tag && n.Namespace == HtmlNamespace.Html;
    }

    private void Push(int node)
    {
        if (_openCount == _open.Length)
        {
            Array.Resize(ref _open, _openCount * 2);
        }

        _open[_openCount++] = node;
    }

    private void Pop() => _openCount--;

    private void RemoveFromOpen(int node)
    {
        for (int i = _openCount - 1; i >= 0; i--)
        {
            if (_open[i] == node)
            {
                Array.Copy(_open, i + 1, _open, i, _openCount - i - 1);
                _openCount--;
                return;
            }
        }
    }

    private int IndexInOpen(int node)
    {
        for (int i = _openCount - 1; i >= 0; i--)
        {
            if (_open[i] == node)
            {
                return i;
            }
        }

        return -1;
    }

    private bool IsOpen(HtmlTag tag)
    {
        for (int i = _openCount - 1; i >= 0; i--)
        {
            ref HtmlNode n = ref _tree[_open[i]];
            if (n.Tag == tag && n.Namespace == HtmlNamespace.Html)
            {
                return true;
            }
        }

        return false;
    }

    private void PopUntil(HtmlTag tag)
    {
        while (_openCount > 1)
        {
            ref HtmlNode n = ref _tree[_open[--_openCount]];
            if (n.Tag == tag && n.Namespace == HtmlNamespace.Html)
            {
                return;
            }
        }
    }

    // Links a node at the appropriate place for inserting.
    private void Insert(int node)
    {
        if (_fosterParenting && CurrentTag is HtmlTag.Table or HtmlTag.Tbody or HtmlTag.Tfoot or HtmlTag.Thead or HtmlTag.Tr)
        {
            InsertFostered(node);
            return;
        }

        _tree.Append(Current, node);
    }

    private void InsertFostered(int node)
    {
        for (int i = _openCount - 1; i >= 0; i--)
        {
            ref HtmlNode n = ref _tree[_open[i]];
            if (n.Namespace != HtmlNamespace.Html)
            {
                continue;
            }

            if (n.Tag == HtmlTag.Template)
            {
                _tree.Append(_open[i], node);
                return;
            }

            if (n.Tag == HtmlTag.Table)
            {
                if (n.Parent != 0)
                {
                    if (_tree[node].Kind == HtmlNodeKind.Text && ExtendText(n.PreviousSibling, node))
                    {
                        return;
                    }

                    _tree.InsertBefore(_open[i], node);
                }
                else
                {
                    _tree.Append(_open[Math.Max(0, i - 1)], node);
                }

                return;
            }
        }

        _tree.Append(_open[0], node);
    }

    private bool ExtendText(int previous, int node)
    {
        if (previous != 0 && _tree[previous].Kind == HtmlNodeKind.Text && _tree[previous].Start + _tree[previous].Length == _tree[node].Start)
        {
            _tree[previous].Length += _tree[node].Length;
            return true;
        }

        return false;
    }

    private int InsertElement(HtmlTag tag, int firstAttribute, int attributeCount, HtmlNamespace ns = HtmlNamespace.Html)
    {
        int node = _tree.Add(HtmlNodeKind.Element, tag, ns, firstAttribute, attributeCount);
        Insert(node);
        Push(node);
        return node;
    }

    private int InsertTokenElement() => InsertElement(_tokens.Tag, _tokens.Start, _tokens.Length);

    private int InsertImplied(HtmlTag tag) => InsertElement(tag, 0, 0);

    private void InsertVoid()
    {
        int node = _tree.Add(HtmlNodeKind.Element, _tokens.Tag, HtmlNamespace.Html, _tokens.Start, _tokens.Length);
        Insert(node);
    }

    private void InsertText(int start, int length)
    {
        if (length == 0)
        {
            return;
        }

        if (!_fosterParenting)
        {
            ref HtmlNode last = ref _tree[_tree[Current].LastChild];
            if (_tree[Current].LastChild != 0 && last.Kind == HtmlNodeKind.Text && last.Start + last.Length == start)
            {
                last.Length += length;
                return;
            }
        }

        Insert(_tree.Add(HtmlNodeKind.Text, HtmlTag.None, HtmlNamespace.Html, start, length));
    }

    private void AddMissingAttributes(int node)
    {
        int first = _tree.AttributeCount;
        int from = _tokens.Start;
        int count = _tokens.Length;
        int old = _tree[node].Start;
        int oldCount = _tree[node].Length;
        for (int i = 0; i < oldCount; i++)
        {
            _tree.AddAttribute(_tree.AttributeAt(old + i));
        }

        for (int i = 0; i < count && oldCount + i < 512; i++)
        {
            HtmlAttribute a = _tree.AttributeAt(from + i);
            if (!_tree.TryGetAttribute(node, _tree.Range(a.NameStart, a.NameLength), out _))
            {
                _tree.AddAttribute(a);
            }
        }

        _tree[node].Start = first;
        _tree[node].Length = _tree.AttributeCount - first;
    }

    private bool InScope(HtmlTag tag, bool button = false, bool list = false)
    {
        for (int i = _openCount - 1; i >= 0; i--)
        {
            ref HtmlNode n = ref _tree[_open[i]];
            if (n.Namespace == HtmlNamespace.Html)
            {
                if (n.Tag == tag)
                {
                    return true;
                }

                if (HtmlTags.Is(n.Tag, TagTraits.Scope) || (button && n.Tag == HtmlTag.Button) || (list && n.Tag is HtmlTag.Ol or HtmlTag.Ul))
                {
                    return false;
                }
            }
            else if (IsForeignScope(ref n))
            {
                return false;
            }
        }

        return false;
    }

    private static bool IsForeignScope(ref HtmlNode n) => n.Namespace == HtmlNamespace.MathMl
        ? n.Tag is HtmlTag.Mi or HtmlTag.Mo or HtmlTag.Mn or HtmlTag.Ms or HtmlTag.Mtext or HtmlTag.AnnotationXml
        : n.Tag is HtmlTag.ForeignObject or HtmlTag.Desc or HtmlTag.Title;

    private bool HeadingInScope()
    {
        for (int i = _openCount - 1; i >= 0; i--)
        {
            ref HtmlNode n = ref _tree[_open[i]];
            if (n.Namespace == HtmlNamespace.Html)
            {
                if (n.Tag is >= HtmlTag.H1 and <= HtmlTag.H6)
                {
                    return true;
                }

                if (HtmlTags.Is(n.Tag, TagTraits.Scope))
                {
                    return false;
                }
            }
            else if (IsForeignScope(ref n))
            {
                return false;
            }
        }

        return false;
    }

    private bool InTableScope(HtmlTag tag)
    {
        for (int i = _openCount - 1; i >= 0; i--)
        {
            ref HtmlNode n = ref _tree[_open[i]];
            if (n.Namespace == HtmlNamespace.Html)
            {
                if (n.Tag == tag)
                {
                    return true;
                }

                if (n.Tag is HtmlTag.Html or HtmlTag.Table or HtmlTag.Template)
                {
                    return false;
                }
            }
        }

        return false;
    }

    private void ImpliedEndTags(HtmlTag except = HtmlTag.None)
    {
        while (_openCount > 1)
        {
            ref HtmlNode n = ref _tree[Current];
            if (n.Namespace != HtmlNamespace.Html || n.Tag == except || !HtmlTags.Is(n.Tag, TagTraits.ImpliedEnd))
            {
                return;
            }

            Pop();
        }
    }

    private void CloseParagraph()
    {
        ImpliedEndTags(HtmlTag.P);
        PopUntil(HtmlTag.P);
    }

    private void CloseParagraphInButtonScope()
    {
        if (InScope(HtmlTag.P, button: true))
        {
            CloseParagraph();
        }
    }
}
