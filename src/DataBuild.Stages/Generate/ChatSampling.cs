namespace DataBuild.Stages.Generate;

/// <summary>How a language model picks its answer.</summary>
/// <param name="Temperature">0 and up; 0 takes the likeliest token.</param>
/// <param name="TopP">Mass of the tokens that are picked from, above 0 to 1.</param>
/// <param name="MaxOutputTokens">Tokens of an answer at most.</param>
/// <param name="Seed">Seed of the picks, where the server honours one.</param>
/// <param name="TopK">The likeliest tokens that are picked from; null for all. Not every server knows it (vLLM and llama.cpp do).</param>
/// <param name="MinP">Share of the likeliest token's probability that a token needs; null for none. Not every server knows it.</param>
public sealed record ChatSampling(double Temperature = 0, double TopP = 1, int MaxOutputTokens = 8192, long? Seed = null, int? TopK = null, double? MinP = null);
