namespace DataBuild.Stages.Refine.Programs;

/// <summary>What a program made of a text.</summary>
/// <param name="Text">The new text; empty where the document was dropped.</param>
/// <param name="Errors">Operations that could not be read or run.</param>
/// <param name="Outcome">What came of it.</param>
public readonly record struct EditResult(string Text, int Errors, EditOutcome Outcome);
