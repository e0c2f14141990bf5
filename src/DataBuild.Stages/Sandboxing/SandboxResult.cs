namespace DataBuild.Stages.Sandboxing;

/// <summary>How a program in a <see cref="Sandbox"/> ended.</summary>
/// <param name="ExitCode">Its exit code; 128 + the signal that ended it.</param>
/// <param name="Output">What it wrote to its output, as UTF-8.</param>
/// <param name="Errors">What it wrote to its errors.</param>
/// <param name="Limit">The limit that ended it: <c>time_limit</c>, <c>output_limit</c>; null where none did.</param>
public sealed record SandboxResult(int ExitCode, string Output, string Errors, string? Limit);
