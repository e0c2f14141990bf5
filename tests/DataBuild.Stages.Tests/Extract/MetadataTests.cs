using System.Text;
using DataBuild.Stages.Extract;
using DataBuild.Stages.Extract.Metadata;

namespace DataBuild.Tests.Extract;

/// <summary>Titles, authors and dates: where pages state them and where readers see them.</summary>
public sealed class MetadataTests
{
    private static readonly HtmlExtractor Extractor = new();

    private static ExtractedPage Page(string html, string? url = null) =>
        Extractor.Extract(Encoding.UTF8.GetBytes("<!DOCTYPE html><html><meta charset=utf-8>" + html), null, url, new ExtractOptions { Mode = ExtractMode.All });

    [Theory]
    [InlineData("Published March 5, 2024", true, "2024-03-05")]
    [InlineData("5th of March 2024 at noon", true, "2024-03-05")]
    [InlineData("Sept. 9, 2021", true, "2021-09-09")]
    [InlineData("3/10/2023", true, "2023-03-10")]
    [InlineData("3/10/2023", false, "2023-10-03")]
    [InlineData("25/10/2023", true, "2023-10-25")]
    [InlineData("02-12-2025", true, "2025-12-02")]
    [InlineData("04-ago-2021 5:11:10", false, "2021-08-04")]
    [InlineData("am 3. Oktober 2023", false, "2023-10-03")]
    [InlineData("1er décembre 2020", false, "2020-12-01")]
    [InlineData("12 de mayo de 2019", false, "2019-05-12")]
    [InlineData("7 września 2022", false, "2022-09-07")]
    [InlineData("15 января 2018", false, "2018-01-15")]
    [InlineData("2024年5月13日", false, "2024-05-13")]
    [InlineData("2024년 5월 3일", false, "2024-05-03")]
    [InlineData("2024/5/3 10:00", false, "2024-05-03")]
    [InlineData("31 February 2024", true, null)]
    [InlineData("Room 12 Mary 2024", true, null)]
    [InlineData("March 2024", true, null)]
    [InlineData("1/2/1969", true, null)]
    public void DatesOfText(string text, bool monthFirst, string? expected) => Assert.Equal(expected, TextDates.Find(text, monthFirst, out _, out _));

    [Theory]
    [InlineData("By Ada Lovelace", "Ada Lovelace")]
    [InlineData("Written by: Ada Lovelace | 3 min read", "Ada Lovelace")]
    [InlineData("Posted by ada on Friday December 19, 2025", "ada")]
    [InlineData("By Ada Lovelace, Charles Babbage and Mary Somerville Updated March 3, 2024", "Ada Lovelace, Charles Babbage and Mary Somerville")]
    [InlineData("Ada LovelaceDecember 17, 2025", "Ada Lovelace")]
    [InlineData("Ada Lovelace Former Countess", "Ada Lovelace")]
    [InlineData("Von Ada Lovelace", "Ada Lovelace")]
    [InlineData("By", null)]
    [InlineData("Posted by:", null)]
    [InlineData("Your Name: *", null)]
    [InlineData("about the author", null)]
    [InlineData("{{ author }}", null)]
    public void NamesOfBylines(string text, string? expected) => Assert.Equal(expected, BylineNames.Read(text, false));

    [Theory]
    [InlineData("<title>The canal in winter | The Press</title><h1>The canal in winter</h1>", null, "The canal in winter")]
    [InlineData("<title>The Press - The canal in winter</title><meta property=og:site_name content='The Press'>", null, "The canal in winter")]
    [InlineData("<title>The canal in winter | The Press</title><h1>The Press</h1>", "https://press.example/canal", "The canal in winter")]
    [InlineData("<title>The Press</title><h1>The canal in winter</h1>", "https://thepress.example/canal-in-winter", "The canal in winter")]
    [InlineData(
        "<title>Winter canals: 9 facts | The Press</title><meta property=og:type content=article><h1>The canal in winter</h1>", "https://a.example/the-canal-in-winter",
        "The canal in winter")]
    [InlineData(
        "<title>Canal barges for hire | Barges &amp; Co</title><meta property=og:title content='Canal barges for hire'><h1>Welcome aboard our boats</h1>",
        "https://a.example/barge-hire", "Canal barges for hire")]
    [InlineData("<title>canal.freeze - manual</title><h1>canal.freeze()<a href=#x>¶</a></h1>", null, "canal.freeze()")]
    [InlineData("<h1><svg><title>Logo</title><text>Logo</text></svg>The canal</h1>", null, "The canal")]
    public void Title(string html, string? url, string expected) => Assert.Equal(expected, Page(html, url).Title);

