namespace DataBuild.Stages.Score.Vision.Reduction;

/// <summary>
/// VFlowOpt (Yang et al. 2025, "VFlowOpt: A Token Pruning Framework for LMMs with Visual Information Flow-Guided Optimization", ICCV). A token's importance is
/// its relevance by attention times the entropy of its patch of the image. The most important tokens are kept, in one step or in several that each rank what the last one left;
/// the tokens pruned in a step are not lost but aggregated into recycled tokens. How many are kept at each step is what the paper tunes on a decoder; here it is given.
/// The abstract does not say how tokens are aggregated: here those pruned, in the order of the image, are cut into equal runs, each averaged by importance.
/// </summary>
public static class VFlowOpt
{
    /// <summary>Entropy of a patch's brightness, in bits: 0 for one of a single brightness, 8 at most.</summary>
    /// <param name="brightness">Brightness of its pixels.</param>
    public static double PatchEntropy(ReadOnlySpan<byte> brightness)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        foreach (byte value in brightness)
        {
            counts[value]++;
        }

        double entropy = 0;
        foreach (int count in counts)
        {
            double p = (double)count / brightness.Length;
            entropy -= count > 0 ? p * Math.Log2(p) : 0;
        }

        return entropy;
    }

    /// <summary>Relevance times entropy; each scaled to [0, 1] first.</summary>
    public static double[] Importance(IReadOnlyList<double> relevance, IReadOnlyList<double> entropy)
    {
        ArgumentNullException.ThrowIfNull(relevance);
        ArgumentNullException.ThrowIfNull(entropy);
        return [.. TokenRanking.Scaled(relevance).Zip(TokenRanking.Scaled(entropy), (a, b) => a * b)];
    }

    /// <summary>Keeps tokens step by step, and recycles those pruned.</summary>
    /// <param name="features">Features of all tokens, one after another.</param>
    /// <param name="dimensions">Features of a token.</param>
    /// <param name="importance">Importance of each token at each step.</param>
    /// <param name="keep">Tokens to keep at each step, falling.</param>
    /// <param name="recycled">Recycled tokens of each step at most.</param>
    public static ReducedTokens Reduce(ReadOnlySpan<float> features, int dimensions, IReadOnlyList<IReadOnlyList<double>> importance, IReadOnlyList<int> keep, int recycled = 1)
    {
        ArgumentNullException.ThrowIfNull(importance);
        ArgumentNullException.ThrowIfNull(keep);
        if (importance.Count != keep.Count || keep.Count == 0)
        {
            throw new ArgumentException($"importance of {importance.Count} steps and {keep.Count} numbers to keep; expected as many of both", nameof(keep));
        }

        int[] left = [.. Enumerable.Range(0, features.Length / dimensions)];
        List<float> aggregates = [];
        List<double> masses = [];
        for (int step = 0; step < keep.Count; step++)
        {
            IReadOnlyList<double> scores = importance[step];
            int[] candidates = left;
            left = [.. TokenRanking.Top([.. candidates.Select(i => scores[i])], keep[step]).Select(i => candidates[i])];
            int[] pruned = [.. candidates.Except(left)];
            int runs = Math.Min(recycled, pruned.Length);
            for (int run = 0; run < runs; run++)
            {
                ReadOnlySpan<int> members = pruned.AsSpan(run * pruned.Length / runs, ((run + 1) * pruned.Length / runs) - (run * pruned.Length / runs));
                Aggregate(features, dimensions, members, scores, aggregates);
                masses.Add(members.Length);
            }
        }

        ReducedTokens kept = ReducedTokens.Keep(features, dimensions, left);
        return new ReducedTokens(
            [.. left, .. Enumerable.Repeat(-1, masses.Count)],
            (float[])[.. kept.Features.Span, .. aggregates],
            [.. kept.Mass, .. masses]);
    }

    private static void Aggregate(ReadOnlySpan<float> features, int dimensions, ReadOnlySpan<int> members, IReadOnlyList<double> scores, List<float> aggregates)
    {
        double total = 0;
        foreach (int member in members)
        {
            total += scores[member];
        }

        for (int d = 0; d < dimensions; d++)
        {
            double sum = 0;
            foreach (int member in members)
            {
                // Tokens of no importance at all count alike.
                sum += (total > 0 ? scores[member] / total : 1.0 / members.Length) * features[(member * dimensions) + d];
            }

            aggregates.Add((float)sum);
        }
    }
}
