namespace DataBuild.Worker;

/// <summary>How this worker is started once more, in another process or on another machine that sees the same files.</summary>
internal static class WorkerCommand
{
    /// <summary>The command and its first arguments.</summary>
    public static IReadOnlyList<string> Parts { get; } = Path.GetFileNameWithoutExtension(Environment.ProcessPath!).Equals("dotnet", StringComparison.OrdinalIgnoreCase)
        ? [Environment.ProcessPath!, typeof(WorkerCommand).Assembly.Location]
        : [Environment.ProcessPath!];
}
