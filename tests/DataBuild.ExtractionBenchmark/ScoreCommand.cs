using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DataBuild.Stages.Extract;

namespace DataBuild.ExtractionBenchmark;

/// <summary>Prints quality on the validation pages and speed.</summary>
internal static class ScoreCommand
{
    public static void Run(string[] args)
    {
        bool all = args.Contains("all");
        ExtractMode mode = args.Contains("heuristic") ? ExtractMode.Heuristic : args.Contains("everything") ? ExtractMode.All : ExtractMode.Model;
        string? dump = args.FirstOrDefault(a => a.StartsWith("out=", StringComparison.Ordinal))?[4..];
        HtmlExtractor extractor = new();
        foreach (string set in (string[])["wcxb", "segments", "fulltext", "structured"])
        {
            if (args.Any(a => a.StartsWith("set=", StringComparison.Ordinal)) && !args.Contains("set=" + set))
            {
                continue;
            }

            List<TruthPage> pages = PageSet.Read(set);
            ExtractOptions options = new() { Mode = mode, Format = set == "structured" ? ExtractFormat.Markdown : ExtractFormat.Text };
            Scoring scoring = new();
            List<(string Url, string Text)> texts = [];
            int n = 0;
            foreach (TruthPage page in pages)
            {
                if (all || set == "structured" || page.IsValidation)
                {
                    string text = extractor.Extract(page.Html, page.Charset, page.Url, options).Text;
                    scoring.Add(page, text);
                    texts.Add((page.Url, text));
                    n++;
                }
            }

            if (dump is not null)
            {
                Directory.CreateDirectory(dump);
                File.WriteAllLines(Path.Combine(dump, set + ".jsonl"), texts.Select(t => JsonSerializer.Serialize(new { url = t.Url, text = t.Text })));
            }

            Console.WriteLine($"{set} ({n} pages): {scoring}");
            if (set == "wcxb")
            {
                Speed(pages, extractor, new ExtractOptions { Mode = mode });
            }
        }
    }

    private static void Speed(List<TruthPage> pages, HtmlExtractor extractor, ExtractOptions options)
    {
        long bytes = pages.Sum(p => (long)p.Html.Length);
        double best = double.MaxValue;
        long allocated = 0;
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan start = Process.GetCurrentProcess().TotalProcessorTime;
            foreach (TruthPage page in pages)
            {
                extractor.Extract(page.Html, page.Charset, page.Url, options);
            }

            best = Math.Min(best, (Process.GetCurrentProcess().TotalProcessorTime - start).TotalSeconds);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"speed, processor time of one core, Markdown: {bytes / best / 1e6:F0} MB/s, {pages.Count / best:F0} pages/s; allocated {(double)allocated / bytes:F2} bytes a byte of HTML"));
    }
}
