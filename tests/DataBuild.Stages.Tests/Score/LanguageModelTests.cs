using CsCheck;
using DataBuild.Stages.Score.LanguageModel;

namespace DataBuild.Stages.Tests.Score;

public sealed class LanguageModelTests
{
    private const string SmallArpa = """
        A comment.

        \data\
        ngram 1=4
        ngram 2=3

        \1-grams:
        -1.0	<unk>
        -99	<s>	-0.5
        -0.7	</s>
        -0.4	tea	-0.3

        \2-grams:
        -0.2	<s> tea
        -0.6	tea tea
        -0.1	tea </s>

        \end\
        """;

    // Words a to e in sentences of 1 to 6, so that contexts repeat.
    private static readonly Gen<string> Texts = Gen.Char['a', 'e'].Array[1, 6].Array[1, 40].Select(
        sentences => string.Join('\n', sentences.Select(s => string.Join(' ', s))));

    private static NGramLanguageModel Train(string text, int order, out KneserNeyTrainer trainer)
    {
        trainer = new KneserNeyTrainer(order);
        trainer.Add(text);
        return trainer.Train();
    }

    [Fact]
    public void A_file_is_read_and_backed_off_from()
    {
        NGramLanguageModel model = ArpaFile.Read("small.arpa", new StringReader(SmallArpa));

        Assert.Equal(2, model.Order);
        Assert.Equal(-0.6, model.LogProbability(["tea"], "tea"), 12);
        Assert.Equal(-0.5 - 0.7, model.LogProbability(["<s>"], "</s>"), 12);
        Assert.Equal(-0.3 - 1.0, model.LogProbability(["tea"], "coffee"), 12);
        Assert.Equal(-0.7, model.LogProbability(["coffee"], "</s>"), 12);
    }

    [Fact]
    public void Perplexity_predicts_every_word_and_every_end()
    {
        NGramLanguageModel model = ArpaFile.Read("small.arpa", new StringReader(SmallArpa));

        // <s> tea, tea tea, tea </s>; then <s> <unk> by back-off, <unk> </s> with nothing to back off from.
        double sum = -0.2 - 0.6 - 0.1 + (-0.5 - 1.0) - 0.7;
        Assert.Equal(Math.Pow(10, -sum / 5), model.Perplexity("tea  tea\n\ncoffee\n"), 9);
        Assert.True(double.IsNaN(model.Perplexity(" \n")));
    }

    [Theory]
    [InlineData("ngram 2=3", "ngram 2=4", "found 3 2-grams; expected 4")]
    [InlineData("\\end\\", "", "the file ends; expected '\\end\\'")]
    [InlineData("-0.6\ttea tea", "-0.6\ttea milk", "1-grams of the file")]
    [InlineData("-0.6\ttea tea", "-0.2\t<s> tea", "every n-gram once")]
    [InlineData("-0.4\ttea\t-0.3", "x\ttea\t-0.3", "a logarithm")]
    [InlineData("\\2-grams:", "\\3-grams:", "expected '\\2-grams:'")]
    [InlineData("\\data\\", "", "the file ends")]
    public void A_malformed_file_is_refused_with_its_line(string old, string changed, string expected)
    {
        ArpaFormatException e = Assert.Throws<ArpaFormatException>(
            () => ArpaFile.Read("broken.arpa", new StringReader(SmallArpa.Replace(old, changed, StringComparison.Ordinal))));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.StartsWith("broken.arpa(", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Probabilities_of_all_words_sum_to_one_after_any_history() =>
        Gen.Select(Texts, Gen.Int[2, 4], Gen.Char['a', 'f'].Array[0, 4]).Sample(
            (text, order, history) =>
            {
                NGramLanguageModel model = Train(text, order, out _);
                string[] words = [.. history.Select(c => c.ToString())];
                double sum = model.Vocabulary.Where(w => w != NGramLanguageModel.SentenceStart).Sum(w => Math.Pow(10, model.LogProbability(words, w)));
                Assert.Equal(1, sum, tolerance: 1e-9);
            },
            iter: 300);

    [Fact]
    public void Training_agrees_with_the_formula_computed_from_scratch() =>
        Gen.Select(Texts, Gen.Int[2, 4], Gen.Char['a', 'e'].Array[0, 4], Gen.Char['a', 'e']).Sample(
            (text, order, history, word) =>
            {
                NGramLanguageModel model = Train(text, order, out _);
                string[] words = [.. history.Select(c => c.ToString())];
                double expected = new KneserNeyOracle(text, order).Probability([.. words.TakeLast(order - 1)], word.ToString());
                Assert.Equal(expected, Math.Pow(10, model.LogProbability(words, word.ToString())), tolerance: 1e-9);
            },
            iter: 300);

    [Fact]
    public void A_written_model_reads_back_the_same() =>
        Texts.Sample(
            text =>
            {
                StringWriter first = new();
                ArpaFile.Write(Train(text, 3, out _), first);
                StringWriter second = new();
                ArpaFile.Write(ArpaFile.Read("again.arpa", new StringReader(first.ToString())), second);
                Assert.Equal(first.ToString(), second.ToString());
            },
            iter: 100);

    [Fact]
    public void Text_of_the_same_kind_is_less_surprising()
    {
        string weather = string.Join('\n', Enumerable.Range(0, 200).Select(i => $"the {(i % 3 == 0 ? "rain" : "wind")} comes from the {(i % 2 == 0 ? "north" : "west")} {(i % 5 == 0 ? "today" : "tonight")}"));
        NGramLanguageModel model = Train(weather, 3, out KneserNeyTrainer trainer);

        Assert.True(model.Perplexity("the wind comes from the north today") < 5);
        Assert.True(model.Perplexity("today north the the from wind comes") > 20);
        Assert.True(model.Perplexity("stir butter into flour") > model.Perplexity("today north the the from wind comes"));
        Assert.NotEmpty(trainer.FallbackLengths);
    }

    [Fact]
    public void Marks_of_sentences_in_a_text_are_unknown_words()
    {
        NGramLanguageModel model = Train("a <s> b\na </s> c <unk>", 2, out _);

        double sum = model.Vocabulary.Where(w => w != NGramLanguageModel.SentenceStart).Sum(w => Math.Pow(10, model.LogProbability(["a"], w)));
        Assert.Equal(1, sum, tolerance: 1e-9);
    }

    [Fact]
    public void Nothing_counted_is_no_model() => Assert.Throws<InvalidOperationException>(() => new KneserNeyTrainer(3).Train());

    [Fact]
    public void Words_end_at_any_white_space_so_that_the_file_can_be_read_again()
    {
        KneserNeyTrainer trainer = new(2);
        trainer.Add("a\u2003b c\u202Fd\u000Be\nf\u1680a b");
        StringWriter file = new();
        ArpaFile.Write(trainer.Train(), file);
        NGramLanguageModel read = ArpaFile.Read("model.arpa", new StringReader(file.ToString()));
        Assert.Equal(["</s>", "<s>", "<unk>", "a", "b", "c", "d", "e", "f"], read.Vocabulary.Order(StringComparer.Ordinal));
    }
}
