using System.Diagnostics;
using System.Globalization;
using System.Text;
using DataBuild.Stages.Extract;
using DataBuild.Stages.Extract.Charsets;
using DataBuild.Stages.Extract.Html;
using DataBuild.Stages.Extract.Sites;

namespace DataBuild.ExtractionBenchmark;

/// <summary>
/// Prints what leaving out blocks that a site's pages repeat gains and costs: on the pages of wcxb of sites with three pages or more, and in time.
/// <c>show</c> prints the pages whose text it changes.
/// </summary>
internal static class RepeatsCommand
{
    public static void Run(string[] args)
    {
        HtmlExtractor extractor = new();
        HtmlTree buffer = new();
        ExtractOptions options = new() { Format = ExtractFormat.Text };
        foreach (bool validation in (bool[])[true, false])
        {
            Scoring without = new();
            Scoring with = new();
            int pages = 0;
            int changed = 0;
            TimeSpan survey = TimeSpan.Zero;
            TimeSpan extract = TimeSpan.Zero;
            foreach (IGrouping<string?, TruthPage> site in PageSet.Read("wcxb").Where(p => p.IsValidation == validation).GroupBy(p => BatchSites.SiteOf(Encoding.UTF8.GetBytes(p.Url))))
            {
                if (site.Key is null || site.Count() < SiteTexts.MinPages)
                {
                    continue;
                }

                SiteTexts texts = new();
                long start = Stopwatch.GetTimestamp();
                foreach (TruthPage page in site)
                {
                    if (System.Text.Unicode.Utf8.IsValid(page.Html))
                    {
                        texts.Add(page.Html);
                        continue;
                    }

                    PageDecoder.Decode(page.Html, page.Charset, buffer);
                    texts.Add(buffer.Text.AsSpan(0, buffer.SourceLength));
                }

                survey += Stopwatch.GetElapsedTime(start);
                foreach (TruthPage page in site)
                {
                    start = Stopwatch.GetTimestamp();
                    string usual = extractor.Extract(page.Html, page.Charset, page.Url, options).Text;
                    extract += Stopwatch.GetElapsedTime(start);
                    string text = extractor.Extract(page.Html, page.Charset, page.Url, options, texts).Text;
                    without.Add(page, usual);
                    with.Add(page, text);
                    pages++;
                    if (text != usual)
                    {
                        changed++;
                        if (args.Contains("show"))
                        {
                            Show(page, usual, text);
                        }
                    }
                }
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(validation ? "validation" : "training")} sites: {pages} pages, {changed} changed; precision {without["precision"]:F4} -> {with["precision"]:F4}, recall {without["recall"]:F4} -> {with["recall"]:F4}, F1 {without["f1"]:F4} -> {with["f1"]:F4}; survey {survey.TotalMilliseconds:F0} ms, extraction {extract.TotalMilliseconds:F0} ms"));
        }
    }

    private static void Show(TruthPage page, string usual, string text)
    {
        Scoring a = new();
        Scoring b = new();
        a.Add(page, usual);
        b.Add(page, text);
        HashSet<string> kept = [.. text.Split('\n')];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{page.Url}: {a["f1"]:F3} -> {b["f1"]:F3}"));
        foreach (string line in usual.Split('\n').Where(l => !kept.Contains(l)).Take(6))
        {
            Console.WriteLine("    " + (line.Length > 100 ? line[..100] : line));
        }
    }
}
