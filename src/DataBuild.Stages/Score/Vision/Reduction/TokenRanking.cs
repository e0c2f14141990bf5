namespace DataBuild.Stages.Score.Vision.Reduction;

/// <summary>Takes the tokens with the highest scores.</summary>
public static class TokenRanking
{
    /// <summary>The tokens with the highest scores, ascending. Ties go to the lowest token.</summary>
    /// <param name="scores">Score of each token.</param>
    /// <param name="count">Tokens to take; all when there are fewer.</param>
    public static int[] Top(IReadOnlyList<double> scores, int count)
    {
        int[] top = [.. Descending(scores).Take(count)];
        Array.Sort(top);
        return top;
    }

    /// <summary>All tokens by falling score. Ties go to the lowest token.</summary>
    public static int[] Descending(IReadOnlyList<double> scores) =>
        [.. Enumerable.Range(0, scores.Count).OrderByDescending(i => scores[i]).ThenBy(i => i)];

    /// <summary>Scores scaled to [0, 1] by smallest and largest; all 0 where they are equal.</summary>
    public static double[] Scaled(IReadOnlyList<double> scores)
    {
        double low = scores.Min();
        double range = scores.Max() - low;
        return [.. scores.Select(s => range > 0 ? (s - low) / range : 0)];
    }
}
