using DataBuild.Stages.Generate.Rephrase;
using DataBuild.Stages.Score.Onnx;
using DataBuild.Stages.Tests.Score;
using DataBuild.Stages.Tokenize;

namespace DataBuild.Tests.Generate.Rephrase;

/// <summary>Vectors of tokens from an encoder whose answers are known, and what BERTScore makes of them.</summary>
public sealed class OnnxTokenVectorsTests : IDisposable
{
    private const int Start = 3;
    private const int End = 4;

    private readonly TestModels _models = new();

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData(64)]
    [InlineData(4)]
    [InlineData(3)]
    public void EveryTokenHasItsVectorInWindowsOfAnyLength(int maxTokens)
    {
        using OnnxTokenVectors vectors = Load(maxTokens);
        IReadOnlyList<float[]> found = vectors.Of("ABCBA");

        // The vector is the table's row, with the position within the window and the mask behind it.
        int window = maxTokens - 2;
        Assert.Equal(5, found.Count);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(["ABCBA"[i] - 'A', 10 - ("ABCBA"[i] - 'A'), (i % window) + 1, 1], found[i]);
        }

        Assert.Empty(vectors.Of(""));
    }

    [Fact]
    public void TheSameTextHasAScoreOfOne()
    {
        using OnnxTokenVectors vectors = Load(64);
        Assert.Equal(1, BertScore.Of(vectors.Of("ABC"), vectors.Of("ABC")).F1, 12);
        Assert.InRange(BertScore.Of(vectors.Of("AAA"), vectors.Of("CCC")).F1, 0.5, 0.999);
    }

    [Fact]
    public void AnEncoderWithoutAVectorATokenIsRefused()
    {
        StageException error = Assert.Throws<StageException>(() => new OnnxTokenVectors(_models.Write(TestModels.MeanOfIds()), Tokenizer(), [], [], 8));
        Assert.Equal("DB4004", error.Code);
    }

    [Fact]
    public void AFileThatIsNoModelIsRefused()
    {
        StageException error = Assert.Throws<StageException>(() => new OnnxTokenVectors(_models.Write([1, 2, 3]), Tokenizer(), [], [], 8));
        Assert.Equal("DB4001", error.Code);
    }

    private OnnxTokenVectors Load(int maxTokens)
    {
        float[] table = [.. Enumerable.Range(0, 5).SelectMany(i => new float[] { i, 10 - i })];
        byte[] model = new OnnxModelBuilder("encoder")
            .Input("input_ids", OnnxElementType.Int64, "texts", "tokens").Input("attention_mask", OnnxElementType.Int64, "texts", "tokens")
            .Input("position_ids", OnnxElementType.Int64, "texts", "tokens").Input("token_type_ids", OnnxElementType.Int64, "texts", "tokens")
            .Output("pooled", OnnxElementType.Single, "texts", "2").Output("last_hidden_state", OnnxElementType.Single, "texts", "tokens", "4")
            .Constant<float>("table", table, 5, 2).Constant<long>("last", [2], 1)
            .Node("Gather", ["table", "input_ids"], "rows")
            .Node("Add", ["position_ids", "token_type_ids"], "places").Node("Cast", ["places"], "places_float", ("to", (long)OnnxElementType.Single)).Node("Unsqueeze", ["places_float", "last"], "places_3d")
            .Node("Cast", ["attention_mask"], "mask", ("to", (long)OnnxElementType.Single)).Node("Unsqueeze", ["mask", "last"], "mask_3d")
            .Node("Concat", ["rows", "places_3d", "mask_3d"], "last_hidden_state", ("axis", 2))
            .Node("ReduceMean", ["rows"], "mean", "axes", [1]).Constant<long>("two", [-1, 2], 2).Node("Reshape", ["mean", "two"], "pooled")
            .Build();
        return new OnnxTokenVectors(_models.Write(model, "encoder.onnx"), Tokenizer(), [Start], [End], maxTokens);
    }

    private TextTokenizer Tokenizer() => TextTokenizer.Load(_models.Write(
        """
        { "added_tokens": [{"id": 3, "content": "<s>", "special": true, "normalized": false}, {"id": 4, "content": "</s>", "special": true, "normalized": false}],
          "model": {"type": "BPE", "vocab": {"A": 0, "B": 1, "C": 2, "<s>": 3, "</s>": 4}, "merges": []} }
        """u8.ToArray(),
        "tokenizer.json"));
}
