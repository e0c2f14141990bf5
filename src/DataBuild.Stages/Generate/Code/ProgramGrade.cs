namespace DataBuild.Stages.Generate.Code;

/// <summary>How a program did in its tests.</summary>
/// <param name="Passed">Tests passed.</param>
/// <param name="Total">Tests.</param>
/// <param name="Reason">Why it failed: <c>does_not_compile</c>, <c>wrong_output</c>, <c>exit_code</c>, <c>time_limit</c>, <c>output_limit</c>; null where it passed all.</param>
/// <param name="Detail">What the first failure said, for people.</param>
public sealed record ProgramGrade(int Passed, int Total, string? Reason, string? Detail);
