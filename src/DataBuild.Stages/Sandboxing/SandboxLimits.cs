namespace DataBuild.Stages.Sandboxing;

/// <summary>What a program in a <see cref="Sandbox"/> may use.</summary>
/// <param name="CpuSeconds">Processor time of one process. Not the clock's time, so that a busy machine comes to the same result; the clock ends a program that only waits, after <see cref="Wall"/>.</param>
/// <param name="MemoryBytes">Private memory of one process.</param>
/// <param name="FileBytes">Size of one file that it writes.</param>
/// <param name="OutputBytes">Bytes that it may write to its output and its errors; what is more ends it.</param>
/// <param name="Processes">Processes and threads at a time.</param>
/// <param name="Network">Whether it has the machine's network.</param>
public sealed record SandboxLimits(int CpuSeconds = 10, long MemoryBytes = 512L << 20, long FileBytes = 16L << 20, int OutputBytes = 4 << 20, int Processes = 128, bool Network = false)
{
    /// <summary>The clock's time that is allowed, over the processor time.</summary>
    public const int WallFactor = 12;

    private const int LeastWallSeconds = 120;

    /// <summary>The clock's time that is allowed: <see cref="WallFactor"/> times the processor time and at least two minutes, so that a busy machine does not end a program that works.</summary>
    public TimeSpan Wall => TimeSpan.FromSeconds(Math.Max(LeastWallSeconds, (double)CpuSeconds * WallFactor));
}
