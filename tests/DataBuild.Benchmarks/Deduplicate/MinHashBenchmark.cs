using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using DataBuild.Stages.Deduplicate;

namespace DataBuild.Benchmarks.Deduplicate;

/// <summary>Speed, memory, recall and precision of MinHash deduplication. See docs/deduplication.md for how to run it and what it measured.</summary>
internal static class MinHashBenchmark
{
    /// <summary>What a million documents may take: the commands fail above it.</summary>
    private const long MemoryLimit = 2L << 30;

    private static readonly MinHashDedup Stage = new() { Name = "minhash" };

    /// <summary>Runs one of the measurements.</summary>
    public static int Run(ReadOnlySpan<string> arguments)
    {
        switch (arguments.Length > 0 ? arguments[0] : "")
        {
            case "signatures" when arguments.Length == 2:
                Signatures(arguments[1]);
                return 0;
            case "corpus" when arguments.Length == 3:
                WriteCorpus(arguments[1], arguments[2]);
                return 0;
            case "end-to-end" when arguments.Length == 2:
                EndToEnd(arguments[1]);
                return 0;
            case "recall" when arguments.Length == 2:
                Recall(arguments[1]);
                return 0;
            case "semantic" when arguments.Length == 2:
                SemanticBenchmark.Recall([.. ReadTexts(arguments[1]).Select(t => t.Text)]);
                return 0;
            case "report" when arguments.Length == 2:
                return Report(arguments[1]);
            case "synthetic" when arguments.Length == 2:
                return Synthetic(int.Parse(arguments[1], CultureInfo.InvariantCulture)) <= MemoryLimit ? 0 : 1;
            default:
                Console.Error.WriteLine(
                    """
                    dedup signatures TEXTS.jsonl      signatures a second on one core
                    dedup corpus PAGES.json OUT.jsonl texts of a page set and perturbed copies of them
                    dedup end-to-end TEXTS.jsonl      read, sign, merge; compare with minhash_numpy.py on the same file
                    dedup recall TEXTS.jsonl          found pairs against exact Jaccard and theory
                    dedup semantic TEXTS.jsonl        duplicates by embedding that clusters and their neighbours find, of those in one
                    dedup report PAGES.json           all of these on a page set, beside NumPy, and a million generated documents
                    dedup synthetic COUNT             COUNT generated documents, signatures on disk, peak memory
                    """);
                return 1;
        }
    }

    /// <summary>Every figure of docs/deduplication.md, in one session.</summary>
    private static int Report(string pages)
    {
        string texts = Path.GetTempFileName();
        try
        {
            WriteCorpus(pages, texts);
            Signatures(texts);
            double ours = EndToEnd(texts);
            if (RunNumPy(texts) is { } theirs)
            {
                Print($"NumPy: {theirs:F1} s of processor time, {theirs / ours:F1} times ours");
            }

            Recall(texts);
            SemanticBenchmark.Recall([.. ReadTexts(texts).Select(t => t.Text)]);
            return Synthetic(1_000_000) <= MemoryLimit ? 0 : 1;
        }
        finally
        {
            File.Delete(texts);
        }
    }

    // The straightforward implementation beside this file, on the same texts: its processor time in seconds, as it says itself. Null where no Python has NumPy.
    private static double? RunNumPy(string texts)
    {
        string script = Path.Combine(Path.GetDirectoryName(SourceFile())!, "minhash_numpy.py");

        // The first python3 of the path may be one of its own packages; the system's has python3-numpy.
        foreach (string interpreter in (string[])["python3", "/usr/bin/python3"])
        {
            ProcessStartInfo start = new(interpreter) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.ArgumentList.Add(script);
            start.ArgumentList.Add(texts);
            try
            {
                using Process python = Process.Start(start)!;
                Task<string> errors = python.StandardError.ReadToEndAsync();
                string output = python.StandardOutput.ReadToEnd();
                python.WaitForExit();
                Match time = Regex.Match(output, @"\(([0-9.]+) s of processor time\)");
                if (python.ExitCode == 0 && time.Success)
                {
                    Console.Write(output);
                    return double.Parse(time.Groups[1].Value, CultureInfo.InvariantCulture);
                }

                Print($"{interpreter} ended with {python.ExitCode}: {errors.Result.TrimEnd().Split('\n')[^1]}");
            }
            catch (System.ComponentModel.Win32Exception)
            {
                Print($"no {interpreter} here");
            }
        }

        Print($"no comparison with NumPy (python3-numpy is needed)");
        return null;
    }

