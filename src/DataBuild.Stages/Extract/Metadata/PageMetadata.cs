using System.Globalization;
using System.Text;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Metadata;

/// <summary>
/// Reads title, language, author, date, site name, canonical address and licence from where pages state them: JSON-LD, OpenGraph and other
/// <c>meta</c> elements, microdata, <c>rel</c> links, <c>time</c>, headings. One instance per thread.
/// </summary>
internal sealed partial class PageMetadata
{
    // Nodes read for one text, so that elements within each other cost no more than their number.
    private const int MaxContentNodes = 2000;

    private string? _titleElement;
    private string? _heading;
    private string? _openGraphTitle;
    private string? _metaTitle;
    private string? _metaAuthor;
    private string? _markedAuthor;
    private string? _metaDate;
    private string? _timeDate;
    private string? _openGraphSite;
    private string? _metaSite;
    private string? _openGraphUrl;
    private string? _relLicense;
    private string? _metaLicense;
    private string? _creativeCommons;

    /// <summary>The page's JSON-LD.</summary>
    public JsonLd JsonLd { get; } = new();

    /// <summary>The page's <c>og:type</c> and JSON-LD types.</summary>
    public PageTypes Types { get; private set; }

    /// <summary>Title without the site's name; null where there is none.</summary>
    public string? Title { get; private set; }

    /// <summary>The declared language.</summary>
    public string? Language { get; private set; }

    /// <summary>Authors divided by semicolons.</summary>
    public string? Author { get; private set; }

    /// <summary>Date of publication, <c>yyyy-MM-dd</c>.</summary>
    public string? Date { get; private set; }

    /// <summary>The site's name.</summary>
    public string? SiteName { get; private set; }

    /// <summary>The canonical address.</summary>
    public string? Canonical { get; private set; }

    /// <summary>The licence.</summary>
    public string? License { get; private set; }

    /// <summary>The page's description.</summary>
    public string? Description { get; private set; }

    /// <summary>Reads a page.</summary>
    public void Read(HtmlTree tree, string? url)
    {
        _titleElement = _heading = _openGraphTitle = _metaTitle = _metaAuthor = _markedAuthor = _metaDate = _timeDate = null;
        _openGraphSite = _metaSite = _openGraphUrl = _relLicense = _metaLicense = _creativeCommons = null;
        Title = Language = Author = Date = SiteName = Canonical = License = Description = null;
        Types = PageTypes.None;
        JsonLd.Clear();
        BeginShown();
        for (int node = 1; node < tree.Count; node++)
        {
            ref HtmlNode n = ref tree[node];
            if (n.Kind == HtmlNodeKind.Element)
            {
                ReadElement(tree, node, n.Tag);
                ReadShown(tree, node, n.Tag);
            }
            else if (n.Kind == HtmlNodeKind.Text)
            {
                ReadShownText(tree, node);
            }
        }

        Types |= JsonLd.Types;
        SiteName = Clean(_openGraphSite) ?? Clean(JsonLd.SiteName) ?? Clean(_metaSite);
        Title = TitleOf();
        Author = AuthorOf();
        Date = ParseDate(_metaDate) ?? ParseDate(JsonLd.DatePublished) ?? ParseDate(_timeDate) ?? DateInUrl(url);
        FinishShown(tree, url);
        Canonical ??= _openGraphUrl;
        License = _relLicense ?? Clean(JsonLd.License) ?? _metaLicense ?? _creativeCommons;
    }

