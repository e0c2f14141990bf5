namespace DataBuild.Stages.Extract.Html;

/// <content>End tags before, in and after the body.</content>
internal sealed partial class HtmlTreeBuilder
{
    private void EndTag(InsertionMode mode)
    {
        HtmlTag tag = _tokens.Tag;
        switch (mode)
        {
            case InsertionMode.Initial:
                _quirks = true;
                _mode = InsertionMode.BeforeHtml;
                EndTag(_mode);
                return;
            case InsertionMode.BeforeHtml or InsertionMode.BeforeHead:
                if (tag is HtmlTag.Head or HtmlTag.Body or HtmlTag.Html or HtmlTag.Br)
                {
                    EnsureHead();
                    EndTag(_mode);
                }

                return;
            case InsertionMode.InHead:
                if (tag == HtmlTag.Head)
                {
                    LeaveHead();
                }
                else if (tag is HtmlTag.Body or HtmlTag.Html or HtmlTag.Br)
                {
                    LeaveHead();
                    EndTag(_mode);
                }
                else if (tag == HtmlTag.Template)
                {
                    EndTemplate();
                }

                return;
            case InsertionMode.InHeadNoscript:
                if (tag == HtmlTag.Noscript)
                {
                    Pop();
                    _mode = InsertionMode.InHead;
                }
                else if (tag == HtmlTag.Br)
                {
                    Pop();
                    _mode = InsertionMode.InHead;
                    EndTag(_mode);
                }

                return;
            case InsertionMode.AfterHead:
                if (tag == HtmlTag.Template)
                {
                    EndTemplate();
                }
                else if (tag is HtmlTag.Body or HtmlTag.Html or HtmlTag.Br)
                {
                    EnsureBody();
                    EndTag(_mode);
                }

                return;
            case InsertionMode.Text:
                Pop();
                _mode = _originalMode;
                return;
            case InsertionMode.InTable or InsertionMode.InCaption or InsertionMode.InColumnGroup or InsertionMode.InTableBody
                or InsertionMode.InRow or InsertionMode.InCell:
                EndTagInTableModes(mode);
                return;
            case InsertionMode.InTemplate:
                if (tag == HtmlTag.Template)
                {
                    EndTemplate();
                }

                return;
            case InsertionMode.AfterBody:
                if (tag == HtmlTag.Html)
                {
                    _mode = InsertionMode.AfterAfterBody;
                    return;
                }

                _mode = InsertionMode.InBody;
                EndTagInBody();
                return;
            case InsertionMode.AfterAfterBody:
                _mode = InsertionMode.InBody;
                EndTagInBody();
                return;
            case InsertionMode.InFrameset:
                if (tag == HtmlTag.Frameset && _openCount > 1)
                {
                    Pop();
                    if (!CurrentIsHtml(HtmlTag.Frameset))
                    {
                        _mode = InsertionMode.AfterFrameset;
                    }
                }

                return;
            case InsertionMode.AfterFrameset:
                if (tag == HtmlTag.Html)
                {
                    _mode = InsertionMode.AfterAfterFrameset;
                }

                return;
            case InsertionMode.AfterAfterFrameset:
                return;
            default:
                EndTagInBody();
                return;
        }
    }

    private void EndTemplate()
    {
        if (!IsOpen(HtmlTag.Template))
        {
            return;
        }

        while (_openCount > 1)
        {
            ref HtmlNode n = ref _tree[Current];
            bool template = n.Tag == HtmlTag.Template && n.Namespace == HtmlNamespace.Html;
            Pop();
            if (template)
            {
                break;
            }
        }

        ClearFormattingToMarker();
        if (_templateModeCount > 0)
        {
            _templateModeCount--;
        }

        ResetInsertionMode();
    }

