using System.Net;

namespace DataBuild.Stages.Generate;

/// <summary>A server of language models did not answer as it should.</summary>
public sealed class ChatEndpointException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What came instead of an answer.</param>
    /// <param name="status">HTTP status; null where no response came, or one that is no answer.</param>
    /// <param name="retryAfter">How long the server asks to wait; null where it does not.</param>
    /// <param name="inner">Cause.</param>
    public ChatEndpointException(string message, HttpStatusCode? status = null, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(message, inner)
    {
        Status = status;
        RetryAfter = retryAfter;
    }

    /// <summary>HTTP status; null where no response came, or one that is no answer.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>How long the server asks to wait; null where it does not.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Whether the same request may succeed later: overload, faults of the server or of the network.</summary>
    public bool IsTransient => Status is null or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;
}
