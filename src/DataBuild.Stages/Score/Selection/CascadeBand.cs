namespace DataBuild.Stages.Score.Selection;

/// <summary>
/// The scores of a small model between which a large model must be asked. Below, the document is dropped; above, it is kept, unasked.
/// </summary>
/// <param name="Low">Scores below are dropped.</param>
/// <param name="High">Scores of at least this are kept.</param>
/// <param name="Recall">Part of the sample's keepers that the cascade keeps.</param>
/// <param name="Precision">Part of what the cascade keeps that the large model keeps.</param>
/// <param name="Escalated">Part of the sample that the large model is asked about.</param>
/// <param name="Agreement">Part of the sample on which cascade and large model agree.</param>
public sealed record CascadeBand(double Low, double High, double Recall, double Precision, double Escalated, double Agreement)
{
    /// <summary>
    /// Finds the narrowest band on a sample that both models judged: the highest <see cref="Low"/> that keeps the recall, and the lowest <see cref="High"/> above which
    /// the share of keepers reaches the precision at every cut.
    /// </summary>
    /// <param name="sample">Score by the small model, and whether the large model keeps the document.</param>
    /// <param name="recall">Recall to reach, in (0, 1].</param>
    /// <param name="precision">Precision to reach among those kept unasked, in (0, 1]; above 1 everything above <see cref="Low"/> is asked.</param>
    /// <exception cref="ArgumentException">The sample holds no keeper, or a score is NaN.</exception>
    public static CascadeBand Calibrate(IReadOnlyList<(double Score, bool Keep)> sample, double recall = 0.95, double precision = double.PositiveInfinity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(recall);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(recall, 1);
        double[] keepers = [.. sample.Where(s => s.Keep).Select(s => s.Score).Order()];
        if (keepers.Length == 0 || sample.Any(s => double.IsNaN(s.Score)))
        {
            throw new ArgumentException("the sample must hold scores that are numbers, and at least one document that the large model keeps", nameof(sample));
        }

        // As many keepers may fall below as recall allows; the next one's score is the bound.
        int mayFall = (int)Math.Floor((keepers.Length * (1 - recall)) + 1e-9);
        double low = keepers[Math.Min(mayFall, keepers.Length - 1)];
        double high = Upper(sample, low, precision);
        int kept = sample.Count(s => s.Score >= low && (s.Score >= high || s.Keep));
        int right = sample.Count(s => s.Score >= low && s.Keep);
        return new CascadeBand(
            low,
            high,
            (double)right / keepers.Length,
            kept == 0 ? 1 : (double)right / kept,
            (double)sample.Count(s => s.Score >= low && s.Score < high) / sample.Count,
            (double)sample.Count(s => s.Keep == (s.Score >= low && (s.Score >= high || s.Keep))) / sample.Count);
    }

    private static double Upper(IReadOnlyList<(double Score, bool Keep)> sample, double low, double precision)
    {
        double high = double.PositiveInfinity;
        int kept = 0;
        int right = 0;
        foreach (IGrouping<double, (double Score, bool Keep)> cut in sample.Where(s => s.Score >= low).GroupBy(s => s.Score).OrderByDescending(g => g.Key))
        {
            kept += cut.Count();
            right += cut.Count(s => s.Keep);
            if (right < precision * kept)
            {
                break;
            }

            high = cut.Key;
        }

        return high;
    }
}
