namespace DataBuild.Stages.Generate;

/// <summary>What a language model answered.</summary>
/// <param name="Text">The answer.</param>
/// <param name="IsComplete">False where the answer was cut off at the limit of tokens or by a content filter.</param>
/// <param name="IsValid">Whether the one who asked found the answer usable.</param>
public sealed record ChatAnswer(string Text, bool IsComplete, bool IsValid);
