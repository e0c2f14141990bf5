using System.Globalization;
using System.Text;
using AngleSharp.Html.Parser;
using DataBuild.Stages.Extract.Charsets;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.ExtractionBenchmark;

/// <summary>Prints how fast our parser and AngleSharp's build trees of the same decoded pages, by processor time of one thread.</summary>
internal static class ParserCommand
{
    public static void Run(string[] args)
    {
        string set = args.FirstOrDefault(a => a.StartsWith("set=", StringComparison.Ordinal))?[4..] ?? "wcxb";
        HtmlTree tree = new();
        HtmlTreeBuilder builder = new(tree);
        List<(byte[] Utf8, char[] Utf16)> pages = [];
        foreach (TruthPage page in PageSet.Read(set))
        {
            if (PageDecoder.Decode(page.Html, page.Charset, tree).Readable)
            {
                byte[] utf8 = tree.Range(0, tree.SourceLength).ToArray();
                pages.Add((utf8, Encoding.UTF8.GetChars(utf8)));
            }
        }

        Measure("ours", pages, p =>
        {
            tree.Reset(p.Utf8.Length);
            p.Utf8.CopyTo(tree.Text, 0);
            builder.Parse(int.MaxValue / 8, 512);
        });
        HtmlParser plain = new();
        Measure("AngleSharp", pages, p => plain.ParseDocument(p.Utf16.AsMemory()).Dispose());
        HtmlParser fast = new(new HtmlParserOptions
        {
            SkipComments = true,
            SkipScriptText = true,
            SkipProcessingInstructions = true,
            DisableElementPositionTracking = true,
        });
        Measure("AngleSharp without comments, script texts and positions", pages, p => fast.ParseDocument(p.Utf16.AsMemory()).Dispose());
    }

    private static void Measure(string name, List<(byte[] Utf8, char[] Utf16)> pages, Action<(byte[] Utf8, char[] Utf16)> parse)
    {
        double best = double.MaxValue;
        long allocated = 0;
        for (int round = -1; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = ThreadClock.Nanoseconds();
            pages.ForEach(parse);
            double seconds = (ThreadClock.Nanoseconds() - start) / 1e9;
            if (round >= 0 && seconds < best)
            {
                best = seconds;
                allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            }
        }

        long bytes = pages.Sum(p => (long)p.Utf8.Length);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name}: {bytes / best / 1e6:F0} MB/s, {pages.Count / best:F0} pages/s, {(double)allocated / bytes:F2} bytes allocated a byte of HTML"));
    }
}
