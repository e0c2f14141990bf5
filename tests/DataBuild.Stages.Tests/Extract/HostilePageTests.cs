using System.Text;
using CsCheck;
using DataBuild.Stages.Extract;

namespace DataBuild.Tests.Extract;

/// <summary>Whatever the bytes, extraction ends with a text or a reason.</summary>
public sealed class HostilePageTests
{
    private static readonly HtmlExtractor Extractor = new();

    private static readonly string[] Fragments =
    [
        "<div>", "</div>", "<p>", "</p>", "<a href=x>", "</a>", "<b>", "</b>", "<i class='a b'>", "<table>", "<tr>", "<td>", "</table>", "<li>", "<ul>",
        "<template>", "</template>", "<svg>", "<math>", "<mi>", "</math>", "<select>", "<option>", "<script>", "</script>", "<!--", "-->", "<pre>",
        "</pre>", "<textarea>", "text ", "&amp;", "&#x0;", "&notit;", "<h1>", "</h1>", "<form>", "<frameset>", "<br>", "<img alt=q src=r>", "\0", "<",
        "</", "<!", "<?x", "<![CDATA[", "]]>", "<body>", "</body>", "</html>", "<head>", "<noscript>", "<foreignObject>", "<annotation-xml>", "é", "漢字",
        "<blockquote>", "<code>", "</code>", "<caption>", "<col>", "<nobr>", "<button>", "<plaintext>", "<dt>", "<dd>", "<details hidden>",
    ];

    [Theory]
    [InlineData("<div>")]
    [InlineData("<b>")]
    [InlineData("<li><table><template>")]
    [InlineData("<a><p>")]
    [InlineData("<table><tr><td>")]
    [InlineData("<svg><g>")]
    [InlineData("<b><i><p>")]
    [InlineData("<ul><li>")]
    [InlineData("<blockquote>")]
    [InlineData("<font size=1><p>")]
    [InlineData("<select><option>")]
    public void DeepNestingEnds(string tag)
    {
        string page = string.Concat(Enumerable.Repeat(tag, 100_000)) + "<p>the end";
        ExtractedPage result = Extractor.Extract(Encoding.UTF8.GetBytes(page), null, null, new ExtractOptions { Mode = ExtractMode.All });
        Assert.True(result.DropReason is not null || result.Text.Contains("the end", StringComparison.Ordinal) || tag.Contains("template", StringComparison.Ordinal)
            || tag.Contains("select", StringComparison.Ordinal) || tag.Contains("svg", StringComparison.Ordinal));
    }

    [Fact]
    public void TextBelowTheDeepestLevelIsKept()
    {
        string page = string.Concat(Enumerable.Range(0, 1000).Select(i => $"<div>{i} "));
        string text = Extractor.Extract(Encoding.UTF8.GetBytes(page), null, null, new ExtractOptions { Mode = ExtractMode.All, MaxDepth = 64 }).Text;
        Assert.Contains("999", text, StringComparison.Ordinal);
    }

