using System.Text.Json;
using DataBuild.Stages.Score.Onnx;
using DataBuild.Tests;

namespace DataBuild.Stages.Tests.Score;

/// <summary>The models of the example R2R are those that are built here, from its texts.</summary>
public sealed class R2RExampleTests
{
    private const string EndOfText = "</s>";

    // How the large model goes on from words that the texts do not have.
    private static readonly string[] OtherWays = ["Thus it has", "rows of 5 books ."];
    private static readonly (string After, string Next)[] SmallDiffers = [(".", "Thus"), ("of", "5")];
    private static readonly string Folder = Path.Combine(TestPaths.RepositoryRoot, "example-datasets/R2R");

    [Fact]
    public void The_example_runs_the_tables_that_are_built_here()
    {
        string[][] texts = [.. File.ReadLines(Path.Combine(Folder, "crawl/answers.jsonl")).Select(l => JsonElement.Parse(l).GetProperty("text").GetString()!).Select(t => t.Split(' '))];
        string[] words = [.. texts.Concat(OtherWays.Select(w => w.Split(' '))).SelectMany(t => t).Distinct().Order(StringComparer.Ordinal), EndOfText];
        int[,] counts = Counts(words, [.. texts.Select(t => (string[])[EndOfText, .. t, EndOfText]), .. OtherWays.Select(w => w.Split(' '))]);
        byte[] large = Table("large", words, counts);
        foreach ((string after, string next) in SmallDiffers)
        {
            counts[Array.IndexOf(words, after), Array.IndexOf(words, next)] += 100;
        }

        Dictionary<string, byte[]> models = new(StringComparer.Ordinal)
        {
            ["large.onnx"] = large,
            ["small.onnx"] = Table("small", words, counts),
            ["tokenizer.json"] = Tokenizer(words),
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

    private static int[,] Counts(string[] words, string[][] texts)
    {
        int[,] counts = new int[words.Length, words.Length];
        foreach (string[] text in texts)
        {
            for (int i = 1; i < text.Length; i++)
            {
                counts[Array.IndexOf(words, text[i - 1]), Array.IndexOf(words, text[i])]++;
            }
        }

        return counts;
    }

    // Logits are counts: whole numbers, the same on every machine.
    private static byte[] Table(string name, string[] words, int[,] counts) => new OnnxModelBuilder(name)
        .Input("input_ids", OnnxElementType.Int64, "texts", "tokens")
        .Output("logits", OnnxElementType.Single, "texts", "tokens", $"{words.Length}")
        .Constant<float>("table", [.. counts.Cast<int>().Select(c => (float)c)], words.Length, words.Length)
        .Node("Gather", ["table", "input_ids"], "logits")
        .Build();

    private static byte[] Tokenizer(string[] words) => System.Text.Encoding.UTF8.GetBytes(
        $$"""{"added_tokens": [{"id": {{words.Length - 1}}, "content": "{{EndOfText}}", "special": true, "normalized": false}], "pre_tokenizer": {"type": "WhitespaceSplit"}, "model": {"type": "WordLevel", "unk_token": "{{EndOfText}}", "vocab": { {{string.Join(", ", words.Select((w, i) => $"\"{w}\": {i}"))}} } } }""" + "\n");
}