    private void ReadElement(HtmlTree tree, int node, HtmlTag tag)
    {
        switch (tag)
        {
            case HtmlTag.Html:
                Language ??= Clean(Text(tree.Attribute(node, "lang"u8))) ?? Clean(Text(tree.Attribute(node, "xml:lang"u8)));
                break;
            case HtmlTag.Meta:
                ReadMeta(tree, node);
                break;
            case HtmlTag.Link:
                ReadOnlySpan<byte> rel = tree.Attribute(node, "rel"u8);
                if (Ascii.EqualsIgnoreCase(rel, "canonical"u8))
                {
                    Canonical ??= Clean(Text(tree.Attribute(node, "href"u8)));
                }
                else if (Ascii.EqualsIgnoreCase(rel, "license"u8))
                {
                    _relLicense ??= Clean(Text(tree.Attribute(node, "href"u8)));
                }

                break;
            case HtmlTag.Title when tree[node].Namespace == HtmlNamespace.Html:
                _titleElement ??= Clean(Content(tree, node));
                break;
            case HtmlTag.H1:
                string? heading = _heading is null ? Clean(Content(tree, node)) : null;
                _heading ??= heading;
                break;
            case HtmlTag.Script:
                if (tree.Attribute(node, "type"u8).IndexOf("ld+json"u8) >= 0 && tree[node].FirstChild != 0)
                {
                    ref HtmlNode text = ref tree[tree[node].FirstChild];
                    JsonLd.Read(tree.Text.AsMemory(text.Start, text.Length));
                }

                break;
            case HtmlTag.Time:
                if (_timeDate is null || tree.TryGetAttribute(node, "itemprop"u8, out _))
                {
                    _timeDate = Clean(Text(tree.Attribute(node, "datetime"u8))) ?? _timeDate;
                }

                break;
            case HtmlTag.A:
                ReadAnchor(tree, node);
                break;
            case HtmlTag.Span or HtmlTag.Div or HtmlTag.P:
                if (_markedAuthor is null && IsAuthor(tree, node))
                {
                    _markedAuthor = AuthorName(Content(tree, node));
                }

                break;
            default:
                break;
        }
    }

    private static bool IsAuthor(HtmlTree tree, int node)
    {
        foreach (HtmlAttribute a in tree.AttributesOf(node))
        {
            if (a.NameLength == 8 && tree.Range(a.NameStart, 8).SequenceEqual("itemprop"u8))
            {
                return tree.Range(a.ValueStart, a.ValueLength).SequenceEqual("author"u8);
            }

            if (a.NameLength == 5 && a.ValueLength is >= 6 and < 64 && tree.Range(a.NameStart, 5).SequenceEqual("class"u8))
            {
                ReadOnlySpan<byte> cls = tree.Range(a.ValueStart, a.ValueLength);
                return cls.IndexOf("author-name"u8) >= 0 || cls.IndexOf("byline"u8) >= 0 || cls.SequenceEqual("author"u8) || cls.IndexOf("author__name"u8) >= 0;
            }
        }

        return false;
    }

    private void ReadAnchor(HtmlTree tree, int node)
    {
        foreach (HtmlAttribute a in tree.AttributesOf(node))
        {
            if (a.NameLength == 3 && tree.Range(a.NameStart, 3).SequenceEqual("rel"u8))
            {
                ReadOnlySpan<byte> rel = tree.Range(a.ValueStart, a.ValueLength);
                if (_relLicense is null && rel.IndexOf("license"u8) >= 0)
                {
                    _relLicense = Clean(Text(tree.Attribute(node, "href"u8)));
                }
                else if (_markedAuthor is null && rel.SequenceEqual("author"u8))
                {
                    _markedAuthor = AuthorName(Content(tree, node));
                }
            }
            else if (_creativeCommons is null && a.NameLength == 4 && a.ValueLength > 24 && tree.Range(a.NameStart, 4).SequenceEqual("href"u8))
            {
                ReadOnlySpan<byte> href = tree.Range(a.ValueStart, a.ValueLength);
                int at = href.IndexOf("creativecommons.org/"u8);
                if (at >= 0 && (href[(at + 20)..].StartsWith("licenses/"u8) || href[(at + 20)..].StartsWith("publicdomain/"u8)))
                {
                    _creativeCommons = Clean(Text(href));
                }
            }
        }
    }

