using CsCheck;
using DataBuild.Stages.Refine;

namespace DataBuild.Stages.Tests.Refine;

public class CulturaXLinesTests
{
    private const string Long = "This line is long enough to be a line of the text itself, as it has more than one hundred characters in all, all of them words.";

    [Theory]
    [InlineData(Long + "\nHome\n\nContact us", Long, 2)]
    [InlineData("Title\n" + Long + "\nHe died in 1999.\nShare", "Title\n" + Long + "\nHe died in 1999.", 1)]
    [InlineData("Short\nlines", "", 2)]
    public void Short_lines_at_the_end_go(string text, string kept, int removed)
    {
        CulturaXLinesFigures figures = new CulturaXLines().Measure(Document.Create(text));
        Assert.Equal((kept, removed), (figures.Text.ToString(), figures.RemovedTrailingLines));
    }

    [Fact]
    public void Sentences_at_the_end_go_where_they_are_not_kept() =>
        Assert.Equal(Long, new CulturaXLines { KeepSentences = false }.Measure(Document.Create(Long + "\nHe died in 1999.")).Text.ToString());

    [Fact]
    public void Lines_of_scripts_go()
    {
        CulturaXLinesFigures figures = new CulturaXLines().Measure(Document.Create($"{Long}\n$(document).ready(function() {{ var a = 1; }});\nThe function of the heart is to return blood to the body.\n{Long}"));
        Assert.Equal(($"{Long}\nThe function of the heart is to return blood to the body.\n{Long}", 1), (figures.Text.ToString(), figures.RemovedScriptLines));
    }

    [Fact]
    public void A_document_of_short_lines_alone_is_dropped()
    {
        CulturaXLines stage = new();
        CulturaXLinesFigures figures = stage.Measure(Document.Create("Home\nContact"));
        Assert.Equal("nothing_left", stage.Decide(in figures).Reason);
    }

    [Fact]
    public void Kept_lines_are_lines_of_the_text() =>
        Gen.String[Gen.Char["ab.\n $({"], 0, 60].Sample(text =>
        {
            string[] lines = text.Split('\n');
            string kept = new CulturaXLines { ShortLineLength = 3, MinScriptKeywords = 1 }.Measure(Document.Create(text)).Text.ToString();
            Assert.All(kept.Length == 0 ? [] : kept.Split('\n'), line => Assert.Contains(line, lines));
        });
}
