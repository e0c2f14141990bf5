using System.Globalization;
using System.Text;
using DataBuild.Stages.Language;
using Lingua;

namespace DataBuild.Benchmarks.Filter;

/// <summary>
/// Quality and speed of language identification beside SearchPioneer.Lingua, on sentences of known language: whole, their first words, single words, and
/// documents of two languages. Speeds are medians of three, by processor time, after a warm-up. <c>language FOLDER [sentences a language]</c>; the folder
/// holds a file of sentences for each ISO 639-1 code.
/// </summary>
internal static class LanguageBenchmark
{
    // Large web languages of ten scripts, close relatives among them (Czech and Slovak, Danish and Bokmål, Croatian and Slovene, Russian, Ukrainian and Bulgarian).
    private static readonly string[] Codes =
    [
        "ar", "bg", "bn", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hr", "hu", "id", "it", "ja", "ko", "nb", "nl", "pl", "pt", "ro",
        "ru", "sk", "sl", "sv", "ta", "th", "tr", "uk", "vi", "zh",
    ];

    public static int Run(ReadOnlySpan<string> args)
    {
        if (args is not [var folder, ..])
        {
            Console.Error.WriteLine("usage: language FOLDER [sentences a language]");
            return 1;
        }

        int count = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 100;
        Dictionary<string, string[]> sentences = Codes.Where(c => File.Exists(Path.Combine(folder, c + ".txt")))
            .ToDictionary(c => c, c => File.ReadLines(Path.Combine(folder, c + ".txt")).Take(count).ToArray(), StringComparer.Ordinal);
        DataBuild.Stages.Language.LanguageDetector ours = new();
        TimeSpan start = Environment.CpuUsage.TotalTime;
        Lingua.LanguageDetector lingua = LanguageDetectorBuilder.FromAllLanguages().WithPreloadedLanguageModels().Build();
        Print($"{sentences.Count} languages, {sentences.Values.Sum(s => s.Length)} sentences; Lingua loads its models in {(Environment.CpuUsage.TotalTime - start).TotalSeconds:F1} s of processor time");
        (string Name, Func<string, string?> Detect)[] detectors =
        [
            ("DataBuild", text => ours.Detect(text).Code),
            ("Lingua", text => lingua.DetectLanguageOf(text) is var language && language != Language.Unknown ? language.IsoCode6391().ToString().ToLowerInvariant() : null),
        ];

        Print($"| text | {string.Join(" | ", detectors.Select(d => $"{d.Name}, right | MB/s a core"))} |");
        Print($"|---|---|---|---|---|");
        Row("sentences", sentences, s => [s], detectors);
        Row("first three words (six letters of scripts without blanks)", sentences, s => [Beginning(s)], detectors);
        Row("single words of four letters or more", sentences, s => [.. s.Split(' ').Select(w => w.Trim('.', ',', '!', '?', '"', '(', ')')).Where(w => w.Length >= 4).Take(1)], detectors);
        Print($"| language | sentences: {string.Join(" | ", detectors.Select(d => d.Name))} | three words: {string.Join(" | ", detectors.Select(d => d.Name))} |");
        Print($"|---|---|---|---|---|");
        foreach ((string code, string[] texts) in sentences)
        {
            double[] shares = [.. new Func<string, string>[] { s => s, Beginning }.SelectMany(part => detectors.Select(d => (double)texts.Count(t => d.Detect(part(t)) == code) / texts.Length))];
            Print($"| {code} | {string.Join(" | ", shares.Select(s => s.ToString("P0", CultureInfo.InvariantCulture)))} |");
        }

        Mixed(sentences);
        return 0;
    }

    private static void Row(string what, Dictionary<string, string[]> sentences, Func<string, string[]> parts, (string Name, Func<string, string?> Detect)[] detectors)
    {
        (string Code, string Text)[] texts = [.. sentences.SelectMany(s => s.Value.SelectMany(parts).Select(t => (s.Key, t)))];
        long bytes = texts.Sum(t => (long)Encoding.UTF8.GetByteCount(t.Text));
        List<string> cells = [];
        foreach ((_, Func<string, string?> detect) in detectors)
        {
            int right = texts.Count(t => detect(t.Text) == t.Code);
            // Code runs slowly until the compiler has optimised it in the background: two seconds of work before anything counts.
            _ = BytesPerSecond(texts, bytes, detect, 2);
            double[] speeds = [.. Enumerable.Range(0, 3).Select(_ => BytesPerSecond(texts, bytes, detect, 0.5)).Order()];
            cells.Add(string.Create(CultureInfo.InvariantCulture, $"{(double)right / texts.Length:P1} | {speeds[1] / 1e6:F2}"));
        }

        Print($"| {what} ({texts.Length}) | {string.Join(" | ", cells)} |");
    }

    // UTF-8 bytes a second of processor time, over whole rounds that take the given seconds of it or more.
    private static double BytesPerSecond((string Code, string Text)[] texts, long bytes, Func<string, string?> detect, double seconds)
    {
        TimeSpan start = Environment.CpuUsage.TotalTime;
        int rounds = 0;
        double used;
        do
        {
            foreach ((_, string text) in texts)
            {
                _ = detect(text);
            }

            rounds++;
            used = (Environment.CpuUsage.TotalTime - start).TotalSeconds;
        }
        while (used < seconds);
        return bytes * rounds / used;
    }

    // Documents of lines in one language with a fifth of the lines in another: what ParagraphLanguage removes and what it leaves.
    private static void Mixed(Dictionary<string, string[]> sentences)
    {
        string[] codes = [.. sentences.Keys];
        ParagraphLanguage stage = new() { Name = "paragraphLanguage" };
        int documents = 0, right = 0;
        long own = 0, ownRemoved = 0, foreign = 0, foreignRemoved = 0;
        for (int i = 0; i < codes.Length; i++)
        {
            string[] mine = sentences[codes[i]];
            string[] other = sentences[codes[(i + 7) % codes.Length]];
            for (int first = 0; first + 8 <= mine.Length && first + 2 <= other.Length; first += 8)
            {
                string[] lines = [.. mine[first..(first + 8)], .. other[first..(first + 2)]];
                ParagraphLanguageFigures figures = stage.Measure(Document.Create(string.Join('\n', lines)));
                HashSet<string> kept = [.. figures.Text.ToString().Split('\n')];
                documents++;
                right += figures.Code == codes[i] ? 1 : 0;
                own += 8;
                ownRemoved += lines.Take(8).Count(l => !kept.Contains(l));
                foreign += 2;
                foreignRemoved += lines.Skip(8).Count(l => !kept.Contains(l));
            }
        }

        Print($"mixed: {documents} documents of eight lines in one language and two in another: language of the document right {(double)right / documents:P1}; ParagraphLanguage removes {(double)foreignRemoved / foreign:P1} of the foreign lines and {(double)ownRemoved / own:P1} of the others");
    }

    private static string Beginning(string sentence)
    {
        string[] words = sentence.Split(' ');
        return words.Length >= 3 ? string.Join(' ', words.Take(3)) : sentence[..Math.Min(6, sentence.Length)];
    }

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
