namespace DataBuild;

/// <summary>Something that a person who builds can mend: it has a diagnostic code and is about a file.</summary>
public abstract class DiagnosticException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">Diagnostic code (<c>DB4001</c>).</param>
    /// <param name="message">What was found, what was expected.</param>
    /// <param name="file">The file it is about; null for the project.</param>
    /// <param name="line">Line in the file, from 1; 0 for none.</param>
    /// <param name="inner">Cause.</param>
    protected DiagnosticException(string code, string message, string? file = null, int line = 0, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        File = file;
        Line = line;
    }

    /// <summary>Diagnostic code.</summary>
    public string Code { get; }

    /// <summary>The file it is about; null for the project.</summary>
    public string? File { get; }

    /// <summary>Line in the file, from 1; 0 for none.</summary>
    public int Line { get; }

    /// <summary>What was found and expected, for where file and code stand beside it.</summary>
    public virtual string Finding => Message;
}
