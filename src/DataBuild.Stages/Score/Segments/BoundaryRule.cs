using DataBuild.Stages.Deduplicate;

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
            probabilities[i] = i == 0 ? 1 : (float)Math.Clamp((1 - FixedOrderMath.Cosine(states.Slice((i - 1) * width, width), states.Slice(i * width, width))) / 2, 0, 1);
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
}
