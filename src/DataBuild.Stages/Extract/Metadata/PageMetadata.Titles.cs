using System.Net;
using System.Text.RegularExpressions;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Metadata;

/// <content>
/// The title that readers see. Where the main heading and the document's title differ, signs are added up whose weights were fitted on pages of
/// training sites by logistic regression and rounded.
/// </content>
internal sealed partial class PageMetadata
{
    private const int MaxHeadings = 8;

    private readonly List<string> _headings = [];

    private void ReadHeading(HtmlTree tree, int node)
    {
        if (_headings.Count < MaxHeadings && Clean(VisibleText(tree, node)) is { } text)
        {
            text = WebUtility.HtmlDecode(text).TrimEnd('\u00b6', '#', '\u00a7', ' ');
            if (text.Length is >= 3 and <= 300)
            {
                _headings.Add(text);
            }
        }
    }

    private string? TitleShown(string? url)
    {
        string stated = WebUtility.HtmlDecode(_titleElement ?? "");
        string shared = WebUtility.HtmlDecode(_openGraphTitle ?? _metaTitle ?? "");
        string host = Uri.TryCreate(url, UriKind.Absolute, out Uri? address) ? address.Host : "";
        string title = WithoutSite(stated, host);
        string sharedTitle = WithoutSite(shared, host);
        title = title.Length > 0 ? title : sharedTitle;
        HashSet<string> words = [.. TitleWords(stated), .. TitleWords(shared)];
        string? heading = null;
        int most = -1;
        foreach (string h in _headings)
        {
            int common = IsSite(h, host) ? -1 : TitleWords(h).Count(words.Contains);
            if (common > most || heading is null)
            {
                (heading, most) = (h, common);
            }
        }

        if (heading is null || title.Length == 0)
        {
            return heading ?? (title.Length > 0 ? title : WebUtility.HtmlDecode(Title));
        }

        return Letters(heading) == Letters(title) || HeadingWins(heading, title, stated, shared, sharedTitle, address?.AbsolutePath ?? "", host) ? heading : title;
    }

    private bool HeadingWins(string heading, string title, string stated, string shared, string sharedTitle, string path, string host)
    {
        string h = Letters(heading);
        string t = Letters(title);
        HashSet<string> headingWords = TitleWords(heading);
        HashSet<string> slug = Slug(path);
        double headingInAddress = Alike(headingWords, slug);
        double titleInAddress = Alike(TitleWords(title), slug);
        double score = 0.15;
        score += (Types & PageTypes.Article) != 0 ? 1 : 0;
        score += shared.Length > 0 && (h == Letters(shared) || h == Letters(sharedTitle)) ? 1 : 0;
        score -= Letters(sharedTitle) == t ? 1 : 0;
        score += Math.Sign(headingInAddress - titleInAddress) * 0.5;
        score += headingInAddress < 0.25 ? -0.6 : headingInAddress >= 0.35 ? 0.5 : 0;
        score -= headingWords.Count(TitleWords(stated).Contains) < 0.35 * headingWords.Count ? 0.8 : 0;
        score -= _headings.Count > 1 ? 0.4 : 0;
        score += heading.Length >= 60 ? 1 : 0;
        score -= h.Contains(t, StringComparison.Ordinal) ? 0.75 : 0;
        score -= IsSite(heading, host) ? 2 : 0;
        return score > 0;
    }

    // The first part of a title that is not the site's name.
    private string WithoutSite(string title, string host)
    {
        string[] parts = [.. TitleSeparator().Split(title).Select(p => p.Trim()).Where(p => p.Length > 0)];
        return parts.FirstOrDefault(p => !IsSite(p, host)) ?? parts.FirstOrDefault() ?? "";
    }

    private bool IsSite(string text, string host)
    {
        string letters = Letters(text);
        if (letters.Length == 0)
        {
            return false;
        }

        string bare = host.StartsWith("www.", StringComparison.Ordinal) ? host[4..] : host;
        return (SiteName is not null && letters == Letters(SiteName)) || letters == Letters(bare) || bare.Split('.').Contains(letters);
    }

    private static HashSet<string> Slug(string path)
    {
        string last = Uri.UnescapeDataString(path.TrimEnd('/').Split('/')[^1]);
        int dot = last.LastIndexOf('.');
        return TitleWords((dot > 0 ? last[..dot] : last).Replace('-', ' ').Replace('_', ' '));
    }

    private static double Alike(HashSet<string> a, HashSet<string> b) => a.Count + b.Count == 0 ? 0 : 2.0 * a.Count(b.Contains) / (a.Count + b.Count);

    private static HashSet<string> TitleWords(string text) => [.. TitleWord().Matches(text.ToLowerInvariant()).Select(m => m.Value)];

    private static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    [GeneratedRegex(@"\s+(?:[–•·—|⁄*⋆~‹«<›»>:\-]|::|//)\s+")]
    private static partial Regex TitleSeparator();

    [GeneratedRegex(@"\w{2,}")]
    private static partial Regex TitleWord();
}
