using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using DataBuild.Stages.Score;
using DataBuild.Stages.Score.Linear;

namespace DataBuild.Benchmarks.Models;

/// <summary>
/// The trained classifier against fastText on one task, in one run: <c>classifier pages.json fasttext</c>, the file an object with a <c>text</c> and a <c>kind</c> for each page, the
/// other the program of Debian's package of that name. Three folds; each system trains on two on one thread and predicts the third, ten times over, so that the start of a process and the loading of a model count little. Both read the first 6,000 characters
/// of a page. fastText's options are the best of a few tried on this task. Seconds of prediction are processor time, so that other work on the machine does not show.
/// </summary>
internal static class ClassifierBenchmark
{
    private const int Folds = 3;
    private const int MaxTextLength = 6_000;
    private const int Rounds = 10;

    public static int Run(ReadOnlySpan<string> args)
    {
        if (args is not [var path, var program, ..])
        {
            Console.Error.WriteLine("usage: classifier pages.json fasttext");
            return 1;
        }

        using JsonDocument pages = JsonDocument.Parse(File.ReadAllText(path));
        LabeledText[] examples = [.. pages.RootElement.EnumerateObject()
            .Select(p => new LabeledText(First(p.Value.GetProperty("text").GetString() ?? ""), p.Value.GetProperty("kind").GetString()!)).Where(e => e.Text.Length > 0)];
        string[] labels = [.. examples.Select(e => e.Label).Distinct().Order(StringComparer.Ordinal)];
        ClassifierEvaluation ours = new(labels);
        ClassifierEvaluation theirs = new(labels);
        (double Train, double Predict) ourTime = default, theirTime = default;
        string folder = Directory.CreateTempSubdirectory("databuild-classifier-").FullName;
        try
        {
            for (int fold = 0; fold < Folds; fold++)
            {
                LabeledText[] train = [.. examples.Where((_, i) => i % Folds != fold)];
                LabeledText[] test = [.. examples.Where((_, i) => i % Folds == fold)];
                Ours(train, test, labels, ours, ref ourTime, folder);
                Theirs(program, train, test, labels, theirs, ref theirTime, folder);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Say($"{examples.Length} pages, {labels.Length} kinds ({string.Join(", ", labels)}), {Folds} folds, one thread");
        double megabytes = Rounds * examples.Sum(e => (double)Encoding.UTF8.GetByteCount(e.Text)) / 1e6;
        Say($"DataBuild: accuracy {ours.Accuracy:F4}, macro F1 {ours.MacroF1:F4}; training {ourTime.Train:F1} s, prediction {ourTime.Predict:F2} s ({megabytes / ourTime.Predict:F0} MB/s)");
        Say($"fastText:  accuracy {theirs.Accuracy:F4}, macro F1 {theirs.MacroF1:F4}; training {theirTime.Train:F1} s, prediction {theirTime.Predict:F2} s ({megabytes / theirTime.Predict:F0} MB/s)");
        Say($"prediction {theirTime.Predict / ourTime.Predict:F2} times as fast (goal at least 1)");
        Say($"difference of F1 {100 * (ours.MacroF1 - theirs.MacroF1):F1} points (goal at least -1)");
        return 0;
    }

    private static void Ours(LabeledText[] train, LabeledText[] test, string[] labels, ClassifierEvaluation evaluation, ref (double Train, double Predict) time, string folder)
    {
        long start = Stopwatch.GetTimestamp();
        LinearTextClassifier model = new LinearTextClassifierTrainer { Threads = 1 }.Train(train, [.. labels.Select((l, k) => (l, (double)k))]);
        string path = Path.Combine(folder, "classifier.onnx");
        File.WriteAllBytes(path, model.ToOnnx());
        time.Train += Stopwatch.GetElapsedTime(start).TotalSeconds;
        TimeSpan used = Environment.CpuUsage.TotalTime;
        NGramFeaturizer featurizer = new(model.Featurizer);
        FeatureList features = new();
        for (int round = 0; round < Rounds; round++)
        {
            foreach (LabeledText example in test)
            {
                featurizer.Featurize(example.Text, features);
                double[] found = model.Predict(features);
                int best = Array.IndexOf(found, found.Max());
                if (round == 0)
                {
                    evaluation.Add(Array.IndexOf(labels, example.Label), best);
                }
            }
        }

        time.Predict += (Environment.CpuUsage.TotalTime - used).TotalSeconds;
    }

    private static void Theirs(string program, LabeledText[] train, LabeledText[] test, string[] labels, ClassifierEvaluation evaluation, ref (double Train, double Predict) time, string folder)
    {
        string trainFile = Path.Combine(folder, "train.txt");
        string testFile = Path.Combine(folder, "test.txt");
        File.WriteAllLines(trainFile, train.Select(e => $"__label__{e.Label} {Line(e.Text)}"));
        File.WriteAllLines(testFile, Enumerable.Repeat(test.Select(e => Line(e.Text)).ToArray(), Rounds).SelectMany(l => l));
        long start = Stopwatch.GetTimestamp();
        _ = Call(program, "supervised", "-input", trainFile, "-output", Path.Combine(folder, "model"), "-epoch", "100", "-lr", "1.0", "-wordNgrams", "2", "-dim", "16", "-bucket", "262144", "-thread", "1", "-verbose", "0");
        time.Train += Stopwatch.GetElapsedTime(start).TotalSeconds;
        (string output, double used) = Call(program, "predict", Path.Combine(folder, "model.bin"), testFile);
        string[] predicted = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        time.Predict += used;
        for (int i = 0; i < test.Length; i++)
        {
            evaluation.Add(Array.IndexOf(labels, test[i].Label), Array.IndexOf(labels, predicted[i].Trim()["__label__".Length..]));
        }
    }

    private static string First(string text) => text.Length > MaxTextLength ? text[..MaxTextLength] : text;

    // fastText reads a document a line; lower case and marks set apart, as its tutorial does.
    private static string Line(string text)
    {
        StringBuilder line = new(text.Length);
        foreach (char c in text)
        {
            _ = char.IsWhiteSpace(c) ? line.Append(' ') : char.IsPunctuation(c) ? line.Append(' ').Append(c).Append(' ') : line.Append(char.ToLowerInvariant(c));
        }

        return line.ToString();
    }

    // The shell tells what its child used: .NET does not know it of a process that has ended.
    private static (string Output, double Seconds) Call(string program, params string[] arguments)
    {
        ProcessStartInfo start = new("/bin/sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        Array.ForEach(["-c", "\"$0\" \"$@\" && times >&2", program, .. arguments], start.ArgumentList.Add);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? (output, errors.Result.Trim().Split('\n')[^1].Split(' ').Sum(Seconds))
            : throw new InvalidOperationException($"{program} {arguments[0]}: {errors.Result}");

        // 0m1.230000s
        static double Seconds(string time) => time.TrimEnd('s').Split('m') is [var minutes, var seconds]
            ? (60 * double.Parse(minutes, CultureInfo.InvariantCulture)) + double.Parse(seconds, CultureInfo.InvariantCulture)
            : throw new FormatException($"'{time}' is no time as the shell writes it");
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
