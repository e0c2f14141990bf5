namespace DataBuild.Stages.Score.Segments;

/// <summary>H-Net's rule for where chunks begin (Hwang et al. 2025).</summary>
public static class BoundaryRule
{
    /// <summary>Probability that a chunk begins at a position: clamp((1 - cos(q, k)) / 2, 0, 1), with q made of the state before and k of the state at the position. The first position begins one.</summary>
    /// <param name="states">States row by row.</param>
    /// <param name="width">Values of a state.</param>
    /// <param name="probabilities">Receives one for each state.</param>
    public static void FromStates(ReadOnlySpan<float> states, int width, Span<float> probabilities)
    {
        for (int i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] = i == 0 ? 1 : (float)Math.Clamp((1 - Cosine(states.Slice((i - 1) * width, width), states.Slice(i * width, width))) / 2, 0, 1);
        }
    }

    /// <summary>Positions at which chunks begin: the first, and those of more than .5; a tie is none.</summary>
    public static List<int> Boundaries(ReadOnlySpan<float> probabilities)
    {
        List<int> starts = [];
        for (int i = 0; i < probabilities.Length; i++)
        {
            if (i == 0 || probabilities[i] > 0.5f)
            {
                starts.Add(i);
            }
        }

        return starts;
    }

    private static double Cosine(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        double product = 0;
        double firstSquare = 0;
        double secondSquare = 0;
        for (int i = 0; i < first.Length; i++)
        {
            product += first[i] * (double)second[i];
            firstSquare += first[i] * (double)first[i];
            secondSquare += second[i] * (double)second[i];
        }

        // A state of zeros has no direction: as far from any other as an orthogonal one.
        return firstSquare == 0 || secondSquare == 0 ? 0 : product / Math.Sqrt(firstSquare * secondSquare);
    }
}
