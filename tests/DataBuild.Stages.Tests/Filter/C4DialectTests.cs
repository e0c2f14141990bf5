using DataBuild.Stages.Filter;

namespace DataBuild.Stages.Tests.Filter;

/// <summary>C4's rules as five systems read them: their own published cases where there are some, otherwise by hand from their code.</summary>
public class C4DialectTests
{
    // mlfoundations/dclm (MIT), test_modifiers.py.
    private const string Punctuated = "Period.\nQuestion?\nExclamation!\n\n\"Quotation\"\nEllipsis... \nNothing\nWhitespace.  \nEllipsis\u2026";
    private const string Scripts = "JavaScript must be enabled\n\nThis is an article about JavaScript.\njava script enabled ";
    private const string Lengths = "Short line\n\na b c d e f g h i j k\n  There are exactly 10 words present in this line here\nHi";

    [Fact]
    public void Dclm_keeps_empty_lines_and_knows_both_ellipses() =>
        Assert.Equal("Period.\nQuestion?\nExclamation!\n\n\"Quotation\"\nWhitespace.", Text(new C4Quality { Dialect = FilterDialect.Dclm, MinWordsPerLine = 0 }, Punctuated));

    [Fact]
    public void Dclm_decides_its_own_cases_of_lines()
    {
        C4Quality stage = new() { Dialect = FilterDialect.Dclm, RequireTerminalPunctuation = false, MinWordsPerLine = 0 };
        Assert.Equal("java script enabled", Text(stage, Scripts));
        Assert.Equal("Short line\n\na b c d e f g h i j k\n  There are exactly 10 words present in this line here", Text(stage with { MinWordsPerLine = 2 }, Lengths));
        Assert.Equal("Regular line    \n\nBaaaaarely in the limit.", Text(stage with { MaxWordLength = 10 }, "Regular line    \n\nVerylongword and regular words\nBaaaaarely in the limit."));
        Assert.Equal(
            "This is what a wiki citation looks like.\nStudies show it helps to remove it for LLM training.",
            Text(stage, "[edit]This is what a wiki citation looks like[134].\nStudies show it helps to remove it for LLM training[citation needed]."));
    }

    // allenai/dolma (Apache-2.0), test_c4.py.
    [Theory]
    [InlineData("This is a test.", null)]
    [InlineData("This is a test {", "curly_bracket")]
    [InlineData("This is a test javascript", "javascript")]
    [InlineData("This is a lorem ipsum test\nmore test.", "lorem_ipsum")]
    public void Dolma_tags_the_page_whatever_line_it_stands_in(string text, string? reason)
    {
        C4Quality stage = new() { Dialect = FilterDialect.Dolma };
        C4QualityFigures figures = stage.Measure(Document.Create(text));
        Assert.Equal(reason, stage.Decide(in figures).Reason);
    }

    [Fact]
    public void Dolma_counts_its_own_cases_of_lines()
    {
        C4Quality stage = new() { Dialect = FilterDialect.Dolma, MinWordsPerLine = 0 };

        // Its third line without an end is the empty one after the last line feed, which is none here.
        Assert.Equal(2, Measure(stage, "This is a test.\nIt has more;\nA trailing space! \nShould be good on this one.\nThis one is bad\n").UnterminatedLines);
        Assert.Equal(2, Measure(new() { Dialect = FilterDialect.Dolma }, "Short!\nThis short.\nBarely above the limit!\nthis is last frontier.").ShortLines);
        Assert.Equal(0, Measure(stage, "This is a test javascript.").JavascriptLines);
        Assert.Equal("It ends so...", Text(stage, "It ends so..."));
    }

    // NVIDIA-NeMo/Curator (Apache-2.0), test_filters.py.
    [Theory]
    [InlineData("nothing\t here", null)]
    [InlineData("1\n\n2\n\n3\n\n4\n\n5\n\n6\n\nterms of use\n\n privacy policy\n\n cookie policy\n\nuses cookies", null)]
    [InlineData("too much \n\n privacy & cookies policy", "too_many_policy_paragraphs")]
    [InlineData("one lorem ipsum\n\ntwo", "lorem_ipsum")]
    public void Nemo_judges_pages_by_their_paragraphs(string text, string? reason)
    {
        C4Quality stage = new() { Dialect = FilterDialect.Nemo, MaxUnterminatedShare = 1 };
        C4QualityFigures figures = stage.Measure(Document.Create(text));
        Assert.Equal(reason, stage.Decide(in figures).Reason);
        Assert.Equal(text, figures.Text.ToString());
    }

    [Theory]
    [InlineData("not good", 1000, "too_many_unterminated_lines")]
    [InlineData("good.", 1000, null)]
    [InlineData("just\n barely\n fine\n ok\n yep.", 1000, null)]
    [InlineData("", 1000, "too_many_unterminated_lines")]
    [InlineData("tiny.", 5, null)]
    [InlineData("large.", 5, "long_word")]
    public void Nemo_judges_pages_by_their_lines_and_words(string text, int longest, string? reason)
    {
        C4Quality stage = new() { Dialect = FilterDialect.Nemo, MaxUnterminatedShare = 0.8, MaxWordLength = longest };
        C4QualityFigures figures = stage.Measure(Document.Create(text));
        Assert.Equal(reason, stage.Decide(in figures).Reason);
    }

    [Fact]
    public void One_line_in_five_readings()
    {
        // Six tokens with two citation marks, four without; an apostrophe at the end; an ellipsis.
        const string Cited = "One two [1] [2] three four.";
        const string Quoted = "So he said 'it will be done'";
        const string Open = "This line does not come to...";
        Assert.Equal(["1 1 0", "0 0 0", "1 0 1", "0 0 0"], new[] { FilterDialect.Datatrove, FilterDialect.Dclm, FilterDialect.Dolma, FilterDialect.Paper }.Select(dialect =>
            string.Join(' ', new[] { Cited, Quoted, Open }.Select(line => Measure(new() { Dialect = dialect, MinWordsPerLine = 5 }, line).KeptLines))));
        Assert.Equal(0, Measure(new() { Dialect = FilterDialect.Nemo }, $"{Cited}\n{Quoted}\n{Open}").UnterminatedLines);
    }

    [Fact]
    public void Limits_that_are_not_set_are_those_of_the_dialect()
    {
        const string Three = "The first sentence is here now.\nThe second sentence is here now.\nThe third sentence is here now.";
        const string FourWords = "\nAnd this is short.";
        Assert.Equal("too_few_sentences", Reason(FilterDialect.Datatrove, Three));
        Assert.Null(Reason(FilterDialect.Dclm, Three));
        Assert.Null(Reason(FilterDialect.Paper, Three));
        Assert.Null(Reason(FilterDialect.Dolma, "One line is enough."));
        Assert.Equal(4, Measure(new(), Three + FourWords).KeptLines);
        Assert.Equal(3, Measure(new() { Dialect = FilterDialect.Paper }, Three + FourWords).KeptLines);
        string longPage = string.Join('\n', Enumerable.Repeat(Three, 2_000));
        Assert.Equal("too_long", Reason(FilterDialect.Paper, longPage));
        Assert.Null(Reason(FilterDialect.Datatrove, longPage));

        static string? Reason(FilterDialect dialect, string text)
        {
            C4Quality stage = new() { Dialect = dialect };
            C4QualityFigures figures = stage.Measure(Document.Create(text));
            return stage.Decide(in figures).Reason;
        }
    }

    private static C4QualityFigures Measure(C4Quality stage, string text) => stage.Measure(Document.Create(text));

    private static string Text(C4Quality stage, string text) => Measure(stage, text).Text.ToString();
}
