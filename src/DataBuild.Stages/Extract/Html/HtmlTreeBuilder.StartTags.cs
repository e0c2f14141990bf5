namespace DataBuild.Stages.Extract.Html;

/// <content>Start tags before, in and after the body.</content>
internal sealed partial class HtmlTreeBuilder
{
    private void StartTag(InsertionMode mode)
    {
        HtmlTag tag = _tokens.Tag;
        switch (mode)
        {
            case InsertionMode.Initial:
                _quirks = true;
                _mode = InsertionMode.BeforeHtml;
                StartTag(_mode);
                return;
            case InsertionMode.BeforeHtml:
                if (tag == HtmlTag.Html)
                {
                    int html = _tree.Add(HtmlNodeKind.Element, tag, HtmlNamespace.Html, _tokens.Start, _tokens.Length);
                    _tree.Append(0, html);
                    Push(html);
                    _mode = InsertionMode.BeforeHead;
                    return;
                }

                EnsureHtml();
                StartTag(_mode);
                return;
            case InsertionMode.BeforeHead:
                if (tag == HtmlTag.Html)
                {
                    StartTagInBody();
                    return;
                }

                if (tag == HtmlTag.Head)
                {
                    _head = InsertTokenElement();
                    _mode = InsertionMode.InHead;
                    return;
                }

                EnsureHead();
                StartTag(_mode);
                return;
            case InsertionMode.InHead or InsertionMode.InHeadNoscript:
                StartTagInHead(mode);
                return;
            case InsertionMode.AfterHead:
                StartTagAfterHead();
                return;
            case InsertionMode.InBody or InsertionMode.InCaption or InsertionMode.InCell or InsertionMode.InRow or InsertionMode.InTableBody
                or InsertionMode.InTable or InsertionMode.InColumnGroup:
                StartTagInTableModes(mode);
                return;
            case InsertionMode.InTemplate:
                StartTagInTemplate();
                return;
            case InsertionMode.AfterBody or InsertionMode.AfterAfterBody:
                if (tag != HtmlTag.Html)
                {
                    _mode = InsertionMode.InBody;
                }

                StartTagInBody();
                return;
            case InsertionMode.InFrameset:
                if (tag == HtmlTag.Frameset)
                {
                    InsertTokenElement();
                }
                else if (tag == HtmlTag.Frame)
                {
                    InsertVoid();
                }
                else if (tag == HtmlTag.Noframes)
                {
                    RawElement(TextMode.RawText);
                }
                else if (tag == HtmlTag.Html)
                {
                    StartTagInBody();
                }

                return;
            case InsertionMode.AfterFrameset or InsertionMode.AfterAfterFrameset:
                if (tag == HtmlTag.Noframes)
                {
                    RawElement(TextMode.RawText);
                }
                else if (tag == HtmlTag.Html)
                {
                    StartTagInBody();
                }

                return;
            default:
                StartTagInBody();
                return;
        }
    }

    private void StartTagInHead(InsertionMode mode)
    {
        HtmlTag tag = _tokens.Tag;
        switch (tag)
        {
            case HtmlTag.Html:
                StartTagInBody();
                return;
            case HtmlTag.Basefont or HtmlTag.Bgsound or HtmlTag.Link or HtmlTag.Meta:
                InsertVoid();
                return;
            case HtmlTag.Base when mode != InsertionMode.InHeadNoscript:
                InsertVoid();
                return;
            case HtmlTag.Title when mode != InsertionMode.InHeadNoscript:
                RawElement(TextMode.RcData);
                return;
            case HtmlTag.Noframes or HtmlTag.Style:
                RawElement(TextMode.RawText);
                return;
            case HtmlTag.Noscript when mode != InsertionMode.InHeadNoscript:
                InsertTokenElement();
                _mode = InsertionMode.InHeadNoscript;
                return;
            case HtmlTag.Script when mode != InsertionMode.InHeadNoscript:
                RawElement(TextMode.ScriptData);
                return;
            case HtmlTag.Template when mode != InsertionMode.InHeadNoscript:
                StartTemplate();
                return;
            case HtmlTag.Head or HtmlTag.Noscript when tag == HtmlTag.Head || mode == InsertionMode.InHeadNoscript:
                return;
            default:
                if (mode == InsertionMode.InHeadNoscript)
                {
                    Pop();
                    _mode = InsertionMode.InHead;
                }
                else
                {
                    LeaveHead();
                }

                StartTag(_mode);
                return;
        }
    }

