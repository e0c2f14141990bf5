namespace DataBuild.Stages.Generate;

/// <summary>How a language model picks its answer.</summary>
/// <param name="Temperature">0 and up; 0 takes the likeliest token.</param>
/// <param name="TopP">Mass of the tokens that are picked from, above 0 to 1.</param>
/// <param name="MaxOutputTokens">Tokens of an answer at most.</param>
/// <param name="Seed">Seed of the picks, where the server honours one.</param>
public sealed record ChatSampling(double Temperature = 0, double TopP = 1, int MaxOutputTokens = 8192, long? Seed = null);
