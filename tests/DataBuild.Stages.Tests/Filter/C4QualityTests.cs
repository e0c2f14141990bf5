using CsCheck;
using DataBuild.Stages.Filter;

namespace DataBuild.Stages.Tests.Filter;

public class C4QualityTests
{
    private static readonly string[] Good =
    [
        "This is a well-written paragraph with several sentences.",
        "The content continues with more good information here.",
        "Another important point is being made in this line.",
        "We can see that this document has quality content.",
        "Finally, the conclusion wraps everything up nicely.",
        "An additional sentence to ensure we pass the threshold.",
    ];

    public static TheoryData<string, string?> DatatroveCases() => new()
    {
        // huggingface/datatrove (Apache-2.0), tests of its C4 filters.
        { string.Join('\n', Good), null },
        { "This is a sentence with lorem ipsum dolor sit amet.\n" + string.Join('\n', Good), "lorem_ipsum" },
        { "This is some code with a { bracket.\n" + string.Join('\n', Good), "curly_bracket" },
        { "Just one sentence.", "too_few_sentences" },
    };

    [Theory]
    [MemberData(nameof(DatatroveCases))]
    public void Decides_the_published_examples(string text, string? reason)
    {
        C4Quality stage = new();
        C4QualityFigures figures = stage.Measure(Document.Create(text));
        Assert.Equal(reason, stage.Decide(in figures).Reason);
    }

    [Fact]
    public void Policy_lines_go_and_other_lines_stay()
    {
        C4QualityFigures figures = new C4Quality { MinWordsPerLine = 0 }.Measure(Document.Create("This site uses cookies for tracking.\nAnother valid line here today."));
        Assert.Equal("Another valid line here today.", figures.Text.ToString());
        Assert.Equal(1, figures.PolicyLines);
    }

    [Fact]
    public void Every_removed_line_is_counted_under_the_first_rule_that_removes_it()
    {
        string text = string.Join('\n', "No end of sentence", "Too short.", new string('x', 1001) + " and two more.", "Please enable JavaScript now.", "Read our privacy policy first.",
            "This one ends so...", "He said \"it is fine\"", "A line with a mark[12] stays[citation needed].", "");
        C4QualityFigures figures = new C4Quality().Measure(Document.Create(text));
        Assert.Equal((1, 2, 1, 1, 1), (figures.LongWordLines, figures.UnterminatedLines, figures.ShortLines, figures.JavascriptLines, figures.PolicyLines));
        Assert.Equal("He said \"it is fine\"\nA line with a mark stays.", figures.Text.ToString());
        Assert.Equal(2, figures.KeptLines);
    }

    [Fact]
    public void A_page_marker_in_a_line_that_goes_does_not_drop_the_page()
    {
        C4Quality stage = new() { MinSentences = 1 };
        C4QualityFigures figures = stage.Measure(Document.Create("function() { lorem ipsum }\nA sentence that stays here."));
        Assert.Null(stage.Decide(in figures).Reason);
        Assert.Equal("A sentence that stays here.", figures.Text.ToString());
    }

    [Fact]
    public void FineWeb_keeps_lines_without_end_of_sentence()
    {
        C4Quality stage = new() { RequireTerminalPunctuation = false };
        Assert.Equal("A heading of words\nA sentence of words.", stage.Measure(Document.Create("A heading of words\nshort\nA sentence of words.")).Text.ToString());
    }

    [Theory]
    [InlineData(FilterDialect.Datatrove)]
    [InlineData(FilterDialect.Dclm)]
    [InlineData(FilterDialect.Dolma)]
    [InlineData(FilterDialect.Nemo)]
    [InlineData(FilterDialect.Paper)]
    public void Filtering_twice_changes_nothing_more(FilterDialect dialect) =>
        Gen.String[Gen.Char["ab .!?\"[1]\n{cookies "], 0, 120].Sample(text =>
        {
            C4Quality stage = new() { Dialect = dialect };
            string once = stage.Measure(Document.Create(text)).Text.ToString();
            string twice = stage.Measure(Document.Create(once)).Text.ToString();
            string thrice = stage.Measure(Document.Create(twice)).Text.ToString();
            Assert.Equal(twice, thrice);
            Assert.True(twice.Length <= once.Length && once.Length <= text.Length);
        });

    [Theory]
    [InlineData(250, null)]
    [InlineData(5, "too_few_paragraphs")]
    [InlineData(199, "too_few_paragraphs")]
    [InlineData(200, null)]
    public void Pages_need_three_long_lines(int length, string? reason)
    {
        C4Paragraph stage = new();
        C4ParagraphFigures figures = stage.Measure(Document.Create(string.Join('\n', Enumerable.Repeat(new string('x', length), 3))));
        Assert.Equal(reason, stage.Decide(in figures).Reason);
    }
}