    private void StartTemplate()
    {
        if (_openCount >= _maxDepth)
        {
            return;
        }

        InsertTokenElement();
        PushFormatting(Marker);
        _framesetOk = false;
        _mode = InsertionMode.InTemplate;
        if (_templateModeCount == _templateModes.Length)
        {
            Array.Resize(ref _templateModes, _templateModeCount * 2);
        }

        _templateModes[_templateModeCount++] = InsertionMode.InTemplate;
    }

    private void StartTagAfterHead()
    {
        HtmlTag tag = _tokens.Tag;
        switch (tag)
        {
            case HtmlTag.Html:
                StartTagInBody();
                return;
            case HtmlTag.Body:
                _tree.Body = InsertTokenElement();
                _framesetOk = false;
                _mode = InsertionMode.InBody;
                return;
            case HtmlTag.Frameset:
                InsertTokenElement();
                _mode = InsertionMode.InFrameset;
                return;
            case HtmlTag.Base or HtmlTag.Basefont or HtmlTag.Bgsound or HtmlTag.Link or HtmlTag.Meta or HtmlTag.Noframes or HtmlTag.Script
                or HtmlTag.Style or HtmlTag.Template or HtmlTag.Title:
                Push(_head);
                StartTagInHead(InsertionMode.InHead);
                RemoveFromOpen(_head);
                return;
            case HtmlTag.Head:
                return;
            default:
                EnsureBody();
                StartTag(_mode);
                return;
        }
    }

    private void StartTagInTemplate()
    {
        HtmlTag tag = _tokens.Tag;
        InsertionMode next;
        switch (tag)
        {
            case HtmlTag.Base or HtmlTag.Basefont or HtmlTag.Bgsound or HtmlTag.Link or HtmlTag.Meta or HtmlTag.Noframes or HtmlTag.Script
                or HtmlTag.Style or HtmlTag.Template or HtmlTag.Title:
                StartTagInHead(InsertionMode.InHead);
                return;
            case HtmlTag.Caption or HtmlTag.Colgroup or HtmlTag.Tbody or HtmlTag.Tfoot or HtmlTag.Thead:
                next = InsertionMode.InTable;
                break;
            case HtmlTag.Col:
                next = InsertionMode.InColumnGroup;
                break;
            case HtmlTag.Tr:
                next = InsertionMode.InTableBody;
                break;
            case HtmlTag.Td or HtmlTag.Th:
                next = InsertionMode.InRow;
                break;
            default:
                next = InsertionMode.InBody;
                break;
        }

        if (_templateModeCount > 0)
        {
            _templateModes[_templateModeCount - 1] = next;
        }

        _mode = next;
        StartTag(next);
    }

    private void RawElement(TextMode textMode)
    {
        InsertTokenElement();
        _tokens.EnterRaw(textMode, _tokens.Tag);
        _originalMode = _mode;
        _mode = InsertionMode.Text;
    }

