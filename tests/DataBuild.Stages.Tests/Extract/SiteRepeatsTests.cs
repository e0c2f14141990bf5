using System.Text;
using CsCheck;
using DataBuild.Stages.Extract;

namespace DataBuild.Tests.Extract;

/// <summary>Blocks that most pages of a site in a batch repeat are left out.</summary>
public sealed class SiteRepeatsTests
{
    private const string Notice = "Sign our petition for quiet harbours, and tell all your friends about the evening walks along the old sea wall.";

    private static readonly string[] Topics = ["tides", "boats", "knots", "charts", "winds", "stars", "ropes", "sails"];

    [Fact]
    public void WhatMostPagesOfASiteRepeatIsLeftOut()
    {
        string[] texts = Measure(new ExtractStage(), Pages(3, "https://harbour.example/"));
        Assert.All(texts, t => Assert.DoesNotContain("petition", t, StringComparison.Ordinal));
        Assert.All(texts.Zip(Topics), t => Assert.Contains($"About {t.Second} the harbour master", t.First, StringComparison.Ordinal));
    }

    [Fact]
    public void ItStaysWhereTheOptionIsOffTheSiteHasTwoPagesOrThePagesAreOfOtherSites()
    {
        Assert.All(Measure(new ExtractStage { DropRepeated = false }, Pages(3, "https://harbour.example/")), Kept);
        Assert.All(Measure(new ExtractStage { Mode = ExtractMode.All }, Pages(3, "https://harbour.example/")), Kept);
        Assert.All(Measure(new ExtractStage(), Pages(2, "https://harbour.example/")), Kept);
        Assert.All(Measure(new ExtractStage(), [.. Pages(3, "https://x/").Select((p, i) => ($"https://h{i}.example/", p.Html))]), Kept);

        static void Kept(string text) => Assert.Contains("petition", text, StringComparison.Ordinal);
    }

    [Fact]
    public void CopiesOfOnePageKeepTheirText()
    {
        (string Url, string Html) page = Pages(1, "https://harbour.example/")[0];
        Assert.All(
            Measure(new ExtractStage(), [page, page, page, page]),
            t => Assert.Contains("About tides the harbour master", t, StringComparison.Ordinal));
    }

    [Fact]
    public void NeitherTheOrderOfPagesNorThreadsMatter() =>
        Gen.Shuffle(Enumerable.Range(0, 8).ToArray()).Sample(
            order =>
            {
                (string Url, string Html)[] pages = [.. Pages(5, "https://www.harbour.example/"), .. Pages(3, "https://other.example/")];
                ExtractStage stage = new();
                string[] expected = Measure(stage, pages);
                string[] shuffled = Measure(stage, [.. order.Select(i => pages[i])]);
                Assert.Equal(order.Select(i => expected[i]), shuffled);
            },
            iter: 20,
            threads: 2);

    private static (string Url, string Html)[] Pages(int count, string site) =>
    [
        .. Topics.Take(count).Select(topic => (
            site + topic,
            $"<html lang=en><title>{topic}</title><body><main><h1>{topic}</h1>"
            + string.Concat(Enumerable.Range(1, 4).Select(i =>
                $"<p>About {topic} the harbour master said in paragraph {i} that {topic} are known to every sailor of the coast, and that nobody who has lived here for {i} years would forget them.</p>"))
            + $"<p>{Notice}</p></main></body></html>")),
    ];

    private static string[] Measure(ExtractStage stage, (string Url, string Html)[] pages)
    {
        StringColumnBuilder urls = new();
        StringColumnBuilder texts = new();
        foreach ((string url, _) in pages)
        {
            urls.Append(url);
            texts.AppendNull();
        }

        DocumentBatch batch = new(pages.Length, new Dictionary<string, Column>(StringComparer.Ordinal) { ["url"] = urls.Build(), ["text"] = texts.Build() });
        Document view = new();
        for (int row = 0; row < pages.Length; row++)
        {
            Show(row);
            stage.Prefetch(view);
        }

        string[] results = new string[pages.Length];
        for (int row = 0; row < pages.Length; row++)
        {
            Show(row);
            results[row] = stage.Measure(view).Text?.ToString() ?? "";
        }

        return results;

        void Show(int row)
        {
            view.MoveTo(batch, row);
            view.SetPayload(Encoding.UTF8.GetBytes(pages[row].Html), "text/html", "utf-8");
        }
    }
}
