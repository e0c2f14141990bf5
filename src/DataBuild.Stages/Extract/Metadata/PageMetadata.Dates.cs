using System.Globalization;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Metadata;

/// <content>When the page was published, as its data state or as readers see beside its heading.</content>
internal sealed partial class PageMetadata
{
    private const int MaxDates = 24;

    // Characters that may stand before and after a date in a text that gives it.
    private const int MaxAroundDate = 45;

    private readonly List<(string Date, int Node, double Weight)> _dates = [];

    // What marks a date, weakest first.
    private enum DateMark
    {
        Text,
        Class,
        Time,
        Published,
    }

    private bool IsMonthFirst => Language is null || Language.Equals("en", StringComparison.OrdinalIgnoreCase) || Language.StartsWith("en-US", StringComparison.OrdinalIgnoreCase)
        || Language.StartsWith("en_US", StringComparison.OrdinalIgnoreCase);

    private static bool IsDateClass(ReadOnlySpan<byte> cls) =>
        cls.IndexOf("date"u8) >= 0 || cls.IndexOf("Date"u8) >= 0 || cls.IndexOf("ublish"u8) >= 0 || cls.IndexOf("time"u8) >= 0 || cls.IndexOf("meta"u8) >= 0 || cls.IndexOf("uthor"u8) >= 0
        || cls.IndexOf("yline"u8) >= 0 || cls.IndexOf("osted"u8) >= 0;

    private void ReadTime(HtmlTree tree, int node)
    {
        ReadOnlySpan<byte> property = tree.Attribute(node, "itemprop"u8);
        ReadOnlySpan<byte> cls = tree.Attribute(node, "class"u8);
        bool published = property.SequenceEqual("datePublished"u8) || property.SequenceEqual("dateCreated"u8) || cls.IndexOf("publish"u8) >= 0
            || cls.IndexOf("entry-date"u8) >= 0 || tree.TryGetAttribute(node, "pubdate"u8, out _);
        bool updated = property.SequenceEqual("dateModified"u8) || (cls.IndexOf("updated"u8) >= 0 && !published) || cls.IndexOf("modified"u8) >= 0;
        string? stated = Clean(Text(tree.Attribute(node, "datetime"u8)));
        string? date = stated is null ? null : TextDates.Find(stated, false, out _, out _) ?? ParseDate(stated);
        string? text = Short(tree, node);
        date ??= text is null ? null : TextDates.Find(text, IsMonthFirst, out _, out _);
        if (date is not null && !IsInMenu(tree, node))
        {
            updated |= text is not null && IsUpdate(text);
            AddDate(node, date, (published ? 3 : 2.5) - (updated ? 1.5 : 0), updated);
        }
    }

    private void AddDate(int node, string text, DateMark mark)
    {
        if (TextDates.Find(text, IsMonthFirst, out int at, out int length) is { } date && at <= MaxAroundDate && (mark != DateMark.Text || text.Length - at - length <= MaxAroundDate))
        {
            bool updated = IsUpdate(text[..at]);
            AddDate(node, date, (mark == DateMark.Text ? 1.5 : 2) - (updated ? 1.5 : 0), updated);
        }
    }

    private void AddDate(int node, string date, double weight, bool updated)
    {
        _dates.Add((date, node, weight));
        _nearDate |= !updated && Nearness(node) > 0;
    }

    private static bool IsUpdate(string text) =>
        text.Contains("pdated", StringComparison.Ordinal) || text.Contains("odified", StringComparison.Ordinal) || text.Contains("eviewed", StringComparison.Ordinal)
        || text.Contains("dited", StringComparison.Ordinal);

    private string? DateShown(string? url)
    {
        string? raw = _metaDate is not null && ParseDate(_metaDate) is not null ? _metaDate : ParseDate(JsonLd.DatePublished) is not null ? JsonLd.DatePublished : null;
        string? stated = ParseDate(raw);
        string? inUrl = DateInUrl(url);
        if (stated is not null)
        {
            // Readers see the day where the writer is; data often state the day in Greenwich.
            bool greenwich = raw!.EndsWith('Z') || raw.EndsWith("+00:00", StringComparison.Ordinal) || raw.EndsWith("+0000", StringComparison.Ordinal);
            string? local = inUrl is not null && DaysApart(inUrl, stated) == 1 ? inUrl
                : greenwich ? _dates.Where(d => Nearness(d.Node) > 0 && DaysApart(d.Date, stated) <= 1).Select(d => d.Date).FirstOrDefault() : null;
            return local ?? stated;
        }

        if (_otherDate is not null && (TextDates.Find(_otherDate, IsMonthFirst, out _, out _) ?? ParseDate(_otherDate)) is { } other)
        {
            return other;
        }

        if (inUrl is not null)
        {
            return inUrl;
        }

        double best = double.NegativeInfinity;
        string? found = null;
        foreach ((string date, int node, double weight) in _dates)
        {
            double score = weight + Nearness(node);
            if (score > best)
            {
                (best, found) = (score, date);
            }
        }

        return best >= 1.5 ? found : null;
    }

    private static double DaysApart(string a, string b) =>
        Math.Abs((DateTime.ParseExact(a, "yyyy-MM-dd", CultureInfo.InvariantCulture) - DateTime.ParseExact(b, "yyyy-MM-dd", CultureInfo.InvariantCulture)).TotalDays);
}
