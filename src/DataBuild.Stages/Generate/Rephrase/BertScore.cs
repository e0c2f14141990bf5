using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Generate.Rephrase;

/// <summary>
/// BERTScore (Zhang et al. 2020, arXiv 1904.09675): every token of the one text is paired with the most similar one of the other, by the cosine of their vectors; without weights for rare words and without
/// rescaling.
/// </summary>
/// <param name="Precision">Mean over the candidate's tokens.</param>
/// <param name="Recall">Mean over the reference's tokens.</param>
public readonly record struct BertScore(double Precision, double Recall)
{
    /// <summary>Harmonic mean of precision and recall; 0 where both are.</summary>
    public double F1 => Precision + Recall > 0 ? 2 * Precision * Recall / (Precision + Recall) : 0;

    /// <summary>Compares texts by the vectors of their tokens.</summary>
    /// <param name="candidate">Vectors of the candidate's tokens, of any length but 0.</param>
    /// <param name="reference">Vectors of the reference's tokens.</param>
    /// <returns>Zeros where a text has no token.</returns>
    public static BertScore Of(IReadOnlyList<float[]> candidate, IReadOnlyList<float[]> reference)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(reference);
        if (candidate.Count == 0 || reference.Count == 0)
        {
            return default;
        }

        double[] candidateLengths = [.. candidate.Select(Length)];
        double[] referenceLengths = [.. reference.Select(Length)];
        double[] bestOfReference = new double[reference.Count];
        Array.Fill(bestOfReference, double.NegativeInfinity);
        double precision = 0;
        for (int i = 0; i < candidate.Count; i++)
        {
            double best = double.NegativeInfinity;
            for (int j = 0; j < reference.Count; j++)
            {
                double cosine = FixedOrderMath.DoubleDot(candidate[i], reference[j]) / (candidateLengths[i] * referenceLengths[j]);
                best = Math.Max(best, cosine);
                bestOfReference[j] = Math.Max(bestOfReference[j], cosine);
            }

            precision += best;
        }

        return new BertScore(precision / candidate.Count, bestOfReference.Sum() / reference.Count);
    }

    private static double Length(float[] vector) => Math.Sqrt(Math.Max(1e-24, FixedOrderMath.DoubleDot(vector, vector)));
}
