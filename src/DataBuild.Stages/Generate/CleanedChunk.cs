namespace DataBuild.Stages.Generate;

/// <summary>What a language model made of a chunk.</summary>
/// <param name="Chunk">Number of the chunk in its document, from 0.</param>
/// <param name="Text">The cleaned text; null where there is none.</param>
/// <param name="InputTokens">Tokens of the chunk.</param>
/// <param name="OutputTokens">Tokens of the cleaned text.</param>
public readonly record struct CleanedChunk(int Chunk, string? Text, long InputTokens = 0, long OutputTokens = 0);
