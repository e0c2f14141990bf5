using CsCheck;
using DataBuild.Stages.Filter;

namespace DataBuild.Stages.Tests.Filter;

public class GopherRepetitionTests
{
    private const string Frodo =
        "I wish it need not have happened in my time,' said Frodo. 'So do I,' said Gandalf, 'and so do all who live to see such times. But that is not for them to decide. "
        + "All we have to decide is what to do with the time that is given us.'";

    public static TheoryData<string, string> DatatroveCases() => new()
    {
        // huggingface/datatrove (Apache-2.0), tests of its repetition filter: texts and the rule that drops them.
        { Repeat("I am your father.\n", 4), "duplicate_lines" },
        { Repeat("I am your father.\n\n", 4), "duplicate_paragraphs" },
        { "I am groot.\n\nYou are a wizard.\n\nI am your father.\n\n" + Repeat(new string('x', 30) + ".\n\n", 2), "duplicate_paragraph_characters" },
        { "I am groot.\nYou are a wizard.\nI am your father.\n" + Repeat(new string('x', 40) + ".\n", 2), "duplicate_line_characters" },
        { "I am Frank, I am Frank, I am Frank", "top_2_gram" },
        { "I am Frank, you are Jhon. I am Frank. I am Frank you are Jhon", "top_3_gram" },
        { Repeat("I am a solo traveller ", 4) + Frodo, "duplicate_5_grams" },
        { "", "empty" },
    };

    [Theory]
    [MemberData(nameof(DatatroveCases))]
    public void Datatrove_drops_its_own_examples_for_its_own_reasons(string text, string reason) =>
        Assert.Equal(reason, Reason(new GopherRepetition(), text));

    [Fact]
    public void Datatrove_figures_by_hand()
    {
        // 34 characters; "I am" three times = 12, "I am Frank" three times = 30.
        GopherRepetitionFigures figures = Measure(FilterDialect.Datatrove, "I am Frank, I am Frank, I am Frank");
        Assert.Equal(12 / 34.0, figures.Top2Gram, 12);
        Assert.Equal(30 / 34.0, figures.Top3Gram, 12);

        // "a b c d e" twice: the second copy counts, without spaces.
        Assert.Equal(5 / 19.0, Measure(FilterDialect.Datatrove, "a b c d e a b c d e").Duplicate5Grams, 12);
        Assert.Equal(0, Measure(FilterDialect.Datatrove, "a b c d e a b c d e").Duplicate6Grams);

        // Greedy: after a repeat the scan goes on behind it.
        Assert.Equal(10 / 29.0, Measure(FilterDialect.Datatrove, "a b c d e a b c d e a b c d e").Duplicate5Grams, 12);
    }

    public static TheoryData<string, string, double> DclmCases() => new()
    {
        // mlfoundations/dclm (MIT), tests of repetition_filter: exact shares.
        { "Hello\nHello\n\n\n\nHello", "line", 1 },
        { "Hello\nHello\n\n\n\nHello", "lineCharacters", 1 },
        { "Hello, World.\nHello, World.\n\nHello", "line", 2 / 3.0 },
        { "Hello, World.\nHello, World.\n\nHello", "lineCharacters", 26 / 31.0 },
        { "Hello, World.\n\nHello, World.\n\nHello, World.\nHello", "paragraph", 2 / 3.0 },
        { "Hello, World.\n\nHello, World.\n\nHello, World.\nHello", "paragraphCharacters", 26 / 45.0 },
        { "Hello, World.", "line", 0 },
        { "hello", "2", 0 },
        { "hello", "5", 0 },
        { "hello world hello world hello world", "2", 1 },
        { "hello world hello world hello world", "3", 1 },
        { "hello world hello world hello world", "4", 40 / 30.0 },
        { "hello      world hello apple.... world hello\n world hello", "2", 30 / 40.0 },
        { "hello      world hello apple.... world hello\n world hello", "3", 30 / 40.0 },
        { "hello      world hello apple.... world hello\n world hello", "4", 0 },
        { "a b a b a b ab cd ab cd ab cd abc def abc def", "2", 12 / 30.0 },
        { "a b a b a b abc def abc def ab cd ab cd ab cd", "2", 12 / 30.0 },
        { "hello world hello\n world hello. apple world hello world hello world hello world", "5", 60 / 65.0 },
    };

