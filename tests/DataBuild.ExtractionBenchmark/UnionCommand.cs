using System.Globalization;
using DataBuild.Stages.Extract;

namespace DataBuild.ExtractionBenchmark;

/// <summary>Prints what the union of extraction settings gains and costs on the validation pages of wcxb, beside its parts.</summary>
internal static class UnionCommand
{
    public static void Run()
    {
        HtmlExtractor extractor = new();
        List<TruthPage> pages = [.. PageSet.Read("wcxb").Where(p => p.IsValidation)];
        double model = 0;
        foreach (ExtractMode mode in (ExtractMode[])[ExtractMode.Model, ExtractMode.Heuristic, ExtractMode.Union, ExtractMode.All])
        {
            Scoring scoring = new();
            long words = 0;
            foreach (TruthPage page in pages)
            {
                string text = extractor.Extract(page.Html, page.Charset, page.Url, new ExtractOptions { Mode = mode, Format = ExtractFormat.Text }).Text;
                words += text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
                scoring.Add(page, text);
            }

            model = mode == ExtractMode.Model ? words : model;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{mode}: {words} words ({words / model - 1:+0.0 %;-0.0 %} against the model), precision {scoring["precision"]:F3}, recall {scoring["recall"]:F3}, F1 {scoring["f1"]:F3}"));
        }
    }
}
