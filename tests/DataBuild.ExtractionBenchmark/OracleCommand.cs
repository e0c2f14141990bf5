using System.Text.Json;
using DataBuild.Stages.Extract;

namespace DataBuild.ExtractionBenchmark;

/// <summary>The ceiling of any labelling.</summary>
internal static class OracleCommand
{
    /// <summary>What perfect labels of the blocks would score.</summary>
    public static void Run(string[] args)
    {
        string? dump = new Arguments(args).Text("out");
        bool training = args.Contains("training");
        foreach (IGrouping<string, LabelledPage> set in LabelledPage.Load(validation: !training).Where(p => p.Page.Truth.Text is not null).GroupBy(p => p.Page.Set))
        {
            List<string> lines = [];
            Scoring scoring = new();
            ExtractScratch scratch = new(null);
            foreach (LabelledPage page in set)
            {
                scratch.Parse(page.Page.Html, page.Page.Charset, page.Page.Url, ExtractOptions.Default, out _);
                bool[] kept = [.. page.Labels.Select(l => l >= 0.45f)];
                string text = scratch.Render(kept, new ExtractOptions { Format = ExtractFormat.Text });
                scoring.Add(page.Page, text);
                lines.Add(JsonSerializer.Serialize(new { url = page.Page.Url, text }));
            }

            if (dump is not null)
            {
                Directory.CreateDirectory(dump);
                File.WriteAllLines(Path.Combine(dump, set.Key + ".jsonl"), lines);
            }

            Console.WriteLine($"{set.Key} with perfect labels: {scoring}");
        }

        if (!training)
        {
            Structured(dump);
        }
    }

    // Blocks chosen by the truth and written as ever: what no choice of blocks can pass.
    private static void Structured(string? dump)
    {
        Scoring scoring = new();
        List<string> lines = [];
        ExtractScratch scratch = new(null);
        foreach (TruthPage page in PageSet.Read("structured"))
        {
            LabelledPage labelled = LabelledPage.Label(page with { Truth = page.Truth with { Text = page.Truth.Markdown } }, new ExtractScratch(null));
            string text = "";
            if (labelled.Labels.Length > 0)
            {
                scratch.Parse(page.Html, page.Charset, page.Url, ExtractOptions.Default, out _);
                text = scratch.Render([.. labelled.Labels.Select(l => l >= 0.45f)], ExtractOptions.Default);
            }

            scoring.Add(page, text);
            lines.Add(JsonSerializer.Serialize(new { url = page.Url, text }));
        }

        Console.WriteLine($"structured with perfect labels: {scoring}");
        if (dump is not null)
        {
            File.WriteAllLines(Path.Combine(dump, "structured.jsonl"), lines);
        }
    }
}
