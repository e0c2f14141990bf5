using DataBuild.Stages.Refine;

namespace DataBuild.Stages.Tests.Refine;

public class RepeatedLinesTests
{
    [Fact]
    public void Removes_later_copies_and_keeps_empty_lines()
    {
        RepeatedLines stage = new() { MaxRemovedCharacters = 0.3 };
        RepeatedLinesFigures figures = stage.Measure(Document.Create("Menu\n\nText one.\nMenu\n\nText two.\nMenu"));
        Assert.Equal("Menu\n\nText one.\n\nText two.", figures.Text.ToString());
        Assert.Equal(2, figures.RemovedLines);
        Assert.True(stage.Decide(in figures).IsKeep);
        Assert.Equal("repeated_lines", (stage with { MaxRemovedCharacters = 0.2 }).Decide(in figures).Reason);
    }

    [Fact]
    public void Options_limit_what_is_removed()
    {
        Assert.Equal("a\na\nb", new RepeatedLines { MaxCopies = 2 }.Measure(Document.Create("a\na\nb\na")).Text.ToString());
        Assert.Equal("a\nb\na", new RepeatedLines { AdjacentOnly = true }.Measure(Document.Create("a\na\nb\na")).Text.ToString());
        Assert.Equal("a\na\nlong line", new RepeatedLines { MinLength = 5 }.Measure(Document.Create("a\na\nlong line\nlong line")).Text.ToString());
        Assert.Equal("", new RepeatedLines().Measure(Document.Create("")).Text.ToString());
    }
}