    private void StartTagInBody()
    {
        HtmlTag tag = _tokens.Tag;
        TagTraits traits = HtmlTags.Traits(tag);

        // Below the deepest level allowed a start tag is as good as not there; what it holds goes into its parent.
        if (_openCount >= _maxDepth && (traits & TagTraits.Void) == 0
            && tag is not (HtmlTag.Html or HtmlTag.Body or HtmlTag.Script or HtmlTag.Style or HtmlTag.Textarea or HtmlTag.Title or HtmlTag.Iframe))
        {
            return;
        }

        switch (tag)
        {
            case HtmlTag.Html:
                if (_templateModeCount == 0 && _openCount > 0)
                {
                    AddMissingAttributes(_open[0]);
                }

                return;
            case HtmlTag.Base or HtmlTag.Basefont or HtmlTag.Bgsound or HtmlTag.Link or HtmlTag.Meta or HtmlTag.Noframes or HtmlTag.Script
                or HtmlTag.Style or HtmlTag.Template or HtmlTag.Title:
                StartTagInHead(InsertionMode.InHead);
                return;
            case HtmlTag.Body:
                if (_openCount > 1 && _tree[_open[1]].Tag == HtmlTag.Body && _templateModeCount == 0)
                {
                    _framesetOk = false;
                    AddMissingAttributes(_open[1]);
                }

                return;
            case HtmlTag.Frameset:
                if (_openCount > 1 && _tree[_open[1]].Tag == HtmlTag.Body && _framesetOk)
                {
                    _tree.Detach(_open[1]);
                    _openCount = 1;
                    _tree.Body = 0;
                    InsertTokenElement();
                    _mode = InsertionMode.InFrameset;
                }

                return;
            case >= HtmlTag.H1 and <= HtmlTag.H6:
                CloseParagraphInButtonScope();
                if (CurrentTag is >= HtmlTag.H1 and <= HtmlTag.H6 && _tree[Current].Namespace == HtmlNamespace.Html)
                {
                    Pop();
                }

                InsertTokenElement();
                return;
            case HtmlTag.Address or HtmlTag.Article or HtmlTag.Aside or HtmlTag.Blockquote or HtmlTag.Center or HtmlTag.Details or HtmlTag.Dialog
                or HtmlTag.Dir or HtmlTag.Div or HtmlTag.Dl or HtmlTag.Fieldset or HtmlTag.Figcaption or HtmlTag.Figure or HtmlTag.Footer
                or HtmlTag.Header or HtmlTag.Hgroup or HtmlTag.Main or HtmlTag.Menu or HtmlTag.Nav or HtmlTag.Ol or HtmlTag.P or HtmlTag.Search
                or HtmlTag.Section or HtmlTag.Summary or HtmlTag.Ul:
                CloseParagraphInButtonScope();
                InsertTokenElement();
                return;
            case HtmlTag.Pre or HtmlTag.Listing:
                CloseParagraphInButtonScope();
                InsertTokenElement();
                _skipLineFeed = true;
                _framesetOk = false;
                return;
            case HtmlTag.Form:
                if (_form != 0 && _templateModeCount == 0)
                {
                    return;
                }

                CloseParagraphInButtonScope();
                int form = InsertTokenElement();
                if (_templateModeCount == 0)
                {
                    _form = form;
                }

                return;
            case HtmlTag.Li:
                _framesetOk = false;
                CloseOpenItem(HtmlTag.Li, HtmlTag.Li);
                CloseParagraphInButtonScope();
                InsertTokenElement();
                return;
            case HtmlTag.Dd or HtmlTag.Dt:
                _framesetOk = false;
                CloseOpenItem(HtmlTag.Dd, HtmlTag.Dt);
                CloseParagraphInButtonScope();
                InsertTokenElement();
                return;
            case HtmlTag.Plaintext:
                CloseParagraphInButtonScope();
                InsertTokenElement();
                _tokens.EnterRaw(TextMode.PlainText, tag);
                return;
            case HtmlTag.Button:
                if (InScope(HtmlTag.Button))
                {
                    ImpliedEndTags();
                    PopUntil(HtmlTag.Button);
                }

                ReconstructFormatting();
                InsertTokenElement();
                _framesetOk = false;
                return;
            case HtmlTag.A:
                StartAnchor();
                return;
            case HtmlTag.Nobr:
                ReconstructFormatting();
                if (InScope(HtmlTag.Nobr))
                {
                    if (!AdoptionAgency(HtmlTag.Nobr))
                    {
                        AnyOtherEndTag(HtmlTag.Nobr);
                    }

                    ReconstructFormatting();
                }

                AddFormatting(InsertTokenElement());
                return;
            case HtmlTag.Applet or HtmlTag.Marquee or HtmlTag.Object:
                ReconstructFormatting();
                InsertTokenElement();
                PushFormatting(Marker);
                _framesetOk = false;
                return;
            case HtmlTag.Table:
                if (!_quirks)
                {
                    CloseParagraphInButtonScope();
                }

                InsertTokenElement();
                _framesetOk = false;
                _mode = InsertionMode.InTable;
                return;
            case HtmlTag.Area or HtmlTag.Br or HtmlTag.Embed or HtmlTag.Img or HtmlTag.Keygen or HtmlTag.Wbr:
                ReconstructFormatting();
                InsertVoid();
                _framesetOk = false;
                return;
            case HtmlTag.Input:
                if (InScope(HtmlTag.Select))
                {
                    PopUntil(HtmlTag.Select);
                }

                ReconstructFormatting();
                if (!HasTokenAttribute("type"u8) || !TokenTypeIsHidden())
                {
                    _framesetOk = false;
                }

                InsertVoid();
                return;
            case HtmlTag.Param or HtmlTag.Source or HtmlTag.Track:
                InsertVoid();
                return;
            case HtmlTag.Hr:
                CloseParagraphInButtonScope();
                if (InScope(HtmlTag.Select))
                {
                    ImpliedEndTags();
                }

                InsertVoid();
                _framesetOk = false;
                return;
            case HtmlTag.Image:
                ReconstructFormatting();
                Insert(_tree.Add(HtmlNodeKind.Element, HtmlTag.Img, HtmlNamespace.Html, _tokens.Start, _tokens.Length));
                _framesetOk = false;
                return;
            case HtmlTag.Textarea:
                InsertTokenElement();
                _skipLineFeed = true;
                _tokens.EnterRaw(TextMode.RcData, tag);
                _originalMode = _mode;
                _framesetOk = false;
                _mode = InsertionMode.Text;
                return;
            case HtmlTag.Xmp:
                CloseParagraphInButtonScope();
                ReconstructFormatting();
                _framesetOk = false;
                RawElement(TextMode.RawText);
                return;
            case HtmlTag.Iframe:
                _framesetOk = false;
                RawElement(TextMode.RawText);
                return;
            case HtmlTag.Noembed:
                RawElement(TextMode.RawText);
                return;
            case HtmlTag.Select:
                if (InScope(HtmlTag.Select))
                {
                    PopUntil(HtmlTag.Select);
                    return;
                }

                ReconstructFormatting();
                InsertTokenElement();
                _framesetOk = false;
                return;
            case HtmlTag.Option:
                if (InScope(HtmlTag.Select))
                {
                    ImpliedEndTags(HtmlTag.Optgroup);
                }
                else if (CurrentIsHtml(HtmlTag.Option))
                {
                    Pop();
                }

                ReconstructFormatting();
                InsertTokenElement();
                return;
            case HtmlTag.Optgroup:
                if (InScope(HtmlTag.Select))
                {
                    ImpliedEndTags();
                }
                else if (CurrentIsHtml(HtmlTag.Option))
                {
                    Pop();
                }

                ReconstructFormatting();
                InsertTokenElement();
                return;
            case HtmlTag.Rb or HtmlTag.Rtc:
                if (InScope(HtmlTag.Ruby))
                {
                    ImpliedEndTags();
                }

                InsertTokenElement();
                return;
            case HtmlTag.Rp or HtmlTag.Rt:
                if (InScope(HtmlTag.Ruby))
                {
                    ImpliedEndTags(HtmlTag.Rtc);
                }

                InsertTokenElement();
                return;
            case HtmlTag.Math or HtmlTag.Svg:
                ReconstructFormatting();
                InsertElement(tag, _tokens.Start, _tokens.Length, tag == HtmlTag.Math ? HtmlNamespace.MathMl : HtmlNamespace.Svg);
                if (_tokens.SelfClosing)
                {
                    Pop();
                }

                return;
            case HtmlTag.Caption or HtmlTag.Col or HtmlTag.Colgroup or HtmlTag.Frame or HtmlTag.Head or HtmlTag.Tbody or HtmlTag.Td
                or HtmlTag.Tfoot or HtmlTag.Th or HtmlTag.Thead or HtmlTag.Tr:
                return;
            default:
                ReconstructFormatting();
                if ((traits & TagTraits.Formatting) != 0)
                {
                    AddFormatting(InsertTokenElement());
                }
                else
                {
                    InsertTokenElement();
                }

                return;
        }
    }

