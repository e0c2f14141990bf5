namespace DataBuild.Stages.Extract.Blocks;

/// <summary>
/// Finds from which probability on a page's blocks are kept: where the word F1 that is expected of the page is highest. The blocks of a page are
/// right or wrong together (a grid is content or it is not), so the expectation is over a shift of the log-odds that all of them share,
/// normally distributed; independent blocks would be the case of no shift (Lipton, Elkan and Naryanaswamy 2014, "Optimal thresholding of
/// classifiers to maximize F1 measure"). One instance per thread.
/// </summary>
internal sealed class ExpectedF1
{
    private const int Bins = 128;

    // Standard deviation of the shift, words of the truth that stand in no block, and below which probability nothing is kept (pages without
    // content have nothing that is likelier); chosen by cross-validation on the training sites.
    private const double Deviation = 3;
    private const double OtherWords = 30;
    private const double Least = 0.16;

    // The medians of nine equally likely parts of the normal distribution.
    private static readonly double[] Normal = [-1.5932, -0.9674, -0.5895, -0.2822, 0, 0.2822, 0.5895, 0.9674, 1.5932];

    private static readonly float[] Shifted = MakeShifted();

    private readonly double[] _words = new double[Bins];

    /// <summary>The least probability of a kept block, 0 to 1.</summary>
    public double Threshold(ReadOnlySpan<float> probabilities, ReadOnlySpan<Block> blocks)
    {
        Array.Clear(_words);
        for (int i = 0; i < probabilities.Length; i++)
        {
            _words[Math.Clamp((int)(probabilities[i] * Bins), 0, Bins - 1)] += blocks[i].Words;
        }

        Span<double> total = stackalloc double[Normal.Length];
        Span<double> hits = stackalloc double[Normal.Length];
        total.Fill(OtherWords);
        hits.Clear();
        for (int bin = 0; bin < Bins; bin++)
        {
            for (int k = 0; k < total.Length; k++)
            {
                total[k] += _words[bin] * Shifted[(bin * Normal.Length) + k];
            }
        }

        double kept = 0;
        double best = 0;
        int threshold = Bins / 2;
        for (int bin = Bins - 1; bin >= 0; bin--)
        {
            if (_words[bin] == 0)
            {
                continue;
            }

            kept += _words[bin];
            double f1 = 0;
            for (int k = 0; k < total.Length; k++)
            {
                hits[k] += _words[bin] * Shifted[(bin * Normal.Length) + k];
                f1 += hits[k] / (kept + total[k]);
            }

            if (f1 > best)
            {
                best = f1;
                threshold = bin;
            }
        }

        return Math.Max(Least, threshold / (double)Bins);
    }

    // Probabilities by bin and shift; the log-odds are stretched so that their mean over the shifts is the bin's own
    // (MacKay 1992, "The evidence framework applied to classification networks", equation 4.3).
    private static float[] MakeShifted()
    {
        double stretch = Math.Sqrt(1 + (Math.PI * Deviation * Deviation / 8));
        float[] table = new float[Bins * Normal.Length];
        for (int bin = 0; bin < Bins; bin++)
        {
            double p = (bin + 0.5) / Bins;
            double odds = Math.Log(p / (1 - p));
            for (int k = 0; k < Normal.Length; k++)
            {
                table[(bin * Normal.Length) + k] = (float)(1 / (1 + Math.Exp(-((stretch * odds) + (Deviation * Normal[k])))));
            }
        }

        return table;
    }
}
