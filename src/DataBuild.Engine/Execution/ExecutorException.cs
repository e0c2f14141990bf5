namespace DataBuild.Engine.Execution;

/// <summary>What was to be computed elsewhere could not be.</summary>
public sealed class ExecutorException(string code, string message, string? file = null, int line = 0) : Exception(message)
{
    /// <summary>Diagnostic code.</summary>
    public string Code { get; } = code;

    /// <summary>The file it is about; null for the project.</summary>
    public string? File { get; } = file;

    /// <summary>Line in the file, from 1; 0 for none.</summary>
    public int Line { get; } = line;
}
