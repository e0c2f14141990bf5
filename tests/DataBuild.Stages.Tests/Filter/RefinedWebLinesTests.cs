using CsCheck;
using DataBuild.Stages.Filter;

namespace DataBuild.Stages.Tests.Filter;

public class RefinedWebLinesTests
{
    // mlfoundations/dclm (MIT), tests of its line modifiers.
    [Theory]
    [InlineData("likes")]
    [InlineData("comments")]
    [InlineData("followers")]
    [InlineData("downvotes")]
    public void Lines_of_counters_go(string counted) =>
        Assert.Equal("This line does not contain a counter.", Text(new RefinedWebLines(), $"3 {counted}\n3,000 {counted}\n123K {counted}!\n 5.1M   {counted}  \nThis line does not contain a counter."));

    [Fact]
    public void Counters_inside_lines_stay() =>
        Assert.Equal("Hello, World.\n\nHello, World with 3 views.", Text(new RefinedWebLines(), "123K quotes\n\nHello, World.\n\nHello, World with 3 views.\n3 views"));

    [Theory]
    [InlineData(1.0, "HELLO WORLD\n\nhello world\nHello, World\n\nHello, world")]
    [InlineData(2 / 12.0, "hello world\nHello, World\n\nHello, world")]
    [InlineData(1 / 12.0, "hello world\n\nHello, world")]
    [InlineData(0, "hello world")]
    public void Lines_of_capitals_go(double limit, string expected) =>
        Assert.Equal(expected, Text(new RefinedWebLines { MaxUppercase = limit }, "HELLO WORLD\n\nhello world\nHello, World\n\nHello, world"));

    [Theory]
    [InlineData(1.0, "1a\n\n2bb\n\n3cc\nabcd")]
    [InlineData(0.5, "1a\n\n2bb\n\n3cc\nabcd")]
    [InlineData(1 / 3.0, "2bb\n\n3cc\nabcd")]
    [InlineData(0, "abcd")]
    public void Lines_of_digits_go(double limit, string expected) =>
        Assert.Equal(expected, Text(new RefinedWebLines { MaxNumeric = limit, MinWordsPerLine = 0 }, "1a\n\n2bb\n\n3cc\nabcd"));

    [Theory]
    [InlineData("two words\nHome\nlast line", "two words\nlast line")]
    [InlineData("You have 3 items in cart today", "You have 3 today")]
    [InlineData("A teaser text. Read more...", "A teaser text.")]
    [InlineData("Sign-in to your account", "to your account")]
    [InlineData("Items in cart", "")]
    [InlineData("one two three four five six seven eight nine ten items in cart", "one two three four five six seven eight nine ten items in cart")]
    public void Short_lines_lose_phrases_of_navigation(string text, string expected) => Assert.Equal(expected, Text(new RefinedWebLines(), text).TrimEnd());

    [Fact]
    public void Pages_that_lose_a_twentieth_of_their_words_go()
    {
        string words = string.Join(' ', Enumerable.Repeat("word", 95));
        Assert.Null(Reason(words + "\nHEY\nYOU\nTHE\nONE\nTWO"));
        Assert.Equal("too_many_words_removed", Reason(words + "\nHEY\nYOU\nTHE\nONE\nTWO\nTEN"));
        Assert.Equal("nothing_left", Reason("HEY\nYOU"));
        Assert.Equal("empty", Reason(""));
    }

    [Fact]
    public void Kept_lines_are_lines_of_the_text() =>
        Gen.String[Gen.Char["AB ab1,\nK likes"], 0, 80].Sample(text =>
        {
            RefinedWebLinesFigures figures = new RefinedWebLines { MaxWordsOfPhraseLine = 0 }.Measure(Document.Create(text));
            Assert.InRange(figures.RemovedWords, 0, 1);
            Assert.True(figures.Text.Length <= text.Length);
        });

    private static string Text(RefinedWebLines stage, string text) => stage.Measure(Document.Create(text)).Text.ToString();

    private static string? Reason(string text)
    {
        RefinedWebLines stage = new();
        RefinedWebLinesFigures figures = stage.Measure(Document.Create(text));
        return stage.Decide(in figures).Reason;
    }
}