    private void ResetInsertionMode()
    {
        for (int i = _openCount - 1; i >= 0; i--)
        {
            ref HtmlNode n = ref _tree[_open[i]];
            if (n.Namespace != HtmlNamespace.Html && i > 0)
            {
                continue;
            }

            switch (n.Tag)
            {
                case HtmlTag.Td or HtmlTag.Th when i > 0:
                    _mode = InsertionMode.InCell;
                    return;
                case HtmlTag.Tr:
                    _mode = InsertionMode.InRow;
                    return;
                case HtmlTag.Tbody or HtmlTag.Thead or HtmlTag.Tfoot:
                    _mode = InsertionMode.InTableBody;
                    return;
                case HtmlTag.Caption:
                    _mode = InsertionMode.InCaption;
                    return;
                case HtmlTag.Colgroup:
                    _mode = InsertionMode.InColumnGroup;
                    return;
                case HtmlTag.Table:
                    _mode = InsertionMode.InTable;
                    return;
                case HtmlTag.Template:
                    _mode = _templateModeCount > 0 ? _templateModes[_templateModeCount - 1] : InsertionMode.InBody;
                    return;
                case HtmlTag.Head when i > 0:
                    _mode = InsertionMode.InHead;
                    return;
                case HtmlTag.Body:
                    _mode = InsertionMode.InBody;
                    return;
                case HtmlTag.Frameset:
                    _mode = InsertionMode.InFrameset;
                    return;
                case HtmlTag.Html:
                    _mode = _head == 0 ? InsertionMode.BeforeHead : InsertionMode.AfterHead;
                    return;
                default:
                    break;
            }
        }

        _mode = InsertionMode.InBody;
    }

    private void EndTagInBody()
    {
        HtmlTag tag = _tokens.Tag;
        switch (tag)
        {
            case HtmlTag.Template:
                EndTemplate();
                return;
            case HtmlTag.Body or HtmlTag.Html:
                if (IsOpen(HtmlTag.Body) && InScope(HtmlTag.Body))
                {
                    _mode = tag == HtmlTag.Html ? InsertionMode.AfterAfterBody : InsertionMode.AfterBody;
                }

                return;
            case HtmlTag.Address or HtmlTag.Article or HtmlTag.Aside or HtmlTag.Blockquote or HtmlTag.Button or HtmlTag.Center or HtmlTag.Details
                or HtmlTag.Dialog or HtmlTag.Dir or HtmlTag.Div or HtmlTag.Dl or HtmlTag.Fieldset or HtmlTag.Figcaption or HtmlTag.Figure
                or HtmlTag.Footer or HtmlTag.Header or HtmlTag.Hgroup or HtmlTag.Listing or HtmlTag.Main or HtmlTag.Menu or HtmlTag.Nav
                or HtmlTag.Ol or HtmlTag.Pre or HtmlTag.Search or HtmlTag.Section or HtmlTag.Summary or HtmlTag.Ul or HtmlTag.Select:
                if (InScope(tag))
                {
                    ImpliedEndTags();
                    PopUntil(tag);
                }

                return;
            case HtmlTag.Form:
                EndForm();
                return;
            case HtmlTag.P:
                if (!InScope(HtmlTag.P, button: true))
                {
                    InsertImplied(HtmlTag.P);
                }

                CloseParagraph();
                return;
            case HtmlTag.Li:
                if (InScope(HtmlTag.Li, list: true))
                {
                    ImpliedEndTags(HtmlTag.Li);
                    PopUntil(HtmlTag.Li);
                }

                return;
            case HtmlTag.Dd or HtmlTag.Dt:
                if (InScope(tag))
                {
                    ImpliedEndTags(tag);
                    PopUntil(tag);
                }

                return;
            case >= HtmlTag.H1 and <= HtmlTag.H6:
                if (HeadingInScope())
                {
                    ImpliedEndTags();
                    while (_openCount > 1)
                    {
                        ref HtmlNode n = ref _tree[_open[--_openCount]];
                        if (n.Namespace == HtmlNamespace.Html && n.Tag is >= HtmlTag.H1 and <= HtmlTag.H6)
                        {
                            break;
                        }
                    }
                }

                return;
            case HtmlTag.Applet or HtmlTag.Marquee or HtmlTag.Object:
                if (InScope(tag))
                {
                    ImpliedEndTags();
                    PopUntil(tag);
                    ClearFormattingToMarker();
                }

                return;
            case HtmlTag.Br:
                ReconstructFormatting();
                Insert(_tree.Add(HtmlNodeKind.Element, HtmlTag.Br, HtmlNamespace.Html, 0, 0));
                _framesetOk = false;
                return;
            default:
                if (tag == HtmlTag.A || HtmlTags.Is(tag, TagTraits.Formatting))
                {
                    if (AdoptionAgency(tag))
                    {
                        return;
                    }
                }

                AnyOtherEndTag(tag);
                return;
        }
    }

    private void EndForm()
    {
        if (_templateModeCount > 0)
        {
            if (InScope(HtmlTag.Form))
            {
                ImpliedEndTags();
                PopUntil(HtmlTag.Form);
            }

            return;
        }

        int form = _form;
        _form = 0;
        if (form != 0 && ElementInScope(form))
        {
            ImpliedEndTags();
            RemoveFromOpen(form);
        }
    }
}
