using CsCheck;
using DataBuild.Stages.Filter;

namespace DataBuild.Stages.Tests.Filter;

public class GopherQualityTests
{
    private const string Frodo =
        "I wish it need not have happened in my time,' said Frodo. 'So do I,' said Gandalf, 'and so do all who live to see such times. But that is not for them to decide. "
        + "All we have to decide is what to do with the time that is given us.'";

    public static TheoryData<string, string?> DatatroveCases() => new()
    {
        // huggingface/datatrove (Apache-2.0), tests of its quality filter with 10 to 1000 words.
        { "I am too small...", "too_few_words" },
        { Repeat("I am ", 20), "words_too_short" },
        { Repeat("interconnection ", 20), "words_too_long" },
        { Repeat("# comment ", 20), "too_many_hashes" },
        { Repeat("... comment ", 20), "too_many_ellipses" },
        { Repeat("the ./!*?<><> apple <?////> orange  ++ interconnection !<>??? have", 20), "too_few_alphabetic_words" },
        { Frodo, null },
    };

    [Theory]
    [MemberData(nameof(DatatroveCases))]
    public void Datatrove_decides_its_own_examples(string text, string? reason) =>
        Assert.Equal(reason, Reason(new GopherQuality { MinWords = 10, MaxWords = 1000 }, text));

    [Theory]
    [InlineData("")]
    [InlineData("   \n  \n")]
    public void A_text_without_words_is_empty(string text) => Assert.Equal("empty", Reason(new GopherQuality { MinWords = 0 }, text));

    [Fact]
    public void Dolma_figures_equal_its_published_scores()
    {
        // allenai/dolma (Apache-2.0), tests of its gopher tagger.
        GopherQualityFigures shortText = Measure(FilterDialect.Dolma, "This is a test.");
        Assert.Equal((4, 3.0, 0.0, 1.0, 0), (shortText.Words, shortText.MedianWordLength, shortText.SymbolsPerWord, shortText.AlphabeticWords, shortText.StopWords));
        GopherQualityFigures lines = Measure(FilterDialect.Dolma, "This is a sentence. \n  \n This is another sentence.\n\n  This is a third sentence.");
        Assert.Equal((13, 4.0, 0.0, 0.0), (lines.Words, lines.MedianWordLength, lines.BulletLines, lines.EllipsisLines));
        Assert.Equal(6, Measure(FilterDialect.Dolma, "T h i s \n    \n\n\n    isoneword !!!").Words);
        Assert.Equal(0, Measure(FilterDialect.Dolma, "The.and.that").StopWords);
        Assert.Equal(2, Measure(FilterDialect.Dolma, "The and that").StopWords);
    }

    [Theory]
    [InlineData("...")]
    [InlineData(". . .")]
    [InlineData("…")]
    public void Dclm_counts_lines_with_ellipses(string ellipsis)
    {
        // mlfoundations/dclm (MIT), tests of ellipsis_count_filter.
        Assert.Equal(1 / 2.0, Measure(FilterDialect.Dclm, $"This text has one line that ends with an ellipsis{ellipsis}\n and one line that doesn't.").EllipsisLines);
        Assert.Equal(0, Measure(FilterDialect.Dclm, $"This text has one{ellipsis}line that ends with an ellipsis{ellipsis}and one line that doesn't.").EllipsisLines);
        Assert.Equal(2 / 3.0, Measure(FilterDialect.Dclm, $"This text has one{ellipsis}{ellipsis}\n{ellipsis}line that ends with an ellipsis{ellipsis}\nand one line that doesn't.").EllipsisLines, 12);
    }

    [Theory]
    [InlineData("●", "•")]
    [InlineData("*", "-")]
    [InlineData("-", "●")]
    public void Dclm_counts_lines_with_bullets(string first, string second)
    {
        // mlfoundations/dclm (MIT), tests of bullet_count_filter.
        Assert.Equal(2 / 3.0, Measure(FilterDialect.Dclm, $"{first} This text has two lines\n{second} that start with a bullet\n and one line that doesn't.").BulletLines, 12);
        Assert.Equal(0, Measure(FilterDialect.Dclm, $"This text has two lines{second} that start with a bullet{first}\n and one line that doesn't.").BulletLines);
        Assert.Equal(2 / 3.0, Measure(FilterDialect.Dclm, $"{first}{first}{first}This text has two lines\n{second} that start with a bullet\n and one line that doesn't.").BulletLines, 12);
    }

