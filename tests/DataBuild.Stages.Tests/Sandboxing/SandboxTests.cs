using DataBuild.Stages.Sandboxing;

namespace DataBuild.Tests.Sandboxing;

/// <summary>What a program in the sandbox may do, and how it ends that does more.</summary>
public sealed class SandboxTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-sandbox-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void ItReadsItsInputAndGivesItsExitCode()
    {
        SandboxResult result = Run("read a; echo \"got $a\"; echo oh >&2; exit 9", "one\n");
        Assert.Equal((9, "got one\n", "oh\n", null), (result.ExitCode, result.Output, result.Errors, result.Limit));
    }

    [SkippableFact]
    public void AProgramThatReadsNothingOfALongInputEndsAsItDoes() => Assert.Equal(0, Run("exit 0", new string('x', 1 << 20)).ExitCode);

    [SkippableFact]
    public void ItHasNoNetwork() => Assert.Equal("lo", Run("cat /proc/net/dev | tail -n +3 | cut -d: -f1 | tr -d ' \\n'").Output);

    [SkippableFact]
    public void ItSeesNoOtherProcessAndNoFileOfThePersonWhoBuilds()
    {
        Environment.SetEnvironmentVariable("DATABUILD_SANDBOX_TEST", "secret");
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        SandboxResult result = Run($"env; ls {home} {_folder} 2>/dev/null; ls /proc | grep -c '^[0-9]'");
        Assert.DoesNotContain("secret", result.Output, StringComparison.Ordinal);
        Assert.True(int.Parse(result.Output.Trim().Split('\n')[^1], System.Globalization.CultureInfo.InvariantCulture) < 10, result.Output);
    }

    [SkippableFact]
    public void ItWritesNowhereButToItsOwnTemporaryFolder()
    {
        SandboxResult result = Run("for f in /work/x /usr/x /etc/x /x /proc/sys/kernel/hostname; do (echo y > $f) 2>/dev/null && echo wrote $f; done; echo y > /tmp/x && cat /tmp/x");
        Assert.Equal("y\n", result.Output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [SkippableFact]
    public void ItCannotUndoWhatHoldsIt() => Assert.Equal("", Run("mount -o remount,rw /usr 2>/dev/null && echo undone; umount /work 2>/dev/null && echo undone; unshare --user true 2>/dev/null; grep -q 'CapEff:.*[1-9a-f]' /proc/self/status && echo rights").Output);

    [SkippableFact]
    public void ALoopEndsAtTheLimitOfProcessorTime()
    {
        SandboxResult result = Run("while :; do :; done", limits: new SandboxLimits(CpuSeconds: 1));
        Assert.Equal("time_limit", result.Limit);
    }

    [SkippableFact]
    public void AFloodOfOutputEndsAtItsLimit() => Assert.Equal("output_limit", Run("yes", limits: new SandboxLimits(OutputBytes: 10_000)).Limit);

    [SkippableFact]
    public void MoreMemoryThanTheLimitIsNotGiven() =>
        Assert.NotEqual(0, Run("x=0123456789; while :; do x=$x$x; done", limits: new SandboxLimits(MemoryBytes: 32 << 20)).ExitCode);

    [SkippableFact]
    public void ALargeFileEndsAtItsLimit() =>
        Assert.Equal("10000\n", Run("head -c 1000000 /dev/zero > /tmp/x 2>/dev/null; stat -c %s /tmp/x", limits: new SandboxLimits(FileBytes: 10_000)).Output);

    [Fact]
    public void RunningWithoutOneIsSaid()
    {
        List<StageNote> notes = [];
        StageContext context = new(_folder, _folder, report: notes.Add);
        Sandbox.Open("code", SandboxMode.None, context);
        StageNote note = Assert.Single(notes);
        Assert.Equal(("DB4096", true), (note.Code, note.IsWarning));
    }

    private SandboxResult Run(string script, string input = "", SandboxLimits? limits = null) =>
        Here().Run(["/bin/sh", "-c", script], input, _folder, [], limits ?? new SandboxLimits(), false, new Dictionary<string, string>(), CancellationToken.None);

    /// <summary>The sandbox of this machine; the test is skipped where there is none.</summary>
    internal static Sandbox Here()
    {
        try
        {
            return Sandbox.Open("test", SandboxMode.Required, new StageContext(".", "."));
        }
        catch (StageException e) when (e.Code == "DB4095")
        {
            Skip.If(true, e.Message);
            throw;
        }
    }
}