    private void StartAnchor()
    {
        for (int i = _formattingCount - 1; i >= 0 && _formatting[i] != Marker; i--)
        {
            int open = _formatting[i];
            if (_tree[open].Tag == HtmlTag.A)
            {
                AdoptionAgency(HtmlTag.A);
                int at = IndexInFormatting(open);
                if (at >= 0)
                {
                    RemoveFormattingAt(at);
                }

                RemoveFromOpen(open);
                break;
            }
        }

        ReconstructFormatting();
        AddFormatting(InsertTokenElement());
    }

    private void CloseOpenItem(HtmlTag a, HtmlTag b)
    {
        for (int i = _openCount - 1; i > 0; i--)
        {
            ref HtmlNode n = ref _tree[_open[i]];
            if (n.Namespace == HtmlNamespace.Html && (n.Tag == a || n.Tag == b))
            {
                HtmlTag found = n.Tag;
                ImpliedEndTags(found);
                PopUntil(found);
                return;
            }

            if (IsSpecial(_open[i]) && n.Tag is not (HtmlTag.Address or HtmlTag.Div or HtmlTag.P))
            {
                return;
            }
        }
    }

    private bool TokenTypeIsHidden()
    {
        for (int i = 0; i < _tokens.Length; i++)
        {
            HtmlAttribute a = _tree.AttributeAt(_tokens.Start + i);
            if (_tree.Range(a.NameStart, a.NameLength).SequenceEqual("type"u8))
            {
                return System.Text.Ascii.EqualsIgnoreCase(_tree.Range(a.ValueStart, a.ValueLength), "hidden"u8);
            }
        }

        return false;
    }
}
