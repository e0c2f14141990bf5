using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Tests.Deduplicate;

public sealed class UrlDedupTests
{
    [Theory]
    [InlineData("http://Example.com/", "https://www.example.com")]
    [InlineData("http://example.com:80/a/", "https://example.com:443/a")]
    [InlineData("http://example.com/a/./b/../c", "http://example.com/a/c")]
    [InlineData("http://example.com/%7Euser/%c3%a9", "http://example.com/~user/é")]
    [InlineData("http://example.com/a?b=2&a=1", "http://example.com/a?a=1&b=2")]
    [InlineData("http://example.com/a?utm_source=x&id=3&fbclid=y", "http://example.com/a?id=3")]
    [InlineData("http://example.com/a;jsessionid=2015C1DD1629", "http://example.com/a")]
    [InlineData("http://example.com/a#part", "http://example.com/a")]
    [InlineData("http://example.com/index.html", "http://example.com/")]
    [InlineData("http://example.com./a//b", "http://example.com/a/b")]
    [InlineData("http://example.com/../../a", "http://example.com/a")]
    public void Addresses_of_one_page_have_one_form(string first, string second) =>
        Assert.Equal(UrlCanonicalizer.Canonicalize(first), UrlCanonicalizer.Canonicalize(second));

    [Theory]
    [InlineData("http://example.com/a", "http://example.com/A")]
    [InlineData("http://example.com/a", "ftp://example.com/a")]
    [InlineData("http://example.com/a", "http://example.com:8080/a")]
    [InlineData("http://example.com/a%2Fb", "http://example.com/a/b")]
    [InlineData("http://example.com/?a=1", "http://example.com/?a=2")]
    [InlineData("http://example.com/#!a", "http://example.com/#!b")]
    [InlineData("http://www.com/a", "http://com/a")]
    public void Addresses_of_two_pages_differ(string first, string second) =>
        Assert.NotEqual(UrlCanonicalizer.Canonicalize(first), UrlCanonicalizer.Canonicalize(second));

    [Fact]
    public void A_query_can_be_kept_whole_or_left_out()
    {
        Assert.Equal("example.com/?utm_source=x", UrlCanonicalizer.Canonicalize("http://example.com/?utm_source=x", UrlQuery.All).Replace("com?", "com/?", StringComparison.Ordinal));
        Assert.Equal("example.com/a", UrlCanonicalizer.Canonicalize("http://example.com/a?id=1", UrlQuery.None));
    }

    [Fact]
    public void The_latest_document_of_an_address_stays_and_documents_without_one_are_left_alone()
    {
        Row[] rows =
        [
            new("a", "") { Url = "http://example.com/x", Date = "2023-01-01" },
            new("b", "") { Url = "https://www.example.com/x/", Date = "2024-01-01" },
            new("c", "") { Url = "" },
            new("d", "") { Url = " " },
        ];
        DuplicateOutcome[] outcomes = CorpusInMemory.Run(new UrlDedup { Name = "url" }, rows);
        Assert.Equal([new("b", 2, "b"), new("b", 2, null), new(null, 1, null), new(null, 1, null)], outcomes);
    }

    [Fact]
    public void Addresses_of_sites_alone_are_left_where_they_are_asked_to_be()
    {
        Row[] rows = [new Row("a", "x") { Url = "https://site.example/" }, new Row("b", "y") { Url = "http://site.example" }, new Row("c", "z") { Url = "https://site.example/p" }, new Row("d", "w") { Url = "https://site.example/p/" }];
        Assert.Equal([null, "duplicate_url", null, "duplicate_url"], CorpusInMemory.Reasons(new UrlDedup(), CorpusInMemory.Run(new UrlDedup { Priority = "" }, rows)));
        Assert.Equal([null, null, null, "duplicate_url"], CorpusInMemory.Reasons(new UrlDedup(), CorpusInMemory.Run(new UrlDedup { Priority = "", SkipBareDomains = true }, rows)));
    }
}
