namespace DataBuild.Stages.Extract.Blocks;

/// <summary>
/// What training learned of single words: scores, each word for itself, and weights, found together by logistic regression, so that words which always
/// come together share what they tell.
/// </summary>
internal sealed record LearnedTokens(TokenScores ClassScores, TokenScores WordScores, TokenScores ClassWeights, TokenScores WordWeights)
{
    /// <summary>One step of a weight: log-odds.</summary>
    public const float Unit = 1 / 64f;

    /// <summary>What is left of the weights of an element's names one element further down.</summary>
    public const float Fade = 0.85f;

    /// <summary>Words of a block that are read at most.</summary>
    public const int MaxWords = 40;

    /// <summary>Nothing learned.</summary>
    public static LearnedTokens Empty { get; } = new(TokenScores.Empty, TokenScores.Empty, TokenScores.Empty, TokenScores.Empty);

    /// <summary>What the sum of the weights of this many words is multiplied by: long blocks have many words that tell little.</summary>
    public static float Scale(int words) => 1 / MathF.Sqrt(Math.Clamp(words, 1, MaxWords));
}
