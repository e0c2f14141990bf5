using System.Globalization;
using System.Text;
using System.Text.Json;
using DataBuild.Stages.Extract;
using DataBuild.Tests.Extract.Formulas;

namespace DataBuild.ExtractionBenchmark;

/// <summary>
/// Prints quality in one table: the validation sites of wcxb, segments and fulltext, all of structured (which nothing is trained on), and MathML.
/// </summary>
internal static class ScoreCommand
{
    private static readonly string[] Kinds = ["article", "documentation", "forum", "service", "listing", "product", "collection"];

    public static void Run(string[] args)
    {
        bool all = args.Contains("all");
        ExtractMode mode = args.Contains("heuristic") ? ExtractMode.Heuristic : args.Contains("everything") ? ExtractMode.All : ExtractMode.Model;
        Arguments arguments = new(args);
        string? dump = arguments.Text("out");
        HtmlExtractor extractor = new();
        Console.WriteLine("| set | pages | measure | ours | goal |");
        Console.WriteLine("|---|---|---|---|---|");

        // The truths of structured keep readers' comments.
        foreach ((string set, bool comments) in ((string, bool)[])[("wcxb", false), ("segments", false), ("fulltext", false), ("structured", false), ("structured", true)])
        {
            if (arguments.Text("set") is { } only && only != set)
            {
                continue;
            }

            ExtractOptions options = new() { Mode = mode, Format = set == "structured" ? ExtractFormat.Markdown : ExtractFormat.Text, Comments = comments };
            Scoring scoring = new();
            List<(string Url, string Text)> texts = [];
            foreach (TruthPage page in PageSet.Read(set))
            {
                if (all || set == "structured" || page.IsValidation)
                {
                    string text = extractor.Extract(page.Html, page.Charset, page.Url, options).Text;
                    scoring.Add(page, text);
                    texts.Add((page.Url, text));
                }
            }

            if (dump is not null)
            {
                Directory.CreateDirectory(dump);
                File.WriteAllLines(Path.Combine(dump, set + (comments ? ".comments" : "") + ".jsonl"), texts.Select(t => JsonSerializer.Serialize(new { url = t.Url, text = t.Text })));
            }

            Print(set, comments ? set + ", comments kept" : set, texts.Count, scoring);
        }

        MathMl(extractor);
    }

    private static void Print(string set, string title, int pages, Scoring scoring)
    {
        switch (set)
        {
            case "wcxb":
                Row(set, pages, "word F1", ".92", scoring["f1"]);
                foreach (string kind in Kinds)
                {
                    Row("", null, kind, ".80", scoring["f1 " + kind]);
                }

                break;
            case "segments":
                Row(set, pages, "F1 / accuracy", ".950 / .950", scoring.SegmentF1, scoring.SegmentAccuracy);
                break;
            case "fulltext":
                Row(set, pages, "word F1 / 4-gram F1", ".880 / .850", scoring["f1"], scoring["f1_4gram"]);
                break;
            default:
                Row(title, pages, "word F1", ".90", scoring["f1"]);
                Row("", null, "code / math / table", ".90 / .90 / .85", scoring["code"], scoring["math"], scoring["table"]);
                break;
        }
    }

    private static void MathMl(HtmlExtractor extractor)
    {
        string path = Path.Combine(PageSet.SharedRoot, "data", "mathml", "pairs.json");
        using JsonDocument pairs = JsonDocument.Parse(File.ReadAllBytes(path));
        int count = 0;
        int equal = 0;
        foreach (JsonProperty pair in pairs.RootElement.EnumerateObject())
        {
            byte[] page = Encoding.UTF8.GetBytes("<!DOCTYPE html><body>" + pair.Value.GetProperty("mathml").GetString());
            string latex = extractor.Extract(page, null, null, new ExtractOptions { Mode = ExtractMode.All }).Text.Trim('$', '\n');
            count++;
            equal += LatexComparison.Plain(latex) == LatexComparison.Plain(pair.Value.GetProperty("tex").GetString()!) ? 1 : 0;
        }

        Row("MathML pairs", count, "equal", ".80", (double)equal / count);
    }

    private static void Row(string set, int? pages, string measure, string goal, params double[] values) =>
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {set} | {pages} | {measure} | {string.Join(" / ", values.Select(v => v.ToString("F3", CultureInfo.InvariantCulture).TrimStart('0')))} | {goal} |"));
}