    [Theory]
    [InlineData("The best of the best", 3)]
    [InlineData("the be to of and that have with", 8)]
    [InlineData("Then Tom and Sally withheld bees", 1)]
    public void Dclm_counts_all_stop_words(string text, int expected) => Assert.Equal(expected, Measure(FilterDialect.Dclm, text).StopWords);

    [Theory]
    [InlineData("No symbols here.", 0)]
    [InlineData("#hashtags #on #every #word", 1)]
    [InlineData("#hashtags and ellipses both count...", 2 / 5.0)]
    [InlineData("#hashtags and ellipses both count…", 2 / 5.0)]
    [InlineData("#hashtags and ellipses both count. . .", 2 / 7.0)]
    public void Dclm_counts_symbols(string text, double expected) => Assert.Equal(expected, Measure(FilterDialect.Dclm, text).SymbolsPerWord, 12);

    [Theory]
    [InlineData("This sentence contains <1,000 non-alphabetic w0rd5 within it but >1.", 0.8)]
    [InlineData("This sentence contains <1,000     non-alphabetic \nw0rd5 within it but >1.", 0.8)]
    public void Dclm_counts_words_with_letters(string text, double expected) => Assert.Equal(expected, Measure(FilterDialect.Dclm, text).AlphabeticWords, 12);

    [Fact]
    public void Dclm_word_length_is_that_of_words_between_spaces()
    {
        Assert.Equal(26 / 6.0, Measure(FilterDialect.Dclm, "The average word length is 4.33").MeanWordLength, 12);
        Assert.Equal(14 / 5.0, Measure(FilterDialect.Dclm, "The cat in the hat").MeanWordLength, 12);
    }

    // One text, all figures of every dialect, counted by hand. Split at white space it has 14 words of 36 characters in all, by word boundaries 15 tokens.
    public static TheoryData<FilterDialect, GopherQualityFigures> OneTextByHand() => new()
    {
        // Ten tokens are no punctuation of the set (the black circle is not in it), 27 characters; '#' and ellipses over all tokens; "•" and "-" are bullets; and, the, of, that.
        { FilterDialect.Datatrove, new(10, 27 / 10.0, 3, 1 / 15.0, 3 / 15.0, 4 / 15.0, 1 / 3.0, 2 / 3.0, 8 / 15.0, 4) },

        // Nine tokens begin with a letter or digit; The, and, the, of, that.
        { FilterDialect.Dclm, new(9, 36 / 14.0, 3, 1 / 14.0, 3 / 14.0, 4 / 14.0, 2 / 3.0, 2 / 3.0, 8 / 14.0, 5) },

        // Words with '#' or "…" are symbols, and only "…" is an ellipsis; "-" is a bullet and the black circle none.
        { FilterDialect.Dolma, new(14, 36 / 14.0, 3, 1 / 14.0, 1 / 14.0, 2 / 14.0, 1 / 3.0, 1 / 3.0, 8 / 14.0, 4) },

        // Words that are "#", "..." or "…"; the black circle is a bullet and "-" none.
        { FilterDialect.Nemo, new(14, 36 / 14.0, 3, 1 / 14.0, 2 / 14.0, 3 / 14.0, 1 / 3.0, 2 / 3.0, 8 / 14.0, 4) },
        { FilterDialect.Paper, new(14, 36 / 14.0, 3, 1 / 14.0, 3 / 14.0, 4 / 14.0, 2 / 3.0, 2 / 3.0, 8 / 14.0, 4) },
    };

