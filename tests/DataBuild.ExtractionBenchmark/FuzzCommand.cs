using System.Globalization;
using DataBuild.Stages.Extract;
using DataBuild.Tests.Extract;

namespace DataBuild.ExtractionBenchmark;

/// <summary>
/// Extracts hostile pages, then damaged real ones for as long as asked, with every mode. Ends with 1 and keeps the page where extraction throws, gives
/// neither a text nor a reason, gives another result the second time, or takes longer than its bound of processor time.
/// </summary>
internal static class FuzzCommand
{
    // Generous for pages of some kB, where single costs weigh more.
    private const double SecondsBase = 0.25;
    private const double SecondsPerMegabyte = 1.5;

    public static int Run(string[] args)
    {
        double minutes = double.Parse(Value("minutes") ?? "1", CultureInfo.InvariantCulture);
        int seed = int.Parse(Value("seed") ?? "1", CultureInfo.InvariantCulture);
        int size = int.Parse(Value("size") ?? "200000", CultureInfo.InvariantCulture);
        int failures = 0;
        HtmlExtractor extractor = new();
        foreach (string name in HostilePages.All.Keys)
        {
            byte[] page = HostilePages.Make(name, size);
            (string outcome, double seconds) = Try(extractor, page, null, "https://example.org/", OptionsOf(0));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-36} {page.Length / 1e6,6:F1} MB {seconds,7:F2} s  {outcome}"));
            failures += Failed(outcome) ? 1 : 0;
        }

        if (minutes > 0)
        {
            failures += Mutations(extractor, minutes, seed);
        }

        return failures == 0 ? 0 : 1;

        string? Value(string name) => args.FirstOrDefault(a => a.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
    }

    private static int Mutations(HtmlExtractor extractor, double minutes, int seed)
    {
        List<TruthPage> pages = [.. PageSet.Read("segments"), .. PageSet.Read("structured")];
        DateTime end = DateTime.UtcNow.AddMinutes(minutes);
        int failures = 0;
        int tried = 0;
        double slowest = 0;
        for (; DateTime.UtcNow < end; seed++, tried++)
        {
            Random pick = new(seed);
            TruthPage page = pages[pick.Next(pages.Count)];
            byte[] damaged = new PageMutator(seed).Mutate(page.Html, pages[pick.Next(pages.Count)].Html);
            (string outcome, double seconds) = Try(extractor, damaged, page.Charset, page.Url, OptionsOf(seed));
            slowest = Math.Max(slowest, seconds);
            if (Failed(outcome))
            {
                string kept = Path.Combine(Path.GetTempPath(), $"databuild-fuzz-{seed}.html");
                File.WriteAllBytes(kept, damaged);
                Console.WriteLine($"seed {seed}: {outcome}; the page is kept in {kept}");
                failures++;
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tried} damaged pages, {failures} failures, the slowest took {slowest:F2} s of processor time"));
        return failures;
    }

    private static ExtractOptions OptionsOf(int seed) => new()
    {
        Mode = (ExtractMode)(seed % 4),
        Format = (seed & 4) == 0 ? ExtractFormat.Markdown : ExtractFormat.Text,
        Tables = (ExtractTables)(seed / 8 % 3),
        Links = (seed & 16) == 0,
        Images = (seed & 32) == 0,
        Emphasis = (seed & 64) == 0,
        Comments = (seed & 128) == 0,
        MainHtml = true,
    };

    private static bool Failed(string outcome) => outcome.StartsWith("FAILED", StringComparison.Ordinal);

    private static (string Outcome, double Seconds) Try(HtmlExtractor extractor, byte[] page, string? charset, string url, ExtractOptions options)
    {
        long start = ThreadClock.Nanoseconds();
        try
        {
            ExtractedPage first = extractor.Extract(page, charset, url, options);
            double seconds = (ThreadClock.Nanoseconds() - start) / 1e9;
            ExtractedPage second = new HtmlExtractor().Extract(page, charset, url, options);
            string outcome = first != second ? "FAILED: another result the second time"
                : first.Text.Length == 0 && first.DropReason is null ? "FAILED: neither text nor reason"
                : seconds > SecondsBase + (SecondsPerMegabyte * page.Length / 1e6) ? "FAILED: too slow"
                : first.DropReason ?? $"{first.Text.Length} characters";
            return (outcome, seconds);
        }
#pragma warning disable CA1031 // Whatever it is, it is what is looked for.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return ($"FAILED: {e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n')[0].Trim()}", (ThreadClock.Nanoseconds() - start) / 1e9);
        }
    }
}
