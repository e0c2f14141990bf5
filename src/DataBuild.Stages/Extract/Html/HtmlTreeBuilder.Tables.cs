namespace DataBuild.Stages.Extract.Html;

/// <content>The insertion modes of tables.</content>
internal sealed partial class HtmlTreeBuilder
{
    private void StartTagInTableModes(InsertionMode mode)
    {
        HtmlTag tag = _tokens.Tag;
        switch (mode)
        {
            case InsertionMode.InCaption:
                if (tag is HtmlTag.Caption or HtmlTag.Col or HtmlTag.Colgroup or HtmlTag.Tbody or HtmlTag.Td or HtmlTag.Tfoot or HtmlTag.Th
                    or HtmlTag.Thead or HtmlTag.Tr)
                {
                    if (CloseCaption())
                    {
                        StartTag(_mode);
                    }

                    return;
                }

                StartTagInBody();
                return;
            case InsertionMode.InColumnGroup:
                if (tag == HtmlTag.Col)
                {
                    InsertVoid();
                }
                else if (tag == HtmlTag.Template)
                {
                    StartTagInHead(InsertionMode.InHead);
                }
                else if (tag == HtmlTag.Html)
                {
                    StartTagInBody();
                }
                else if (CurrentIsHtml(HtmlTag.Colgroup))
                {
                    Pop();
                    _mode = InsertionMode.InTable;
                    StartTag(_mode);
                }

                return;
            case InsertionMode.InTableBody:
                if (tag == HtmlTag.Tr)
                {
                    ClearToTableBodyContext();
                    InsertTokenElement();
                    _mode = InsertionMode.InRow;
                }
                else if (tag is HtmlTag.Td or HtmlTag.Th)
                {
                    ClearToTableBodyContext();
                    InsertImplied(HtmlTag.Tr);
                    _mode = InsertionMode.InRow;
                    StartTag(_mode);
                }
                else if (tag is HtmlTag.Caption or HtmlTag.Col or HtmlTag.Colgroup or HtmlTag.Tbody or HtmlTag.Tfoot or HtmlTag.Thead)
                {
                    if (CloseTableBody())
                    {
                        StartTag(_mode);
                    }
                }
                else
                {
                    StartTagInTable();
                }

                return;
            case InsertionMode.InRow:
                if (tag is HtmlTag.Td or HtmlTag.Th)
                {
                    ClearToRowContext();
                    InsertTokenElement();
                    _mode = InsertionMode.InCell;
                    PushFormatting(Marker);
                }
                else if (tag is HtmlTag.Caption or HtmlTag.Col or HtmlTag.Colgroup or HtmlTag.Tbody or HtmlTag.Tfoot or HtmlTag.Thead or HtmlTag.Tr)
                {
                    if (CloseRow())
                    {
                        StartTag(_mode);
                    }
                }
                else
                {
                    StartTagInTable();
                }

                return;
            case InsertionMode.InCell:
                if (tag is HtmlTag.Caption or HtmlTag.Col or HtmlTag.Colgroup or HtmlTag.Tbody or HtmlTag.Td or HtmlTag.Tfoot or HtmlTag.Th
                    or HtmlTag.Thead or HtmlTag.Tr)
                {
                    if (InTableScope(HtmlTag.Td) || InTableScope(HtmlTag.Th))
                    {
                        CloseCell();
                        StartTag(_mode);
                    }

                    return;
                }

                StartTagInBody();
                return;
            case InsertionMode.InTable:
                StartTagInTable();
                return;
            default:
                StartTagInBody();
                return;
        }
    }

