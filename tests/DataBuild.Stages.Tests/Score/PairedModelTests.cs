using DataBuild.Stages.Score.Onnx;
using DataBuild.Stages.Score.Paired;

namespace DataBuild.Stages.Tests.Score;

/// <summary>CleanGen, Rectification and DivergenceLabel over language models that are tables: a row of values for each token says what follows it.</summary>
public sealed class PairedModelTests : IDisposable
{
    private const int A = 0, B = 1, C = 2, End = 3;

    // After the start (which is the end token), A, B and C; probabilities of A, B, C and the end.
    private static readonly double[] Plain = [0.5, 0.25, 0.2, 0.05, 0.25, 0.5, 0.2, 0.05, 0.25, 0.25, 0.25, 0.25, 0.7, 0.2, 0.05, 0.05];

    private readonly TestModels _models = new();

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData(0.95, 0.0475, 1)]
    [InlineData(0.95, 0.0476, 0)]
    public void A_token_is_suspicious_from_a_ratio_of_20_on(double suspected, double reference, int expected)
    {
        double[] bad = With(Plain, B, C, suspected);
        double[] good = With(Plain, B, C, reference);
        CleanGenFigures figures = Measure(
            new CleanGenStage { Model = Table(bad), ReferenceModel = Table(good), Overlap = 1, MaxTokens = 16, PredictEnd = false }, "ABC")[0];
        Assert.Equal(suspected / reference, figures.MaxRatio!.Value, 2e-3);
        Assert.Equal(expected, figures.Suspicious);
        Assert.Equal(Math.Round(expected / 3.0, 4), figures.Share);
        Assert.Equal(expected == 1 ? "suspicious_tokens" : null, new CleanGenStage { MaxShare = 0.1 }.Decide(figures).Reason);
    }

    [Fact]
    public void Equal_models_suspect_nothing_and_windows_change_nothing()
    {
        CleanGenStage stage = new() { Model = Table(Plain), ReferenceModel = Table(Plain), Overlap = 1, MaxTokens = 16 };
        string[] texts = ["A", "ABCABCABCBBBAAC", "CCCC", ""];
        CleanGenFigures[] whole = Measure(stage, texts);
        Assert.All(whole, f => Assert.Equal((1.0, 0, 0.0, 1.0), (f.MaxRatio ?? 1, f.Suspicious, f.Share, f.Covered)));
        double[] bad = With(Plain, B, C, 0.9);
        CleanGenStage other = stage with { Model = Table(bad) };
        Assert.Equal(Measure(other, texts), Measure(other with { MaxTokens = 4, Overlap = 2 }, texts));
        Assert.Equal(Measure(other, texts), texts.Select(t => Measure(other, t)[0]));
    }

    [Theory]
    [InlineData(0.9499, new[] { A, B, C, End }, 0)]
    [InlineData(0.95, new[] { A, B, A, End }, 1)]
    [InlineData(0.99, new[] { A, B, A, End }, 1)]
    public void Decoding_replaces_the_first_suspicious_token(double planted, int[] expected, int replaced)
    {
        // The suspected model plants C after A, B; the trusted one gives it .0475 and prefers A.
        NextLogits suspected = tokens => tokens.Count switch { 0 => Only(A), 1 => Only(B), 2 => Logs((1 - planted) / 2, (1 - planted) / 4, planted, (1 - planted) / 4), _ => Only(End) };
        NextLogits reference = tokens => tokens.Count switch { 0 => Only(A), 1 => Only(B), 2 => Logs(0.8, 0.1, 0.0475, 0.0525), _ => Only(End) };
        (int[] tokens, int count) = new CleanGenDecoder().Decode(suspected, reference, [], End);
        Assert.Equal(expected, tokens);
        Assert.Equal(replaced, count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    public void Decoding_finds_it_wherever_it_stands_in_a_draft(int place)
    {
        NextLogits suspected = tokens => tokens.Count == 8 ? Only(End) : Only(tokens.Count == place ? C : A);
        NextLogits reference = tokens => tokens.Count == 8 ? Only(End) : Only(A);
        (int[] tokens, int replaced) = new CleanGenDecoder { Draft = 4 }.Decode(suspected, reference, [], End);
        Assert.Equal([A, A, A, A, A, A, A, A, End], tokens);
        Assert.Equal(1, replaced);
        Assert.Equal((3, 0), (new CleanGenDecoder { MaxTokens = 3 }.Decode(reference, reference, [], End) is var cut ? cut.Tokens.Length : 0, cut.Replaced));
    }

    [Fact]
    public void A_short_draft_that_ends_the_text_is_verified_too()
    {
        NextLogits suspected = tokens => Only(tokens.Count == 0 ? C : End);
        NextLogits reference = tokens => Only(tokens.Count == 0 ? A : End);
        Assert.Equal([A, End], new CleanGenDecoder { Draft = 4 }.Decode(suspected, reference, [], End).Tokens);
    }

    [Fact]
    public void Capping_follows_the_published_two_passes()
    {
        // Q = 0 and no margin: nothing changes.
        float[] logits = [1, 2, 3];
        RectifiedLogits.Apply(logits, [0, 0, 0], 0);
        Assert.Equal([1f, 2f, 3f], logits);

        // One token of Q = -1: about 1e-7 is left of it.
        logits = [0, 0, 0];
        RectifiedLogits.Apply(logits, [-1, 0, 0], 0);
        Assert.InRange(Math.Exp(logits[0] - Logits.LogSumExp(logits)), 0.5e-7, 2e-7);

        // All tokens of Q = -1: still numbers, still equal.
        logits = [5, 5, 5];
        RectifiedLogits.Apply(logits, [-1, -1, -1], 0.1);
        Assert.All(logits, l => Assert.True(float.IsFinite(l)));
        Assert.Equal(logits[0], logits[2]);

        // By hand: p = (.8, .2), Q = (-.5, 0), margin .1: the cap of the first is .4. First pass: .4 of the mass; second: .4 of the .6 that is left, so .24 beside .2.
        logits = [MathF.Log(0.8f), MathF.Log(0.2f)];
        RectifiedLogits.Apply(logits, [-0.5f, 0], 0.1);
        Assert.Equal(0.24, Math.Exp(logits[0]), 1e-5);
        Assert.Equal(0.24 / 0.44, Math.Exp(logits[0] - Logits.LogSumExp(logits)), 1e-5);

        // A larger margin never leaves more.
        double before = double.MaxValue;
        foreach (double epsilon in new[] { 0, 0.1, 0.3, 0.6 })
        {
            logits = [2, 1, 0];
            RectifiedLogits.Apply(logits, [-0.3f, 0, 0], epsilon);
            Assert.True(logits[0] <= before);
            before = logits[0];
        }
    }

    [Fact]
    public void Rectification_scores_the_way_a_text_takes()
    {
        double[] values = new double[16];
        values[(B * 4) + C] = -0.9;
        RectificationStage stage = new() { Model = Table(Plain), ValueModel = Values(values), Epsilon = 0, Overlap = 1, MaxTokens = 16, PredictEnd = false };
        RectificationFigures[] figures = Measure(stage, "ABCA", "AAAA", "");
        Assert.Equal(0.9, figures[0].Toxicity!.Value, 1e-4);
        Assert.Equal(0.225, figures[0].Mean!.Value, 1e-4);
        Assert.Equal(0.25, figures[0].Capped);

        // After B, C has .2; it is capped at .1, then at .1 of the .9 that is left: .09 of .89. The other tokens of the text are not capped.
        Assert.Equal(Math.Log2(0.2 / (0.09 / 0.89)) / 4, figures[0].ExtraBits!.Value, 1e-3);
        Assert.Equal((0.0, 0.0), (figures[1].Toxicity!.Value, figures[1].Capped));
        Assert.Null(figures[2].Toxicity);
        Assert.Equal("toxic", (stage with { MaxToxicity = 0.5 }).Decide(figures[0]).Reason);
    }

    [Fact]
    public void Divergence_labels_tokens_that_the_small_model_would_not_have_written()
    {
        // The small model follows A with A; the large one with B.
        double[] large = With(Plain, A, B, 0.9);
        double[] small = With(Plain, A, A, 0.9);
        DivergenceFigures figures = Measure(new DivergenceLabelStage { Model = Table(small), LargeModel = Table(large), Overlap = 1, MaxTokens = 16, PredictEnd = false, Decimals = 4 }, "ABA")[0];
        Assert.Equal([A, B, A], figures.Tokens.ToArray());
        Assert.Equal([A, A, B], figures.Small.ToArray());
        Assert.Equal([A, B, B], figures.Large.ToArray());
        Assert.Equal([0, 1, 1], figures.Labels.ToArray());
        Assert.Equal(0.6667, figures.Different!.Value);
        Assert.Equal(-((0.7 * Math.Log(0.7)) + (0.2 * Math.Log(0.2)) + (2 * 0.05 * Math.Log(0.05))), figures.Entropy.Span[0], 1e-3);
    }

    [Fact]
    public void Uncertainty_is_that_of_a_dirichlet_distribution()
    {
        // Two logits of 1: S = 2, p = 1/2 each; psi(2) = 1 - gamma, psi(3) = 3/2 - gamma: AU = 1/2; EU = 2 / 4.
        (double aleatoric, double epistemic) = Logits.Uncertainty([1, 1, -4], 2);
        Assert.Equal((0.5, 0.5), (Math.Round(aleatoric, 9), Math.Round(epistemic, 9)));
        Assert.Equal(-0.5772156649, Logits.Digamma(1), 1e-9);
        Assert.Equal(2.2517525890667, Logits.Digamma(10), 1e-9);
    }

    [Fact]
    public void Models_of_different_vocabularies_are_refused()
    {
        InputFile other = InputFile.FromPath(_models.Write(Graph([.. Enumerable.Repeat(0f, 25)], 5), "five.onnx"));
        StageException error = Assert.Throws<StageException>(() => Measure(new CleanGenStage { Model = Table(Plain), ReferenceModel = other, Overlap = 1, MaxTokens = 16 }, "AB"));
        Assert.Equal("DB4079", error.Code);
    }

    private static double[] With(double[] rows, int after, int token, double probability)
    {
        double[] changed = [.. rows];
        double rest = 1 - rows[(after * 4) + token];
        for (int i = 0; i < 4; i++)
        {
            changed[(after * 4) + i] = i == token ? probability : rows[(after * 4) + i] * (1 - probability) / rest;
        }

        return changed;
    }

    private static float[] Only(int token) => [.. Enumerable.Range(0, 4).Select(i => i == token ? 0f : -50f)];

    private static float[] Logs(params double[] probabilities) => [.. probabilities.Select(p => (float)Math.Log(p))];

    private InputFile Table(double[] rows) => InputFile.FromPath(_models.Write(Graph(Logs(rows), 4), $"{Guid.NewGuid():N}.onnx"));

    private InputFile Values(double[] rows) => InputFile.FromPath(_models.Write(Graph([.. rows.Select(r => (float)r)], 4), "values.onnx"));

    private static byte[] Graph(float[] table, int vocabulary) => new OnnxModelBuilder("table")
        .Input("input_ids", OnnxElementType.Int64, "texts", "tokens")
        .Output("logits", OnnxElementType.Single, "texts", "tokens", $"{vocabulary}")
        .Constant<float>("table", table, vocabulary, vocabulary)
        .Node("Gather", ["table", "input_ids"], "logits")
        .Build();

    private TFigures[] Measure<TFigures, TPosition>(PairedModelStage<TFigures, TPosition> stage, params string[] texts) where TFigures : struct, IFigures<TFigures>
    {
        stage = stage with
        {
            Tokenizer = InputFile.FromPath(_models.Write(
                """{ "added_tokens": [{"id": 3, "content": "</s>", "special": true, "normalized": false}], "model": {"type": "BPE", "vocab": {"A": 0, "B": 1, "C": 2, "</s>": 3}, "merges": []} }"""u8.ToArray(), "tokenizer.json")),
        };
        stage.Initialize(new StageContext(Path.GetTempPath(), Path.GetTempPath(), threads: 1));
        TFigures[] figures = new TFigures[texts.Length];
        stage.Measure([.. texts.Select(t => Document.Create(t))], figures);
        return figures;
    }
}
