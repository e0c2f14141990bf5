using System.Diagnostics;

namespace DataBuild.Engine.Execution;

/// <summary>A stage threw. The message tells the stage, what it worked on, and the exception.</summary>
public sealed class StageFailedException : Exception
{
    // errno of Linux: EIO, ENOMEM, ENFILE, EMFILE, ENOSPC, EROFS, ESTALE, EDQUOT; and the code of Windows for a full disk.
    private static readonly int[] MachineFaults = [5, 12, 23, 24, 28, 30, 116, 122, unchecked((int)0x80070070)];

    private StageFailedException(string stage, string work, string? input, Exception inner, string? documentId = null, string? url = null, string? saved = null)
        : base($"stage '{stage}' failed {work}: {inner.GetType().Name}: {inner.Message}{(saved is null ? "" : $"; the document is saved in '{saved}'")}", inner)
    {
        Stage = stage;
        Input = input;
        DocumentId = documentId;
        Url = url;
        Saved = saved;
        (SourceFile, SourceLine, SourceMember) = SourceOf(inner);
    }

    /// <summary>Name of the stage.</summary>
    public string Stage { get; }

    /// <summary>The input that the document came from; null where the stage worked on all of them.</summary>
    public string? Input { get; }

    /// <summary>Identity of the document; null where it is not one document's fault.</summary>
    public string? DocumentId { get; }

    /// <summary>Address of the document; null where it is not one document's fault.</summary>
    public string? Url { get; }

    /// <summary>Where the document is saved for a bug report; null where it is not one document's fault.</summary>
    public string? Saved { get; }

    /// <summary>Source file of the stage's own code that threw; null when it has no debug information, or is built in.</summary>
    public string? SourceFile { get; }

    /// <summary>Line in <see cref="SourceFile"/>, from 1.</summary>
    public int SourceLine { get; }

    /// <summary>Method that threw, where it is known.</summary>
    public string? SourceMember { get; }

    /// <summary>True for exceptions that are a stage's own failure; not for a cancelled build, for lack of memory, and for what has its own diagnostic.</summary>
    public static bool IsFailure(Exception exception) =>
        exception is not (OperationCanceledException or OutOfMemoryException or StageException or StageFailedException or Planning.PlanException or Store.StoreCorruptException);

    /// <summary>
    /// True for a fault of the machine and not of the document or the stage: files, space or memory that it lacks, a disk that fails. What it spoils is never stored, whatever
    /// <c>OnError</c> says: elsewhere, or later, the document is fine.
    /// </summary>
    public static bool IsOfTheMachine(Exception exception) => exception is IOException && MachineFaults.Contains(exception.HResult);

    /// <summary>A stage threw on a document.</summary>
    public static StageFailedException OnDocument(string stage, string input, string documentId, string url, Exception inner, string? saved = null) =>
        new(stage, $"on document {documentId} ({url}) of '{input}'", input, inner, documentId, url, saved);

    /// <summary>A stage threw on documents of which it throws on none alone.</summary>
    public static StageFailedException OnBatch(string stage, string input, int documents, string firstId, Exception inner) =>
        new(stage, $"on {documents} documents together, the first {firstId}, of '{input}', and on none of them alone", input, inner);

    /// <summary>A stage threw while it loaded what it needs.</summary>
    public static StageFailedException InInitialize(string stage, Exception inner) => new(stage, "while it was initialized", null, inner);

    /// <summary>A corpus stage threw while it merged.</summary>
    public static StageFailedException InMerge(string stage, long documents, int shards, Exception inner) =>
        new(stage, $"in its merge of {documents} documents of {shards} inputs", null, inner);

    // The innermost frame of code that is neither the framework's nor DataBuild's.
    private static (string? File, int Line, string? Member) SourceOf(Exception exception)
    {
        foreach (StackFrame frame in new StackTrace(exception, fNeedFileInfo: true).GetFrames())
        {
            string? assembly = frame.GetMethod()?.Module.Assembly.GetName().Name;
            if (frame.GetFileName() is { } file && assembly?.StartsWith("DataBuild.", StringComparison.Ordinal) == false)
            {
                return (file, frame.GetFileLineNumber(), $"{frame.GetMethod()!.DeclaringType?.Name}.{frame.GetMethod()!.Name}");
            }
        }

        return default;
    }
}
