namespace DataBuild.Stages.Score;

/// <summary>Cuts the tokens of a text into windows that overlap, so that every token but the first is predicted once, from at least the overlap before it.</summary>
internal static class CausalWindows
{
    /// <summary>The windows.</summary>
    /// <param name="count">Tokens.</param>
    /// <param name="length">Tokens of a window.</param>
    /// <param name="overlap">Tokens that a window shares with the one before.</param>
    /// <param name="maxWindows">Most windows.</param>
    /// <returns>First token, end, and the position in the window from which on the next token counts.</returns>
    public static IEnumerable<(int Start, int End, int First)> Cut(int count, int length, int overlap, int maxWindows)
    {
        int step = Math.Max(1, length - overlap);
        int read = 0;
        for (int start = 0, windows = 0; read < count - 1 && windows < maxWindows; start += step, windows++)
        {
            int end = Math.Min(count, start + length);
            yield return (start, end, read - start);
            read = end - 1;
        }
    }
}
