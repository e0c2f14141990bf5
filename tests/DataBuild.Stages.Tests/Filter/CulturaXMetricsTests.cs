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

    [Fact]
    public void Thresholds_are_written_and_a_pinned_copy_decides_whatever_the_data()
    {
        CulturaXMetrics stage = new() { LanguageScoreColumn = "" };
        (string, int)[] rows = [.. Enumerable.Range(1, 200).Select(i => ("en", i)), ("xx", 1)];
        CulturaXOutcome[] first = MetricCorpus.Merge(stage, rows, _folder);
        string written = File.ReadAllText(Path.Combine(_folder, "thresholds.json"));
        Assert.StartsWith("{\n  \"en\": {\n    \"words\": 20,", written, StringComparison.Ordinal);
        Assert.Contains("\"xx\": {}", written, StringComparison.Ordinal);

        // Other data, the same thresholds: percentiles of these rows would drop none of them.
        string pinned = Path.Combine(_folder, "pinned.json");
        File.WriteAllText(pinned, written);
        CulturaXMetrics again = stage with { Thresholds = InputFile.FromPath(pinned) };
        CulturaXOutcome[] second = MetricCorpus.Merge(again, [("en", 19), ("en", 20), ("xx", 1), ("de", 1)]);
        Assert.Equal(["low_words", null, null, null], second.Select(o => o.Failed));
        Assert.Equal(first, MetricCorpus.Merge(again, rows, _folder));
        Assert.Equal(written, File.ReadAllText(Path.Combine(_folder, "thresholds.json")));
    }

    [Theory]
    [InlineData("{ \"en\": { \"wrds\": 1 } }", "'wrds'")]
    [InlineData("{ \"en\": { \"words\": \"many\" } }", "cannot be read")]
    [InlineData("[1]", "cannot be read")]
    [InlineData("{", "cannot be read")]
    public void Pinned_thresholds_that_make_no_sense_are_an_error(string text, string part)
    {
        string pinned = Path.Combine(_folder, "pinned.json");
        File.WriteAllText(pinned, text);
        StageException error = Assert.Throws<StageException>(() => MetricCorpus.Merge(new CulturaXMetrics { LanguageScoreColumn = "", Thresholds = InputFile.FromPath(pinned) }, [("en", 1)]));
        Assert.Equal(("DB4362", pinned), (error.Code, error.File));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shipped_stop_words_stand_in_for_files()
    {
        StringColumnBuilder code = new();
        code.Append("de".AsSpan());
        Document document = Document.Create("Der Fluss und das Tal", "", "", ("language.code", code.Build()));
        Assert.Null(new CulturaXMetrics().Measure(document).StopWords);
        Assert.Equal(3 / 5.0, new CulturaXMetrics { ShippedStopWords = true }.Measure(document).StopWords);
    }

    [Fact]
    public void Percentiles_of_languages_do_not_depend_on_each_other() =>
        Gen.Select(Gen.Int[1, 300].Array[1, 40], Gen.Int[1, 300].Array[0, 40]).Sample((english, german) =>
        {
            CulturaXMetrics stage = new() { LanguageScoreColumn = "", MinDocuments = 1 };
            CulturaXOutcome[] alone = MetricCorpus.Merge(stage, [.. english.Select(w => ("en", w))]);
            CulturaXOutcome[] together = MetricCorpus.Merge(stage, [.. english.Select(w => ("en", w)), .. german.Select(w => ("de", w))]);
            Assert.Equal(alone, together.Take(english.Length));
        });
}
