using DataBuild.Stages.Filter;

namespace DataBuild.Stages.Tests.Filter;

public class FineWebQualityTests
{
    public static TheoryData<FineWebQuality, string, string?> DatatroveCases() => new()
    {
        // huggingface/datatrove (Apache-2.0), tests of its FineWeb filter.
        { new FineWebQuality(), "", "empty" },
        { new FineWebQuality { MinTerminalLines = 0.5 }, "No punctuation here\nAnother line without any\nStill nothing", "too_few_terminal_lines" },
        { new FineWebQuality { MaxShortLines = 0.5, MinTerminalLines = 0 }, "hi.\nbye.\nok.\nno.\nyes.", "too_many_short_lines" },
        {
            new FineWebQuality(),
            "This is a well-written paragraph that ends with proper punctuation.\nThe content here is substantial and has meaningful information.\n"
            + "Quality filtering ensures that only the best documents pass through.\nEach line here is long enough and ends with a terminal punctuation mark.\n"
            + "This document should pass all the quality checks applied by the filter.", null
        },
        { new FineWebQuality { MaxLineFeedsPerWord = 0.1 }, string.Join('\n', Enumerable.Repeat("a", 50)), "too_few_terminal_lines" },
    };

    [Theory]
    [MemberData(nameof(DatatroveCases))]
    public void Decides_the_published_examples(FineWebQuality stage, string text, string? reason)
    {
        FineWebQualityFigures figures = stage.Measure(Document.Create(text));
        Assert.Equal(reason, stage.Decide(in figures).Reason);
    }

    [Fact]
    public void Figures_by_hand()
    {
        FineWebQualityFigures figures = new FineWebQuality().Measure(Document.Create("One two.\n\nOne two.\nThis line has more than thirty characters in it\n"));
        Assert.Equal(3, figures.Lines);
        Assert.Equal(2 / 3.0, figures.TerminalLines, 12);
        Assert.Equal(2 / 3.0, figures.ShortLines, 12);
        Assert.Equal(8 / 63.0, figures.DuplicateLineCharacters, 12);

        // 4 line feeds; "One", "two", "." twice and nine words.
        Assert.Equal(4 / 15.0, figures.LineFeedsPerWord, 12);
    }

    [Fact]
    public void Sentence_ends_of_all_scripts_count()
    {
        Assert.Equal(1, new FineWebQuality().Measure(Document.Create("你好。\nनमस्ते।\nسلام؟\nԲարեւ։")).TerminalLines);
        Assert.Equal(0, new FineWebQuality().Measure(Document.Create("a,\nb;\nc:\nd")).TerminalLines);
    }

    [Fact]
    public void Documents_without_any_sentence_end_can_be_excused()
    {
        FineWebQuality stage = new() { ExcuseNoTerminalLines = true, MaxShortLines = 1, MaxDuplicateLineCharacters = 1, MaxLineFeedsPerWord = 10 };
        FineWebQualityFigures none = stage.Measure(Document.Create("a\nb"));
        Assert.True(stage.Decide(in none).IsKeep);
    }
}
