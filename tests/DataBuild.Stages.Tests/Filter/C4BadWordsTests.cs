using DataBuild.Stages.Filter;

namespace DataBuild.Stages.Tests.Filter;

public sealed class C4BadWordsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-words-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // One text for each way in which the four readings part: texts of Dolma's and DCLM's tests where they have one, otherwise by hand from the expressions.
    [Theory]
    [InlineData("This sentence has no bad words.", 0, 0, 0, 0)]
    [InlineData("This sentence mentions ass as a bad word.", 1, 1, 1, 1)]
    [InlineData("This sentence has ass, but not a bad word because of comma.", 1, 1, 0, 1)]
    [InlineData("If I say strap on because we are on a plane, it's still a bad word.", 1, 1, 1, 1)]
    [InlineData("he found a bootstrap only", 0, 0, 1, 0)]
    [InlineData("this text contains a badword XXX so it should be removed", 1, 1, 1, 1)]
    [InlineData("xxx at the beginning of a line\nand at its end: xxx", 2, 2, 2, 0)]
    [InlineData("ass2 or 2ass or ass_", 0, 0, 0, 2)]
    [InlineData("he wrote a$$ here", 1, 0, 1, 1)]
    [InlineData("he wrote a$$hole here", 0, 1, 0, 0)]
    [InlineData("classy xxx123", 0, 0, 0, 1)]
    [InlineData("asséz", 0, 0, 0, 0)]
    public void Each_dialect_counts_as_its_system_does(string text, int datatrove, int dclm, int dolma, int paper) =>
        Assert.Equal(
            (datatrove, dclm, dolma, paper),
            (Count(BadWordsDialect.Datatrove, text), Count(BadWordsDialect.Dclm, text), Count(BadWordsDialect.Dolma, text), Count(BadWordsDialect.Paper, text)));

    [Fact]
    public void A_share_of_the_documents_may_stay()
    {
        C4BadWords stage = Ready(new() { List = List("words.txt", "xxx") });
        C4BadWordsFigures figures = stage.Measure(Document.Create("xxx"));
        Assert.Equal("bad_words", stage.Decide(in figures).Reason);
        Assert.True((stage with { KeepFraction = 1 }).Decide(in figures).IsKeep);
        Assert.InRange(figures.Draw, 0, 1);
        Assert.True((stage with { MaxMatches = 1 }).Decide(in figures).IsKeep);
    }

    [Fact]
    public void Each_language_has_its_list_and_three_know_no_boundaries()
    {
        C4BadWords stage = Ready(new() { List = List("all.txt", "xxx"), Lists = [List("en.txt", "ass"), List("ja.txt", "\u5909\u614B")] });
        Assert.Equal(1, In("en", "an ass and \u5909\u614B"));
        Assert.Equal(1, In("ja", "\u3053\u306E\u5909\u614B\u306Fass"));
        Assert.Equal(0, In("de", "ass"));
        Assert.Equal(1, In("de", "xxx"));
        Assert.Equal(2, In("EN", "ass xxx"));
        Assert.Equal(3, Ready(new() { List = List("s.txt", "ass", "xxx"), WithoutWordBoundaries = true }).Measure(Document.Create("xxx123 123xxx classy")).Matches);
        Assert.Contains("needs a list", Assert.Throws<StageException>(() => Ready(new C4BadWords())).Message, StringComparison.Ordinal);

        int In(string language, string text)
        {
            StringColumnBuilder column = new();
            column.Append(language.AsSpan());
            return stage.Measure(Document.Create(text, "", "", ("language.code", column.Build()))).Matches;
        }
    }

    [Fact]
    public void Overlapping_phrases_are_all_found()
    {
        WordListMatcher matcher = new(["he", "she", "his", "hers"]);
        Assert.Equal(3, matcher.CountMatches("ushers", WordBoundary.None));
        Assert.Equal(1, matcher.CountMatches("ushers", WordBoundary.None, limit: 1));
        Assert.Equal(1, matcher.CountMatches("his ushers", WordBoundary.OtherCharacter));
    }

    private int Count(BadWordsDialect dialect, string text) =>
        Ready(new() { Dialect = dialect, List = List("words.txt", "ass", "strap on", "xxx", "a$$") }).Measure(Document.Create(text)).Matches;

    private InputFile List(string name, params string[] lines)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllLines(path, lines);
        return InputFile.FromPath(path);
    }

    private C4BadWords Ready(C4BadWords stage)
    {
        stage.Initialize(new StageContext(_folder, _folder));
        return stage;
    }
}
