namespace DataBuild.Stages.Refine.Programs;

/// <summary>Some consecutive lines of a text, as a language model is shown them.</summary>
/// <param name="FirstLine">Index of the first line in the text.</param>
/// <param name="Text">The lines, each after its number: <c>[007]line</c>.</param>
public readonly record struct NumberedChunk(int FirstLine, string Text);
