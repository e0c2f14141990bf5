using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DataBuild.Benchmarks.Filter;
using DataBuild.Stages.Score;
using DataBuild.Stages.Tokenize;
using DataBuild.Stages.Tokenize.Training;
using Microsoft.ML.Tokenizers;

namespace DataBuild.Benchmarks.Models;

/// <summary>
/// The figures of docs/tokenizers.md and docs/scoring.md in one command: <c>figures pages.json [MB to train on]</c>, the file an object with a <c>text</c> for each page.
/// Encoding is measured in processor time of one thread, so that a busy machine gives nearly the ratio of an idle one.
/// </summary>
internal static class ModelFigures
{
    public static int Run(ReadOnlySpan<string> args)
    {
        if (args is not [var path, ..])
        {
            Console.Error.WriteLine("usage: figures pages.json [megabytes to train on, 200]");
            return 1;
        }

        string[] texts = [.. FilterBenchmark.Load(path).Select(d => d.Text.ToString())];
        int megabytes = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 200;
        Encode(texts, "o200k_base");
        Encode(texts, "cl100k_base");
        Score(texts);
        Train(texts, megabytes);
        return 0;
    }

    private static void Encode(string[] texts, string encoding)
    {
        byte[][] utf8 = [.. texts.Select(Encoding.UTF8.GetBytes)];
        double bytes = utf8.Sum(t => (double)t.Length);
        TextTokenizer ours = TextTokenizer.Load(encoding);
        TiktokenTokenizer theirs = TiktokenTokenizer.CreateForEncoding(encoding);
        using TokenBuffer ids = new(1 << 20);
        for (int i = 0; i < texts.Length; i++)
        {
            ids.Clear();
            ours.Encode(utf8[i], ids);
            if (!ids.Span.SequenceEqual(theirs.EncodeToIds(texts[i]).ToArray()))
            {
                throw new InvalidOperationException($"{encoding}: text {i} has other ids");
            }
        }

        double fast = double.MaxValue;
        double slow = double.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            fast = Math.Min(fast, Seconds(() => Array.ForEach(utf8, t =>
            {
                ids.Clear();
                ours.Encode(t, ids);
            })));
            slow = Math.Min(slow, Seconds(() => Array.ForEach(texts, t => theirs.EncodeToIds(t))));
        }

        Say($"encode {encoding}: {bytes / 1e6:F1} MB, ids equal; ours {bytes / 1e6 / fast:F1} MB/s, Microsoft.ML.Tokenizers {bytes / 1e6 / slow:F1} MB/s, ratio {slow / fast:F1} (goal 5)");
    }

    private static void Train(string[] texts, int megabytes)
    {
        string[] digests = new string[2];
        for (int threads = 1; threads <= 2; threads++)
        {
            Stopwatch watch = Stopwatch.StartNew();
            TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
            BpeTrainer trainer = new(new BpeTrainerOptions { VocabularySize = 32_768 });
            trainer.AddTexts(Copies(texts, megabytes), threads);
            double counted = watch.Elapsed.TotalSeconds;
            TrainedTokenizer tokenizer = trainer.Train();
            using MemoryStream json = new();
            tokenizer.WriteJson(json);
            digests[threads - 1] = Convert.ToHexStringLower(SHA256.HashData(json.ToArray()));
            double processor = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
            Say($"train {megabytes} MB on {threads} thread{(threads == 1 ? "" : "s")}: {trainer.WordCount:N0} different words, {tokenizer.Merges.Count:N0} merges; counted in {counted:F0} s, merged in {watch.Elapsed.TotalSeconds - counted:F0} s, processor {processor:F0} s (goal: 1,000 MB in 600 s)");
        }

        Say($"train: the same tokenizer for 1 and 2 threads: {digests[0] == digests[1]}");
    }

    // As much text as asked for: in every copy each tenth word of more than four letters gets another ending, so that new words come with new text, as they do on the web.
    private static IEnumerable<ReadOnlyMemory<byte>> Copies(string[] texts, int megabytes)
    {
        long left = megabytes * 1_000_000L;
        for (int copy = 0; left > 0; copy++)
        {
            for (int i = 0; i < texts.Length && left > 0; i++)
            {
                byte[] utf8 = Encoding.UTF8.GetBytes(copy == 0 ? texts[i] : Altered(texts[i], copy));
                left -= utf8.Length;
                yield return utf8;
            }
        }
    }

    private static string Altered(string text, int copy)
    {
        string[] words = text.Split(' ');
        for (int w = copy % 10; w < words.Length; w += 10)
        {
            if (words[w].Length > 4)
            {
                words[w] = words[w][..^2] + (char)('a' + (copy % 26)) + (char)('a' + (copy * 7 % 26));
            }
        }

        return string.Join(' ', words);
    }

    private static void Score(string[] texts)
    {
        string folder = Directory.CreateTempSubdirectory("databuild-figures-").FullName;
        try
        {
            BpeTrainer trainer = new(new BpeTrainerOptions { VocabularySize = 8192 });
            trainer.AddTexts(texts.Take(200).Select(t => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(t))));
            string tokenizerPath = Path.Combine(folder, "tokenizer.json");
            using (FileStream json = File.Create(tokenizerPath))
            {
                trainer.Train().WriteJson(json);
            }

            string model = Path.Combine(folder, "encoder.onnx");
            File.WriteAllBytes(model, new EncoderGraph(8192).Build());
            TextTokenizer tokenizer = TextTokenizer.Load(tokenizerPath);
            using OnnxTextScorer scorer = OnnxTextScorer.Load(model, new OnnxScorerOptions { MaxTokens = 256, Threads = 1 }, (text, tokens) =>
            {
                using TokenBuffer buffer = new();
                tokenizer.Encode(text, buffer);
                foreach (int id in buffer.Span)
                {
                    tokens.Add(id);
                }
            });
            ReadOnlyMemory<char>[] sample = [.. texts.Take(192).Select(t => t.AsMemory())];
            TextScore[] scores = new TextScore[sample.Length];
            scorer.Score(sample.AsSpan(0, 16).ToArray(), scores);
            TimeSpan before = scorer.RunTime;
            Stopwatch watch = Stopwatch.StartNew();
            scorer.Score(sample, scores);
            watch.Stop();
            double run = (scorer.RunTime - before).TotalSeconds;
            Say($"score: encoder of 6 layers, {sample.Length} texts, windows of at most 256 tokens: {watch.Elapsed.TotalSeconds:F2} s, of which ONNX Runtime's Run {run:F2} s; outside {100 * (1 - (run / watch.Elapsed.TotalSeconds)):F1} % (goal below 15)");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Seconds(Action action)
    {
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        action();
        return (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
