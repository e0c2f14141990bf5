namespace DataBuild.Stages.Score.Speech;

/// <summary>Reads the text off the output of a recogniser trained by connectionist temporal classification: the best symbol of each frame, repeats as one, blanks left out (Graves et al. 2006).</summary>
public static class CtcDecoder
{
    /// <summary>The text.</summary>
    /// <param name="logits">A value for each symbol, frame by frame.</param>
    /// <param name="symbols">The symbols; <c>|</c> and <c>▁</c> stand for a space, those in angle brackets or square ones for nothing.</param>
    /// <param name="blank">Number of the blank.</param>
    public static string Decode(ReadOnlySpan<float> logits, IReadOnlyList<string> symbols, int blank)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        System.Text.StringBuilder text = new();
        int last = -1;
        for (int at = 0; at + symbols.Count <= logits.Length; at += symbols.Count)
        {
            int best = 0;
            for (int i = 1; i < symbols.Count; i++)
            {
                best = logits[at + i] > logits[at + best] ? i : best;
            }

            if (best != last && best != blank && !IsSpecial(symbols[best]))
            {
                text.Append(symbols[best].Replace('|', ' ').Replace('▁', ' '));
            }

            last = best;
        }

        return text.ToString().Trim();
    }

    private static bool IsSpecial(string symbol) => symbol.Length > 2 && ((symbol[0] == '<' && symbol[^1] == '>') || (symbol[0] == '[' && symbol[^1] == ']'));
}
