using DataBuild.Stages.Score;
using DataBuild.Stages.Score.Onnx;

namespace DataBuild.Stages.Tests.Score;

/// <summary>
/// The oracle: a chain over the characters A and B that stops with probability e, tokenised by longest match with the vocabulary A, B, AA. The model holds the token chain;
/// the bits that it gives must be those of the character chain, in closed form.
/// </summary>
public sealed class ByteScoreTests : IDisposable
{
    private const double ToB = 0.3;
    private const double ToA = 0.6;
    private const double Stop = 0.1;
    private const int A = 0, B = 1, Aa = 2, End = 3;

    private readonly TestModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Bits_are_those_of_the_character_chain()
    {
        string[] texts = [.. Strings(7).Where(s => s.Length > 0)];
        ByteScoreFigures[] figures = Measure(new ByteScoreStage { MaxTokens = 32, Overlap = 1, Decimals = 6 }, texts);
        for (int i = 0; i < texts.Length; i++)
        {
            double bits = -Math.Log2(Probability(texts[i]));
            Assert.Equal(bits / texts[i].Length, figures[i].BitsPerByte!.Value, 2e-5);
            Assert.Equal(1, figures[i].Covered);
        }
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    [InlineData(8, 7)]
    public void Windows_predict_every_token_once(int window, int overlap)
    {
        // The chain looks one token back: with an overlap of one token windows change nothing.
        string[] texts = [.. Strings(9).Where(s => s.Length == 9)];
        double?[] whole = [.. Measure(new ByteScoreStage { MaxTokens = 64, Overlap = 1, Decimals = 5 }, texts).Select(f => f.BitsPerByte)];
        ByteScoreFigures[] cut = Measure(new ByteScoreStage { MaxTokens = window, Overlap = overlap, Decimals = 5 }, texts);
        Assert.Equal(whole, cut.Select(f => f.BitsPerByte));
        Assert.All(cut, f => Assert.Equal(1, f.Covered));
    }

    [Fact]
    public void An_ensemble_gives_the_mean_of_the_probabilities()
    {
        // The second model is the character chain itself, with a vocabulary of characters: the same probabilities from other tokens. The third knows no chain.
        InputFile characters = InputFile.FromPath(_models.Write(
            """{ "added_tokens": [{"id": 2, "content": "</s>", "special": true, "normalized": false}], "model": {"type": "BPE", "vocab": {"A": 0, "B": 1, "</s>": 2}, "merges": []} }"""u8.ToArray(), "characters.json"));
        double[] chain = [Step('A', 'A'), Step('A', 'B'), Stop, Step('B', 'A'), Step('B', 'B'), Stop, Step('B', 'A'), Step('B', 'B'), Stop];
        InputFile same = InputFile.FromPath(_models.Write(Table(chain, 3), "same.onnx"));
        InputFile uniform = InputFile.FromPath(_models.Write(Table([.. Enumerable.Repeat(1 / 3.0, 9)], 3), "uniform.onnx"));
        string[] texts = ["A", "BAB", "AABBAAAB"];
        ByteScoreFigures[] figures = Measure(new ByteScoreStage { MaxTokens = 32, Overlap = 1, Decimals = 6, Ensemble = [same, uniform], EnsembleTokenizers = [characters, characters] }, texts);
        for (int i = 0; i < texts.Length; i++)
        {
            double p = ((2 * Probability(texts[i])) + Math.Pow(1 / 3.0, texts[i].Length + 1)) / 3;
            Assert.Equal(-Math.Log2(p) / texts[i].Length, figures[i].BitsPerByte!.Value, 2e-5);
        }
    }

    [Fact]
    public void Many_texts_score_as_one_by_one()
    {
        string[] texts = [.. Strings(8).Where(s => s.Length > 0)];
        ByteScoreStage stage = new() { MaxTokens = 6, Overlap = 2, Decimals = 5, BatchTokens = 128 };
        Assert.Equal(Measure(stage, texts), texts.Select(t => Measure(stage, [t])[0]));
    }

    [Fact]
    public void What_lies_beyond_the_last_window_is_not_covered()
    {
        ByteScoreFigures figures = Measure(new ByteScoreStage { MaxTokens = 4, Overlap = 1, MaxWindows = 1 }, ["BABABABA"])[0];
        Assert.Equal(3.0 / 8, figures.Covered);
        Assert.True(figures.BitsPerByte > 0);
    }

    [Fact]
    public void Perplexity_counts_predicted_tokens()
    {
        // B A B and the end: four predictions.
        ByteScoreFigures figures = Measure(new ByteScoreStage { MaxTokens = 32, Decimals = 6, Overlap = 1 }, ["BAB"])[0];
        Assert.Equal(Math.Pow(Probability("BAB"), -1.0 / 4), figures.Perplexity!.Value, 1e-4);
    }

    [Fact]
    public void Documents_outside_the_range_are_dropped()
    {
        ByteScoreStage stage = new() { MinBitsPerByte = 0.5, MaxBitsPerByte = 2 };
        Assert.Equal("bits_per_byte_too_low", stage.Decide(new ByteScoreFigures(0.4, 1, 1)).Reason);
        Assert.Equal("bits_per_byte_too_high", stage.Decide(new ByteScoreFigures(2.1, 1, 1)).Reason);
        Assert.True(stage.Decide(new ByteScoreFigures(1, 1, 1)).IsKeep);
    }

    [Fact]
    public void A_model_without_a_value_a_position_is_refused()
    {
        string path = _models.Write(TestModels.MeanOfIds());
        StageException error = Assert.Throws<StageException>(() => Measure(new ByteScoreStage { Model = InputFile.FromPath(path), Tokenizer = Tokenizer() }, ["A"]));
        Assert.Equal("DB4004", error.Code);
    }

    [Fact]
    public void A_decoder_exported_with_its_past_is_read_from_the_beginning()
    {
        // Keys and values of no token add nothing; the mask and the positions are those of the window.
        string path = _models.Write(WithPast("past").Build(), "past.onnx");
        string[] texts = ["BAB", "AABBAAAB", "A"];
        ByteScoreStage stage = new() { MaxTokens = 32, Overlap = 1, Decimals = 6 };
        Assert.Equal(Measure(stage, texts), Measure(stage with { Model = InputFile.FromPath(path) }, texts));
    }

    [Fact]
    public void A_past_of_a_fixed_number_of_tokens_is_refused()
    {
        string path = _models.Write(WithPast("7").Build(), "seven.onnx");
        StageException error = Assert.Throws<StageException>(() => Measure(new ByteScoreStage { Model = InputFile.FromPath(path), Overlap = 1, MaxTokens = 8 }, ["A"]));
        Assert.Equal("DB4003", error.Code);
        Assert.Contains("past_key_values.0.key", error.Message, StringComparison.Ordinal);
    }

    private static OnnxModelBuilder WithPast(string tokens)
    {
        OnnxModelBuilder model = new OnnxModelBuilder("token chain with a past")
            .Input("input_ids", OnnxElementType.Int64, "texts", "tokens").Input("attention_mask", OnnxElementType.Int64, "texts", "tokens").Input("position_ids", OnnxElementType.Int64, "texts", "tokens")
            .Input("past_key_values.0.key", OnnxElementType.Single, "texts", "2", tokens, "8").Input("past_key_values.0.value", OnnxElementType.Half, "texts", "2", tokens, "8")
            .Input("use_cache_branch", OnnxElementType.Boolean, "1")
            .Output("logits", OnnxElementType.Single, "texts", "tokens", "4");
        model.Constant<float>("table", [.. Rows().Select(p => p > 0 ? (float)Math.Log(p) : -200f)], 4, 4)
            .Node("Gather", ["table", "input_ids"], "chain")
            .Node("Cast", ["past_key_values.0.value"], "values", ("to", (long)OnnxElementType.Single)).Node("Add", ["past_key_values.0.key", "values"], "both")
            .Constant<long>("all", [0, 1, 2, 3], 4).Node("ReduceSum", ["both", "all"], "nothing", ("keepdims", 0))
            .Node("Cast", ["use_cache_branch"], "branch", ("to", (long)OnnxElementType.Single)).Node("Add", ["nothing", "branch"], "zero")
            .Node("Add", ["chain", "zero"], "logits");
        return model;
    }

    private static IEnumerable<string> Strings(int longest) => Enumerable.Range(0, longest + 1)
        .SelectMany(n => Enumerable.Range(0, 1 << n).Select(bits => new string([.. Enumerable.Range(0, n).Select(i => (bits >> i & 1) == 0 ? 'A' : 'B')])));

    private static double Probability(string text)
    {
        double p = 1;
        char state = 'B';
        foreach (char c in text)
        {
            p *= Step(state, c);
            state = c;
        }

        return p * Stop;
    }

    private static double Step(char from, char to) => (1 - Stop) * ((from, to) switch
    {
        ('A', 'A') => 1 - ToB,
        ('A', _) => ToB,
        (_, 'A') => ToA,
        _ => 1 - ToA,
    });

    private ByteScoreFigures[] Measure(ByteScoreStage stage, string[] texts)
    {
        stage = stage with
        {
            Model = stage.Model ?? InputFile.FromPath(_models.Write(TokenChain(), "chain.onnx")),
            Tokenizer = stage.Tokenizer ?? Tokenizer(),
        };
        stage.Initialize(new StageContext(Path.GetTempPath(), Path.GetTempPath()));
        ByteScoreFigures[] figures = new ByteScoreFigures[texts.Length];
        stage.Measure([.. texts.Select(t => Document.Create(t))], figures);
        return figures;
    }

    private InputFile Tokenizer() => InputFile.FromPath(_models.Write(
        """
        {
          "added_tokens": [{"id": 3, "content": "</s>", "special": true, "normalized": false}],
          "model": {"type": "BPE", "vocab": {"A": 0, "B": 1, "AA": 2, "</s>": 3}, "merges": ["A A"]}
        }
        """u8.ToArray(), "tokenizer.json"));

    /// <summary>logits[position] = log p(next token | token): after AA or A the last character is A, after B and at the start it is B; A is never followed by another A or AA.</summary>
    private static byte[] TokenChain() => Table(Rows(), 4);

    private static double[] Rows()
    {
        double aa = Step('A', 'A'), ab = Step('A', 'B'), ba = Step('B', 'A'), bb = Step('B', 'B');
        double[][] rows = new double[4][];
        rows[A] = [0, ab / (ab + Stop), 0, Stop / (ab + Stop)];
        rows[B] = [ba * (ab + Stop), bb, ba * aa, Stop];
        rows[Aa] = [aa * (ab + Stop), ab, aa * aa, Stop];
        rows[End] = rows[B];
        return [.. rows.SelectMany(r => r)];
    }

    /// <summary>logits[position] = log of the token's row.</summary>
    private static byte[] Table(double[] probabilities, int vocabulary) => new OnnxModelBuilder("token chain")
        .Input("input_ids", OnnxElementType.Int64, "texts", "tokens")
        .Output("logits", OnnxElementType.Single, "texts", "tokens", $"{vocabulary}")
        .Constant<float>("table", [.. probabilities.Select(p => p > 0 ? (float)Math.Log(p) : -200f)], vocabulary, vocabulary)
        .Node("Gather", ["table", "input_ids"], "logits")
        .Build();
}
