namespace DataBuild.Engine.Execution;

/// <summary>A stage threw while it worked on a document.</summary>
public sealed class StageFailedException(string stage, string input, string documentId, string url, Exception inner)
    : Exception($"stage '{stage}' failed on document {documentId} ({url}) of '{input}': {inner.GetType().Name}: {inner.Message}", inner)
{
    /// <summary>Name of the stage.</summary>
    public string Stage { get; } = stage;

    /// <summary>The input that the document came from.</summary>
    public string Input { get; } = input;

    /// <summary>Identity of the document.</summary>
    public string DocumentId { get; } = documentId;

    /// <summary>Address of the document.</summary>
    public string Url { get; } = url;
}