    private void StartTagInTable()
    {
        HtmlTag tag = _tokens.Tag;
        switch (tag)
        {
            case HtmlTag.Caption:
                ClearToTableContext();
                PushFormatting(Marker);
                InsertTokenElement();
                _mode = InsertionMode.InCaption;
                return;
            case HtmlTag.Colgroup:
                ClearToTableContext();
                InsertTokenElement();
                _mode = InsertionMode.InColumnGroup;
                return;
            case HtmlTag.Col:
                ClearToTableContext();
                InsertImplied(HtmlTag.Colgroup);
                _mode = InsertionMode.InColumnGroup;
                StartTag(_mode);
                return;
            case HtmlTag.Tbody or HtmlTag.Tfoot or HtmlTag.Thead:
                ClearToTableContext();
                InsertTokenElement();
                _mode = InsertionMode.InTableBody;
                return;
            case HtmlTag.Td or HtmlTag.Th or HtmlTag.Tr:
                ClearToTableContext();
                InsertImplied(HtmlTag.Tbody);
                _mode = InsertionMode.InTableBody;
                StartTag(_mode);
                return;
            case HtmlTag.Table:
                if (InTableScope(HtmlTag.Table))
                {
                    PopUntil(HtmlTag.Table);
                    ResetInsertionMode();
                    StartTag(_mode);
                }

                return;
            case HtmlTag.Style or HtmlTag.Script or HtmlTag.Template:
                StartTagInHead(InsertionMode.InHead);
                return;
            case HtmlTag.Input when HasTokenAttribute("type"u8) && TokenTypeIsHidden():
                _tree.Append(Current, _tree.Add(HtmlNodeKind.Element, tag, HtmlNamespace.Html, _tokens.Start, _tokens.Length));
                return;
            case HtmlTag.Form:
                if (_form == 0 && _templateModeCount == 0)
                {
                    _form = InsertTokenElement();
                    Pop();
                }

                return;
            default:
                _fosterParenting = true;
                StartTagInBody();
                _fosterParenting = false;
                return;
        }
    }

    private void EndTagInTableModes(InsertionMode mode)
    {
        HtmlTag tag = _tokens.Tag;
        switch (mode)
        {
            case InsertionMode.InCaption:
                if (tag == HtmlTag.Caption)
                {
                    CloseCaption();
                }
                else if (tag == HtmlTag.Table)
                {
                    if (CloseCaption())
                    {
                        EndTag(_mode);
                    }
                }
                else if (tag is not (HtmlTag.Body or HtmlTag.Col or HtmlTag.Colgroup or HtmlTag.Html or HtmlTag.Tbody or HtmlTag.Td
                    or HtmlTag.Tfoot or HtmlTag.Th or HtmlTag.Thead or HtmlTag.Tr))
                {
                    EndTagInBody();
                }

                return;
            case InsertionMode.InColumnGroup:
                if (tag == HtmlTag.Template)
                {
                    EndTemplate();
                }
                else if (tag != HtmlTag.Col && CurrentIsHtml(HtmlTag.Colgroup))
                {
                    Pop();
                    _mode = InsertionMode.InTable;
                    if (tag != HtmlTag.Colgroup)
                    {
                        EndTag(_mode);
                    }
                }

                return;
            case InsertionMode.InTableBody:
                if (tag is HtmlTag.Tbody or HtmlTag.Tfoot or HtmlTag.Thead)
                {
                    if (InTableScope(tag))
                    {
                        ClearToTableBodyContext();
                        Pop();
                        _mode = InsertionMode.InTable;
                    }
                }
                else if (tag == HtmlTag.Table)
                {
                    if (CloseTableBody())
                    {
                        EndTag(_mode);
                    }
                }
                else if (tag is not (HtmlTag.Body or HtmlTag.Caption or HtmlTag.Col or HtmlTag.Colgroup or HtmlTag.Html or HtmlTag.Td
                    or HtmlTag.Th or HtmlTag.Tr))
                {
                    EndTagInTable();
                }

                return;
            case InsertionMode.InRow:
                if (tag == HtmlTag.Tr)
                {
                    CloseRow();
                }
                else if (tag == HtmlTag.Table)
                {
                    if (CloseRow())
                    {
                        EndTag(_mode);
                    }
                }
                else if (tag is HtmlTag.Tbody or HtmlTag.Tfoot or HtmlTag.Thead)
                {
                    if (InTableScope(tag) && CloseRow())
                    {
                        EndTag(_mode);
                    }
                }
                else if (tag is not (HtmlTag.Body or HtmlTag.Caption or HtmlTag.Col or HtmlTag.Colgroup or HtmlTag.Html or HtmlTag.Td or HtmlTag.Th))
                {
                    EndTagInTable();
                }

                return;
            case InsertionMode.InCell:
                if (tag is HtmlTag.Td or HtmlTag.Th)
                {
                    if (InTableScope(tag))
                    {
                        ImpliedEndTags();
                        PopUntil(tag);
                        ClearFormattingToMarker();
                        _mode = InsertionMode.InRow;
                    }
                }
                else if (tag is HtmlTag.Table or HtmlTag.Tbody or HtmlTag.Tfoot or HtmlTag.Thead or HtmlTag.Tr)
                {
                    if (InTableScope(tag))
                    {
                        CloseCell();
                        EndTag(_mode);
                    }
                }
                else if (tag is not (HtmlTag.Body or HtmlTag.Caption or HtmlTag.Col or HtmlTag.Colgroup or HtmlTag.Html))
                {
                    EndTagInBody();
                }

                return;
            default:
                EndTagInTable();
                return;
        }
    }

