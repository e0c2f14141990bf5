using System.Text;
using DataBuild.Stages.Extract.Html;
using DataBuild.Text;

namespace DataBuild.Stages.Extract.JusText;

/// <summary>
/// Cuts a page into paragraphs as jusText does: at the elements of its list and at two line breaks in a row. Scripts, styles, comments, the head and the controls
/// of forms are left out; forms, frames and embedded objects leave only what is in them.
/// </summary>
internal sealed class JusTextParagraphs
{
    private readonly HtmlTree _tree;
    private readonly List<JusTextParagraph> _paragraphs = [];
    private readonly StringBuilder _text = new();
    private int _linkCharacters;
    private int _tags;
    private int _headings;
    private int _selects;
    private bool _isHeading;
    private bool _isInSelect;
    private bool _inLink;
    private bool _afterBreak;
    private bool _hasText;

    private JusTextParagraphs(HtmlTree tree) => _tree = tree;

    /// <summary>The paragraphs of a page, in order.</summary>
    public static IReadOnlyList<JusTextParagraph> Of(HtmlTree tree)
    {
        JusTextParagraphs maker = new(tree);
        maker.Walk();
        return maker._paragraphs;
    }

    private void Walk()
    {
        int node = _tree[0].FirstChild;
        while (node != 0)
        {
            bool isEntered = Enter(node);
            if (isEntered && _tree[node].FirstChild != 0)
            {
                node = _tree[node].FirstChild;
                continue;
            }

            if (isEntered)
            {
                Leave(node);
            }

            while (_tree[node].NextSibling == 0)
            {
                node = _tree[node].Parent;
                if (node == 0)
                {
                    StartParagraph();
                    return;
                }

                Leave(node);
            }

            node = _tree[node].NextSibling;
        }
    }

    // False for nodes whose content is left out.
    private bool Enter(int node)
    {
        if (_tree[node].Kind == HtmlNodeKind.Text)
        {
            AddText(_tree.TextOf(node));
            return false;
        }

        HtmlTag tag = _tree[node].Tag;
        if (_tree[node].Kind != HtmlNodeKind.Element || IsRemoved(tag))
        {
            return false;
        }

        if (IsTransparent(tag))
        {
            return true;
        }

        _headings += IsHeadingTag(tag) ? 1 : 0;
        _selects += tag == HtmlTag.Select ? 1 : 0;
        if (IsParagraph(tag) || (tag == HtmlTag.Br && _afterBreak))
        {
            StartParagraph();
        }
        else
        {
            _afterBreak = tag == HtmlTag.Br;
            _inLink |= tag == HtmlTag.A;
            _tags++;
        }

        return true;
    }

    private void Leave(int node)
    {
        HtmlTag tag = _tree[node].Tag;
        if (_tree[node].Kind != HtmlNodeKind.Element || IsTransparent(tag))
        {
            return;
        }

        _headings -= IsHeadingTag(tag) ? 1 : 0;
        _selects -= tag == HtmlTag.Select ? 1 : 0;
        if (IsParagraph(tag))
        {
            StartParagraph();
        }

        _inLink &= tag != HtmlTag.A;
    }

    private void AddText(ReadOnlySpan<byte> utf8)
    {
        string text = Encoding.UTF8.GetString(utf8);
        if (CharacterTable.Trim(text).IsEmpty)
        {
            return;
        }

        int before = _text.Length;
        AppendNormalized(_text, text);
        if (_inLink)
        {
            _linkCharacters += CharacterTable.CountCodePoints(_text.ToString(before, _text.Length - before));
        }

        _hasText = true;
        _afterBreak = false;
    }

    private void StartParagraph()
    {
        if (_hasText)
        {
            // Runs of white space may have come together where two pieces meet.
            StringBuilder text = new(_text.Length);
            AppendNormalized(text, CharacterTable.Trim(_text.ToString()).ToString());
            string whole = text.ToString();
            _paragraphs.Add(new JusTextParagraph
            {
                Text = whole,
                Length = CharacterTable.CountCodePoints(whole),
                LinkCharacters = _linkCharacters,
                Tags = _tags,
                IsHeading = _isHeading,
                IsInSelect = _isInSelect,
            });
        }

        _text.Clear();
        _linkCharacters = 0;
        _tags = 0;
        _hasText = false;
        _isHeading = _headings > 0;
        _isInSelect = _selects > 0;
    }

    // A run of white space becomes one character: a line feed where the run holds a line end.
    private static void AppendNormalized(StringBuilder output, string text)
    {
        for (int i = 0; i < text.Length;)
        {
            if (!CharacterTable.Is(text[i], CharacterTraits.Whitespace))
            {
                output.Append(text[i++]);
                continue;
            }

            bool isLineEnd = false;
            while (i < text.Length && CharacterTable.Is(text[i], CharacterTraits.Whitespace))
            {
                isLineEnd |= text[i++] is '\n' or '\r';
            }

            output.Append(isLineEnd ? '\n' : ' ');
        }
    }

    private static bool IsRemoved(HtmlTag tag) => tag is HtmlTag.Head or HtmlTag.Script or HtmlTag.Style or HtmlTag.Button or HtmlTag.Input or HtmlTag.Select
        or HtmlTag.Textarea or HtmlTag.Applet or HtmlTag.Noembed or HtmlTag.Noframes;

    private static bool IsTransparent(HtmlTag tag) => tag is HtmlTag.Form or HtmlTag.Iframe or HtmlTag.Embed or HtmlTag.Object or HtmlTag.Param;

    private static bool IsHeadingTag(HtmlTag tag) => tag is HtmlTag.H1 or HtmlTag.H2 or HtmlTag.H3 or HtmlTag.H4 or HtmlTag.H5 or HtmlTag.H6;

    private static bool IsParagraph(HtmlTag tag) => tag is HtmlTag.Body or HtmlTag.Blockquote or HtmlTag.Caption or HtmlTag.Center or HtmlTag.Col or HtmlTag.Colgroup or HtmlTag.Dd
        or HtmlTag.Div or HtmlTag.Dl or HtmlTag.Dt or HtmlTag.Fieldset or HtmlTag.Legend or HtmlTag.Optgroup or HtmlTag.Option or HtmlTag.P or HtmlTag.Pre or HtmlTag.Table or HtmlTag.Td
        or HtmlTag.Tfoot or HtmlTag.Th or HtmlTag.Thead or HtmlTag.Tr or HtmlTag.Ul or HtmlTag.Li or HtmlTag.H1 or HtmlTag.H2 or HtmlTag.H3 or HtmlTag.H4 or HtmlTag.H5 or HtmlTag.H6;
}
