using System.Globalization;
using DataBuild.Stages.Extract;
using DataBuild.Stages.Extract.Model;

namespace DataBuild.ExtractionBenchmark;

/// <summary>Prints how fast one thread extracts a set's pages, by that thread's processor time, whole and by step.</summary>
internal static class SpeedCommand
{
    public static void Run(string[] args)
    {
        string set = args.FirstOrDefault(a => a.StartsWith("set=", StringComparison.Ordinal))?[4..] ?? "wcxb";
        int rounds = int.Parse(args.FirstOrDefault(a => a.StartsWith("rounds=", StringComparison.Ordinal))?[7..] ?? "3", CultureInfo.InvariantCulture);
        List<TruthPage> pages = PageSet.Read(set);
        long bytes = pages.Sum(p => (long)p.Html.Length);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{set}: {pages.Count} pages, {bytes / 1e6:F1} MB of HTML; processor time of one thread, Markdown, best of {rounds} rounds after warm-up"));
        foreach (ExtractMode mode in (ExtractMode[])[ExtractMode.Model, ExtractMode.Heuristic])
        {
            if (!args.Any(a => a is "model" or "heuristic") || args.Contains(mode.ToString().ToLowerInvariant()))
            {
                Measure(pages, bytes, rounds, mode);
            }
        }
    }

    private static void Measure(List<TruthPage> pages, long bytes, int rounds, ExtractMode mode)
    {
        ExtractOptions options = new() { Mode = mode };
        ExtractScratch scratch = new(BlockModel.Shipped);
        double best = double.MaxValue;
        double first = 0;
        long allocated = 0;
        ExtractTimes steps = new(ThreadClock.Nanoseconds);
        for (int round = -1; round < rounds; round++)
        {
            ExtractTimes times = new(ThreadClock.Nanoseconds);
            scratch.Times = times;
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = ThreadClock.Nanoseconds();
            foreach (TruthPage page in pages)
            {
                scratch.Extract(page.Html, page.Charset, page.Url, options);
                scratch.Trim();
            }

            double seconds = (ThreadClock.Nanoseconds() - start) / 1e9;
            first = round < 0 ? seconds : first;
            if (round >= 0 && seconds < best)
            {
                best = seconds;
                steps = times;
                allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{mode}: {bytes / best / 1e6:F0} MB/s, {pages.Count / best:F0} pages/s, {(double)allocated / bytes:F2} bytes allocated a byte of HTML; first round, compilation included, {bytes / first / 1e6:F0} MB/s"));
        Console.WriteLine("  " + string.Join(", ", Enum.GetValues<ExtractStep>().Select(s => string.Create(CultureInfo.InvariantCulture,
            $"{s.ToString().ToLowerInvariant()} {steps[s] / 1e6:F0} ms"))));
    }
}
