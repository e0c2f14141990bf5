using System.Globalization;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Running;
using DataBuild.Stages.Filter;
using DataBuild.Stages.Language;
using DataBuild.Stages.Refine;

namespace DataBuild.Benchmarks.Filter;

/// <summary>
/// Speed of the cleaning stages in UTF-8 text a core. The quick form measures processor time, so that a busy machine gives nearly the same figure as an idle
/// one: <c>filters pages.json [seconds]</c>, the file an object with a <c>text</c> for each page. <c>filters bdn</c> runs BenchmarkDotNet.
/// </summary>
internal static class FilterBenchmark
{
    public static int Run(ReadOnlySpan<string> args)
    {
        if (args is ["bdn", ..])
        {
            _ = BenchmarkRunner.Run<FineWebFilters>();
            return 0;
        }

        if (args is not [var path, ..])
        {
            Console.Error.WriteLine("usage: filters pages.json [seconds a stage] | filters bdn");
            return 1;
        }

        Document[] documents = Load(path);
        double seconds = args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 2;
        long bytes = documents.Sum(d => (long)d.TextUtf8.Length);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{documents.Length} documents, {bytes / 1e6:F1} MB of UTF-8"));
        foreach ((string name, Action<Document> stage) in Stages())
        {
            Measure(name, documents, bytes, seconds, stage);
        }

        return 0;
    }

    /// <summary>The texts of a file of pages, as documents.</summary>
    public static Document[] Load(string path)
    {
        using JsonDocument pages = JsonDocument.Parse(File.ReadAllText(path));
        return
        [
            .. pages.RootElement.EnumerateObject()
                .Where(p => p.Value.TryGetProperty("text", out JsonElement text) && text.ValueKind == JsonValueKind.String)
                .Select(p => Document.Create(p.Value.GetProperty("text").GetString()!, p.Name)),
        ];
    }

    private static IEnumerable<(string Name, Action<Document> Run)> Stages()
    {
        GopherRepetition repetition = new();
        GopherQuality quality = new();
        C4Quality c4 = new() { RequireTerminalPunctuation = false };
        FineWebQuality fineWeb = new();
        yield return ("FineWeb's four together", d =>
        {
            _ = repetition.Measure(d);
            _ = quality.Measure(d);
            _ = c4.Measure(d);
            _ = fineWeb.Measure(d);
        }
        );
        yield return ("GopherRepetition", d => repetition.Measure(d));
        yield return ("GopherQuality", d => quality.Measure(d));
        yield return ("C4Quality", d => c4.Measure(d));
        yield return ("FineWebQuality", d => fineWeb.Measure(d));
        yield return ("Language", d => new LanguageIdentification().Measure(d));
        GopherRepetition dclm = new() { Dialect = FilterDialect.Dclm };
        yield return ("GopherRepetition, DCLM", d => dclm.Measure(d));
        RefinedWebLines lines = new();
        yield return ("RefinedWebLines", d => lines.Measure(d));
        CulturaXMetrics culturax = new();
        yield return ("CulturaXMetrics", d => culturax.Measure(d));
        Pii pii = new();
        yield return ("Pii", d => pii.Measure(d));
        UnicodeRepair unicode = new();
        yield return ("Unicode", d => unicode.Measure(d));
    }

    private static void Measure(string name, Document[] documents, long bytes, double seconds, Action<Document> stage)
    {
        // One view moved from row to row, as in a build: its buffers and analyses are reused.
        Document view = Document.Create("");
        void Pass()
        {
            foreach (Document document in documents)
            {
                view.MoveTo(document.Batch, document.Row);
                stage(view);
            }
        }

        Pass();
        Pass();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        TimeSpan start = Environment.CpuUsage.TotalTime;
        int passes = 0;
        while ((Environment.CpuUsage.TotalTime - start).TotalSeconds < seconds)
        {
            Pass();
            passes++;
        }

        double used = (Environment.CpuUsage.TotalTime - start).TotalSeconds;
        double garbage = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)passes / documents.Length;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-28}{bytes * passes / used / 1e6,8:F1} MB/s a core{garbage,10:F0} bytes of garbage a document"));
    }
}

/// <summary>FineWeb's heuristic filters over generated prose, by BenchmarkDotNet.</summary>
[MemoryDiagnoser]
public class FineWebFilters
{
    private readonly GopherRepetition _repetition = new();
    private readonly GopherQuality _quality = new();
    private readonly C4Quality _c4 = new() { RequireTerminalPunctuation = false };
    private readonly FineWebQuality _fineWeb = new();
    private readonly LanguageIdentification _language = new();
    private Document _source = Document.Create("");
    private Document _view = Document.Create("");

    /// <summary>Characters of the document.</summary>
    [Params(2_000, 50_000)]
    public int Length { get; set; }

    /// <summary>Makes the text: words drawn by a fixed seed, in sentences and lines.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Random random = new(17);
        string[] words = [.. Enumerable.Range(0, 3000).Select(i => string.Concat(Enumerable.Range(0, 2 + (i % 9)).Select(_ => (char)('a' + random.Next(26)))))];
        StringBuilder text = new();
        while (text.Length < Length)
        {
            _ = text.Append(words[(int)(words.Length * Math.Pow(random.NextDouble(), 3))]).Append(random.Next(12) switch { 0 => ".\n", 1 => ". ", 2 => ", ", _ => " " });
        }

        _source = Document.Create(text.ToString());
        _view = Document.Create("");
    }

    /// <summary>The four heuristic filters, analyses shared.</summary>
    [Benchmark]
    public int Heuristics()
    {
        _view.MoveTo(_source.Batch, 0);
        return _repetition.Measure(_view).Characters + _quality.Measure(_view).Words + _c4.Measure(_view).Sentences + _fineWeb.Measure(_view).Lines;
    }

    /// <summary>Language identification.</summary>
    [Benchmark]
    public double Language()
    {
        _view.MoveTo(_source.Batch, 0);
        return _language.Measure(_view).Score;
    }
}
