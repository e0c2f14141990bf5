using System.Text;
using BenchmarkDotNet.Attributes;
using DataBuild.Stages.Tokenize;
using Microsoft.ML.Tokenizers;

namespace DataBuild.Benchmarks.Tokenize;

/// <summary>
/// Encoding of English text, one thread, against Microsoft.ML.Tokenizers. The text is made here, of words by Zipf's law, so
/// that the benchmark needs no file; DATABUILD_BENCHMARK_TEXT names a UTF-8 file to use in its place.
/// </summary>
[MemoryDiagnoser]
public class EncodeBenchmarks : IDisposable
{
    private readonly TokenBuffer _ids = new(1 << 20);
    private string[] _texts = [];
    private byte[][] _utf8 = [];
    private TextTokenizer _tokenizer = null!;
    private TiktokenTokenizer _reference = null!;

    /// <summary>The encoding.</summary>
    [Params("o200k_base", "cl100k_base")]
    public string Encoding { get; set; } = "";

    /// <summary>Loads both tokenizers and the text.</summary>
    [GlobalSetup]
    public void Setup()
    {
        string text = Environment.GetEnvironmentVariable("DATABUILD_BENCHMARK_TEXT") is { Length: > 0 } path
            ? File.ReadAllText(path)
            : ZipfText(2_000_000);
        _texts = [.. text.Chunk(10_000).Select(c => new string(c))];
        _utf8 = [.. _texts.Select(System.Text.Encoding.UTF8.GetBytes)];
        _tokenizer = TextTokenizer.Load(Encoding);
        _reference = TiktokenTokenizer.CreateForEncoding(Encoding);
    }

    /// <summary>Ours.</summary>
    [Benchmark]
    public int DataBuild()
    {
        int count = 0;
        foreach (byte[] text in _utf8)
        {
            _ids.Clear();
            count += _tokenizer.Encode(text, _ids);
        }

        return count;
    }

    /// <summary>The reference.</summary>
    [Benchmark(Baseline = true)]
    public int MicrosoftMLTokenizers()
    {
        int count = 0;
        foreach (string text in _texts)
        {
            count += _reference.EncodeToIds(text).Count;
        }

        return count;
    }

    private static string ZipfText(int length)
    {
        string[] syllables = ["the", "an", "der", "ing", "con", "ver", "ma", "ti", "on", "re", "so", "lu", "est", "pro", "ment", "al", "ter", "is"];
        var random = new Random(1);
        string[] words = [.. Enumerable.Range(0, 30_000).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => syllables[random.Next(syllables.Length)])))];
        var text = new StringBuilder(length);
        while (text.Length < length)
        {
            int rank = (int)Math.Exp(random.NextDouble() * Math.Log(words.Length)) - 1;
            text.Append(words[rank]).Append(random.Next(12) == 0 ? ".\n" : random.Next(9) == 0 ? ", " : " ");
        }

        return text.ToString();
    }

    /// <summary>Gives the buffer back.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _ids.Dispose();
        GC.SuppressFinalize(this);
    }
}
