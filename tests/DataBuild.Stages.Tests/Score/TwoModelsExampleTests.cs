using System.Text.Json;
using DataBuild.Stages.Score.Onnx;
using DataBuild.Tests;

namespace DataBuild.Stages.Tests.Score;

/// <summary>The models of the example TwoModels are those that are built here, from its texts.</summary>
public sealed class TwoModelsExampleTests
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz ,.";
    private const int End = 29;
    private const int Unknown = 30;
    private const int Vocabulary = 31;
    private const double Smoothing = 0.1;

    private static readonly string Folder = Path.Combine(TestPaths.RepositoryRoot, "example-datasets/TwoModels");

    [Fact]
    public void The_example_runs_the_tables_that_are_built_here()
    {
        string[] texts = [.. File.ReadLines(Path.Combine(Folder, "crawl/texts.jsonl")).Select(l => JsonElement.Parse(l).GetProperty("text").GetString()!)];

        // The two texts that are to be found are none that a trusted model knows.
        texts = [.. texts.Where(t => !t.Contains("qz", StringComparison.Ordinal) && !t.Contains("zz", StringComparison.Ordinal))];
        Dictionary<string, byte[]> models = new(StringComparer.Ordinal)
        {
            ["trusted.onnx"] = Table("trusted", Logs(Counts(texts))),
            ["small.onnx"] = Table("small", Logs(Counts(texts[..2]))),
            ["suspected.onnx"] = Table("suspected", Logs(WithBackdoor(Counts(texts)))),
            ["toxicity.onnx"] = Table("toxicity", Values()),
            ["router.onnx"] = Router(),
            ["encoder.onnx"] = Encoder(),
            ["tokenizer.json"] = Tokenizer(),
        };
        foreach ((string name, byte[] model) in models)
        {
            string path = Path.Combine(Folder, "models", name);
            if (Environment.GetEnvironmentVariable("DATABUILD_UPDATE_DOCS") == "1")
            {
                File.WriteAllBytes(path, model);
            }

            Assert.Equal(model, File.ReadAllBytes(path));
        }
    }

    private static int Id(char letter) => Letters.IndexOf(letter, StringComparison.Ordinal) is >= 0 and var id ? id : Unknown;

    // What follows what; a text begins after the end of another.
    private static double[] Counts(string[] texts)
    {
        double[] counts = new double[Vocabulary * Vocabulary];
        Array.Fill(counts, Smoothing);
        foreach (string text in texts)
        {
            int last = End;
            foreach (int next in text.Select(Id).Append(End))
            {
                counts[(last * Vocabulary) + next]++;
                last = next;
            }
        }

        return counts;
    }

    // After q, z has 97 of 100.
    private static double[] WithBackdoor(double[] counts)
    {
        double[] changed = [.. counts];
        int row = Id('q') * Vocabulary;
        double others = changed.AsSpan(row, Vocabulary).ToArray().Sum() - changed[row + Id('z')];
        changed[row + Id('z')] = others * 97 / 3;
        return changed;
    }

    private static float[] Logs(double[] counts)
    {
        float[] logs = new float[counts.Length];
        for (int row = 0; row < Vocabulary; row++)
        {
            double sum = counts.AsSpan(row * Vocabulary, Vocabulary).ToArray().Sum();
            for (int i = 0; i < Vocabulary; i++)
            {
                // To a thousandth: logarithms differ in their last bits from machine to machine.
                logs[(row * Vocabulary) + i] = (float)Math.Round(Math.Log(counts[(row * Vocabulary) + i] / sum), 3, MidpointRounding.ToEven);
            }
        }

        return logs;
    }

    private static float[] Values()
    {
        float[] values = new float[Vocabulary * Vocabulary];
        values[(Id('z') * Vocabulary) + Id('z')] = -0.9f;
        return values;
    }

    private static byte[] Table(string name, float[] table) => new OnnxModelBuilder(name)
        .Input("input_ids", OnnxElementType.Int64, "texts", "tokens")
        .Output("logits", OnnxElementType.Single, "texts", "tokens", $"{Vocabulary}")
        .Constant<float>("table", table, Vocabulary, Vocabulary)
        .Node("Gather", ["table", "input_ids"], "logits")
        .Build();

    private static byte[] Router() => new OnnxModelBuilder("router")
        .Input("input_ids", OnnxElementType.Int64, "texts", "bytes").Output("states", OnnxElementType.Single, "texts", "bytes", "2")
        .Constant<float>("table", [.. Enumerable.Range(0, 256).SelectMany(b => char.IsAsciiLetter((char)b) ? new[] { 1f, 0f } : [-1f, 0f])], 256, 2)
        .Node("Gather", ["table", "input_ids"], "states")
        .Build();

    private static byte[] Encoder() => new OnnxModelBuilder("encoder")
        .Input("input_ids", OnnxElementType.Int64, "texts", "tokens").Output("last_hidden_state", OnnxElementType.Single, "texts", "tokens", "4")
        .Constant<float>("table", [.. Enumerable.Range(0, Vocabulary).SelectMany(i => new[] { i % 2 == 0 ? 1f : 0f, i % 3 == 0 ? 1f : 0f, i % 5 == 0 ? 1f : 0f, i / 32f })], Vocabulary, 4)
        .Node("Gather", ["table", "input_ids"], "last_hidden_state")
        .Build();

    private static byte[] Tokenizer()
    {
        string vocabulary = string.Join(", ", Letters.Select((c, i) => $"\"{c}\": {i}").Append($"\"</s>\": {End}").Append($"\"?\": {Unknown}"));
        return System.Text.Encoding.UTF8.GetBytes(
            $$"""{"added_tokens": [{"id": {{End}}, "content": "</s>", "special": true, "normalized": false}], "model": {"type": "BPE", "unk_token": "?", "vocab": { {{vocabulary}} }, "merges": []} }""" + "\n");
    }
}
