namespace DataBuild.Stages.Score.Paired;

/// <summary>Gives the logits of the token after some tokens.</summary>
public delegate float[] NextLogits(IReadOnlyList<int> tokens);

/// <summary>
/// CleanGen's decoding (Li et al. 2024): the suspected model drafts some tokens greedily, the trusted one looks at all of them, and from the first suspicious one on the draft
/// is thrown away and the trusted model's own choice put there. Every draft is verified, also a short one that ends the text: the published code leaves up to
/// <see cref="Draft"/> - 1 tokens before an early end unverified.
/// </summary>
public sealed record CleanGenDecoder
{
    /// <summary>Tokens drafted before they are verified.</summary>
    public int Draft { get; init; } = 4;

    /// <summary>Ratio of probabilities from which a token is suspicious.</summary>
    public double Alpha { get; init; } = 20;

    /// <summary>Most tokens of an answer.</summary>
    public int MaxTokens { get; init; } = 1024;

    /// <summary>Decodes an answer.</summary>
    /// <param name="suspected">The model that may have been tampered with.</param>
    /// <param name="reference">The trusted one, of the same vocabulary.</param>
    /// <param name="prompt">Tokens before the answer.</param>
    /// <param name="end">Token that ends the answer; it is part of it.</param>
    /// <returns>The answer's tokens, and how many of them the trusted model put there.</returns>
    public (int[] Tokens, int Replaced) Decode(NextLogits suspected, NextLogits reference, IReadOnlyList<int> prompt, int end)
    {
        ArgumentNullException.ThrowIfNull(suspected);
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Draft);
        List<int> tokens = [.. prompt];
        int replaced = 0;
        while (tokens.Count - prompt.Count < MaxTokens && (tokens.Count == prompt.Count || tokens[^1] != end))
        {
            int verified = tokens.Count;
            List<double> logs = [];
            while (logs.Count < Draft && tokens.Count - prompt.Count < MaxTokens && (logs.Count == 0 || tokens[^1] != end))
            {
                float[] logits = suspected(tokens);
                int best = Logits.ArgMax(logits);
                logs.Add(logits[best] - Logits.LogSumExp(logits));
                tokens.Add(best);
            }

            for (int i = 0; i < logs.Count; i++)
            {
                float[] logits = reference(tokens[..(verified + i)]);
                double log = logits[tokens[verified + i]] - Logits.LogSumExp(logits);
                if (logs[i] - log >= Math.Log(Alpha))
                {
                    tokens.RemoveRange(verified + i, tokens.Count - verified - i);
                    tokens.Add(Logits.ArgMax(logits));
                    replaced++;
                    break;
                }
            }
        }

        return ([.. tokens.Skip(prompt.Count)], replaced);
    }
}
