namespace DataBuild.Stages.Extract.Html;

/// <content>The list of active formatting elements and the adoption agency algorithm (sections 13.2.4.3 and 13.2.6.4.7).</content>
internal sealed partial class HtmlTreeBuilder
{
    // Entries of one kind are held to three by the standard; unlike ones come without bound only on hostile pages.
    private const int MaxFormatting = 64;

    private void AddFormatting(int node)
    {
        int same = 0;
        for (int i = _formattingCount - 1; i >= 0 && _formatting[i] != Marker; i--)
        {
            if (SameElement(_formatting[i], node) && ++same == 3)
            {
                RemoveFormattingAt(i);
                break;
            }
        }

        if (_formattingCount >= MaxFormatting && _formatting[0] != Marker)
        {
            RemoveFormattingAt(0);
        }

        PushFormatting(node);
    }

    private void PushFormatting(int node)
    {
        if (_formattingCount == _formatting.Length)
        {
            Array.Resize(ref _formatting, _formattingCount * 2);
        }

        _formatting[_formattingCount++] = node;
    }

    private void RemoveFormattingAt(int index)
    {
        Array.Copy(_formatting, index + 1, _formatting, index, _formattingCount - index - 1);
        _formattingCount--;
    }

    private void InsertFormattingAt(int index, int node)
    {
        PushFormatting(node);
        Array.Copy(_formatting, index, _formatting, index + 1, _formattingCount - index - 1);
        _formatting[index] = node;
    }

    private int IndexInFormatting(int node) => Array.IndexOf(_formatting, node, 0, _formattingCount);

    private void ClearFormattingToMarker()
    {
        while (_formattingCount > 0 && _formatting[--_formattingCount] != Marker)
        {
        }
    }

    private bool SameElement(int a, int b)
    {
        ref HtmlNode x = ref _tree[a];
        ref HtmlNode y = ref _tree[b];
        if (x.Tag != y.Tag || x.Length != y.Length)
        {
            return false;
        }

        foreach (HtmlAttribute p in _tree.AttributesOf(a))
        {
            if (!_tree.TryGetAttribute(b, _tree.Range(p.NameStart, p.NameLength), out ReadOnlySpan<byte> value)
                || !value.SequenceEqual(_tree.Range(p.ValueStart, p.ValueLength)))
            {
                return false;
            }
        }

        return true;
    }

    private void ReconstructFormatting()
    {
        int count = _formattingCount;
        if (count == 0)
        {
            return;
        }

        int i = count - 1;
        if (_formatting[i] == Marker || IndexInOpen(_formatting[i]) >= 0)
        {
            return;
        }

        while (i > 0)
        {
            int entry = _formatting[i - 1];
            if (entry == Marker || IndexInOpen(entry) >= 0)
            {
                break;
            }

            i--;
        }

        for (; i < _formattingCount; i++)
        {
            if (_openCount >= _maxDepth)
            {
                return;
            }

            HtmlNode old = _tree[_formatting[i]];
            _formatting[i] = InsertElement(old.Tag, old.Start, old.Length);
        }
    }

