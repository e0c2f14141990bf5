using DataBuild.Stages.Score;
using DataBuild.Stages.Score.Onnx;

namespace DataBuild.Stages.Tests.Score;

/// <summary>Small ONNX models with answers that can be computed by hand, and files of them.</summary>
internal sealed class TestModels : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-score-").FullName;

    /// <summary>Every UTF-16 unit is a token.</summary>
    public static TokenIds Characters { get; } = (text, tokens) =>
    {
        foreach (char c in text)
        {
            tokens.Add(c % 128);
        }
    };

    public string Write(byte[] model, string name = "model.onnx")
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, model);
        return path;
    }

    /// <summary>logits[text] = mean over unmasked tokens of (id / 16, -id / 16, 1): embeddings are looked up, masked, averaged.</summary>
    public static byte[] MeanOfIds(Action<OnnxModelBuilder>? more = null, string rows = "texts", string length = "tokens", Action<float[]>? edit = null)
    {
        float[] table = new float[128 * 3];
        for (int id = 0; id < 128; id++)
        {
            table[id * 3] = id / 16f;
            table[(id * 3) + 1] = -id / 16f;
            table[(id * 3) + 2] = 1;
        }

        edit?.Invoke(table);

        OnnxModelBuilder model = new OnnxModelBuilder("mean of ids")
            .Input("input_ids", OnnxElementType.Int64, rows, length)
            .Input("attention_mask", OnnxElementType.Int64, rows, length)
            .Output("logits", OnnxElementType.Single, rows, "3")
            .Constant<float>("table", table, 128, 3)
            .Constant<long>("axis", [1], 1)
            .Node("Gather", ["table", "input_ids"], "rows")
            .Node("Cast", ["attention_mask"], "mask", ("to", (long)OnnxElementType.Single))
            .Node("Unsqueeze", ["mask", "axis"], "mask_row")
            .Node("MatMul", ["mask_row", "rows"], "sums_3d")
            .Node("Squeeze", ["sums_3d", "axis"], "sums")
            .Node("ReduceSum", ["mask", "axis"], "counts", ("keepdims", 1))
            .Node("Div", ["sums", "counts"], "logits");
        more?.Invoke(model);
        return model.Build();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
