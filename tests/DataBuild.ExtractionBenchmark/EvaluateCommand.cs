using System.Globalization;
using DataBuild.Stages.Extract;
using DataBuild.Stages.Extract.Model;

namespace DataBuild.ExtractionBenchmark;

/// <summary>Quality of a model on the validation pages, at several thresholds.</summary>
internal static class EvaluateCommand
{
    public static void Run(BlockModel model)
    {
        ExtractScratch scratch = new(model);
        foreach (string set in (string[])["wcxb", "segments", "fulltext"])
        {
            TruthPage[] pages = [.. PageSet.Read(set).Where(p => p.IsValidation)];
            foreach (double shift in (double[])[-0.1, -0.05, 0, 0.05, 0.1])
            {
                Scoring scoring = new();
                ExtractOptions options = new() { Format = ExtractFormat.Text, ThresholdShift = shift };
                foreach (TruthPage page in pages)
                {
                    scoring.Add(page, scratch.Extract(page.Html, page.Charset, page.Url, options).Text);
                }

                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{set} threshold {model.Threshold + shift:F2}: {scoring}"));
            }
        }
    }

    /// <summary>What perfect labels of the blocks would score.</summary>
    public static void Oracle()
    {
        foreach (IGrouping<string, LabelledPage> set in LabelledPage.Load(validation: true).Where(p => p.Page.Truth.Text is not null).GroupBy(p => p.Page.Set))
        {
            Scoring scoring = new();
            ExtractScratch scratch = new(null);
            foreach (LabelledPage page in set)
            {
                scratch.Parse(page.Page.Html, page.Page.Charset, page.Page.Url, ExtractOptions.Default, out _);
                bool[] kept = [.. page.Labels.Select(l => l >= 0.45f)];
                scoring.Add(page.Page, scratch.Render(kept, new ExtractOptions { Format = ExtractFormat.Text }));
            }

            Console.WriteLine($"{set.Key} with perfect labels: {scoring}");
        }
    }
}
