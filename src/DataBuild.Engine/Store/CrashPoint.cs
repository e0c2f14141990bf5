using System.Diagnostics;
using System.Globalization;

namespace DataBuild.Engine.Store;

/// <summary>
/// A place where a build that dies must lose nothing. Tests enumerate these places instead of sampling moments: with <c>DATABUILD_CRASH_AT=n</c> in the
/// environment the process kills itself at the n-th one that it reaches.
/// </summary>
public static class CrashPoint
{
    /// <summary>Name of the environment variable.</summary>
    public const string Variable = "DATABUILD_CRASH_AT";

    private static readonly int Target = int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out int n) ? n : 0;
    private static int _reached;

    /// <summary>Marks a place: just before or just after something becomes visible to others.</summary>
    public static void Reached()
    {
        if (Target > 0 && Interlocked.Increment(ref _reached) == Target)
        {
            // As kill -9 does: no handler, no finally block, no flush.
            using Process self = Process.GetCurrentProcess();
            self.Kill();
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
