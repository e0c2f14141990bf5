using System.Text;
using DataBuild.Stages.Score;
using DataBuild.Stages.Score.Onnx;

namespace DataBuild.Stages.Tests.Score;

/// <summary>
/// ProgressivePrecision over a real 8-bit graph: an encoder with two linear layers (token vectors, their mean, 32 hidden units, a score), in floats and with its linear layers
/// in 8-bit integers (QuantizeLinear, MatMulInteger).
/// </summary>
public sealed class QuantizedModelTests : IDisposable
{
    private const int Vocabulary = 128;
    private const int Width = 16;
    private const int Hidden = 32;

    private readonly TestModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void The_8_bit_graph_differs_and_only_texts_near_the_cut_are_computed_again()
    {
        string full = _models.Write(Model(quantized: false), "full.onnx");
        string quantized = _models.Write(Model(quantized: true), "int8.onnx");
        byte[] bytes = File.ReadAllBytes(quantized);
        Assert.True(bytes.AsSpan().IndexOf("MatMulInteger"u8) > 0 && bytes.AsSpan().IndexOf("QuantizeLinear"u8) > 0);

        string[] texts = Texts(400);
        double[] exact = Scores(full, texts);
        double[] coarse = Scores(quantized, texts);
        double[] differences = [.. exact.Zip(coarse, (a, b) => Math.Abs(a - b))];
        Assert.InRange(differences.Max(), 1e-4, 0.05);

        double cut = exact.Order().ElementAt(200);
        double margin = 0.02;
        List<StageNote> notes = [];
        ProgressivePrecisionStage stage = new()
        {
            Model = InputFile.FromPath(full),
            QuantizedModel = InputFile.FromPath(quantized),
            Tokenizer = Tokenizer(),
            Cut = cut,
            Margin = margin,
            Audit = 1,
        };
        stage.Initialize(new StageContext(Path.GetTempPath(), Path.GetTempPath(), threads: 1, report: notes.Add));
        ProgressivePrecisionFigures[] figures = new ProgressivePrecisionFigures[texts.Length];
        stage.Measure([.. texts.Select(t => Document.Create(t))], figures);

        for (int i = 0; i < texts.Length; i++)
        {
            bool near = Math.Abs(coarse[i] - cut) < margin;
            Assert.Equal(near, figures[i].Recomputed);
            Assert.Equal(near ? exact[i] : coarse[i], figures[i].Value!.Value);
        }

        Assert.InRange(figures.Count(f => f.Recomputed), 10, 300);
        int otherwise = Enumerable.Range(0, texts.Length).Count(i => !figures[i].Recomputed && exact[i] >= cut != coarse[i] >= cut);
        int others = figures.Count(f => !f.Recomputed);
        Assert.Contains(FormattableString.Invariant($"(of the others {others} were audited, {others - otherwise} decided alike)"), stage.Summarize(figures)!.Value.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_has_the_same_8_bit_score_in_any_company()
    {
        string quantized = _models.Write(Model(quantized: true), "int8.onnx");
        string[] texts = Texts(100);
        double[] together = Scores(quantized, texts);
        Assert.Equal(together, texts.Select(t => Scores(quantized, [t])[0]));
        Assert.Equal(together, Scores(quantized, [.. texts.Reverse()]).Reverse());
    }

    private static string[] Texts(int count)
    {
        Random random = new(3);
        return [.. Enumerable.Range(0, count).Select(_ => new StringBuilder().AppendJoin("", Enumerable.Range(0, random.Next(5, 90)).Select(_ => (char)random.Next(33, 120))).ToString())];
    }

    private double[] Scores(string path, string[] texts)
    {
        ScoreStage stage = new() { Model = InputFile.FromPath(path), Tokenizer = Tokenizer() };
        stage.Initialize(new StageContext(Path.GetTempPath(), Path.GetTempPath(), threads: 1));
        ScoreFigures[] figures = new ScoreFigures[texts.Length];
        stage.Measure([.. texts.Select(t => Document.Create(t))], figures);
        return [.. figures.Select(f => f.Value!.Value)];
    }

    private InputFile Tokenizer()
    {
        string vocabulary = string.Join(", ", Enumerable.Range(0, Vocabulary).Select(i => $"\"{(i is > 32 and < 127 && i != '"' && i != '\\' ? ((char)i).ToString() : $"<{i}>")}\": {i}"));
        return InputFile.FromPath(_models.Write(Encoding.UTF8.GetBytes($$"""
            { "model": { "type": "BPE", "unk_token": "<0>", "vocab": { {{vocabulary}} }, "merges": [] } }
            """), "characters.json"));
    }

    private static byte[] Model(bool quantized)
    {
        Random random = new(5);
        float[] table = Weights(random, Vocabulary * Width, 1);
        float[] first = Weights(random, Width * Hidden, 0.5f);
        float[] second = Weights(random, Hidden, 2);
        OnnxModelBuilder model = new OnnxModelBuilder("two linear layers")
            .Input("input_ids", OnnxElementType.Int64, "texts", "tokens")
            .Input("attention_mask", OnnxElementType.Int64, "texts", "tokens")
            .Output("score", OnnxElementType.Single, "texts", "1")
            .Constant<float>("table", table, Vocabulary, Width)
            .Constant<long>("axis", [1], 1)
            .Node("Gather", ["table", "input_ids"], "rows")
            .Node("Cast", ["attention_mask"], "mask", ("to", (long)OnnxElementType.Single))
            .Node("Unsqueeze", ["mask", "axis"], "mask_row")
            .Node("MatMul", ["mask_row", "rows"], "sums_3d")
            .Node("Squeeze", ["sums_3d", "axis"], "sums")
            .Node("ReduceSum", ["mask", "axis"], "counts", ("keepdims", 1))
            .Node("Div", ["sums", "counts"], "mean");
        model = quantized
            ? model.QuantizedMatMul("mean", 1, first, Hidden, "layer").Node("Relu", ["layer"], "active").QuantizedMatMul("active", 2, second, 1, "logit")
            : model.Constant<float>("w1", first, Width, Hidden).Constant<float>("w2", second, Hidden, 1)
                .Node("MatMul", ["mean", "w1"], "layer").Node("Relu", ["layer"], "active").Node("MatMul", ["active", "w2"], "logit");
        return model.Node("Sigmoid", ["logit"], "score").Build();
    }

    private static float[] Weights(Random random, int count, float size) => [.. Enumerable.Range(0, count).Select(_ => ((random.NextSingle() * 2) - 1) * size)];
}
