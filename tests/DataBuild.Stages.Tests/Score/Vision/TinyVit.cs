using DataBuild.Stages.Score.Onnx;

namespace DataBuild.Stages.Tests.Score.Vision;

/// <summary>
/// A vision transformer of 160 kB for tests and the example VisualTokens: 64 x 64 pixels, patches of 8 x 8, a class token, three layers of two heads. Nothing in it is trained: patches are
/// described by the low frequencies of their cosine transform, other weights are seeded. It stands in for a real encoder, with all outputs that reductions read.
/// </summary>
internal static class TinyVit
{
    public const int Size = 64;
    public const int Patch = 8;
    public const int Dimensions = 32;
    public const int Heads = 2;
    public const int Layers = 3;
    private const int Grid = Size / Patch;
    private const int Patches = Grid * Grid;
    private const int Inputs = 3 * Patch * Patch;

    /// <summary>The model file.</summary>
    public static byte[] Build()
    {
        ulong seed = 20261127;
        OnnxModelBuilder model = new OnnxModelBuilder("tiny vision transformer")
            .Input("pixel_values", OnnxElementType.Single, "images", "3", $"{Size}", $"{Size}")
            .Output("last_hidden_state", OnnxElementType.Single, "images", $"{Patches + 1}", $"{Dimensions}")
            .Output("pixel_features", OnnxElementType.Single, "images", $"{Patches}", "12");
        for (int layer = 1; layer <= Layers; layer++)
        {
            model.Output($"attention_{layer}", OnnxElementType.Single, "images", $"{Heads}", $"{Patches + 1}", $"{Patches + 1}");
            foreach (string state in new[] { "before_attention", "after_attention", "before_mlp", "after_mlp" })
            {
                model.Output($"state_{layer}_{state}", OnnxElementType.Single, "images", $"{Patches + 1}", $"{Dimensions}");
            }
        }

        model.Constant<long>("patch_shape", [0, 3, Grid, Patch, Grid, Patch], 6)
            .Constant<long>("token_shape", [0, Patches, Inputs], 3)
            .Constant<float>("patch_weights", Frequencies(Dimensions), Inputs, Dimensions)
            .Constant<float>("pixel_weights", Frequencies(12), Inputs, 12)
            .Constant<float>("positions", Random(ref seed, (Patches + 1) * Dimensions, 0.125), Patches + 1, Dimensions)
            .Node("Reshape", ["pixel_values", "patch_shape"], "split")
            .Node("Transpose", ["split"], "patches", "perm", [0, 2, 4, 1, 3, 5])
            .Node("Reshape", ["patches", "token_shape"], "flat")
            .Node("MatMul", ["flat", "pixel_weights"], "pixel_features")
            .Node("MatMul", ["flat", "patch_weights"], "embedded")
            .Node("ReduceMean", ["embedded"], "class", "axes", [1])
            .Node("Concat", ["class", "embedded"], "joined", ("axis", 1))
            .Node("Add", ["joined", "positions"], "x0")
            .Constant<float>("scale", [0.25f])
            .Constant<float>("ones", [.. Enumerable.Repeat(1f, Dimensions)], Dimensions)
            .Constant<long>("heads_shape", [0, 0, Heads, Dimensions / Heads], 4)
            .Constant<long>("width_shape", [0, 0, Dimensions], 3);
        for (int layer = 1; layer <= Layers; layer++)
        {
            Layer(model, layer, $"x{layer - 1}", $"x{layer}", ref seed);
        }

        return model.Node("LayerNormalization", [$"x{Layers}", "ones"], "last_hidden_state").Build();
    }

    private static void Layer(OnnxModelBuilder model, int layer, string input, string output, ref ulong seed)
    {
        string P(string name) => $"{name}_{layer}";
        model.Node("Identity", [input], P("state") + "_before_attention")
            .Node("LayerNormalization", [input, "ones"], P("normal"));
        foreach (string part in new[] { "query", "key", "value" })
        {
            model.Constant<float>(P($"{part}_weights"), Random(ref seed, Dimensions * Dimensions, 0.25), Dimensions, Dimensions)
                .Node("MatMul", [P("normal"), P($"{part}_weights")], P($"{part}_flat"))
                .Node("Reshape", [P($"{part}_flat"), "heads_shape"], P($"{part}_split"))
                .Node("Transpose", [P($"{part}_split")], P(part), "perm", part == "key" ? [0, 2, 3, 1] : [0, 2, 1, 3]);
        }

        model.Node("MatMul", [P("query"), P("key")], P("products"))
            .Node("Mul", [P("products"), "scale"], P("scaled"))
            .Node("Softmax", [P("scaled")], P("attention"), ("axis", -1))
            .Node("MatMul", [P("attention"), P("value")], P("mixed"))
            .Node("Transpose", [P("mixed")], P("gathered"), "perm", [0, 2, 1, 3])
            .Node("Reshape", [P("gathered"), "width_shape"], P("context"))
            .Node("Add", [input, P("context")], P("middle"))
            .Node("Identity", [P("middle")], P("state") + "_after_attention")
            .Node("Identity", [P("middle")], P("state") + "_before_mlp")
            .Node("LayerNormalization", [P("middle"), "ones"], P("normal_mlp"))
            .Constant<float>(P("up"), Random(ref seed, Dimensions * Dimensions * 2, 0.25), Dimensions, Dimensions * 2)
            .Constant<float>(P("down"), Random(ref seed, Dimensions * Dimensions * 2, 0.25), Dimensions * 2, Dimensions)
            .Node("MatMul", [P("normal_mlp"), P("up")], P("wide"))
            .Node("Relu", [P("wide")], P("active"))
            .Node("MatMul", [P("active"), P("down")], P("narrow"))
            .Node("Add", [P("middle"), P("narrow")], output)
            .Node("Identity", [output], P("state") + "_after_mlp");
    }

    // Columns are products of cosines, channel by channel, lowest frequencies first; rounded, so that every machine writes the same file.
    private static float[] Frequencies(int columns)
    {
        (int U, int V)[] order = [.. Enumerable.Range(0, 64).Select(i => (U: i / 8, V: i % 8)).OrderBy(f => f.U + f.V).ThenBy(f => f.U)];
        float[] weights = new float[Inputs * columns];
        for (int column = 0; column < columns; column++)
        {
            (int u, int v) = order[column / 3];
            for (int i = 0; i < Patch * Patch; i++)
            {
                double value = Math.Cos(Math.PI * ((i / Patch) + 0.5) * u / Patch) * Math.Cos(Math.PI * ((i % Patch) + 0.5) * v / Patch) / 16;
                weights[((((column % 3) * Patch * Patch) + i) * columns) + column] = (float)(Math.Round(value * 4096) / 4096);
            }
        }

        return weights;
    }

    // SplitMix64 (Steele, Lea and Flood 2014); 8 bits of each number.
    private static float[] Random(ref ulong state, int count, double range)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            ulong z = state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            values[i] = (float)((((int)((z ^ (z >> 31)) >> 56)) - 127.5) / 127.5 * range);
        }

        return values;
    }
}
