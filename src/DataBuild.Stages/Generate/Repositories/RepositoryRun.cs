namespace DataBuild.Stages.Generate.Repositories;

/// <summary>How the tests of a repository ended in an environment.</summary>
/// <param name="Fault">Why they did not run: <c>no_commit</c>, <c>patch_does_not_apply</c>, <c>setup_failed</c>, <c>time_limit</c>, <c>output_limit</c>; null where they did.</param>
/// <param name="After">Exit code with the change; null where the log does not say it.</param>
/// <param name="Before">Exit code without it; null where the log does not say it, or the run was not asked for.</param>
/// <param name="BeforeIsError">True where the run without the change tells of a file that cannot be imported or compiled.</param>
/// <param name="Log">The end of the log of the run with the change, or of the setup where that failed.</param>
public sealed record RepositoryRun(string? Fault, int? After, int? Before, bool BeforeIsError, string Log);
