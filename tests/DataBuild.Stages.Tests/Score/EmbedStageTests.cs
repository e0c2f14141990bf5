using DataBuild.Stages.Score;
using DataBuild.Stages.Score.Onnx;

namespace DataBuild.Stages.Tests.Score;

public sealed class EmbedStageTests : IDisposable
{
    private readonly TestModels _models = new();

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Vectors_are_means_over_tokens_and_windows(bool perToken)
    {
        // "!" is id 0 and '"' id 1 in o200k_base: a text of n and m of them, apart by spaces that are their own ids.
        EmbedStage stage = new()
        {
            Model = InputFile.FromPath(_models.Write(perToken ? PerToken() : TestModels.MeanOfIds())),
            Tokenizer = Letters(),
            MaxTokens = 4,
            Window = WindowPolicy.Mean,
            Normalize = false,
            Decimals = 6,
        };
        EmbedFigures[] figures = Measure(stage, "aab", "aabbbbbbbb", "");

        // a is id 0, b is id 1: vectors (id / 16, -id / 16, 1).
        Assert.Equal([1f / 48, -1f / 48, 1f], figures[0].Vector.ToArray(), (x, y) => Math.Abs(x - y) < 1e-5);
        Assert.Equal([0.05f, -0.05f, 1f], figures[1].Vector.ToArray(), (x, y) => Math.Abs(x - y) < 1e-5);
        Assert.Equal((3, 1.0), (figures[1].Windows, figures[1].Covered));
        Assert.True(figures[2].Vector.IsEmpty);
    }

    [Fact]
    public void A_truncated_text_says_how_much_was_read_and_vectors_have_length_one()
    {
        EmbedStage stage = new() { Model = InputFile.FromPath(_models.Write(TestModels.MeanOfIds())), Tokenizer = Letters(), MaxTokens = 4 };
        EmbedFigures figures = Measure(stage, "aaaabbbb")[0];
        Assert.Equal((1, 0.5), (figures.Windows, figures.Covered));
        Assert.Equal(1, figures.Vector.ToArray().Sum(v => (double)v * v), 1e-3);
    }

    private static EmbedFigures[] Measure(EmbedStage stage, params string[] texts)
    {
        stage.Initialize(new StageContext(Path.GetTempPath(), Path.GetTempPath()));
        EmbedFigures[] figures = new EmbedFigures[texts.Length];
        stage.Measure([.. texts.Select(t => Document.Create(t))], figures);
        return figures;
    }

    private InputFile Letters() => InputFile.FromPath(_models.Write("""{"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []}}"""u8.ToArray(), "tokenizer.json"));

    private static byte[] PerToken()
    {
        float[] table = [.. Enumerable.Range(0, 128).SelectMany(id => new[] { id / 16f, -id / 16f, 1f })];
        return new OnnxModelBuilder("vectors of tokens")
            .Input("input_ids", OnnxElementType.Int64, "texts", "tokens")
            .Output("last_hidden_state", OnnxElementType.Single, "texts", "tokens", "3")
            .Constant<float>("table", table, 128, 3)
            .Node("Gather", ["table", "input_ids"], "last_hidden_state")
            .Build();
    }
}