    [Theory]
    [MemberData(nameof(DclmCases))]
    public void Dclm_figures_equal_its_published_shares(string text, string figure, double expected) =>
        Assert.Equal(expected, Figure(Measure(FilterDialect.Dclm, text), figure), 12);

    [Theory]
    [InlineData("This is a complex sentence with unique words.\n Here is another one.", null)]
    [InlineData("Repeat repeat repeat repeat.", "top_2_gram")]
    [InlineData("", "empty")]
    public void Dclm_decides_as_published(string text, string? reason) =>
        Assert.Equal(reason, Reason(new GopherRepetition { Dialect = FilterDialect.Dclm }, text));

    public static TheoryData<string, string, double> DolmaCases() => new()
    {
        // allenai/dolma (Apache-2.0), tests of its gopher tagger: exact scores.
        { "This is a test.", "2", 0.5 },
        { "This is a test.", "3", 0.5833333333333334 },
        { "This is a test.", "4", 1 },
        { "This is a test.", "line", 0 },
        { "This is a sentence. \n  \n This is another sentence.\n\n  This is a third sentence.", "2", 0.3050847457627119 },
        { "This is a sentence. \n  \n This is another sentence.\n\n  This is a third sentence.", "3", 0.23728813559322035 },
        { "This is a sentence. \n  \n This is another sentence.\n\n  This is a third sentence.", "4", 0.2711864406779661 },
        { "This is a sentence. \n  \n This is another sentence.\n\n  This is a third sentence.", "5", 0 },
        { "This is a sentence. \n  \n This is another sentence.\n\n  This is a third sentence.", "10", 0 },

        // By hand: five 5-grams of 5 + 5 letters, of which the first and the last are equal, over six n-grams in all.
        { "a b c d e a b c d e", "5", 10 / 30.0 },
        { "x\ny\nx", "line", 2 / 3.0 },
        { "x\ny\nx", "lineCharacters", 2 / 3.0 },
    };

    [Theory]
    [MemberData(nameof(DolmaCases))]
    public void Dolma_figures_equal_its_published_scores(string text, string figure, double expected) =>
        Assert.Equal(expected, Figure(Measure(FilterDialect.Dolma, text), figure), 12);

    public static TheoryData<string, string, bool> NemoCases() => new()
    {
        // NVIDIA-NeMo/Curator (Apache-2.0), tests of its repetition filters: kept or not at the given rule.
        { "totally unique", "line", true },
        { "half.\nhalf.", "line", false },
        { "half.\n\nhalf.", "paragraph", false },
        { "a.\na.\nvery very very short duplicate.", "lineCharacters", true },
        { "super very incredibly huge long duplicate.\nsuper very incredibly huge long duplicate.\na.\nb.\nc.", "lineCharacters", false },
        { "a.\n\n  a.\n\n  very very very short duplicate.", "paragraphCharacters", true },
        { "super very incredibly huge long duplicate.\n\nsuper very incredibly huge long duplicate.\n\n  a.\n\n  b.\n\n  c.", "paragraphCharacters", false },
        { "this is a totally fine sentence with no repeat ngrams so we are ok", "2", true },
        { "a b . a b", "2", false },
        { "a a a a a a", "2", false },
        { "totally fine small dupe a b a b", "2", true },
    };

    [Theory]
    [MemberData(nameof(NemoCases))]
    public void Nemo_figures_decide_its_published_examples(string text, string figure, bool kept)
    {
        double limit = figure switch { "line" or "paragraph" => 0.3, _ => 0.2 };
        Assert.Equal(kept, Figure(Measure(FilterDialect.Nemo, text), figure) <= limit + 1e-9);
    }

