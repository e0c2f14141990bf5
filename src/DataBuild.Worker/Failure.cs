using DataBuild.Engine.Execution;
using DataBuild.Engine.Planning;

namespace DataBuild.Worker;

/// <summary>What a build that was ended by an exception says.</summary>
internal static class Failure
{
    /// <summary>The diagnostic for an exception; null for one that is a defect of DataBuild itself.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="projectFile">The project, for what is about no other file.</param>
    /// <param name="threads">Threads that the build ran on.</param>
    public static BuildDiagnostic? Of(Exception exception, string? projectFile, int threads) => exception switch
    {
        DiagnosticException known => new(true, known.Code, known.Finding, known.File ?? projectFile, known.Line),
        StageFailedException failed => OfStage(failed, projectFile),
        IOException or UnauthorizedAccessException => new(true, "DB3003", $"a file could not be read or written: {exception.Message}"),

        // Whole or in pieces, nothing of the failed action is in the store; memory is free again here.
        OutOfMemoryException => new(true, "DB3085", $"the worker ran out of memory on {threads} threads ({exception.Message.TrimEnd('.')}); fewer threads need less: -p:DataBuildThreads={Math.Max(1, threads / 2)}"),
        _ => null,
    };

    private static BuildDiagnostic OfStage(StageFailedException exception, string? projectFile)
    {
        string cure = exception.Input is null || StageFailedException.IsOfTheMachine(exception.InnerException!) ? "" : "; to drop such documents instead, set OnError=\"Drop\" on the stage";
        return new BuildDiagnostic(
            true, "DB3001", $"{exception.Message}{(exception.SourceMember is { } member ? $" (in {member})" : "")}{cure}",
            exception.SourceFile ?? exception.Input ?? projectFile, exception.SourceLine);
    }
}
