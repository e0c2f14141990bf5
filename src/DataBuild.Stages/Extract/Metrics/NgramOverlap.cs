namespace DataBuild.Stages.Extract.Metrics;

/// <summary>ROUGE-N (C.-Y. Lin 2004): how many of the runs of n words two texts share, each counted as often as it stands in both.</summary>
/// <param name="Precision">Share of the extracted text's runs, 0 to 1.</param>
/// <param name="Recall">Share of the truth's runs, 0 to 1.</param>
public readonly record struct NgramOverlap(double Precision, double Recall)
{
    /// <summary>Harmonic mean of precision and recall.</summary>
    public double F1 => Precision + Recall == 0 ? 0 : 2 * Precision * Recall / (Precision + Recall);

    /// <summary>
    /// The overlap of two texts by the tokens of <see cref="MetricTokens"/>; 1 where both are blank, as in WebMainBench's page score, which is ROUGE-5 (arXiv 2511.23119, section 4).
    /// </summary>
    /// <param name="text">What was extracted.</param>
    /// <param name="truth">What should have been.</param>
    /// <param name="n">Words a run, 1 and up.</param>
    public static NgramOverlap Of(string text, string truth, int n = 5)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        if (string.IsNullOrWhiteSpace(text) && string.IsNullOrWhiteSpace(truth))
        {
            return new NgramOverlap(1, 1);
        }

        Dictionary<string, int> got = Runs(text, n, out int gotCount);
        Dictionary<string, int> want = Runs(truth, n, out int wantCount);
        int shared = got.Sum(run => Math.Min(run.Value, want.GetValueOrDefault(run.Key)));
        return new NgramOverlap(shared / (double)Math.Max(1, gotCount), shared / (double)Math.Max(1, wantCount));
    }

    private static Dictionary<string, int> Runs(string text, int n, out int count)
    {
        List<string> tokens = MetricTokens.Of(text);
        count = Math.Max(0, tokens.Count - n + 1);
        Dictionary<string, int> runs = new(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            // No token holds a NUL: those of white space and marks are one character of the text, and NUL is left out of texts.
            string run = string.Join('\0', tokens.GetRange(i, n));
            runs[run] = runs.GetValueOrDefault(run) + 1;
        }

        return runs;
    }
}
