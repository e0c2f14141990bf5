using System.Globalization;
using DataBuild.Stages.Score.Onnx;

namespace DataBuild.Benchmarks.Models;

/// <summary>A transformer encoder of seeded weights with a score on top: the shape of small sentence encoders (6 layers, 384 wide, 12 heads, 1,536 in the feed-forward part).</summary>
internal sealed class EncoderGraph(int vocabulary, int layers = 6, int width = 384, int heads = 12, int inner = 1536, int longest = 512)
{
    private readonly Random _random = new(1);

    public byte[] Build()
    {
        OnnxModelBuilder graph = new OnnxModelBuilder("encoder")
            .Input("input_ids", OnnxElementType.Int64, "texts", "tokens")
            .Input("attention_mask", OnnxElementType.Int64, "texts", "tokens")
            .Input("position_ids", OnnxElementType.Int64, "texts", "tokens")
            .Output("score", OnnxElementType.Single, "texts", "1")
            .Constant<float>("words", Weights(vocabulary * width, 0.02), vocabulary, width)
            .Constant<float>("places", Weights(longest * width, 0.02), longest, width)
            .Constant<float>("one", Filled(width, 1), width)
            .Constant<float>("zero", Filled(width, 0), width)
            .Constant<long>("split", [0, 0, heads, width / heads], 4)
            .Constant<long>("join", [0, 0, width], 3)
            .Constant<long>("axes_mask", [1, 2], 2)
            .Constant<long>("axis_1", [1], 1)
            .Constant<float>("unit", [1f], 1)
            .Constant<float>("far", [10000f], 1)
            .Constant<float>("scale", [1 / MathF.Sqrt(width / (float)heads)], 1)
            .Node("Gather", ["words", "input_ids"], "word")
            .Node("Gather", ["places", "position_ids"], "place")
            .Node("Add", ["word", "place"], "sum")
            .Node("LayerNormalization", ["sum", "one", "zero"], "x0", ("axis", -1))
            .Node("Cast", ["attention_mask"], "mask", ("to", (long)OnnxElementType.Single))
            .Node("Unsqueeze", ["mask", "axes_mask"], "mask_4d")
            .Node("Sub", ["mask_4d", "unit"], "hidden")
            .Node("Mul", ["hidden", "far"], "bias");
        for (int layer = 0; layer < layers; layer++)
        {
            Layer(graph, layer.ToString(CultureInfo.InvariantCulture), $"x{layer}", $"x{layer + 1}");
        }

        return graph
            .Constant<float>("head", Weights(width, 0.2), width, 1)
            .Node("Unsqueeze", ["mask", "axis_1"], "mask_row")
            .Node("MatMul", ["mask_row", $"x{layers}"], "pooled_3d")
            .Node("Squeeze", ["pooled_3d", "axis_1"], "pooled")
            .Node("ReduceSum", ["mask", "axis_1"], "count", ("keepdims", 1))
            .Node("Div", ["pooled", "count"], "mean")
            .Node("MatMul", ["mean", "head"], "logit")
            .Node("Sigmoid", ["logit"], "score")
            .Build();
    }

    private void Layer(OnnxModelBuilder graph, string n, string input, string output)
    {
        foreach (string part in new[] { "q", "k", "v", "o" })
        {
            graph.Constant<float>($"w{part}{n}", Weights(width * width, 0.05), width, width);
        }

        graph.Constant<float>($"up{n}", Weights(width * inner, 0.05), width, inner)
            .Constant<float>($"down{n}", Weights(inner * width, 0.05), inner, width);
        foreach (string part in new[] { "q", "k", "v" })
        {
            graph.Node("MatMul", [input, $"w{part}{n}"], $"{part}{n}_flat")
                .Node("Reshape", [$"{part}{n}_flat", "split"], $"{part}{n}_heads")
                .Node("Transpose", [$"{part}{n}_heads"], $"{part}{n}", "perm", part == "k" ? [0, 2, 3, 1] : [0, 2, 1, 3]);
        }

        graph.Node("MatMul", [$"q{n}", $"k{n}"], $"raw{n}")
            .Node("Mul", [$"raw{n}", "scale"], $"scaled{n}")
            .Node("Add", [$"scaled{n}", "bias"], $"masked{n}")
            .Node("Softmax", [$"masked{n}"], $"attention{n}", ("axis", -1))
            .Node("MatMul", [$"attention{n}", $"v{n}"], $"context{n}")
            .Node("Transpose", [$"context{n}"], $"turned{n}", "perm", [0, 2, 1, 3])
            .Node("Reshape", [$"turned{n}", "join"], $"joined{n}")
            .Node("MatMul", [$"joined{n}", $"wo{n}"], $"attended{n}")
            .Node("Add", [input, $"attended{n}"], $"first{n}")
            .Node("LayerNormalization", [$"first{n}", "one", "zero"], $"y{n}", ("axis", -1))
            .Node("MatMul", [$"y{n}", $"up{n}"], $"wide{n}")
            .Node("Relu", [$"wide{n}"], $"active{n}")
            .Node("MatMul", [$"active{n}", $"down{n}"], $"narrow{n}")
            .Node("Add", [$"y{n}", $"narrow{n}"], $"second{n}")
            .Node("LayerNormalization", [$"second{n}", "one", "zero"], output, ("axis", -1));
    }

    private float[] Weights(int count, double size)
    {
        float[] weights = new float[count];
        for (int i = 0; i < count; i++)
        {
            weights[i] = (float)(((_random.NextDouble() * 2) - 1) * size);
        }

        return weights;
    }

    private static float[] Filled(int count, float value)
    {
        float[] values = new float[count];
        Array.Fill(values, value);
        return values;
    }
}