    private void ReadMeta(HtmlTree tree, int node)
    {
        ReadOnlySpan<byte> key = tree.Attribute(node, "property"u8);
        if (key.IsEmpty)
        {
            key = tree.Attribute(node, "name"u8);
        }

        if (key.IsEmpty)
        {
            key = tree.Attribute(node, "itemprop"u8);
        }

        if (key.IsEmpty)
        {
            if (Ascii.EqualsIgnoreCase(tree.Attribute(node, "http-equiv"u8), "content-language"u8))
            {
                Language ??= Clean(Text(tree.Attribute(node, "content"u8)));
            }

            return;
        }

        if (key.Length > 40)
        {
            return;
        }

        Span<byte> lower = stackalloc byte[40];
        Ascii.ToLower(key, lower, out int n);
        string? value;
        switch (Encoding.ASCII.GetString(lower[..n]))
        {
            case "og:title":
                _openGraphTitle ??= Value();
                break;
            case "twitter:title" or "dc.title" or "dcterms.title" or "citation_title":
                _metaTitle ??= Value();
                break;
            case "author" or "article:author" or "dc.creator" or "dcterms.creator" or "parsely-author" or "sailthru.author" or "byl":
                value = Value();
                if (value is not null && !value.StartsWith("http", StringComparison.OrdinalIgnoreCase) && !value.StartsWith('@'))
                {
                    _metaAuthor ??= AuthorName(value);
                }

                break;
            case "article:published_time" or "datepublished" or "date" or "dc.date" or "dc.date.issued" or "dcterms.created" or "dcterms.date"
                or "pubdate" or "publishdate" or "publish-date" or "parsely-pub-date" or "sailthru.date" or "citation_publication_date"
                or "citation_date" or "og:published_time" or "article:published" or "cxenseparse:recs:publishtime":
                value = Value();
                if (_metaDate is null && ParseDate(value) is not null)
                {
                    _metaDate = value;
                }

                break;
            case "og:site_name":
                _openGraphSite ??= Value();
                break;
            case "application-name" or "apple-mobile-web-app-title":
                _metaSite ??= Value();
                break;
            case "og:url":
                _openGraphUrl ??= Value();
                break;
            case "og:type":
                Types |= (Value() ?? "") switch
                {
                    "article" => PageTypes.Article,
                    "product" or "og:product" or "product.item" => PageTypes.Product,
                    "product.group" => PageTypes.Collection,
                    "website" => PageTypes.WebPage,
                    _ => PageTypes.None,
                };
                break;
            case "description" or "og:description":
                Description ??= Value();
                break;
            case "language" or "og:locale":
                Language ??= Value()?.Replace('_', '-');
                break;
            case "dc.rights" or "dcterms.license" or "dc.rights.license" or "license" or "dcterms.rights":
                _metaLicense ??= Value();
                break;
            case "citation_author":
                value = Value();
                if (value is not null)
                {
                    _citedAuthors.Add(value);
                    _metaAuthor ??= AuthorName(value);
                }

                break;
            case "twitter:label1" or "twitter:label2":
                _cardLabel = Value();
                break;
            case "twitter:data1" or "twitter:data2":
                if (_cardAuthor is null && BylineNames.IsWrittenBy(_cardLabel))
                {
                    _cardAuthor = Value();
                }

                break;
            case "published" or "published-date" or "w-published-date" or "publication_date" or "publication-date" or "article.published" or "ms.date"
                or "dc.date.created" or "dcterms.issued" or "article:published_date" or "article_date_original" or "og:article:published_time" or "datecreated":
                _otherDate ??= Value();
                break;
            default:
                break;
        }

        string? Value() => Clean(Text(tree.Attribute(node, "content"u8)));
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, 4096)]);

    private static string Content(HtmlTree tree, int node)
    {
        StringBuilder text = new();
        int nodes = 0;
        for (int inner = tree.Next(node, node); inner != 0 && text.Length < 1000 && nodes < MaxContentNodes; inner = tree.Next(inner, node), nodes++)
        {
            if (tree[inner].Kind == HtmlNodeKind.Text && tree[tree[inner].Parent].Tag is not (HtmlTag.Style or HtmlTag.Script))
            {
                text.Append(Text(tree.TextOf(inner)));
            }
            else if (HtmlTags.Is(tree[inner].Tag, TagTraits.Block) || tree[inner].Tag == HtmlTag.Br)
            {
                text.Append(' ');
            }
        }

        return text.ToString();
    }

    private static string? Clean(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        StringBuilder clean = new(text.Length);
        foreach (char c in text)
        {
            if (char.IsWhiteSpace(c) || char.IsControl(c))
            {
                if (clean.Length > 0 && clean[^1] != ' ')
                {
                    clean.Append(' ');
                }
            }
            else
            {
                clean.Append(c);
            }
        }

        string result = clean.ToString().Trim();
        return result.Length == 0 ? null : result;
    }

    private string? TitleOf()
    {
        string? title = _openGraphTitle ?? Clean(JsonLd.Headline) ?? _metaTitle ?? _titleElement ?? _heading;
        if (title is null)
        {
            return null;
        }

        // A heading that the page's title starts with or holds is that title without the site's name.
        if (_heading is { Length: >= 8 } && title.Length > _heading.Length && title.StartsWith(_heading, StringComparison.OrdinalIgnoreCase))
        {
            return _heading;
        }

        foreach (string separator in (ReadOnlySpan<string>)[" | ", " - ", " – ", " — ", " · ", " :: ", " » "])
        {
            int at = title.LastIndexOf(separator, StringComparison.Ordinal);
            if (at < 4)
            {
                continue;
            }

            string tail = title[(at + separator.Length)..].Trim();
            if (SiteName is not null ? tail.Equals(SiteName, StringComparison.OrdinalIgnoreCase) : separator == " | " && tail.Length < at)
            {
                return title[..at].Trim();
            }
        }

        return title;
    }

    private string? AuthorOf()
    {
        if (JsonLd.Authors.Count > 0)
        {
            return Clean(string.Join("; ", JsonLd.Authors));
        }

        return _metaAuthor ?? _markedAuthor;
    }

    private static string? AuthorName(string? text)
    {
        string? name = Clean(text);
        if (name is null)
        {
            return null;
        }

        foreach (string prefix in (ReadOnlySpan<string>)["Written by ", "Posted by ", "By: ", "By ", "Author: ", "Von ", "Par ", "Por "])
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                name = name[prefix.Length..].Trim();
                break;
            }
        }

        return name.Length is < 2 or > 100 ? null : name;
    }

    /// <summary>A date as <c>yyyy-MM-dd</c>; null where the text holds none.</summary>
    internal static string? ParseDate(string? text)
    {
        if (text is null || text.Length is < 8 or > 64)
        {
            return null;
        }

        ReadOnlySpan<char> t = text.AsSpan().Trim();
        if (t.Length >= 10 && IsDate(t, out string? date))
        {
            return date;
        }

        if (t.Length == 8 && DateTime.TryParseExact(t, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime compact))
        {
            return Plausible(compact);
        }

        return DateTimeOffset.TryParse(t, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset parsed) && t.ContainsAnyInRange('0', '9')
            ? Plausible(parsed.DateTime) : null;
    }

    private static string? Plausible(DateTime date) => date.Year is >= 1970 and <= 2100 ? date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null;

    private static bool IsDate(ReadOnlySpan<char> t, out string? date)
    {
        date = null;
        if (t[4] is '-' or '/' or '.' && t[7] == t[4] && int.TryParse(t[..4], NumberStyles.None, CultureInfo.InvariantCulture, out int y)
            && int.TryParse(t[5..7], NumberStyles.None, CultureInfo.InvariantCulture, out int m) && int.TryParse(t[8..10], NumberStyles.None, CultureInfo.InvariantCulture, out int d)
            && y is >= 1970 and <= 2100 && m is >= 1 and <= 12 && d >= 1 && d <= DateTime.DaysInMonth(y, m))
        {
            date = string.Create(CultureInfo.InvariantCulture, $"{y:D4}-{m:D2}-{d:D2}");
        }

        return date is not null;
    }

    private static string? DateInUrl(string? url)
    {
        if (url is null)
        {
            return null;
        }

        for (int i = 0; i + 11 < url.Length; i++)
        {
            if (url[i] == '/' && url[i + 5] is '/' or '-' && IsDate(url.AsSpan(i + 1), out string? date))
            {
                return date;
            }
        }

        return null;
    }
}
