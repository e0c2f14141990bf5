using DataBuild.Stages.Extract;

namespace DataBuild.ExtractionBenchmark;

/// <summary>The ceiling of any labelling.</summary>
internal static class OracleCommand
{
    /// <summary>What perfect labels of the blocks would score.</summary>
    public static void Run()
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
