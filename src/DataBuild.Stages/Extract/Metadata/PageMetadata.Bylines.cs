using System.Net;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Metadata;

/// <content>Who wrote the page, as its byline or the first post of its thread says.</content>
internal sealed partial class PageMetadata
{
    private const int MaxBylines = 12;

    private readonly List<(BylineMark Mark, int Node, string Name)> _bylines = [];

    // What marks a name, weakest first.
    private enum BylineMark
    {
        None,
        User,
        Text,
        Link,
        Class,
        Author,
    }

    private static BylineMark MarkOfLink(ReadOnlySpan<byte> href)
    {
        if (href.Length > 300 || href.IndexOf((byte)'/') < 0 && href.IndexOf((byte)'?') < 0)
        {
            return BylineMark.None;
        }

        return href.IndexOf("/author/"u8) >= 0 || href.IndexOf("/authors/"u8) >= 0 || href.IndexOf("/contributor"u8) >= 0 || href.IndexOf("/writers/"u8) >= 0
            ? BylineMark.Link
            : href.IndexOf("/users/"u8) >= 0 || href.IndexOf("/user/"u8) >= 0 || href.IndexOf("/members/"u8) >= 0 || href.IndexOf("member.php?"u8) >= 0
                || href.IndexOf("mode=viewprofile"u8) >= 0 || href.IndexOf("action=profile"u8) >= 0 || href.IndexOf("/profile/"u8) >= 0
                ? BylineMark.User
                : BylineMark.None;
    }

    private static BylineMark MarkOfClass(ReadOnlySpan<byte> cls)
    {
        bool author = cls.IndexOf("uthor"u8) >= 0 || cls.IndexOf("yline"u8) >= 0 || cls.IndexOf("reator"u8) >= 0;
        if (!author)
        {
            return cls.IndexOf("ser"u8) >= 0 && (cls.IndexOf("username"u8) >= 0 || cls.IndexOf("user-name"u8) >= 0 || cls.IndexOf("PostUser"u8) >= 0) ? BylineMark.User : BylineMark.None;
        }

        return cls.IndexOf("bio"u8) >= 0 || cls.IndexOf("avatar"u8) >= 0 || cls.IndexOf("ima"u8) >= 0 || cls.IndexOf("photo"u8) >= 0 || cls.IndexOf("omment"u8) >= 0
            || cls.IndexOf("social"u8) >= 0 || cls.IndexOf("title"u8) >= 0 || cls.IndexOf("role"u8) >= 0 || cls.IndexOf("desc"u8) >= 0 || cls.IndexOf("elated"u8) >= 0
            ? BylineMark.None
            : BylineMark.Class;
    }

    private void ReadByline(HtmlTree tree, int node, BylineMark mark)
    {
        string? name = NameWithin(tree, node);
        if (name is null && Short(tree, node) is { } text)
        {
            name = BylineNames.Read(text, mark is BylineMark.Author or BylineMark.User or BylineMark.Link || tree[node].Tag == HtmlTag.A);
        }

        if (name is not null && !IsInMenu(tree, node))
        {
            AddByline(mark, node, name);
        }
    }

    private void AddByline(BylineMark mark, int node, string name)
    {
        _bylines.Add((mark, node, name));
        _nearByline |= Nearness(node) > 0;
    }

    // The names that a byline's own parts are marked as.
    private static string? NameWithin(HtmlTree tree, int node)
    {
        List<string> linked = [];
        string? named = null;
        int nodes = 0;
        for (int inner = tree.Next(node, node); inner != 0 && nodes < MaxBylineNodes; inner = tree.Next(inner, node), nodes++)
        {
            if (tree[inner].Kind != HtmlNodeKind.Element)
            {
                continue;
            }

            if (tree.Attribute(inner, "itemprop"u8).SequenceEqual("name"u8))
            {
                string? name = tree[inner].Tag == HtmlTag.Meta ? Clean(Text(tree.Attribute(inner, "content"u8))) : Short(tree, inner);
                if (BylineNames.Read(name, true) is { } read)
                {
                    return read;
                }
            }

            ReadOnlySpan<byte> cls = tree.Attribute(inner, "class"u8);
            if (named is null && (cls.IndexOf("-name"u8) >= 0 || cls.IndexOf("_name"u8) >= 0 || cls.IndexOf("username"u8) >= 0 || cls.IndexOf("-author"u8) >= 0))
            {
                named = BylineNames.Read(Short(tree, inner), true);
            }

            if (tree[inner].Tag == HtmlTag.A && linked.Count < 8 && MarkOfLink(tree.Attribute(inner, "href"u8)) != BylineMark.None
                && BylineNames.Read(Short(tree, inner), true) is { } link && !linked.Contains(link))
            {
                linked.Add(link);
            }
        }

        return named ?? (linked.Count > 0 ? string.Join("; ", linked) : null);
    }

    private string? AuthorShown()
    {
        string? stated = StatedAuthor(out bool person);
        string? visible = VisibleAuthor(out BylineMark mark);
        if (stated is null)
        {
            return visible;
        }

        bool doubtful = BylineNames.IsDoubtful(stated) || !person || (SiteName is not null && stated.Equals(SiteName, StringComparison.OrdinalIgnoreCase));
        if (!doubtful)
        {
            return stated;
        }

        return (mark is BylineMark.Author or BylineMark.Class or BylineMark.Link or BylineMark.Text) && visible is not null ? visible
            : BylineNames.IsName(stated, true) ? stated : visible;
    }

    // Names that the page's data state: those on cards for other sites are the ones shown.
    private string? StatedAuthor(out bool person)
    {
        person = true;
        IReadOnlyList<string> structured = JsonLd.NamedAuthors(out person);
        if (structured.Count > 0)
        {
            string names = string.Join("; ", structured.Select(n => BylineNames.Read(WebUtility.HtmlDecode(n), true) ?? n));
            return _cardAuthor is not null && structured.Count == 1 && (BylineNames.IsDoubtful(names) || !person) ? _cardAuthor : Clean(names);
        }

        person = true;
        return _citedAuthors.Count > 1 ? string.Join("; ", _citedAuthors)
            : _cardAuthor is not null && BylineNames.IsName(_cardAuthor, true) ? WebUtility.HtmlDecode(_cardAuthor)
            : _metaAuthor is not null ? BylineNames.Read(WebUtility.HtmlDecode(_metaAuthor), true) ?? _metaAuthor
            : null;
    }

    private string? VisibleAuthor(out BylineMark mark)
    {
        bool thread = (Types & PageTypes.Forum) != 0;
        double best = double.NegativeInfinity;
        string? found = null;
        mark = BylineMark.None;
        foreach ((BylineMark m, int node, string name) in _bylines)
        {
            double score = Nearness(node) + m switch
            {
                BylineMark.Author => 3,
                BylineMark.Class => 2.5,
                BylineMark.Link => 2,
                BylineMark.Text => 2.2,
                _ => thread ? 2.6 : 1,
            };
            if (score > best)
            {
                (best, found, mark) = (score, name, m);
            }
        }

        return found;
    }
}
