namespace DataBuild.Stages.Generate;

/// <summary>Some consecutive paragraphs of a text.</summary>
/// <param name="Text">The paragraphs.</param>
/// <param name="Tokens">Tokens of them, each paragraph counted by itself.</param>
public readonly record struct TextChunk(string Text, int Tokens);