    private static string SourceFile([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path;

    private static void Signatures(string path)
    {
        string[] texts = [.. ReadTexts(path).Select(t => t.Text)];
        Document[] documents = [.. texts.Select(t => Document.Create(t))];
        long bytes = texts.Sum(t => (long)Encoding.UTF8.GetByteCount(t));
        Document view = new();
        SimplifiedText simplified = new();
        Measure("decoding", view => _ = view.Text.Length);
        Measure("decoding, words", view => simplified.Analyze(view.Text));
        Measure("all: decoding, words, shingles, signatures", view => _ = Stage.Measure(view));

        // Processor time, not the clock's: other processes of the machine do not count.
        void Measure(string what, Action<Document> action)
        {
            double best = double.MaxValue;
            for (int round = 0; round < 8; round++)
            {
                TimeSpan start = Environment.CpuUsage.TotalTime;
                foreach (Document document in documents)
                {
                    view.MoveTo(document.Batch, 0);
                    action(view);
                }

                best = Math.Min(best, (Environment.CpuUsage.TotalTime - start).TotalSeconds);
            }

            Print($"{what}: {documents.Length} documents, {bytes / 1e6:F1} MB of UTF-8, best of 8 rounds {best:F3} s of processor time, {bytes / 1e6 / best:F1} MB/s on one core");
        }
    }

    /// <summary>
    /// Every text that has at least 100 words, and five copies of it in which a share of the words, drawn from 0 to 12 %, was replaced.
    /// </summary>
    private static void WriteCorpus(string source, string path)
    {
        Random random = new(1);
        List<string> texts = [];
        using JsonDocument pages = JsonDocument.Parse(File.ReadAllBytes(source));
        CollectTexts(pages.RootElement, texts);
        string[][] words = [.. texts.Select(t => t.Split(' ')).Where(w => w.Length >= 100)];
        string[] vocabulary = [.. words.SelectMany(w => w).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        using StreamWriter writer = new(path, append: false, new UTF8Encoding(false));
        int id = 0;
        foreach (string[] original in words)
        {
            for (int copy = 0; copy < 6; copy++)
            {
                string[] changed = [.. original];
                double share = copy == 0 ? 0 : random.NextDouble() * 0.12;
                for (int i = 0; i < changed.Length; i++)
                {
                    changed[i] = random.NextDouble() < share ? vocabulary[random.Next(vocabulary.Length)] : changed[i];
                }

                writer.WriteLine(JsonSerializer.Serialize(new { id = id++.ToString("D7", CultureInfo.InvariantCulture), text = string.Join(' ', changed) }));
            }
        }

        Print($"{id} documents of {words.Length} texts in {path}");
    }

    /// <returns>Seconds of processor time of the round after the first.</returns>
    private static double EndToEnd(string path)
    {
        double used = 0;
        // The first round compiles; the second is the one to compare with an interpreter that has nothing to compile.
        for (int round = 0; round < 2; round++)
        {
            long start = Stopwatch.GetTimestamp();
            TimeSpan processor = Environment.CpuUsage.TotalTime;
            List<string> ids = [];
            using CorpusOnDisk corpus = new(Path.GetTempFileName(), Stage.Name, i => ids[i]);
            long bytes = 0;
            foreach ((string id, string text) in ReadTexts(path))
            {
                ids.Add(id);
                MinHashFigures figures = Stage.Measure(Document.Create(text));
                bytes += figures.Length;
                corpus.Add(in figures);
            }

            corpus.Flush();
            double signed = Stopwatch.GetElapsedTime(start).TotalSeconds;
            int kept = 0;
            Merge(corpus, o => kept += o.DuplicateOf is null ? 1 : 0);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            used = (Environment.CpuUsage.TotalTime - processor).TotalSeconds;
            Print($"round {round + 1}: {ids.Count} documents, {bytes / 1e6:F1} MB; read and signed {signed:F2} s, all {seconds:F2} s ({(Environment.CpuUsage.TotalTime - processor).TotalSeconds:F2} s of processor time), {bytes / 1e6 / seconds:F1} MB/s; {kept} kept");
        }

        return used;
    }

    private static void Recall(string path)
    {
        (uint[] Signature, HashSet<ulong> Shingles)[] documents = [.. ReadTexts(path).Select(t => Analyze(t.Text))];
        Dictionary<ulong, List<int>> postings = [];
        for (int i = 0; i < documents.Length; i++)
        {
            foreach (ulong shingle in documents[i].Shingles)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(postings, shingle, out _) ??= []).Add(i);
            }
        }

        int[] pairs = new int[20], found = new int[20];
        double[] theory = new double[20];
        long foundPairs = 0, foundAbove = 0, allAbove = 0, foundOfAbove = 0;
        Dictionary<int, int> common = [];
        for (int i = 0; i < documents.Length; i++)
        {
            common.Clear();
            foreach (ulong shingle in documents[i].Shingles)
            {
                List<int> list = postings[shingle];

                // Shingles in very many documents are boilerplate: pairs that share no rarer one are far below any threshold.
                if (list.Count <= 200)
                {
                    foreach (int j in list)
                    {
                        if (j < i)
                        {
                            common[j] = common.GetValueOrDefault(j) + 1;
                        }
                    }
                }
            }

            foreach (int j in common.Keys)
            {
                int shared = documents[i].Shingles.Count(documents[j].Shingles.Contains);
                double jaccard = (double)shared / (documents[i].Shingles.Count + documents[j].Shingles.Count - shared);
                bool meets = SharesBand(documents[i].Signature, documents[j].Signature);
                int bin = Math.Min(19, (int)(jaccard * 20));
                pairs[bin]++;
                found[bin] += meets ? 1 : 0;
                theory[bin] += MinHasher.MatchProbability(jaccard, Stage.Bands, Stage.Rows);
                foundPairs += meets ? 1 : 0;
                foundAbove += meets && jaccard >= 0.6 ? 1 : 0;
                allAbove += jaccard >= 0.8 ? 1 : 0;
                foundOfAbove += meets && jaccard >= 0.8 ? 1 : 0;
            }
        }

        Print($"{documents.Length} documents; recall of pairs with Jaccard >= 0.8: {(double)foundOfAbove / allAbove:F4} of {allAbove}; precision (share of {foundPairs} found pairs with Jaccard >= 0.6): {(double)foundAbove / foundPairs:F4}");
        Print($"| Jaccard | pairs | found | share | theory |");
        Print($"|---|---|---|---|---|");
        for (int bin = 0; bin < 20; bin++)
        {
            if (pairs[bin] > 0)
            {
                Print($"| {bin / 20.0:F2}-{(bin + 1) / 20.0:F2} | {pairs[bin]} | {found[bin]} | {(double)found[bin] / pairs[bin]:F4} | {theory[bin] / pairs[bin]:F4} |");
            }
        }
    }

    /// <returns>Peak memory of the process in bytes.</returns>
    private static long Synthetic(int count)
    {
        long start = Stopwatch.GetTimestamp();
        string[] vocabulary = Vocabulary();
        using CorpusOnDisk corpus = new(Path.GetTempFileName(), Stage.Name, i => Guid(i));
        long bytes = 0;
        double signing = 0;
        int planted = 0;
        for (int i = 0; i < count; i++)
        {
            // Three of ten documents are a copy of the first of their ten, with one word in fifty replaced.
            bool isCopy = i % 10 is 3 or 6 or 9;
            planted += isCopy ? 1 : 0;
            Document document = Document.Create(Generate(vocabulary, isCopy ? i - (i % 10) : i, isCopy ? i : -1));
            long before = Stopwatch.GetTimestamp();
            MinHashFigures figures = Stage.Measure(document);
            signing += Stopwatch.GetElapsedTime(before).TotalSeconds;
            bytes += figures.Length;
            corpus.Add(in figures);
        }

        corpus.Flush();
        Print($"{count} documents, {bytes / 1e6:F0} MB of text: generated and signed in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s (signing alone {signing:F1} s, {bytes / 1e6 / signing:F0} MB/s); signatures {corpus.FileLength / 1e6:F0} MB on disk");
        start = Stopwatch.GetTimestamp();
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        int dropped = 0, clusters = 0, largest = 0;
        Merge(corpus, o =>
        {
            dropped += o.DuplicateOf is null ? 0 : 1;
            clusters += o.Cluster is not null && o.DuplicateOf is null ? 1 : 0;
            largest = Math.Max(largest, o.ClusterSize);
        });
        using Process process = Process.GetCurrentProcess();
        Print($"merged in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s ({(Environment.CpuUsage.TotalTime - processor).TotalSeconds:F1} s of processor time): {dropped} dropped of {planted} planted copies, {clusters} clusters, the largest of {largest}; peak memory of the process {process.PeakWorkingSet64 / 1048576.0:F0} MiB");
        return process.PeakWorkingSet64;
    }

    private static void Merge(Corpus corpus, Action<DuplicateOutcome> receive)
    {
        string scratch = Directory.CreateTempSubdirectory("databuild-minhash-").FullName;
        try
        {
            ClusterSink sink = new(receive);
            Stage.Merge(corpus, new OutcomeWriter<DuplicateOutcome>(corpus, sink), new StageContext(scratch, scratch));
            sink.Flush();
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static (uint[] Signature, HashSet<ulong> Shingles) Analyze(string text)
    {
        MinHashFigures figures = Stage.Measure(Document.Create(text));
        uint[] signature = MemoryMarshal.Cast<ulong, uint>(figures.Signature.Span).ToArray();
        SimplifiedText simplified = new();
        simplified.Analyze(text);
        HashSet<ulong> shingles = [];
        for (int i = 0; i + Stage.Ngram <= simplified.WordCount; i++)
        {
            ulong hash = 0;
            foreach (ulong word in simplified.WordHashes.Slice(i, Stage.Ngram))
            {
                hash = (hash * 0x9E3779B97F4A7C15) + word;
            }

            shingles.Add(hash);
        }

        return (signature, shingles);
    }

    private static bool SharesBand(uint[] first, uint[] second)
    {
        for (int band = 0; band < Stage.Bands; band++)
        {
            if (first.AsSpan(band * Stage.Rows, Stage.Rows).SequenceEqual(second.AsSpan(band * Stage.Rows, Stage.Rows)))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<(string Id, string Text)> ReadTexts(string path)
    {
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            yield return (json.RootElement.GetProperty("id").GetString()!, json.RootElement.GetProperty("text").GetString()!);
        }
    }

    private static void CollectTexts(JsonElement element, List<string> texts)
    {
        if (element.ValueKind == JsonValueKind.String && element.GetString() is { Length: > 500 } text)
        {
            texts.Add(text);
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
            {
                CollectTexts(item, texts);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in element.EnumerateObject())
            {
                CollectTexts(property.Value, texts);
            }
        }
    }

    private static string[] Vocabulary()
    {
        Random random = new(42);
        return [.. Enumerable.Range(0, 20_000).Select(_ => new string([.. Enumerable.Range(0, random.Next(2, 10)).Select(_ => (char)('a' + random.Next(26)))]))];
    }

    private static string Generate(string[] vocabulary, int seed, int changeSeed)
    {
        Random words = new(seed);
        Random changes = new(changeSeed);
        StringBuilder text = new(1400);
        for (int i = 0; i < 200; i++)
        {
            string word = vocabulary[words.Next(vocabulary.Length)];
            text.Append(changeSeed >= 0 && changes.Next(50) == 0 ? vocabulary[changes.Next(vocabulary.Length)] : word).Append(i % 12 == 11 ? ". " : " ");
        }

        return text.ToString();
    }

    private static string Guid(int i) => new System.Guid(i, 7, 11, 1, 2, 3, 4, 5, 6, 7, 8).ToString("D", CultureInfo.InvariantCulture);

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