    // Runs the adoption agency for an end tag; false means "any other end tag".
    private bool AdoptionAgency(HtmlTag tag)
    {
        if (CurrentIsHtml(tag) && IndexInFormatting(Current) < 0)
        {
            Pop();
            return true;
        }

        for (int outer = 0; outer < 8; outer++)
        {
            int formattingIndex = -1;
            for (int i = _formattingCount - 1; i >= 0 && _formatting[i] != Marker; i--)
            {
                if (_tree[_formatting[i]].Tag == tag)
                {
                    formattingIndex = i;
                    break;
                }
            }

            if (formattingIndex < 0)
            {
                return false;
            }

            int formatting = _formatting[formattingIndex];
            int formattingOpen = IndexInOpen(formatting);
            if (formattingOpen < 0)
            {
                RemoveFormattingAt(formattingIndex);
                return true;
            }

            if (!ElementInScope(formatting))
            {
                return true;
            }

            int furthest = -1;
            for (int i = formattingOpen + 1; i < _openCount; i++)
            {
                if (IsSpecial(_open[i]))
                {
                    furthest = i;
                    break;
                }
            }

            if (furthest < 0)
            {
                _openCount = formattingOpen;
                RemoveFormattingAt(formattingIndex);
                return true;
            }

            int furthestNode = _open[furthest];
            int commonAncestor = _open[formattingOpen - 1];
            int bookmark = formattingIndex;
            int nodeIndex = furthest;
            int last = furthestNode;
            for (int inner = 1; ; inner++)
            {
                nodeIndex--;
                int node = _open[nodeIndex];
                if (node == formatting)
                {
                    break;
                }

                int inList = IndexInFormatting(node);
                if (inner > 3 && inList >= 0)
                {
                    RemoveFormattingAt(inList);
                    if (inList < bookmark)
                    {
                        bookmark--;
                    }

                    inList = -1;
                }

                if (inList < 0)
                {
                    Array.Copy(_open, nodeIndex + 1, _open, nodeIndex, _openCount - nodeIndex - 1);
                    _openCount--;
                    continue;
                }

                HtmlNode old = _tree[node];
                int clone = _tree.Add(HtmlNodeKind.Element, old.Tag, HtmlNamespace.Html, old.Start, old.Length);
                _formatting[inList] = clone;
                _open[nodeIndex] = clone;
                if (last == furthestNode)
                {
                    bookmark = inList + 1;
                }

                _tree.Detach(last);
                _tree.Append(clone, last);
                last = clone;
            }

            _tree.Detach(last);
            if (_tree[commonAncestor].Tag is HtmlTag.Table or HtmlTag.Tbody or HtmlTag.Tfoot or HtmlTag.Thead or HtmlTag.Tr)
            {
                InsertFostered(last);
            }
            else
            {
                _tree.Append(commonAncestor, last);
            }

            HtmlNode original = _tree[formatting];
            int copy = _tree.Add(HtmlNodeKind.Element, original.Tag, HtmlNamespace.Html, original.Start, original.Length);
            int child = _tree[furthestNode].FirstChild;
            while (child != 0)
            {
                int next = _tree[child].NextSibling;
                _tree.Detach(child);
                _tree.Append(copy, child);
                child = next;
            }

            _tree.Append(furthestNode, copy);
            int at = IndexInFormatting(formatting);
            if (at >= 0)
            {
                RemoveFormattingAt(at);
                if (at < bookmark)
                {
                    bookmark--;
                }
            }

            InsertFormattingAt(Math.Min(bookmark, _formattingCount), copy);
            RemoveFromOpen(formatting);
            int place = IndexInOpen(furthestNode) + 1;
            Push(copy);
            Array.Copy(_open, place, _open, place + 1, _openCount - place - 1);
            _open[place] = copy;
        }

        return true;
    }

    private bool ElementInScope(int node)
    {
        for (int i = _openCount - 1; i >= 0; i--)
        {
            if (_open[i] == node)
            {
                return true;
            }

            ref HtmlNode n = ref _tree[_open[i]];
            if (n.Namespace == HtmlNamespace.Html ? HtmlTags.Is(n.Tag, TagTraits.Scope) : IsForeignScope(ref n))
            {
                return false;
            }
        }

        return false;
    }

    private bool IsSpecial(int node)
    {
        ref HtmlNode n = ref _tree[node];
        return n.Namespace == HtmlNamespace.Html ? HtmlTags.Is(n.Tag, TagTraits.Special) : IsForeignScope(ref n);
    }

    private void AnyOtherEndTag(HtmlTag tag)
    {
        for (int i = _openCount - 1; i > 0; i--)
        {
            ref HtmlNode n = ref _tree[_open[i]];
            if (n.Tag == tag && n.Namespace == HtmlNamespace.Html)
            {
                ImpliedEndTags(tag);
                _openCount = Math.Min(_openCount, i);
                return;
            }

            if (IsSpecial(_open[i]))
            {
                return;
            }
        }
    }
}
