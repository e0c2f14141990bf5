using System.Text;
using System.Text.Json;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;
using DataBuild.Stages.Tokenize;

namespace DataBuild.Engine.Tests;

/// <summary>Stages that make files, and stages after them that read these.</summary>
[Collection(TestStages.Collection)]
public sealed class MadeFilesTests : IDisposable
{
    private static readonly string[] Weather = ["rain", "wind", "cloud", "storm", "sunny", "cold", "front", "pressure", "snow", "forecast"];
    private static readonly string[] Cooking = ["onion", "butter", "oven", "simmer", "salt", "stir", "flour", "dough", "pan", "slice"];

    private readonly TestDataset _dataset = new();

    public MadeFilesTests()
    {
        _dataset.AddInput("a.jsonl", Texts("a", Weather, 60));
        _dataset.AddInput("b.jsonl", Texts("b", Cooking, 60));
    }

    public void Dispose() => _dataset.Dispose();

    [Fact]
    public void A_trained_tokenizer_is_published_and_encodes_the_same_dataset()
    {
        _dataset.Stage("TrainTokenizer", ("VocabularySize", "400"), ("CustomTokens", "rain;onion"), ("PadToPowerOfTwo", "true"), ("Family", "300"));
        _dataset.Stage("TokenizerReport", ("Tokenizers", "@tokenizer;@tokenizer/tokenizer-300.json;cl100k_base"), ("Terms", "rain;pressure"));
        _dataset.Stage("Tokenize", ("Tokenizer", "@tokenizer"), ("Format", "Parquet"));
        BuildLog log = _dataset.Build();

        Assert.Contains("tokenizer/tokenizer.json", log.Manifest.Files.Select(f => f.Path));
        TextTokenizer tokenizer = TextTokenizer.Load(Path.Combine(_dataset.OutputFolder, "tokenizer", "tokenizer.json"));
        Assert.Equal(512, tokenizer.VocabularySize);
        Assert.Single(tokenizer.Encode("rain"));
        string[] read = [.. DuckDbQuery.Rows($"SELECT input_ids FROM '{_dataset.OutputFolder}/tokens/*.parquet'", r => ((IEnumerable<int>)r.GetValue(0)).ToArray()).Select(ids => tokenizer.Decode(ids.AsSpan(0, ids.Length - 1)))];
        Assert.Equal(Texts("a", Weather, 60).Concat(Texts("b", Cooking, 60)).Select(t => t.Text), read);

        // The smaller member of the family has the same ids up to its size.
        TextTokenizer smaller = TextTokenizer.Load(Path.Combine(_dataset.OutputFolder, "tokenizer", "tokenizer-300.json"));
        Assert.True(smaller.Encode("simmer").Length >= tokenizer.Encode("simmer").Length);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_dataset.OutputFolder, "tokenizerReport", "report.json")));
        JsonElement[] figures = [.. report.RootElement.GetProperty("figures").EnumerateArray()];
        Assert.Equal(["@tokenizer", "@tokenizer/tokenizer-300.json", "cl100k_base"], figures.Select(f => f.GetProperty("tokenizer").GetString()));
        Assert.Equal(read.Sum(t => (long)Encoding.UTF8.GetByteCount(t)), figures[0].GetProperty("bytes").GetInt64());
        Assert.Equal(read.Sum(t => (long)tokenizer.Encode(t).Length), figures[0].GetProperty("tokens").GetInt64());
        Assert.Equal(1, report.RootElement.GetProperty("terms")[0].GetProperty("tokens").GetProperty("@tokenizer").GetInt32());
    }

    [Fact]
    public void Nothing_is_trained_again_and_another_tokenizer_encodes_again()
    {
        _dataset.Stage("TrainTokenizer", ("VocabularySize", "300"));
        _dataset.Stage("Tokenize", ("Tokenizer", "@tokenizer"));
        _dataset.Build(threads: 1);
        string expected = _dataset.OutputDigests();
        BuildLog again = _dataset.Build();
        Assert.Equal((false, 0, false), (again.Stages["tokenizer"].Merged, again.Stages["tokens"].Computed, again.Written));

        // Other threads and another order of inputs make the same bytes.
        Directory.Delete(_dataset.StoreFolder, recursive: true);
        Directory.Delete(_dataset.OutputFolder, recursive: true);
        _dataset.Build(threads: 8, reversed: true);
        Assert.Equal(expected, _dataset.OutputDigests());

        // A tokenizer that comes out otherwise encodes every shard anew; one that comes out the same encodes none.
        _dataset.Stages[0] = new StageItem { Name = "TrainTokenizer", Metadata = new Dictionary<string, string> { ["VocabularySize"] = "310" } };
        Assert.Equal(2, _dataset.Build().Stages["tokens"].Computed);
        _dataset.Stages[0] = new StageItem { Name = "TrainTokenizer", Metadata = new Dictionary<string, string> { ["VocabularySize"] = "300", ["MinFrequency"] = "1" } };
        BuildLog same = _dataset.Build();
        Assert.True(same.Stages["tokenizer"].Merged);
        Assert.Equal(0, same.Stages["tokens"].Computed);
    }

    [Fact]
    public void A_damaged_made_file_is_made_again()
    {
        _dataset.Stage("TrainTokenizer", ("VocabularySize", "300"));
        _dataset.Stage("Tokenize", ("Tokenizer", "@tokenizer"));
        BuildLog log = _dataset.Build();
        string expected = _dataset.OutputDigests();
        string digest = log.Manifest.Files.Single(f => f.Path == "tokenizer/tokenizer.json").Sha256;
        string stored = new ContentStore(_dataset.StoreFolder).PathOf(digest);
        byte[] bytes = File.ReadAllBytes(stored);
        bytes[100] ^= 1;
        File.WriteAllBytes(stored, bytes);
        Directory.Delete(_dataset.OutputFolder, recursive: true);
        _dataset.Build();
        Assert.Equal(expected, _dataset.OutputDigests());
    }

    [Fact]
    public void A_trained_classifier_scores_the_same_dataset()
    {
        _dataset.CrawlMetadata["a.jsonl"] = new Dictionary<string, string> { ["DocumentLabel"] = "weather" };
        _dataset.CrawlMetadata["b.jsonl"] = new Dictionary<string, string> { ["DocumentLabel"] = "cooking" };
        _dataset.AddInput("c.jsonl", Texts("c", Cooking, 5));
        _dataset.Stage("TrainClassifier", ("Buckets", "4096"), ("Labels", "weather;cooking"), ("LabelValues", "0;5"), ("TestShare", "0.2"));
        _dataset.Stage("Score", ("Model", "@classifier"), ("MinScore", "2.5"));
        BuildLog log = _dataset.Build();

        Assert.Equal(60, log.Stages["score"].Counts.Dropped["score_too_low"]);
        Assert.Equal(65, log.Stages["score"].Counts.Kept);
        using JsonDocument evaluation = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_dataset.OutputFolder, "classifier", "evaluation.json")));
        Assert.Equal((96, 24), (evaluation.RootElement.GetProperty("trainedOn").GetInt32(), evaluation.RootElement.GetProperty("heldOut").GetInt32()));
        Assert.Equal(1, evaluation.RootElement.GetProperty("macroF1").GetDouble());
    }

    [Fact]
    public void A_classifier_does_not_depend_on_the_order_of_inputs_or_threads()
    {
        _dataset.CrawlMetadata["a.jsonl"] = new Dictionary<string, string> { ["DocumentLabel"] = "weather" };
        _dataset.CrawlMetadata["b.jsonl"] = new Dictionary<string, string> { ["DocumentLabel"] = "cooking" };
        _dataset.Stage("TrainClassifier", ("Buckets", "4096"));
        string first = Digest(_dataset.Build(threads: 1));
        Directory.Delete(_dataset.StoreFolder, recursive: true);
        _dataset.CrawlMetadata["a.jsonl"] = new Dictionary<string, string> { ["DocumentLabel"] = "cooking" };
        _dataset.CrawlMetadata["b.jsonl"] = new Dictionary<string, string> { ["DocumentLabel"] = "weather" };
        _dataset.AddInput("b.jsonl", Texts("a", Weather, 60));
        _dataset.AddInput("a.jsonl", Texts("b", Cooking, 60));
        Assert.Equal(first, Digest(_dataset.Build(threads: 8)));

        static string Digest(BuildLog log) => log.Manifest.Files.Single(f => f.Path == "classifier/classifier.onnx").Sha256;
    }

    [Fact]
    public void A_trained_language_model_filters_by_perplexity()
    {
        // Trained on the weather, it finds cooking surprising.
        File.Delete(Path.Combine(_dataset.Folder, "crawl", "b.jsonl"));
        _dataset.Stage("TrainLanguageModel", ("Order", "2"));
        _dataset.Build();
        File.Copy(Path.Combine(_dataset.OutputFolder, "languageModel", "model.arpa"), Path.Combine(_dataset.Folder, "model.arpa"));
        _dataset.AddInput("b.jsonl", Texts("b", Cooking, 60));
        _dataset.Stages.Clear();
        _dataset.Stage("Perplexity", ("Model", "model.arpa"), ("MaxPerplexity", "40"));
        BuildLog log = _dataset.Build();
        Assert.Equal((60, 60), (log.Stages["perplexity"].Counts.Kept, log.Stages["perplexity"].Counts.Dropped["perplexity_too_high"]));
    }

    [Fact]
    public void Executables_are_trained_on_and_encoded_as_bytes()
    {
        foreach (string input in Directory.EnumerateFiles(Path.Combine(_dataset.Folder, "crawl")))
        {
            File.Delete(input);
        }

        // Not the core: most of it are word lists that are compressed already.
        string[] names = ["DataBuild.Engine.dll", "DataBuild.Formats.dll"];
        foreach (string name in names)
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, name), Path.Combine(_dataset.Folder, "crawl", name));
        }

        File.WriteAllText(Path.Combine(_dataset.Folder, "crawl", "note.txt"), "no executable");
        _dataset.Stage("ReadBinary", ("Keep", "pe"));
        _dataset.Stage("TrainTokenizer", ("Column", "binary.content"), ("Pattern", "None"), ("Normalizer", "None"), ("ByteOrder", "Value"), ("VocabularySize", "1024"), ("MinFrequency", "4"), ("ChunkSize", "4096"), ("MinEntropy", "0.5"), ("Family", "512"));
        _dataset.Stage("Tokenize", ("Tokenizer", "@tokenizer"), ("Column", "binary.content"), ("Format", "Parquet"));
        BuildLog log = _dataset.Build();
        Assert.Equal((2, 1), (log.Stages["binary"].Counts.Kept, log.Stages["binary"].Counts.Dropped["other_format"]));

        TextTokenizer tokenizer = TextTokenizer.Load(Path.Combine(_dataset.OutputFolder, "tokenizer", "tokenizer.json"));
        int[][] ids = [.. DuckDbQuery.Rows($"SELECT input_ids FROM '{_dataset.OutputFolder}/tokens/*.parquet'", r => ((IEnumerable<int>)r.GetValue(0)).ToArray())];
        for (int i = 0; i < names.Length; i++)
        {
            byte[] expected = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, names[i]));
            System.Buffers.ArrayBufferWriter<byte> decoded = new();
            tokenizer.Decode(ids[i].AsSpan(0, ids[i].Length - 1), decoded);
            Assert.True(decoded.WrittenSpan.SequenceEqual(expected));
            Assert.InRange((double)expected.Length / ids[i].Length, 1.3, 4);
        }
    }

    [Theory]
    [InlineData("@tokenizer", "and no stage named 'tokenizer' that makes files stands before it; no stage before it makes files")]
    [InlineData("@trained/other.json", "which the stage 'trained' does not make; it makes tokenizer.json")]
    public void A_file_that_no_stage_makes_is_named(string value, string problem)
    {
        if (value != "@tokenizer")
        {
            _dataset.Stage("TrainTokenizer", ("Name", "trained"));
        }

        _dataset.Stage("Tokenize", ("Tokenizer", value));
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => _dataset.Plan(out _));
        Assert.Contains("DB1070", error.Message, StringComparison.Ordinal);
        Assert.Contains($"stage 'tokens' reads '{value}', {problem}", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<(string Id, string Text)> Texts(string prefix, string[] words, int count)
    {
        Random random = new(prefix[0] == 'c' ? 'b' : prefix[0]);
        for (int i = 0; i < count; i++)
        {
            yield return ($"{prefix}{i:D3}", string.Join(' ', Enumerable.Range(0, 25).Select(_ => words[random.Next(words.Length)])) + ".");
        }
    }
}
