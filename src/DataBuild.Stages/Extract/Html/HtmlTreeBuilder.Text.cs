namespace DataBuild.Stages.Extract.Html;

/// <content>Character tokens, and the implied html, head and body.</content>
internal sealed partial class HtmlTreeBuilder
{
    private static bool IsSpace(byte b) => b is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r' or (byte)'\f';

    private static bool IsWhitespace(ReadOnlySpan<byte> text) => text.IndexOfAnyExcept(" \n\t\r\f"u8) < 0;

    private void EnsureHtml()
    {
        if (_openCount > 0)
        {
            return;
        }

        int html = _tree.Add(HtmlNodeKind.Element, HtmlTag.Html, HtmlNamespace.Html, 0, 0);
        _tree.Append(0, html);
        Push(html);
        _mode = InsertionMode.BeforeHead;
    }

    private void EnsureHead()
    {
        EnsureHtml();
        if (_mode == InsertionMode.BeforeHead)
        {
            _head = InsertImplied(HtmlTag.Head);
            _mode = InsertionMode.InHead;
        }
    }

    // Leaves the modes before the body as "anything else" does in each of them.
    private void EnsureBody()
    {
        EnsureHead();
        LeaveHead();
        if (_mode == InsertionMode.AfterHead)
        {
            _tree.Body = InsertImplied(HtmlTag.Body);
            _mode = InsertionMode.InBody;
        }
    }

    private void LeaveHead()
    {
        if (_mode == InsertionMode.InHeadNoscript)
        {
            Pop();
            _mode = InsertionMode.InHead;
        }

        if (_mode == InsertionMode.InHead)
        {
            Pop();
            _mode = InsertionMode.AfterHead;
        }
    }

    private void HandleText(int start, int length)
    {
        if (length == 0)
        {
            return;
        }

        switch (_mode)
        {
            case InsertionMode.Initial or InsertionMode.BeforeHtml or InsertionMode.BeforeHead:
                SkipSpaces(ref start, ref length);
                if (length > 0)
                {
                    if (_mode == InsertionMode.Initial)
                    {
                        _quirks = true;
                    }

                    EnsureBody();
                    HandleText(start, length);
                }

                return;
            case InsertionMode.InHead or InsertionMode.InHeadNoscript or InsertionMode.AfterHead:
                int before = start;
                SkipSpaces(ref start, ref length);
                InsertText(before, start - before);
                if (length > 0)
                {
                    EnsureBody();
                    HandleText(start, length);
                }

                return;
            case InsertionMode.Text:
                InsertText(start, length);
                return;
            case InsertionMode.InTable or InsertionMode.InTableBody or InsertionMode.InRow:
                TableText(start, length);
                return;
            case InsertionMode.InColumnGroup:
                int at = start;
                SkipSpaces(ref start, ref length);
                InsertText(at, start - at);
                if (length > 0 && CurrentIsHtml(HtmlTag.Colgroup))
                {
                    Pop();
                    _mode = InsertionMode.InTable;
                    HandleText(start, length);
                }

                return;
            case InsertionMode.InFrameset or InsertionMode.AfterFrameset or InsertionMode.AfterAfterFrameset:
                FramesetText(start, length);
                return;
            case InsertionMode.AfterBody or InsertionMode.AfterAfterBody:
                if (!IsWhitespace(_tree.Range(start, length)))
                {
                    _mode = InsertionMode.InBody;
                }

                BodyText(start, length);
                return;
            default:
                BodyText(start, length);
                return;
        }
    }

    private void SkipSpaces(ref int start, ref int length)
    {
        ReadOnlySpan<byte> text = _tree.Range(start, length);
        int n = text.IndexOfAnyExcept(" \n\t\r\f"u8);
        n = n < 0 ? length : n;
        start += n;
        length -= n;
    }

    private void BodyText(int start, int length)
    {
        if (_formattingCount > 0)
        {
            ReconstructFormatting();
        }

        InsertText(start, length);
        if (_framesetOk && !IsWhitespace(_tree.Range(start, length)))
        {
            _framesetOk = false;
        }
    }

    private void TableText(int start, int length)
    {
        if (CurrentTag is not (HtmlTag.Table or HtmlTag.Tbody or HtmlTag.Tfoot or HtmlTag.Thead or HtmlTag.Tr or HtmlTag.Template)
            || !IsWhitespace(_tree.Range(start, length)))
        {
            _fosterParenting = true;
            BodyText(start, length);
            _fosterParenting = false;
            return;
        }

        InsertText(start, length);
    }

    private void FramesetText(int start, int length)
    {
        for (int i = start; i < start + length; i++)
        {
            if (IsSpace(_tree.Text[i]))
            {
                InsertText(i, 1);
            }
        }
    }
}
