using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Score.Vision.Reduction;

/// <summary>
/// TransPrune (Li et al. 2025, "TransPrune: Token Transition Pruning for Efficient Large Vision-Language Model"). A module (attention, feed-forward) changes a token in
/// length and direction: its transition is |after| / |before| times the softmax over tokens of 1 - cos(before, after). Transitions of the modules add up; a
/// token's score is that sum, scaled to [0, 1], plus the attention of the instruction, scaled alike, where there is an instruction.
/// </summary>
public static class TransPrune
{
    /// <summary>Adds the transitions of one module.</summary>
    /// <param name="before">States before the module, one token after another.</param>
    /// <param name="after">States after it.</param>
    /// <param name="dimensions">Values of a state.</param>
    /// <param name="transitions">Sum for each token; the module's transitions are added.</param>
    /// <exception cref="ArgumentException">The spans do not fit each other.</exception>
    public static void AddTransitions(ReadOnlySpan<float> before, ReadOnlySpan<float> after, int dimensions, Span<double> transitions)
    {
        if (before.Length != after.Length || before.Length != transitions.Length * dimensions)
        {
            throw new ArgumentException($"{before.Length} values before and {after.Length} after for {transitions.Length} tokens of {dimensions}", nameof(after));
        }

        double total = 0;
        double[] turns = new double[transitions.Length];
        for (int i = 0; i < turns.Length; i++)
        {
            turns[i] = Math.Exp(1 - FixedOrderMath.Cosine(before.Slice(i * dimensions, dimensions), after.Slice(i * dimensions, dimensions)));
            total += turns[i];
        }

        for (int i = 0; i < turns.Length; i++)
        {
            double length = Length(before.Slice(i * dimensions, dimensions));
            transitions[i] += length > 0 ? Length(after.Slice(i * dimensions, dimensions)) / length * turns[i] / total : 0;
        }
    }

    /// <summary>Keeps the tokens with the highest scores.</summary>
    /// <param name="transitions">Transitions of each token, summed over modules.</param>
    /// <param name="instruction">Attention of the instruction's tokens to each one; empty where there is no instruction.</param>
    /// <param name="keep">Tokens to keep.</param>
    /// <returns>Kept tokens, ascending.</returns>
    public static int[] Select(IReadOnlyList<double> transitions, IReadOnlyList<double> instruction, int keep)
    {
        ArgumentNullException.ThrowIfNull(transitions);
        ArgumentNullException.ThrowIfNull(instruction);
        double[] scores = TokenRanking.Scaled(transitions);
        if (instruction.Count > 0)
        {
            double[] asked = TokenRanking.Scaled(instruction);
            scores = [.. scores.Zip(asked, (a, b) => a + b)];
        }

        return TokenRanking.Top(scores, keep);
    }

    private static double Length(ReadOnlySpan<float> values) => Math.Sqrt(FixedOrderMath.DoubleDot(values, values));
}
