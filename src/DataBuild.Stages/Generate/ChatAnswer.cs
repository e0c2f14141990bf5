namespace DataBuild.Stages.Generate;

/// <summary>What a language model answered.</summary>
/// <param name="Text">The answer.</param>
/// <param name="IsComplete">False where the answer was cut off at the limit of tokens or by a content filter.</param>
/// <param name="IsValid">Whether the one who asked found the answer usable.</param>
/// <param name="InputTokens">Tokens of the question as the server counts them; 0 where it does not say.</param>
/// <param name="OutputTokens">Tokens of the answer as the server counts them; 0 where it does not say.</param>
public sealed record ChatAnswer(string Text, bool IsComplete, bool IsValid, long InputTokens = 0, long OutputTokens = 0);
