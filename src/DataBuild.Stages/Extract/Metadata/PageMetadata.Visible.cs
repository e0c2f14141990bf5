using System.Net;
using System.Text;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Metadata;

/// <content>
/// What readers see: headings, bylines, dates. It answers where the page's data state nothing, or a login name in place of a name. The block model's
/// features are made of what is stated alone.
/// </content>
internal sealed partial class PageMetadata
{
    // Bytes and nodes of an element that may hold a byline or a date.
    private const int MaxBylineBytes = 250;
    private const int MaxBylineNodes = 60;

    // Nodes before and after the main heading that count as near.
    private const int NearBefore = 80;
    private const int NearAfter = 300;

    // Nodes after the main heading, or of a page without one, that are looked at.
    private const int LookedAt = 2000;

    private int _headingNode;
    private bool _nearByline;
    private bool _nearDate;
    private string? _cardLabel;
    private string? _cardAuthor;
    private string? _otherDate;
    private readonly List<string> _citedAuthors = [];

    /// <summary>The title that readers see: the main heading or the title of the document without the site's name.</summary>
    public string? ShownTitle { get; private set; }

    /// <summary>The names of the authors as stated or as in the byline, divided by semicolons where they are stated one by one; of a forum's thread its first poster.</summary>
    public string? ShownAuthor { get; private set; }

    /// <summary>The stated date of publication, or the date that stands beside the heading, <c>yyyy-MM-dd</c>.</summary>
    public string? ShownDate { get; private set; }

    private void BeginShown()
    {
        _headings.Clear();
        _bylines.Clear();
        _dates.Clear();
        _citedAuthors.Clear();
        _cardLabel = _cardAuthor = _otherDate = null;
        _headingNode = 0;
        _nearByline = _nearDate = false;
    }

    private void FinishShown(HtmlTree tree, string? url)
    {
        ShownTitle = TitleShown(url);
        ShownAuthor = AuthorShown();
        ShownDate = DateShown(url);
    }

    private void ReadShown(HtmlTree tree, int node, HtmlTag tag)
    {
        // Behind the heading's surroundings nothing outweighs what stands in them.
        int behind = node - _headingNode;
        bool passed = _headingNode != 0 && behind > NearAfter;
        bool bylines = _bylines.Count < MaxBylines && !(passed && _nearByline) && behind <= LookedAt;
        bool dates = _dates.Count < MaxDates && !(passed && _nearDate) && behind <= LookedAt;
        if (!bylines && !dates && tag != HtmlTag.H1)
        {
            return;
        }

        switch (tag)
        {
            case HtmlTag.H1:
                ReadHeading(tree, node);
                _headingNode = _headingNode == 0 ? node : _headingNode;
                break;
            case HtmlTag.Time:
                if (dates)
                {
                    ReadTime(tree, node);
                }

                break;
            case HtmlTag.A or HtmlTag.Span or HtmlTag.Div or HtmlTag.P or HtmlTag.Li or HtmlTag.Ul or HtmlTag.Td or HtmlTag.Strong or HtmlTag.B or HtmlTag.Address
                or HtmlTag.Cite or HtmlTag.Dd or HtmlTag.Small or HtmlTag.Em or HtmlTag.I or HtmlTag.Section or HtmlTag.H2 or HtmlTag.H3 or HtmlTag.H4 or HtmlTag.H5 or HtmlTag.H6:
                ReadMarked(tree, node, bylines, dates);
                break;
            default:
                break;
        }
    }

    private void ReadMarked(HtmlTree tree, int node, bool bylines, bool dates)
    {
        BylineMark mark = BylineMark.None;
        bool date = false;
        foreach (HtmlAttribute a in tree.AttributesOf(node))
        {
            ReadOnlySpan<byte> name = tree.Range(a.NameStart, a.NameLength);
            ReadOnlySpan<byte> value = tree.Range(a.ValueStart, a.ValueLength);
            switch (name.Length)
            {
                case 3 when name.SequenceEqual("rel"u8):
                    mark = value.SequenceEqual("author"u8) ? BylineMark.Author : mark;
                    break;
                case 4 when name.SequenceEqual("href"u8):
                    mark = bylines && mark == BylineMark.None ? MarkOfLink(value) : mark;
                    break;
                case 5 when value.Length is >= 4 and <= 160 && name.SequenceEqual("class"u8):
                    mark = bylines && mark == BylineMark.None ? MarkOfClass(value) : mark;
                    date = dates && IsDateClass(value);
                    break;
                case 8 when name.SequenceEqual("itemprop"u8):
                    mark = value.SequenceEqual("author"u8) || value.SequenceEqual("creator"u8) ? BylineMark.Author : mark;
                    date |= dates && value.SequenceEqual("datePublished"u8) || (dates && value.SequenceEqual("published-date"u8));
                    break;
                default:
                    break;
            }
        }

        if (mark != BylineMark.None && bylines)
        {
            ReadByline(tree, node, mark);
        }

        if (date && Short(tree, node) is { } text)
        {
            AddDate(node, text, DateMark.Class);
        }
    }

