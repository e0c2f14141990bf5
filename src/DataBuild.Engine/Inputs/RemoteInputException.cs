namespace DataBuild.Engine.Inputs;

/// <summary>An input from afar that cannot be had.</summary>
/// <param name="code">Diagnostic code.</param>
/// <param name="message">What was found and what was expected, with the address.</param>
public sealed class RemoteInputException(string code, string message) : DiagnosticException(code, message)
{
    /// <summary>An address, an option of it or a property is not allowed.</summary>
    public const string NotAllowed = "DB2080";

    /// <summary>The bytes have another SHA-256 than the project or the lock file says.</summary>
    public const string OtherDigest = "DB2081";

    /// <summary>No whole answer came, however often it was asked for.</summary>
    public const string Unreachable = "DB2082";

    /// <summary>The server refuses: not there, or not for us.</summary>
    public const string Refused = "DB2083";

    /// <summary>The server's answer contradicts itself or the question.</summary>
    public const string WrongAnswer = "DB2084";

    /// <summary>It is larger than is allowed.</summary>
    public const string TooLarge = "DB2085";

    /// <summary>A list of paths cannot be used.</summary>
    public const string PathList = "DB2086";

    /// <summary>A local copy was damaged.</summary>
    public const string DamagedCopy = "DB2087";

    /// <summary>A copy that was removed came back with other bytes.</summary>
    public const string OtherThanBefore = "DB2088";
}
