using DataBuild.Engine.Execution;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;
using DataBuild.Formats;

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
        PlanException plan => new(true, plan.Code, plan.Message, plan.File ?? projectFile),
        // Made again and found damaged again, time after time: a disk that fails, or a cache that lies.
        StoreCorruptException corrupt => new(true, "DB3002", corrupt.Message, corrupt.Path),
        StoreException store => new(true, store.Code, store.Message, store.File ?? projectFile),
        StageException stage => new(true, stage.Code, stage.Message, stage.File ?? projectFile),
        ExecutorException executor => new(true, executor.Code, executor.Message, executor.File ?? projectFile, executor.Line),
        // File and code have fields of their own; the exception's message repeats them for those who have nothing else.
        CrawlFormatException crawl => new(true, crawl.Code, $"{(crawl.Offset > 0 ? FormattableString.Invariant($"at offset {crawl.Offset}: ") : "")}found {crawl.Found}, expected {crawl.Expected}", crawl.Path),
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
