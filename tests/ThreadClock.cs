using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DataBuild.Tests;

/// <summary>The processor time of the calling thread; elapsed time where the system does not tell it (other than Linux).</summary>
internal static partial class ThreadClock
{
    private const int ThreadProcessorTime = 3;

    /// <summary>Nanoseconds since some start.</summary>
    public static long Nanoseconds() => OperatingSystem.IsLinux() && clock_gettime(ThreadProcessorTime, out TimeSpec t) == 0
        ? (t.Seconds * 1_000_000_000) + t.Nanoseconds
        : (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
