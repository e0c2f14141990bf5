using System.Buffers;

namespace DataBuild.Stages.Extract.Html;

/// <content>Foreign content: SVG and MathML (section 13.2.6.5).</content>
internal sealed partial class HtmlTreeBuilder
{
    private static readonly SearchValues<byte> SpaceOrNul = SearchValues.Create(" \n\t\r\f\0"u8);

    // Whether the token is handled by the rules for foreign content.
    private bool IsForeignToken(ref HtmlNode current)
    {
        TokenKind kind = _tokens.Kind;
        if (current.Namespace == HtmlNamespace.MathMl)
        {
            if (current.Tag is HtmlTag.Mi or HtmlTag.Mo or HtmlTag.Mn or HtmlTag.Ms or HtmlTag.Mtext)
            {
                if (kind == TokenKind.Text || (kind == TokenKind.StartTag && _tokens.Tag is not (HtmlTag.Mglyph or HtmlTag.Malignmark)))
                {
                    return false;
                }
            }

            if (current.Tag == HtmlTag.AnnotationXml)
            {
                if (kind == TokenKind.StartTag && _tokens.Tag == HtmlTag.Svg)
                {
                    return false;
                }

                if (kind is TokenKind.StartTag or TokenKind.Text && IsHtmlAnnotation())
                {
                    return false;
                }
            }
        }
        else if (current.Tag is HtmlTag.ForeignObject or HtmlTag.Desc or HtmlTag.Title && kind is TokenKind.StartTag or TokenKind.Text)
        {
            return false;
        }

        return true;
    }

    private bool IsHtmlAnnotation()
    {
        ReadOnlySpan<byte> encoding = _tree.Attribute(Current, "encoding"u8);
        return System.Text.Ascii.EqualsIgnoreCase(encoding, "text/html"u8) || System.Text.Ascii.EqualsIgnoreCase(encoding, "application/xhtml+xml"u8);
    }

    private void ForeignContent()
    {
        switch (_tokens.Kind)
        {
            case TokenKind.Text:
                (int start, int length) = (_tokens.Start, _tokens.Length);
                if (_framesetOk && _tree.Range(start, length).ContainsAnyExcept(SpaceOrNul))
                {
                    _framesetOk = false;
                }

                if (_tokens.HasNul && _tree.Range(start, length).Contains((byte)0))
                {
                    (start, length) = _tree.AppendReplacingNul(_tree.Range(start, length));
                }

                InsertText(start, length);
                return;
            case TokenKind.Comment:
                HandleComment();
                return;
            case TokenKind.StartTag:
                if (BreaksOut())
                {
                    while (_openCount > 1)
                    {
                        ref HtmlNode n = ref _tree[Current];
                        if (n.Namespace == HtmlNamespace.Html || IsForeignIntegration(ref n))
                        {
                            break;
                        }

                        Pop();
                    }

                    StartTag(_mode);
                    return;
                }

                HtmlNamespace ns = _tree[Current].Namespace;
                if (_openCount >= _maxDepth)
                {
                    return;
                }

                InsertElement(_tokens.Tag, _tokens.Start, _tokens.Length, ns);
                if (_tokens.SelfClosing)
                {
                    Pop();
                }

                return;
            case TokenKind.EndTag:
                if (_tokens.Tag is HtmlTag.Br or HtmlTag.P)
                {
                    while (_openCount > 1)
                    {
                        ref HtmlNode n = ref _tree[Current];
                        if (n.Namespace == HtmlNamespace.Html || IsForeignIntegration(ref n))
                        {
                            break;
                        }

                        Pop();
                    }

                    EndTag(_mode);
                    return;
                }

                for (int i = _openCount - 1; i > 0; i--)
                {
                    ref HtmlNode n = ref _tree[_open[i]];
                    if (n.Namespace == HtmlNamespace.Html)
                    {
                        EndTag(_mode);
                        return;
                    }

                    if (n.Tag == _tokens.Tag)
                    {
                        _openCount = i;
                        return;
                    }
                }

                return;
            default:
                return;
        }
    }

    private bool IsForeignIntegration(ref HtmlNode n) => n.Namespace == HtmlNamespace.MathMl
        ? n.Tag is HtmlTag.Mi or HtmlTag.Mo or HtmlTag.Mn or HtmlTag.Ms or HtmlTag.Mtext || (n.Tag == HtmlTag.AnnotationXml && IsHtmlAnnotation())
        : n.Tag is HtmlTag.ForeignObject or HtmlTag.Desc or HtmlTag.Title;

    private bool BreaksOut() => _tokens.Tag switch
    {
        HtmlTag.B or HtmlTag.Big or HtmlTag.Blockquote or HtmlTag.Body or HtmlTag.Br or HtmlTag.Center or HtmlTag.Code or HtmlTag.Dd or HtmlTag.Div
            or HtmlTag.Dl or HtmlTag.Dt or HtmlTag.Em or HtmlTag.Embed or HtmlTag.H1 or HtmlTag.H2 or HtmlTag.H3 or HtmlTag.H4 or HtmlTag.H5
            or HtmlTag.H6 or HtmlTag.Head or HtmlTag.Hr or HtmlTag.I or HtmlTag.Img or HtmlTag.Li or HtmlTag.Listing or HtmlTag.Menu or HtmlTag.Meta
            or HtmlTag.Nobr or HtmlTag.Ol or HtmlTag.P or HtmlTag.Pre or HtmlTag.Ruby or HtmlTag.S or HtmlTag.Small or HtmlTag.Span or HtmlTag.Strong
            or HtmlTag.Strike or HtmlTag.Sub or HtmlTag.Sup or HtmlTag.Table or HtmlTag.Tt or HtmlTag.U or HtmlTag.Ul or HtmlTag.Var => true,
        HtmlTag.Font => HasTokenAttribute("color"u8) || HasTokenAttribute("face"u8) || HasTokenAttribute("size"u8),
        _ => false,
    };

    private bool HasTokenAttribute(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _tokens.Length; i++)
        {
            HtmlAttribute a = _tree.AttributeAt(_tokens.Start + i);
            if (_tree.Range(a.NameStart, a.NameLength).SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }
}
