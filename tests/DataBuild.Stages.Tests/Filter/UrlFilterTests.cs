using DataBuild.Stages.Filter;

namespace DataBuild.Stages.Tests.Filter;

public sealed class UrlFilterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-url-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // huggingface/datatrove (Apache-2.0), tests of its URL filter.
    [Theory]
    [InlineData("https://blocked.com/some-sub-url?with=stuff", "domain")]
    [InlineData("https://hey.danger.org/some-sub-url?with=stuff", "domain")]
    [InlineData("http://www.danger.org/some-sub-url?with=stuff", "domain")]
    [InlineData("https://nice.com/some-sub-url?with=stuff", null)]
    [InlineData("https://badsubdomain.nice.com/some-sub-url?with=stuff", "subdomain")]
    [InlineData("https://sdsd.badsubdomain.nice.com/some-sub-url?with=stuff", null)]
    [InlineData("https://blocke.dcom/some-sub-url?with=stuff", null)]
    public void Looks_hosts_up_as_DataTrove_does(string url, string? reason) =>
        Assert.Equal(reason, Reason(Ready(new UrlFilter { MatchSubdomains = false, Domains = [List("blocked.com", "danger.org", "badsubdomain.nice.com")] }), url));

    [Theory]
    [InlineData("https://sdsd.badsubdomain.nice.com/", "subdomain")]
    [InlineData("https://user:pw@WWW.Blocked.COM:8080/x", "domain")]
    [InlineData("blocked.com", "domain")]
    [InlineData("https://a.bad.co.uk/", "domain")]
    [InlineData("https://A.BAD.CO.UK/", "domain")]
    [InlineData("https://good.co.uk/", null)]
    [InlineData("https://ads.example/", "domain")]
    [InlineData("https://track.example/", "domain")]
    [InlineData("https://notblocked.com/", null)]
    [InlineData("https://ok.blocked.com/", null)]
    [InlineData("", null)]
    public void A_listed_host_stands_for_all_below_it_and_allow_lists_win(string url, string? reason) =>
        Assert.Equal(reason, Reason(
            Ready(new UrlFilter
            {
                Domains = [List("# UT1", "blocked.com", "badsubdomain.nice.com", "bad.co.uk", "0.0.0.0 ads.example # hosts form", "||track.example^")],
                Allow = [List("ok.blocked.com")],
            }),
            url));

    [Theory]
    [InlineData("https://x.org/bad/page", "url")]
    [InlineData("http://www.x.org/bad/page/#top", "url")]
    [InlineData("https://x.org/bad/page/below?q=1", "url")]
    [InlineData("https://x.org/bad/pages", null)]
    [InlineData("https://x.org/bad", null)]
    [InlineData("https://y.org/wrong!way", "url")]
    [InlineData("https://y.org/wrong", null)]
    [InlineData("https://y.org/a", null)]
    [InlineData("https://x.org/casino-games", "word")]
    [InlineData("https://x.org/casinos", null)]
    [InlineData("https://x.org/free-movie", "soft_words")]
    [InlineData("https://x.org/free-free", null)]
    [InlineData("https://x.org/f-o-r-b/idden", "subword")]
    public void Words_count_by_kind(string url, string? reason) =>
        Assert.Equal(reason, Reason(
            Ready(new UrlFilter { Urls = [List("x.org/bad/page", "y.org/wrong!way # not this", "# y.org/a")], Words = [List("casino")], SoftWords = [List("free", "movie")], Subwords = [List("forbidden")] }), url));

    [Fact]
    public void DataTrove_looks_up_the_address_alone()
    {
        UrlFilter stage = Ready(new UrlFilter { MatchPaths = false, Urls = [List("x.org/bad/page")] });
        Assert.Equal("url", Reason(stage, "https://www.x.org/bad/page/"));
        Assert.Null(Reason(stage, "https://x.org/bad/page/below"));
    }

    [Theory]
    [InlineData("https://shop.evil.co.uk/", "domain")]
    [InlineData("https://a.b.evil.kobe.city.jp/", null)]
    [InlineData("https://b.c.kobe.jp/", "domain")]
    [InlineData("https://deep.bad.blogspot.com/", "subdomain")]
    [InlineData("https://user.github.io/", "subdomain")]
    [InlineData("http://192.0.2.7:8080/x", "domain")]
    [InlineData("http://192.0.2.8/x", null)]
    public void Domains_and_subdomains_are_told_apart_by_the_public_suffix_list(string url, string? reason) =>
        Assert.Equal(reason, Reason(Ready(new UrlFilter { Domains = [List("evil.co.uk", "b.c.kobe.jp", "bad.blogspot.com", "user.github.io", "192.0.2.7")] }), url));

    [Fact]
    public void Private_suffixes_and_a_list_of_the_project_make_other_domains()
    {
        UrlFilter stage = new() { Domains = [List("user.github.io", "x.y.example")] };
        Assert.Equal("domain", Reason(Ready(stage with { PrivateSuffixes = true }), "https://user.github.io/"));
        Assert.Equal("subdomain", Reason(Ready(stage), "https://x.y.example/"));
        Assert.Equal("domain", Reason(Ready(stage with { PublicSuffixes = List("// own", "*.example") }), "https://x.y.example/"));
        Assert.Contains("holds no rule", Assert.Throws<StageException>(() => Ready(stage with { PublicSuffixes = List("// nothing") })).Message, StringComparison.Ordinal);
        Assert.Contains("line 2", Assert.Throws<StageException>(() => Ready(stage with { PublicSuffixes = List("com", "é..com") })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_list_and_a_missing_list_are_errors()
    {
        Assert.Contains("has no list", Assert.Throws<StageException>(() => Ready(new UrlFilter())).Message, StringComparison.Ordinal);
        StageException exception = Assert.Throws<StageException>(() => Ready(new UrlFilter { Domains = [InputFile.FromPath(Path.Combine(_folder, "none.txt"))] }));
        Assert.Contains("none.txt", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_list_finds_all_its_entries_and_no_other()
    {
        UrlFilter stage = Ready(new UrlFilter { Domains = [List([.. Enumerable.Range(0, 20_000).Select(i => $"host{i}.example")])] });
        Assert.All(Enumerable.Range(0, 20_000), i => Assert.Equal("domain", Reason(stage, $"https://host{i}.example/")));
        Assert.All(Enumerable.Range(20_000, 20_000), i => Assert.Null(Reason(stage, $"https://host{i}.example/")));
    }

    [Fact]
    public void Toxic_words_count_by_share()
    {
        ToxicityWords stage = new() { Lists = [List("damn")] };
        stage.Initialize(new StageContext(_folder, _folder));
        ToxicityWordsFigures one = stage.Measure(Document.Create("damn this"));
        ToxicityWordsFigures two = stage.Measure(Document.Create("damn this damn that"));
        Assert.True(stage.Decide(in one).IsKeep);
        Assert.Equal("toxic_words", stage.Decide(in two).Reason);
        Assert.Equal(500, two.PerThousandWords);
    }

    [Theory]
    [InlineData("CC-BY-4.0", null)]
    [InlineData(" cc0-1.0 ", null)]
    [InlineData("proprietary", "other_license")]
    [InlineData("", "license_unstated")]
    public void Licences_are_kept_by_name_or_beginning(string license, string? reason)
    {
        StringColumnBuilder column = new();
        column.Append(license.AsSpan());
        License stage = new() { Keep = ["cc-by*", "CC0-1.0"] };
        LicenseFigures figures = stage.Measure(Document.Create("text", "", "", ("license", column.Build())));
        Assert.Equal(reason, stage.Decide(in figures).Reason);
    }

    private InputFile List(params string[] lines)
    {
        string path = Path.Combine(_folder, Guid.NewGuid().ToString("N") + ".txt");
        File.WriteAllLines(path, lines);
        return InputFile.FromPath(path);
    }

    private UrlFilter Ready(UrlFilter stage)
    {
        stage.Initialize(new StageContext(_folder, _folder));
        return stage;
    }

    private static string? Reason(UrlFilter stage, string url)
    {
        UrlFilterFigures figures = stage.Measure(Document.Create("text", url));
        return stage.Decide(in figures).Reason;
    }
}