    [Fact]
    public void Nemo_counts_later_occurrences_with_spaces_and_each_word_once()
    {
        // Six words, n = 5: the 5-gram at word 1 repeats the one at word 0: its last word is new.
        Assert.Equal(9 / 11.0, Measure(FilterDialect.Nemo, "a a a a a a").Duplicate5Grams, 12);
        Assert.Equal(1, Measure(FilterDialect.Nemo, "a b").Duplicate5Grams);
    }

    [Fact]
    public void Paper_counts_copies_beyond_the_first_and_covers_words_once()
    {
        GopherRepetitionFigures figures = Measure(FilterDialect.Paper, "one line here\nother line\none line here");
        Assert.Equal(1 / 3.0, figures.DuplicateLines, 12);
        Assert.Equal(13 / 36.0, figures.DuplicateLineCharacters, 12);
        Assert.Equal(1, Measure(FilterDialect.Paper, "a b c d e a b c d e").Duplicate5Grams, 12);
        Assert.Equal(0, Measure(FilterDialect.Paper, "no pair of words comes twice").Top2Gram);
    }

    [Theory]
    [InlineData(FilterDialect.Datatrove)]
    [InlineData(FilterDialect.Dclm)]
    [InlineData(FilterDialect.Dolma)]
    [InlineData(FilterDialect.Nemo)]
    [InlineData(FilterDialect.Paper)]
    public void Repeated_n_grams_are_those_that_counting_all_finds(FilterDialect dialect) =>
        Gen.Int[0, 3].Array[0, 60].Sample(numbers =>
        {
            string[] words = [.. numbers.Select(n => new string((char)('a' + n), n + 1))];
            string text = string.Join(' ', words);
            GopherRepetitionFigures figures = Measure(dialect, text);
            if (text.Length > 0)
            {
                for (int n = 5; n <= 10; n++)
                {
                    Assert.Equal(RepetitionByCounting.Duplicate(words, n, dialect, text.Length), Figure(figures, n.ToString(System.Globalization.CultureInfo.InvariantCulture)), 9);
                }

                for (int n = 2; n <= 4; n++)
                {
                    Assert.Equal(RepetitionByCounting.MostFrequent(words, n, dialect, text), Figure(figures, n.ToString(System.Globalization.CultureInfo.InvariantCulture)), 9);
                }
            }
        });

    [Fact]
    public void A_looser_limit_never_drops_what_a_tighter_one_kept() =>
        Gen.Select(Gen.String[Gen.Char["ab \n"], 0, 80], Gen.Double[0, 1], Gen.Double[0, 1]).Sample((text, x, y) =>
        {
            GopherRepetitionFigures figures = Measure(FilterDialect.Datatrove, text);
            (double low, double high) = (Math.Min(x, y), Math.Max(x, y));
            GopherRepetition tight = new() { MaxDuplicateLines = low, MaxTop2Gram = low, MaxDuplicate5Grams = low };
            GopherRepetition loose = tight with { MaxDuplicateLines = high, MaxTop2Gram = high, MaxDuplicate5Grams = high };
            Assert.True(!tight.Decide(in figures).IsKeep || loose.Decide(in figures).IsKeep);
        });

    private static GopherRepetitionFigures Measure(FilterDialect dialect, string text) =>
        new GopherRepetition { Dialect = dialect }.Measure(Document.Create(text));

    private static string? Reason(GopherRepetition stage, string text)
    {
        GopherRepetitionFigures figures = stage.Measure(Document.Create(text));
        return stage.Decide(in figures).Reason;
    }

    private static double Figure(in GopherRepetitionFigures figures, string name) => name switch
    {
        "line" => figures.DuplicateLines,
        "lineCharacters" => figures.DuplicateLineCharacters,
        "paragraph" => figures.DuplicateParagraphs,
        "paragraphCharacters" => figures.DuplicateParagraphCharacters,
        "2" => figures.Top2Gram,
        "3" => figures.Top3Gram,
        "4" => figures.Top4Gram,
        "5" => figures.Duplicate5Grams,
        "6" => figures.Duplicate6Grams,
        "7" => figures.Duplicate7Grams,
        "8" => figures.Duplicate8Grams,
        "9" => figures.Duplicate9Grams,
        "10" => figures.Duplicate10Grams,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such figure"),
    };

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
