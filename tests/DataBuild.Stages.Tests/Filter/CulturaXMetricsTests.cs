using CsCheck;
using DataBuild.Stages.Filter;

namespace DataBuild.Stages.Tests.Filter;

public sealed class CulturaXMetricsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-culturax-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Metrics_by_hand()
    {
        File.WriteAllLines(Path.Combine(_folder, "en.txt"), ["the", "of"]);
        StringColumnBuilder code = new();
        code.Append("en".AsSpan());
        CulturaXMetrics stage = new() { StopWords = [InputFile.FromPath(Path.Combine(_folder, "en.txt"))], ShortLineLength = 12 };
        stage.Initialize(new StageContext(_folder, _folder));
        CulturaXFigures figures = stage.Measure(Document.Create("The end of it\nThe end", "", "", ("language.code", code.Build())));
        Assert.Equal((6, 21, 2), (figures.Words, figures.Characters, figures.Lines));
        Assert.Equal(3 / 6.0, figures.StopWords);
        Assert.Null(figures.FlaggedWords);
        Assert.Equal(5 / 21.0, figures.SpecialCharacters, 12);
        Assert.Equal(1 / 2.0, figures.ShortLines);
        Assert.Equal(7 / 20.0, figures.ShortLineCharacters, 12);
        Assert.Equal(0, figures.WordRepetition);
    }

    [Theory]
    [InlineData("abcdefghij", 0)]
    [InlineData("aaaaaaaaaaaa", 1)]
    [InlineData("abcdefghijabcdefghij", 2 / 11.0)]
    [InlineData("short", 0)]
    public void Character_repetition_is_that_of_ROOTS(string text, double expected) => Assert.Equal(expected, new CharacterRepetition().Measure(text), 12);

    [Fact]
    public void Character_repetition_equals_counting() =>
        Gen.String[Gen.Char["ab"], 0, 120].Sample(text =>
        {
            string[] grams = [.. Enumerable.Range(0, Math.Max(0, text.Length - 9)).Select(i => text.Substring(i, 10))];
            int[] counts = [.. grams.GroupBy(g => g).Select(g => g.Count()).OrderDescending()];
            int top = Math.Min((int)Math.Sqrt(counts.Length), counts.Count(c => c > 1));
            double expected = grams.Length == 0 ? 0 : counts.Take(top).Sum() / (double)grams.Length;
            Assert.Equal(expected, new CharacterRepetition().Measure(text), 12);
        });

    [Fact]
    public void Word_repetition_counts_five_grams_that_occur_again()
    {
        CulturaXFigures figures = new CulturaXMetrics().Measure(Document.Create("a b c d e a b c d e"));
        Assert.Equal(2 / 6.0, figures.WordRepetition, 12);
    }

    [Fact]
    public void Thresholds_are_percentiles_of_each_language()
    {
        // 200 English documents of 1 to 200 words, 200 German ones of 1001 to 1200, 5 in a language too rare for thresholds.
        (string Code, int Words)[] rows = [.. Enumerable.Range(1, 200).Select(i => ("en", i)), .. Enumerable.Range(1001, 200).Select(i => ("de", i)), .. Enumerable.Range(1, 5).Select(i => ("xx", i))];
        CulturaXOutcome[] outcomes = MetricCorpus.Merge(new CulturaXMetrics { LanguageScoreColumn = "" }, rows);

        // The 10th percentile by nearest rank of 1..200 is 20: 19 documents are below. Values are rounded to 16 bits, which keeps these apart.
        Assert.Equal(19, rows.Zip(outcomes).Count(r => r.First.Code == "en" && r.Second.Failed == "low_words"));
        Assert.Equal(19, rows.Zip(outcomes).Count(r => r.First.Code == "de" && r.Second.Failed == "low_words"));
        Assert.DoesNotContain(rows.Zip(outcomes), r => r.First.Code == "xx" && r.Second.Failed is not null);
        CulturaXOutcome first = outcomes[0];
        Assert.Equal((1.0, 20.0), (first.Value, first.Limit));
        Assert.Equal("low_words", new CulturaXMetrics().Decide(in first).Reason);
    }

    [Fact]
    public void The_order_of_documents_does_not_matter_and_a_wider_percentile_drops_no_more() =>
        Gen.Int[1, 500].Array[1, 60].Sample(words =>
        {
            CulturaXMetrics stage = new() { LanguageScoreColumn = "", MinDocuments = 1 };
            (string, int)[] rows = [.. words.Select(w => ("en", w))];
            CulturaXOutcome[] forward = MetricCorpus.Merge(stage, rows);
            CulturaXOutcome[] backward = MetricCorpus.Merge(stage, [.. rows.Reverse()]);
            Assert.Equal(forward, backward.Reverse());
            CulturaXOutcome[] wider = MetricCorpus.Merge(stage with { LowPercentile = 5, HighPercentile = 95 }, rows);
            Assert.True(wider.Count(o => o.Failed is not null) <= forward.Count(o => o.Failed is not null));
        });
}
