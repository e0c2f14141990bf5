using System.Globalization;
using System.Net;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Metadata;

/// <content>
/// What readers see where the page's data state nothing: the heading as title, bylines, dates beside them. The block model's features are made of what is
/// stated alone.
/// </content>
internal sealed partial class PageMetadata
{
    private const int MaxHeadings = 8;
    private const int MaxBylineBytes = 400;

    private static readonly string[] DatePrefixes =
        ["first published", "last updated", "last modified", "last reviewed", "published", "posted", "updated", "modified", "reviewed", "written", "date", "on", ":", "-"];

    private static readonly string[] DateFormats =
    [
        "MMMM d yyyy", "MMM d yyyy", "d MMMM yyyy", "d MMM yyyy", "yyyy-MM-dd", "yyyy/MM/dd", "dd.MM.yyyy", "d.M.yyyy", "MM/dd/yyyy", "M/d/yyyy",
        "dddd MMMM d yyyy", "ddd MMM d yyyy", "dddd d MMMM yyyy", "ddd d MMM yyyy",
    ];

    private string? _visibleAuthor;
    private string? _visibleDate;

    /// <summary>The title that readers see: of the page's main headings the one most like its stated title.</summary>
    public string? ShownTitle { get; private set; }

    /// <summary>The stated author, or the byline.</summary>
    public string? ShownAuthor => Author is null ? _visibleAuthor : WebUtility.HtmlDecode(Author);

    /// <summary>The stated date of publication, or the first date that stands in an element of that name.</summary>
    public string? ShownDate => Date ?? _visibleDate;

    private string? TitleShown()
    {
        string? title = Title;
        HashSet<string> stated = [.. Words(title).Concat(Words(_titleElement))];
        string? best = null;
        int most = 0;
        foreach (string heading in _headings)
        {
            int common = Words(heading).Distinct().Count(stated.Contains);
            if (common > most && heading.Length is >= 3 and <= 300 && !heading.Equals(SiteName, StringComparison.OrdinalIgnoreCase))
            {
                best = heading;
                most = common;
            }
        }

        return WebUtility.HtmlDecode(best ?? title);
    }

    private static IEnumerable<string> Words(string? text) =>
        (text ?? "").ToLowerInvariant().Split([' ', ',', '.', ':', '?', '!', '|', '-', '\u2013', '\u2014', '(', ')', '"', '\''], StringSplitOptions.RemoveEmptyEntries)
            .Where(w => w.Length > 2);

    // Bylines and dates by the class of the element.
    private void ReadVisible(HtmlTree tree, int node)
    {
        bool author = _visibleAuthor is null && _metaAuthor is null && _markedAuthor is null && JsonLd.Authors.Count == 0;
        bool date = _visibleDate is null && _metaDate is null && _timeDate is null && JsonLd.DatePublished is null;
        if (!author && !date)
        {
            return;
        }

        foreach (HtmlAttribute a in tree.AttributesOf(node))
        {
            if (a.NameLength != 5 || a.ValueLength is < 4 or > 128 || !tree.Range(a.NameStart, 5).SequenceEqual("class"u8))
            {
                continue;
            }

            ReadOnlySpan<byte> cls = tree.Range(a.ValueStart, a.ValueLength);
            if (author && cls.IndexOf("uthor"u8) >= 0)
            {
                _visibleAuthor = Byline(Short(tree, node));
            }

            if (date && (cls.IndexOf("date"u8) >= 0 || cls.IndexOf("Date"u8) >= 0 || cls.IndexOf("publish"u8) >= 0 || cls.IndexOf("meta"u8) >= 0 || cls.IndexOf("time"u8) >= 0))
            {
                _visibleDate = VisibleDate(Short(tree, node));
            }

            return;
        }
    }

    // The text of an element that holds little; null for one that holds much.
    private static string? Short(HtmlTree tree, int node)
    {
        int bytes = 0;
        int nodes = 0;
        for (int inner = tree.Next(node, node); inner != 0; inner = tree.Next(inner, node))
        {
            bytes += tree[inner].Kind == HtmlNodeKind.Text ? tree[inner].Length : 0;
            if (bytes > MaxBylineBytes || ++nodes > 40)
            {
                return null;
            }
        }

        return Clean(Content(tree, node));
    }

    private static string? Byline(string? text)
    {
        string? name = AuthorName(text);
        if (name is null)
        {
            return null;
        }

        int end = name.IndexOfAny(['|', '\u00b7', '\u2022', '/', '\n']);
        name = (end < 0 ? name : name[..end]).Trim().TrimEnd(',');
        string[] words = name.Split(' ');
        return words.Length is >= 2 and <= 5 && name.Length <= 60 && char.IsUpper(name[0]) && !name.Any(char.IsDigit) && words.Count(w => char.IsUpper(w[0])) * 2 > words.Length
            && !name.StartsWith("About", StringComparison.OrdinalIgnoreCase) && !name.Contains("author", StringComparison.OrdinalIgnoreCase)
            ? name
            : null;
    }

    /// <summary>The date at the start of a short text, prefixes such as "Published on" left out; null where there is none.</summary>
    internal static string? VisibleDate(string? text)
    {
        if (text is null)
        {
            return null;
        }

        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        bool cut = true;
        while (cut)
        {
            cut = false;
            foreach (string prefix in DatePrefixes)
            {
                if (rest.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                {
                    rest = rest[prefix.Length..].TrimStart(" :-\u2013");
                    cut = true;
                }
            }
        }

        string[] words = rest.ToString().Replace(",", " ", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < words.Length && i < 4; i++)
        {
            string bare = words[i].TrimEnd('.');
            bool ordinal = bare.Length is 3 or 4 && char.IsAsciiDigit(bare[0]) && bare[^2..].ToLowerInvariant() is "st" or "nd" or "rd" or "th";
            words[i] = ordinal ? bare[..^2] : bare.Equals("Sept", StringComparison.OrdinalIgnoreCase) ? "Sep" : bare;
        }

        for (int count = Math.Min(4, words.Length); count > 0; count--)
        {
            if (DateTime.TryParseExact(string.Join(' ', words[..count]), DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime date))
            {
                return Plausible(date);
            }
        }

        return null;
    }
}
