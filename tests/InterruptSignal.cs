using System.Globalization;

namespace DataBuild.Tests;

/// <summary>SIGINT, which Ctrl+C sends in a terminal.</summary>
internal static class InterruptSignal
{
    /// <summary>Skips a test that sends it where this process, hence each that it starts, ignores it.</summary>
    public static void Require() => Skip.If(IsIgnored, "this test run was started with SIGINT ignored, as shells do in the background, and so is every process that it starts");

    private static bool IsIgnored =>
        File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } line
        && (Convert.ToUInt64(line[7..].Trim(), 16) & 2) != 0;

    /// <summary>Sends it.</summary>
    /// <param name="process">Id of the process.</param>
    public static void Send(int process)
    {
        using System.Diagnostics.Process kill = System.Diagnostics.Process.Start("kill", ["-INT", process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
