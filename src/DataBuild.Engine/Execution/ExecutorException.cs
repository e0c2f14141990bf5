namespace DataBuild.Engine.Execution;

/// <summary>What was to be computed elsewhere could not be.</summary>
public sealed class ExecutorException(string code, string message, string? file = null, int line = 0) : DiagnosticException(code, message, file, line);
