using CsCheck;
using DataBuild.Stages.Filter;
using DataBuild.Stages.Refine;

namespace DataBuild.Stages.Tests.Refine;

/// <summary>mlfoundations/dclm (MIT), tests/baselines/mappers/modifiers/test_modifiers.py: what DCLM-baseline does to texts.</summary>
public class DclmModifierTests
{
    [Theory]
    [InlineData("https://www.example.com")]
    [InlineData("www.example.org")]
    [InlineData("example.co.ukexample.randomsite.net:9000")]
    [InlineData("blog.samplewebsite.org:8081/post.html")]
    [InlineData("ftp://ftp.example.com/files")]
    [InlineData("ftp://files.example.net:21/downloads")]
    [InlineData("irc.randomchat.org:6667/chatroom")]
    [InlineData("mail.samplecompany.com:25/inbox")]
    [InlineData("www.technewsportal.org:8084/latest-news")]
    [InlineData("gamingcommunity.com:8085/forums/7890")]
    [InlineData("https://blog.samplewebsite.org")]
    [InlineData("https://en.wikipedia.org/wiki/Random_topic")]
    [InlineData("http://www.ecommerce-store.biz/products/sale")]
    [InlineData("https://www.example.com/search?q=url")]
    [InlineData("https://www.example.com/page?id=123&category=tech")]
    [InlineData("https://www.example.com#section1")]
    [InlineData("https://www.example.com/page#comments")]
    [InlineData("ftp://username:password@ftp.example.com")]
    [InlineData("http://username:password@example.com")]
    [InlineData("http://www.example.museum")]
    [InlineData("http://bit.ly/abcdef")]
    [InlineData("https://tinyurl.com/xyz123")]
    [InlineData("http://192.168.1.1")]
    [InlineData("https://10.0.0.1:8080")]
    [InlineData("1.1.1.1")]
    public void Addresses_go(string url)
    {
        Assert.Equal("This URL should be removed.", WithoutUrls($"This URL {url} should be removed."));
        Assert.Equal("This URL should be removed\nThis text should still be on a new line.", WithoutUrls($"This URL should be removed\n{url}\nThis text should still be on a new line."));
    }

    [Theory]
    [InlineData("U.S.A.")]
    [InlineData("e.g.")]
    [InlineData("3.14")]
    [InlineData("1.123.456.7899999.999.999.999123.123.123v3.12.7.4")]
    public void What_is_no_address_stays(string text)
    {
        string page = $"This text {text} is not a URL.\n{text}";
        Assert.Equal(page, WithoutUrls(page));
    }

    [Fact]
    public void A_text_of_an_address_alone_is_dropped()
    {
        RemoveUrls stage = new();
        RemoveUrlsFigures figures = stage.Measure(Document.Create("https://www.example.com"));
        Assert.Equal((1, "nothing_left"), (figures.RemovedUrls, stage.Decide(in figures).Reason));
    }

    [Fact]
    public void Texts_without_dots_stay_and_a_second_run_finds_nothing_new() =>
        Gen.String[Gen.Char["com.org/:1 a\n-@éü"], 0, 60].Sample(text =>
        {
            string once = WithoutUrls(text);
            Assert.True(once.Length <= text.Length);
            Assert.Equal(text.Replace(".", "", StringComparison.Ordinal), WithoutUrls(text.Replace(".", "", StringComparison.Ordinal)));
        });

    [Theory]
    [InlineData("", 2, "")]
    [InlineData("Hello, World", 2, "Hello, World")]
    [InlineData("Hello\n\nWorld", 2, "Hello\n\nWorld")]
    [InlineData("Hello\n\nWorld", 1, "Hello\nWorld")]
    [InlineData("Hello\n\n\n\n\nWorld", 2, "Hello\n\nWorld")]
    [InlineData("Hello\nWorld\nAnother\nLine", 1, "Hello\nWorld\nAnother\nLine")]
    [InlineData("Hello\n\n\nWorld\n\n\nAnother\n\n\nLine", 2, "Hello\n\nWorld\n\nAnother\n\nLine")]
    [InlineData("Hello\n\n\nWorld\n\n\nAnother\n\n\nLine", 1, "Hello\nWorld\nAnother\nLine")]
    public void Runs_of_line_feeds_are_shortened(string text, int max, string expected)
    {
        CollapseLineFeedsFigures figures = new CollapseLineFeeds { MaxConsecutive = max }.Measure(Document.Create(text));
        Assert.Equal((expected, text.Length - expected.Length), (figures.Text.ToString(), figures.RemovedLineFeeds));
    }

    [Theory]
    [InlineData(
        "You have 7 items in cart right now\n  items in cart  \nYou have 7 items in cart right now but you can add more by clicking back onto the homepage.",
        "You have 7 right now\nYou have 7 items in cart right now but you can add more by clicking back onto the homepage.")]
    [InlineData(
        "sign-in for full access\nsign-in  \nThis is an article about how to sign-in.\n\nsign-in at this page by providing your username and password. If you forget your password you may contact a site administrator.",
        "for full access\nThis is an article about how to sign-in.\n\nsign-in at this page by providing your username and password. If you forget your password you may contact a site administrator.")]
    [InlineData(
        "Please read more...\n  read more...\nRead more...and find out!\n\nThis is a short summary about the article, which can be expanded upon if you wish. Read more...",
        "Please\nRead more...and find out!\n\nThis is a short summary about the article, which can be expanded upon if you wish. Read more...")]
    [InlineData("ABCdef\nab\n12345 likes", "ABCdef\nab")]
    public void Phrases_of_navigation_go(string text, string expected) =>
        Assert.Equal(expected, new RefinedWebLines { MinWordsPerLine = 0 }.Measure(Document.Create(text)).Text.ToString());

    private static string WithoutUrls(string text) => new RemoveUrls().Measure(Document.Create(text)).Text.ToString();
}
