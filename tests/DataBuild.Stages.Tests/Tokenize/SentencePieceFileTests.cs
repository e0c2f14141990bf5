using System.IO.Compression;
using System.Text.Json;
using DataBuild.Stages.Tokenize;
using Microsoft.ML.Tokenizers;

namespace DataBuild.Tests.Tokenize;

public sealed class SentencePieceFileTests : IDisposable
{
    private const int Normal = 1;
    private const int Unknown = 2;
    private const int Control = 3;
    private const int UserDefined = 4;
    private const int Byte = 6;

    private readonly string _folder = Directory.CreateTempSubdirectory("sentencepiece").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Pairs_merge_by_score_and_unknown_characters_are_spelled_in_bytes()
    {
        List<(string, float, int)> pieces = [("<unk>", 0, Unknown), ("<s>", 0, Control), ("</s>", 0, Control)];
        pieces.AddRange(Enumerable.Range(0, 256).Select(b => ($"<0x{b:X2}>", 0f, Byte)));
        string[] merges = ["lo", "▁lo", "low", "▁low", "er"];
        pieces.AddRange(merges.Select((m, i) => (m, -(float)i, Normal)));
        pieces.AddRange("▁lower".Distinct().Select((c, i) => (c.ToString(), -100f - i, Normal)));
        string path = Write(pieces, modelType: 2, byteFallback: true);

        TextTokenizer tokenizer = TextTokenizer.Load(path);
        using FileStream stream = File.OpenRead(path);
        var reference = LlamaTokenizer.Create(stream, addBeginOfSentence: false);
        foreach (string text in (string[])["lower", "low lower  low", "é lowé", "x", "", "lo\nwer"])
        {
            Assert.Equal(reference.EncodeToIds(text), tokenizer.Encode(text));
        }

        Assert.Equal("low é", tokenizer.Decode(tokenizer.Encode("low é")));
        Assert.Equal(2, tokenizer.EndOfTextId);
    }

    [Fact]
    public void The_segmentation_of_the_highest_score_is_taken()
    {
        string path = Write(
            [("<unk>", 0, Unknown), ("▁", -3, Normal), ("a", -2, Normal), ("b", -2, Normal), ("ab", -3.5f, Normal), ("▁ab", -5, Normal), ("bab", -3, Normal), ("<sep>", 0, UserDefined)],
            modelType: 1, byteFallback: false);
        TextTokenizer tokenizer = TextTokenizer.Load(path);
        Assert.Equal([5], tokenizer.Encode("ab"));
        Assert.Equal([1, 2, 6], tokenizer.Encode("abab"));
        Assert.Equal([5, 0, 3], tokenizer.Encode("abxyb"));
        Assert.Equal([5, 7, 2], tokenizer.Encode("ab<sep>a"));
    }

    [SkippableFact]
    public void A_unigram_model_gives_the_ids_of_its_tokenizer_json()
    {
        string json = TestPaths.Shared("data/tokenizers/t5-small.tokenizer.json.gz");
        using var gzip = new GZipStream(File.OpenRead(json), CompressionMode.Decompress);
        using JsonDocument definition = JsonDocument.Parse(gzip);
        byte[] map = Convert.FromBase64String(definition.RootElement.GetProperty("normalizer").GetProperty("precompiled_charsmap").GetString()!);
        List<(string, float, int)> pieces = [.. definition.RootElement.GetProperty("model").GetProperty("vocab").EnumerateArray()
            .Take(32_000).Select((p, i) => (p[0].GetString()!, (float)p[1].GetDouble(), i switch { 2 => Unknown, < 2 => Control, _ => Normal }))];
        TextTokenizer model = TextTokenizer.Load(Write(pieces, modelType: 1, byteFallback: false, map));
        TextTokenizer reference = TextTokenizer.Load(json);
        foreach (string text in (string[])["Hello  world, café ①½", "The quick brown fox jumps over the lazy dog.", "naïve \u200b test 日本", " x "])
        {
            Assert.Equal(reference.Encode(text), model.Encode(text));
        }
    }

    [Fact]
    public void A_file_that_is_cut_short_is_an_error_with_its_place()
    {
        string path = Write([("<unk>", 0, Unknown), ("a", 0, Normal)], modelType: 1, byteFallback: false);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^3]);
        var error = Assert.Throws<TokenizerFormatException>(() => TextTokenizer.Load(path));
        Assert.Contains("bytes wanted", error.Message, StringComparison.Ordinal);
    }

    private string Write(List<(string Text, float Score, int Type)> pieces, int modelType, bool byteFallback, byte[]? map = null)
    {
        string path = Path.Combine(_folder, "spiece.model");
        File.WriteAllBytes(path, SentencePieceModel.Write(modelType, pieces, byteFallback, map));
        return path;
    }
}
