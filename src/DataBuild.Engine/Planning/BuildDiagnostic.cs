namespace DataBuild.Engine.Planning;

/// <summary>An error or a warning with a code, for MSBuild's error channel.</summary>
/// <param name="IsError">Error or warning.</param>
/// <param name="Code">Code, <c>DB</c> and four digits.</param>
/// <param name="Message">What was found, what was expected.</param>
/// <param name="File">File it is about.</param>
/// <param name="Line">Line, or ordinal of the record; 0 when unknown.</param>
/// <param name="Column">Column; 0 when unknown.</param>
public sealed record BuildDiagnostic(bool IsError, string Code, string Message, string? File = null, int Line = 0, int Column = 0);
