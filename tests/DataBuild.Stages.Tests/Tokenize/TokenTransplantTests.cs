using System.Text;
using DataBuild.Formats.Tensors;
using DataBuild.Stages.Tokenize;
using DataBuild.Stages.Tokenize.Transplant;

namespace DataBuild.Stages.Tests.Tokenize;

public sealed class TokenTransplantTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Rows_follow_the_published_formulas()
    {
        TextTokenizer old = Tokenizer("old", """{"a": 0, "b": 1, "ab": 2, "X": 3}""", """["a b"]""");
        TextTokenizer fresh = Tokenizer("new", """{"a": 0, "aba": 1, "x": 2, "b": 3}""", "[]");
        float[] matrix = [1, 0, 0, 1, 2, 2, 9, 9];
        Dictionary<string, float[]> vectors = new()
        {
            ["a"] = [1, 0],
            ["b"] = [0, 1],
            ["ab"] = [1, 1],
            ["X"] = [0, -1],
            ["aba"] = [2, 1],
            ["x"] = [0, -2],
        };
        float[][] Embed(IReadOnlyList<string> texts) => [.. texts.Select(t => vectors[t])];
        TokenTransplantOptions options = new(Temperature: 0.5, Neighbours: 2, GlobalWeight: 0.3, MinSimilarity: 0.6);
        (float[][] made, TransplantCounts counts) = new TokenTransplant(old, Embed, options).Run(fresh, 4, 2, [matrix], 1);

        // "aba" is "ab", "a" of the old tokenizer.
        double cosAb = 3 / Math.Sqrt(10);
        double cosA = 2 / Math.Sqrt(5);
        double[] local = Softmax([((cosAb + (2.0 / 3)) / 2) / 0.5, ((cosA + (1.0 / 3)) / 2) / 0.5]);
        double[] global = Softmax([cosAb / 0.5, cosA / 0.5]);
        double Expected(int column) => (0.7 * ((local[0] * matrix[4 + column]) + (local[1] * matrix[column]))) + (0.3 * ((global[0] * matrix[4 + column]) + (global[1] * matrix[column])));
        Assert.Equal([1f, 0f], made[0][..2]);
        Assert.Equal(Expected(0), made[0][2], 1e-5);
        Assert.Equal(Expected(1), made[0][3], 1e-5);

        // "x" has no piece in the old vocabulary, and X is its only neighbour: the global heuristic alone.
        Assert.Equal([9f, 9f], made[0][4..6]);
        Assert.Equal([0f, 1f], made[0][6..8]);
        Assert.Equal(new TransplantCounts(2, 1, 0, 1, 0), counts);

        // By case alone the row is copied.
        Assert.Equal(3, new TokenTransplant(old, Embed, options with { IgnoreCase = true }).Run(fresh, 4, 2, [matrix], 2).Counts.Copied);
    }

    [Fact]
    public void Rows_of_which_nothing_is_known_are_drawn_by_the_seed_alone()
    {
        TextTokenizer old = Tokenizer("old", """{"a": 0, "b": 1}""", "[]");
        TextTokenizer fresh = Tokenizer("new", """{"a": 0, "ü": 1}""", "[]");
        float[] matrix = [.. Enumerable.Range(0, 2000).Select(i => (i % 2 == 0 ? 1f : -1f) + 0.5f)];
        static float[][] Embed(IReadOnlyList<string> texts) => [.. texts.Select(t => t == "ü" ? new float[] { 1, 0 } : [0, 1])];
        TokenTransplantOptions options = new(Seed: 4);
        (float[][] first, TransplantCounts counts) = new TokenTransplant(old, Embed, options).Run(fresh, 128, 1000, [matrix], 1);
        Assert.Equal(new TransplantCounts(1, 0, 0, 0, 127), counts);
        Assert.Equal(first[0], new TokenTransplant(old, Embed, options).Run(fresh, 128, 1000, [matrix], 4).Matrices[0]);
        Assert.NotEqual(first[0], new TokenTransplant(old, Embed, options with { Seed = 5 }).Run(fresh, 128, 1000, [matrix], 4).Matrices[0]);
        double mean = first[0].Skip(1000).Average();
        Assert.Equal(0.5, mean, 0.02);
        Assert.Equal(1, Math.Sqrt(first[0].Skip(1000).Average(v => (v - mean) * (v - mean))), 0.02);
    }

    [Theory]
    [InlineData("F32")]
    [InlineData("F16")]
    [InlineData("BF16")]
    public void Matrices_are_read_in_the_types_of_weights(string type)
    {
        float[] values = [1, -2.5f, 0.25f, 8, 0, -0.5f];
        byte[] data = type switch
        {
            "F16" => [.. values.SelectMany(v => BitConverter.GetBytes((Half)v))],
            "BF16" => [.. values.SelectMany(v => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(v) >> 16)))],
            _ => [.. values.SelectMany(BitConverter.GetBytes)],
        };
        byte[] header = Encoding.UTF8.GetBytes($$"""{"__metadata__":{"format":"pt"},"bias":{"dtype":"F32","shape":[1],"data_offsets":[{{data.Length}},{{data.Length + 4}}]},"w":{"dtype":"{{type}}","shape":[3,2],"data_offsets":[0,{{data.Length}}]} }""");
        string path = Path.Combine(_folder, "weights.safetensors");
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((ulong)header.Length), .. header, .. data, 0, 0, 0, 0]);
        Assert.Equal((3, 2), (SafetensorsFile.ReadMatrix(path, "").Rows, SafetensorsFile.ReadMatrix(path, "w").Columns));
        Assert.Equal(values, SafetensorsFile.ReadMatrix(path, "w").Values);
        Assert.Contains("it holds: bias, w", Assert.Throws<SafetensorsFormatException>(() => SafetensorsFile.ReadMatrix(path, "v")).Message, StringComparison.Ordinal);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^6]);
        Assert.Throws<SafetensorsFormatException>(() => SafetensorsFile.ReadMatrix(path, "w"));
        File.WriteAllBytes(path, [0xFF, 0xFF, 0xFF]);
        Assert.Throws<SafetensorsFormatException>(() => SafetensorsFile.ReadMatrix(path, "w"));
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        string path = Path.Combine(_folder, "out.safetensors");
        using (FileStream stream = File.Create(path))
        {
            SafetensorsFile.Write(stream, [("in", 2, 2, [1, 2, 3, 4]), ("out", 1, 2, [5, 6])]);
        }

        Assert.Equal([1f, 2f, 3f, 4f], SafetensorsFile.ReadMatrix(path, "in").Values);
        Assert.Equal([5f, 6f], SafetensorsFile.ReadMatrix(path, "out").Values);
    }

    private static double[] Softmax(double[] scores)
    {
        double[] weights = [.. scores.Select(Math.Exp)];
        return [.. weights.Select(w => w / weights.Sum())];
    }

    private TextTokenizer Tokenizer(string name, string vocabulary, string merges)
    {
        string path = Path.Combine(_folder, name + ".json");
        File.WriteAllText(path, $$"""{ "model": { "type": "BPE", "vocab": {{vocabulary}}, "merges": {{merges}} } }""");
        return TextTokenizer.Load(path);
    }
}
