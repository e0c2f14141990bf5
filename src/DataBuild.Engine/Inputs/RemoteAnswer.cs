namespace DataBuild.Engine.Inputs;

/// <summary>What a server sends.</summary>
internal enum AnswerKind
{
    /// <summary>The file from its beginning to its end.</summary>
    Whole,

    /// <summary>A part of it.</summary>
    Part,

    /// <summary>The file is the known one.</summary>
    Unchanged,
}

/// <summary>An answer whose body is still to be read.</summary>
/// <param name="kind">Kind.</param>
/// <param name="body">Body.</param>
/// <param name="response">What holds the connection.</param>
internal sealed class RemoteAnswer(AnswerKind kind, Stream body, IDisposable response) : IDisposable
{
    /// <summary>Kind.</summary>
    public AnswerKind Kind { get; } = kind;

    /// <summary>Body.</summary>
    public Stream Body { get; } = body;

    /// <summary>Version of the file, with the length of the whole.</summary>
    public required RemoteStamp Stamp { get; init; }

    /// <summary>Offset of the first byte of the body.</summary>
    public long First { get; init; }

    /// <summary>Bytes of the body; null where the server does not say.</summary>
    public long? Length { get; init; }

    /// <summary>True where a body that is cut off would look like a whole one.</summary>
    public bool EndIsUncertain { get; init; }

    /// <inheritdoc />
    public void Dispose()
    {
        Body.Dispose();
        response.Dispose();
    }
}