    [Theory]
    [InlineData(
        "<script type=application/ld+json>{\"@graph\":[{\"@type\":\"Article\",\"author\":{\"name\":\"adal\",\"@id\":\"#p\"}},{\"@type\":\"Person\",\"@id\":\"#p\",\"name\":\"Ada Lovelace\"}]}</script>",
        "Ada Lovelace")]
    [InlineData("<script type=application/ld+json>{\"@type\":\"Article\",\"author\":[\"Ada Lovelace\",\"Mary Somerville\"]}</script>", "Ada Lovelace; Mary Somerville")]
    [InlineData("<script type=application/ld+json>{\"@type\":\"Article\",\"description\":\"two\nlines\",\"author\":{\"name\":\"Ada Lovelace\"}}</script>", "Ada Lovelace")]
    [InlineData(
        "<script type=application/ld+json>{\"@type\":\"Article\",\"author\":{\"@type\":\"Organization\",\"name\":\"The Press\"}}</script><h1>Canal</h1><div class=byline>By Ada Lovelace</div>",
        "Ada Lovelace")]
    [InlineData("<meta name=twitter:label1 content='Written by'><meta name=twitter:data1 content='Ada Lovelace'>", "Ada Lovelace")]
    [InlineData("<meta name=citation_author content='Lovelace, Ada'><meta name=citation_author content='Babbage, Charles'>", "Lovelace, Ada; Babbage, Charles")]
    [InlineData("<meta name=author content=admin><h1>Canal</h1><a href=/author/ada-lovelace/>Ada Lovelace</a>", "Ada Lovelace")]
    [InlineData("<h1>Canal</h1><p>By <a href=/x>Ada Lovelace</a></p>", "Ada Lovelace")]
    [InlineData("<nav><a href=/author/editor>Chief Editor</a></nav><h1>Canal</h1><span class='author vcard'><a class=url>Ada Lovelace</a></span>", "Ada Lovelace")]
    [InlineData("<h1>Why?</h1><div itemprop=author class=user-details><a href=/users/7/ada>ada</a> <span>14.6k</span><span>20 gold badges</span></div>", "ada")]
    [InlineData("<h1>Why?</h1><span class=creator itemprop=author><span itemprop=name>ada_l</span> (Ada)</span>", "ada_l")]
    [InlineData("<h1>Why?</h1><div itemprop=author><meta itemprop=name content=ada><a href=/members/ada.7/><span>A</span></a></div>", "ada")]
    [InlineData("<h1>Why?</h1><p class=author>Post by <a class=username href='./memberlist.php?mode=viewprofile&amp;u=7'>ada</a> » Sat Feb 24, 2024 12:41 pm</p>", "ada")]
    [InlineData("<h1>Canal</h1><p>Built by hand.</p>", null)]
    public void Author(string html, string? expected) => Assert.Equal(expected, Page(html).Author);

    [Theory]
    [InlineData("<meta property=article:published_time content='2024-03-05T10:00:00+01:00'>", null, "2024-03-05")]
    [InlineData("<meta name=published content='July 17, 2025'>", null, "2025-07-17")]
    [InlineData("<h1>Canal</h1><div>December 17, 2025</div>", null, "2025-12-17")]
    [InlineData("<div>Dec 17, 2025</div><h1>Canal</h1>", null, "2025-12-17")]
    [InlineData("<h1>Canal</h1><p>By Ada - Mar 27, 2024</p>", null, "2024-03-27")]
    [InlineData("<h1>Canal</h1><p>Updated May 1, 2025</p><p>Published Apr 26, 2023</p>", null, "2023-04-26")]
    [InlineData("<h1>Why?</h1><time itemprop=dateCreated datetime='2009-05-02T00:01:21'></time><time itemprop=dateCreated datetime='2020-07-08T10:00:00'></time>", null, "2009-05-02")]
    [InlineData("<h1>Canal</h1><time>on Friday December 19, 2025 @08:00PM</time>", null, "2025-12-19")]
    [InlineData("<html lang=en-GB><h1>Canal</h1><span class=date>03/10/2023</span>", null, "2023-10-03")]
    [InlineData("<meta property=article:published_time content='2025-12-19T03:05:00+00:00'>", "https://a.example/2025/12/18/canal", "2025-12-18")]
    [InlineData(
        "<meta property=article:published_time content='2025-12-19T03:05:00Z'><h1>Canal</h1><time datetime='2025-12-18T19:05:00-08:00'>December 18, 2025</time>", null, "2025-12-18")]
    [InlineData("<h1>Canal</h1><p>The lock was opened on a cold and rainy morning, on December 19, 2025, in front of a crowd of two hundred people who had waited for it.</p>", null, null)]
    public void Date(string html, string? url, string? expected) => Assert.Equal(expected, Page(html, url).DatePublished);
}
