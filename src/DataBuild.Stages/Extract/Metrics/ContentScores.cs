namespace DataBuild.Stages.Extract.Metrics;

/// <summary>
/// WebMainBench's five figures of an extracted Markdown text against its truth (opendatalab/WebMainBench, Apache-2.0), each 0 to 1, null where neither text has such content.
/// </summary>
/// <param name="CodeEdit">Edit similarity of the code.</param>
/// <param name="FormulaEdit">Edit similarity of the formulas.</param>
/// <param name="TableEdit">Edit similarity of the tables as HTML.</param>
/// <param name="TableTeds">What WebMainBench publishes as TEDS: <see cref="TableSimilarity.WebMainBenchTeds"/>.</param>
/// <param name="TextEdit">Edit similarity of the whole texts.</param>
public sealed record ContentScores(double? CodeEdit, double? FormulaEdit, double? TableEdit, double? TableTeds, double? TextEdit)
{
    /// <summary>Mean of the figures that there are; null where there is none.</summary>
    public double? Overall => new[] { CodeEdit, FormulaEdit, TableEdit, TableTeds, TextEdit }.Average();

    /// <summary>Compares two Markdown texts.</summary>
    /// <param name="text">What was extracted.</param>
    /// <param name="truth">What should have been.</param>
    public static ContentScores Of(string text, string truth)
    {
        MarkdownContent got = MarkdownContent.Of(text);
        MarkdownContent want = MarkdownContent.Of(truth);
        double? tables = EditSimilarity.Of(TableNode.HtmlOf(got.Tables), TableNode.HtmlOf(want.Tables));
        return new ContentScores(
            EditSimilarity.Of(got.Code, want.Code),
            EditSimilarity.Of(got.Formulas, want.Formulas),
            tables,
            tables is null ? null : TableSimilarity.WebMainBenchTeds(got.Tables, want.Tables),
            EditSimilarity.Of(got.Text, want.Text));
    }
}