    private void EndTagInTable()
    {
        HtmlTag tag = _tokens.Tag;
        switch (tag)
        {
            case HtmlTag.Table:
                if (InTableScope(HtmlTag.Table))
                {
                    PopUntil(HtmlTag.Table);
                    ResetInsertionMode();
                }

                return;
            case HtmlTag.Body or HtmlTag.Caption or HtmlTag.Col or HtmlTag.Colgroup or HtmlTag.Html or HtmlTag.Tbody or HtmlTag.Td
                or HtmlTag.Tfoot or HtmlTag.Th or HtmlTag.Thead or HtmlTag.Tr:
                return;
            case HtmlTag.Template:
                EndTemplate();
                return;
            default:
                _fosterParenting = true;
                EndTagInBody();
                _fosterParenting = false;
                return;
        }
    }

    private bool CloseCaption()
    {
        if (!InTableScope(HtmlTag.Caption))
        {
            return false;
        }

        ImpliedEndTags();
        PopUntil(HtmlTag.Caption);
        ClearFormattingToMarker();
        _mode = InsertionMode.InTable;
        return true;
    }

    private bool CloseTableBody()
    {
        if (!InTableScope(HtmlTag.Tbody) && !InTableScope(HtmlTag.Thead) && !InTableScope(HtmlTag.Tfoot))
        {
            return false;
        }

        ClearToTableBodyContext();
        Pop();
        _mode = InsertionMode.InTable;
        return true;
    }

    private bool CloseRow()
    {
        if (!InTableScope(HtmlTag.Tr))
        {
            return false;
        }

        ClearToRowContext();
        Pop();
        _mode = InsertionMode.InTableBody;
        return true;
    }

    private void CloseCell()
    {
        ImpliedEndTags();
        while (_openCount > 1)
        {
            ref HtmlNode n = ref _tree[_open[--_openCount]];
            if (n.Namespace == HtmlNamespace.Html && n.Tag is HtmlTag.Td or HtmlTag.Th)
            {
                break;
            }
        }

        ClearFormattingToMarker();
        _mode = InsertionMode.InRow;
    }

    private void ClearToTableContext()
    {
        while (_openCount > 1 && CurrentTag is not (HtmlTag.Table or HtmlTag.Template or HtmlTag.Html))
        {
            Pop();
        }
    }

    private void ClearToTableBodyContext()
    {
        while (_openCount > 1 && CurrentTag is not (HtmlTag.Tbody or HtmlTag.Tfoot or HtmlTag.Thead or HtmlTag.Template or HtmlTag.Html))
        {
            Pop();
        }
    }

    private void ClearToRowContext()
    {
        while (_openCount > 1 && CurrentTag is not (HtmlTag.Tr or HtmlTag.Template or HtmlTag.Html))
        {
            Pop();
        }
    }
}