    [Fact]
    public void BudgetsEndWithAReason()
    {
        byte[] nodes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("<br>", 20_000)));
        Assert.Equal("budget_nodes", Extractor.Extract(nodes, null, null, new ExtractOptions { MaxNodes = 10_000 }).DropReason);
        Assert.Equal("budget_bytes", Extractor.Extract(nodes, null, null, new ExtractOptions { MaxBytes = 10_000 }).DropReason);
    }

    [Fact]
    public void ManyAndLongAttributesEnd()
    {
        string many = "<p " + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"a{i}=1 ")) + ">x";
        string longest = "<p class='" + new string('q', 5_000_000) + "'>x";
        string text = "<p>" + new string('w', 10_000_000);
        string references = "<p>" + string.Concat(Enumerable.Repeat("&nGt;&x", 200_000));
        foreach (string page in (string[])[many, longest, text, references])
        {
            Assert.Null(Extractor.Extract(Encoding.UTF8.GetBytes(page), null, null, new ExtractOptions { Mode = ExtractMode.All }).DropReason);
        }
    }

    [Fact]
    public void AnyMixOfMarkupIsExtracted() =>
        Gen.Int[0, Fragments.Length - 1].Array[0, 200].Sample(
            picks =>
            {
                byte[] page = Encoding.UTF8.GetBytes(string.Concat(picks.Select(p => Fragments[p])));
                foreach (ExtractMode mode in Enum.GetValues<ExtractMode>())
                {
                    ExtractedPage result = Extractor.Extract(page, null, "https://example.org/x", new ExtractOptions { Mode = mode, Links = true, Images = true, Emphasis = true });
                    Assert.True(result.Text.Length > 0 || result.DropReason is not null);
                }
            },
            iter: 300, seed: "0N0XIzNsQ0O2");

    [Fact]
    public void AnyBytesAreExtracted() =>
        Gen.Byte.Array[0, 400].Sample(
            bytes =>
            {
                ExtractedPage result = Extractor.Extract(bytes, null, null, ExtractOptions.Default);
                Assert.True(result.Text.Length > 0 || result.DropReason is not null);
            },
            iter: 500, seed: "0N0XIzNsQ0O2");

    public static TheoryData<string> HostileNames => [.. HostilePages.All.Keys];

    // Eight times the parts may take 32 times as long and a second more, for a busy machine; what grows with the square takes 64 times as long.
    [Theory]
    [MemberData(nameof(HostileNames))]
    public void WorkGrowsWithThePageAndNotWithItsSquare(string name)
    {
        foreach (ExtractMode mode in (ExtractMode[])[ExtractMode.Model, ExtractMode.All])
        {
            ExtractOptions options = new() { Mode = mode, Links = true, Images = true, Emphasis = true, MainHtml = true };
            TimeSpan small = Time(HostilePages.Make(name, 5_000), options);
            TimeSpan large = Time(HostilePages.Make(name, 40_000), options);
            Assert.True(large < (small * 32) + TimeSpan.FromSeconds(1), $"{mode}: {small.TotalSeconds:F3} s, eight times the page {large.TotalSeconds:F3} s");
        }
    }

    [Fact]
    public void PagesOfAHundredMegabytesEnd()
    {
        byte[] page = new byte[100_000_000];
        page.AsSpan().Fill((byte)'w');
        "<p>"u8.CopyTo(page);
        Assert.Equal("budget_bytes", Extractor.Extract(page, null, null, ExtractOptions.Default).DropReason);
        ExtractedPage whole = Extractor.Extract(page, null, null, new ExtractOptions { MaxBytes = int.MaxValue, Mode = ExtractMode.All });
        Assert.Equal(100_000_000 - 3, whole.Text.Length);
        Array.Fill(page, (byte)'<');
        Assert.Null(Record.Exception(() => Extractor.Extract(page, null, null, new ExtractOptions { MaxBytes = int.MaxValue })));
    }

    [Fact]
    public void AMillionPartsEnd()
    {
        foreach (string name in (string[])["nested div", "nested b", "attributes of one tag", "items of one numbered list", "cells with spans"])
        {
            ExtractedPage page = Extractor.Extract(HostilePages.Make(name, 1_000_000), null, null, new ExtractOptions { Mode = ExtractMode.All });
            Assert.True(page.Text.Length > 0 || page.DropReason == "budget_nodes", name);
        }
    }

    [SkippableFact]
    public void DamagedRealPagesAreExtracted()
    {
        byte[][] pages = [.. SharedPages.Read("segments").Take(60).Select(p => p.Html), .. SharedPages.Read("structured").Select(p => p.Html)];
        for (int seed = 0; seed < 150; seed++)
        {
            byte[] page = new PageMutator(seed).Mutate(pages[seed % pages.Length], pages[seed * 7 % pages.Length]);
            ExtractOptions options = new() { Mode = (ExtractMode)(seed % 4), Format = (ExtractFormat)(seed / 4 % 2), Links = true, Images = true, MainHtml = true };
            ExtractedPage result = Extractor.Extract(page, null, "https://example.org/x", options);
            Assert.True(result.Text.Length > 0 || result.DropReason is not null, $"seed {seed}");
            Assert.Equal(result, new HtmlExtractor().Extract(page, null, "https://example.org/x", options));
        }
    }

    private static TimeSpan Time(byte[] page, ExtractOptions options)
    {
        Extractor.Extract(page, null, "https://example.org/", options);
        long start = ThreadClock.Nanoseconds();
        ExtractedPage result = Extractor.Extract(page, null, "https://example.org/", options);
        var time = TimeSpan.FromTicks((ThreadClock.Nanoseconds() - start) / TimeSpan.NanosecondsPerTick);
        Assert.True(result.Text.Length > 0 || result.DropReason is not null);
        return time;
    }

    [SkippableFact]
    public void MutatedPagesAreExtracted()
    {
        string[] files = Directory.GetFiles(TestPaths.Shared("data/conformance/html5lib-tests/tree-construction"), "*.dat");
        Random random = new(7);
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            byte[] page = File.ReadAllBytes(file);
            for (int round = 0; round < 4; round++)
            {
                byte[] mutated = (byte[])page.Clone();
                for (int i = 0; i < 40 && mutated.Length > 0; i++)
                {
                    int at = random.Next(mutated.Length);
                    int to = random.Next(mutated.Length);
                    mutated[at] = random.Next(3) == 0 ? (byte)random.Next(256) : mutated[to];
                }

                ExtractedPage result = Extractor.Extract(mutated.AsSpan(0, random.Next(mutated.Length + 1)), "utf-8", null, ExtractOptions.Default);
                Assert.True(result.Text.Length > 0 || result.DropReason is not null);
            }
        }
    }
}