    [Theory]
    [MemberData(nameof(OneTextByHand))]
    public void Dialects_differ_where_their_definitions_do(FilterDialect dialect, GopherQualityFigures expected)
    {
        GopherQualityFigures found = Measure(dialect, "The cat ... and the # dog\n- of that …\n● 42 tea...");
        Assert.Equal((expected.Words, expected.StopWords), (found.Words, found.StopWords));
        Assert.Equal(
            [expected.MeanWordLength, expected.MedianWordLength, expected.HashesPerWord, expected.EllipsesPerWord, expected.SymbolsPerWord, expected.BulletLines, expected.EllipsisLines, expected.AlphabeticWords],
            [found.MeanWordLength, found.MedianWordLength, found.HashesPerWord, found.EllipsesPerWord, found.SymbolsPerWord, found.BulletLines, found.EllipsisLines, found.AlphabeticWords],
            (double x, double y) => Math.Abs(x - y) < 1e-12);
    }

    [Theory]
    [InlineData("mixed bag ... #", 2 / 4.0)]
    [InlineData("full of words", 0)]
    [InlineData("... # ... # #", 1)]
    [InlineData("barely ok 3 4 5 6 7 8 9 #", 0.1)]
    public void Nemo_counts_words_that_are_symbols(string text, double expected) =>
        Assert.Equal(expected, Measure(FilterDialect.Nemo, text).SymbolsPerWord, 12);

    [Theory]
    [InlineData("• not good", 1)]
    [InlineData("50 \n ⦾ 50", 0.5)]
    [InlineData("⁌ this \n⁌ should \n⁌barely \n⁌pass \n⁌5 \n⁌6 \n⁌7 \n⁌8 \n⁌9 \n done!", 0.9)]
    public void Nemo_counts_lines_with_bullets(string text, double expected) => Assert.Equal(expected, Measure(FilterDialect.Nemo, text).BulletLines, 12);

    [Fact]
    public void Paper_limits_hashes_and_ellipses_each()
    {
        GopherQuality stage = new() { Dialect = FilterDialect.Paper, MinWords = 1, MinStopWords = 0 };
        Assert.Null(Reason(stage, "#one word… and more of them to fill this line with ten words or a few"));
        Assert.Equal("too_many_hashes", Reason(stage, "#one two three"));
        Assert.Equal("too_many_ellipses", Reason(stage, "one... two three"));
    }

    [Fact]
    public void Stop_words_are_distinct_and_as_written_for_Datatrove()
    {
        Assert.Equal(1, Measure(FilterDialect.Datatrove, "the the the").StopWords);
        Assert.Equal(0, Measure(FilterDialect.Datatrove, "The AND").StopWords);
        Assert.Equal(3, Measure(FilterDialect.Datatrove, "the end of that").StopWords);
    }

    [Theory]
    [InlineData(FilterDialect.Datatrove)]
    [InlineData(FilterDialect.Dclm)]
    [InlineData(FilterDialect.Dolma)]
    [InlineData(FilterDialect.Nemo)]
    [InlineData(FilterDialect.Paper)]
    public void Shares_are_within_their_ranges_and_limits_are_monotone(FilterDialect dialect) =>
        Gen.Select(Gen.String[Gen.Char["the of#….-•* \n中a1"], 0, 120], Gen.Int[0, 10], Gen.Int[0, 10]).Sample((text, x, y) =>
        {
            GopherQualityFigures figures = Measure(dialect, text);
            Assert.InRange(figures.BulletLines, 0, 1);
            Assert.InRange(figures.EllipsisLines, 0, 1);
            Assert.InRange(figures.AlphabeticWords, 0, 1);
            Assert.True(figures.Words >= 0 && figures.MeanWordLength >= 0);
            GopherQuality loose = new() { Dialect = dialect, MinWords = Math.Min(x, y), MaxSymbolsPerWord = Math.Max(x, y) / 10.0, MinStopWords = 0 };
            GopherQuality tight = loose with { MinWords = Math.Max(x, y), MaxSymbolsPerWord = Math.Min(x, y) / 10.0 };
            Assert.True(!tight.Decide(in figures).IsKeep || loose.Decide(in figures).IsKeep);
        });

    private static GopherQualityFigures Measure(FilterDialect dialect, string text) => new GopherQuality { Dialect = dialect }.Measure(Document.Create(text));

    private static string? Reason(GopherQuality stage, string text)
    {
        GopherQualityFigures figures = stage.Measure(Document.Create(text));
        return stage.Decide(in figures).Reason;
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
