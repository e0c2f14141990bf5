namespace DataBuild.Engine.Inputs;

/// <summary>One try that failed.</summary>
/// <param name="code">Diagnostic code, should it be the last try.</param>
/// <param name="message">What was found and what was expected.</param>
internal sealed class RemoteFault(string code, string message) : Exception(message)
{
    /// <summary>Diagnostic code.</summary>
    public string Code { get; } = code;

    /// <summary>True where another try may succeed.</summary>
    public bool IsTransient { get; init; }

    /// <summary>True where what has been received so far does not belong to what the server has now.</summary>
    public bool StartsOver { get; init; }

    /// <summary>How long the server asks to wait; null where it does not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A fault of the way or of the moment.</summary>
    public static RemoteFault Passing(string message, TimeSpan? retryAfter = null) => new(RemoteInputException.Unreachable, message) { IsTransient = true, RetryAfter = retryAfter };

    /// <summary>An answer that contradicts what came before; a whole new answer may be right.</summary>
    public static RemoteFault Contradiction(string message) => new(RemoteInputException.WrongAnswer, message) { IsTransient = true, StartsOver = true };

    /// <summary>An answer that will be the same next time.</summary>
    public static RemoteFault Final(string code, string message) => new(code, message);
}