    // Texts near the heading that are a date or a byline without being marked as one.
    private void ReadShownText(HtmlTree tree, int node)
    {
        int length = tree[node].Length;
        if (length is < 2 or > MaxBylineBytes || node > (_headingNode == 0 ? LookedAt : _headingNode + NearAfter))
        {
            return;
        }

        ReadOnlySpan<byte> text = tree.TextOf(node);
        if (length >= 8 && _dates.Count < MaxDates && (text.IndexOf("20"u8) >= 0 || text.IndexOf("19"u8) >= 0) && !IsHidden(tree, node)
            && Clean(Text(text)) is { Length: <= 100 } shown)
        {
            AddDate(node, shown, DateMark.Text);
        }

        if (_headingNode != 0 && _bylines.Count < MaxBylines && IsBy(text.TrimStart(" \t\r\n"u8)) && !IsHidden(tree, node))
        {
            string? whole = length > 16 ? Clean(Text(text)) : Short(tree, tree[node].Parent);
            if (whole is not null && BylineNames.StartsAsByline(whole) && BylineNames.Read(whole, true) is { } name)
            {
                AddByline(BylineMark.Text, node, name);
            }
        }
    }

    private static bool IsHidden(HtmlTree tree, int text) =>
        tree[tree[text].Parent].Tag is HtmlTag.Script or HtmlTag.Style or HtmlTag.Title or HtmlTag.Noscript or HtmlTag.Template or HtmlTag.Textarea or HtmlTag.Option;

    private static bool IsBy(ReadOnlySpan<byte> text) =>
        text.Length >= 2 && ((text[0] | 0x20) == 'b' && (text[1] | 0x20) == 'y' && (text.Length == 2 || text[2] is (byte)' ' or (byte)':' or (byte)'\n' or 0xC2)
            || text.StartsWith("Written"u8) || text.StartsWith("WRITTEN"u8) || text.StartsWith("Author"u8) || text.StartsWith("AUTHOR"u8) || text.StartsWith("Posted"u8)
            || text.StartsWith("Published by"u8) || text.StartsWith("Words by"u8) || text.StartsWith("Story by"u8) || text.StartsWith("Von "u8) || text.StartsWith("Par "u8));

    // How well a place near the main heading speaks for a byline or a date.
    private double Nearness(int node) =>
        _headingNode == 0 ? 0 : node < _headingNode - NearBefore ? -1 : node <= _headingNode + NearAfter ? 2 : 0;

    private static bool IsInMenu(HtmlTree tree, int node)
    {
        for (int up = node, level = 0; up != 0 && level < 16; up = tree[up].Parent, level++)
        {
            if (tree[up].Tag is HtmlTag.Nav or HtmlTag.Footer)
            {
                return true;
            }
        }

        return false;
    }

    // The text of an element that holds little; null for one that holds much.
    private static string? Short(HtmlTree tree, int node)
    {
        int bytes = 0;
        int nodes = 0;
        for (int inner = tree.Next(node, node); inner != 0; inner = tree.Next(inner, node))
        {
            bytes += tree[inner].Kind == HtmlNodeKind.Text && !IsHidden(tree, inner) ? tree[inner].Length : 0;
            if (bytes > MaxBylineBytes * 2 || ++nodes > MaxBylineNodes)
            {
                return null;
            }
        }

        return Clean(VisibleText(tree, node)) is { Length: <= MaxBylineBytes } text ? WebUtility.HtmlDecode(text) : null;
    }

    // Text outside drawings and scripts; block elements and line breaks divide words.
    private static string VisibleText(HtmlTree tree, int node)
    {
        StringBuilder text = new();
        int nodes = 0;
        for (int inner = tree.Next(node, node); inner != 0 && text.Length < 1000 && nodes < MaxContentNodes; nodes++)
        {
            ref HtmlNode n = ref tree[inner];
            bool enter = true;
            if (n.Kind == HtmlNodeKind.Text)
            {
                text.Append(Text(tree.TextOf(inner)));
            }
            else if (n.Kind == HtmlNodeKind.Element)
            {
                enter = n.Namespace == HtmlNamespace.Html && !HtmlTags.Is(n.Tag, TagTraits.Hidden);
                if (HtmlTags.Is(n.Tag, TagTraits.Block) || n.Tag == HtmlTag.Br)
                {
                    text.Append(' ');
                }
            }

            inner = enter ? tree.Next(inner, node) : tree.NextAfter(inner, node);
        }

        return text.ToString();
    }
}
