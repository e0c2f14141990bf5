using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace DataBuild.EndToEnd.Tests;

/// <summary>The worker under limits of the system: files, memory, rights, another build. Each ends in a diagnostic, and the build after it gives the same bytes.</summary>
public sealed partial class LimitTests(UndisturbedBuild undisturbed) : IClassFixture<UndisturbedBuild>
{
    private readonly DatasetProject _project = undisturbed.Project;

    [SkippableTheory]
    [InlineData("ulimit -f 8")]
    [InlineData("ulimit -f 60")]
    [InlineData("trap '' XFSZ; ulimit -f 60")]
    [InlineData("ulimit -n 64")]
    [InlineData("ulimit -v 3000000; export DOTNET_GCHeapHardLimit=0x10000000")]
    public void LimitsOfTheShellAreErrorsThatAreNotRemembered(string limit)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "uses ulimit of bash");
        Forget();

        // Otherwise the runtime keeps its code in a file, which the limit would forbid.
        (int code, string output) = Run("bash", "-c", $"{limit}; export DOTNET_EnableWriteXorExecute=0; exec dotnet '{DatasetProject.Worker}' run '{undisturbed.Plan}' --threads 2");
        if (code == 0)
        {
            AssertAsUndisturbed(limit);
            return;
        }

        // Either an error of ours; or the system ends the process (SIGXFSZ), which the build reports as DB0001; or so few files are allowed that not even the runtime finds its own.
        bool killed = code == 153 && limit.StartsWith("ulimit -f", StringComparison.Ordinal);
        bool runtime = limit.StartsWith("ulimit -v", StringComparison.Ordinal) || limit.StartsWith("ulimit -n", StringComparison.Ordinal)
            && (output.Contains("Too many open files", StringComparison.Ordinal) || output.Contains("Could not load file or assembly", StringComparison.Ordinal));
        Assert.True(killed || runtime || output.Contains("DB3003", StringComparison.Ordinal), $"exit code {code}: {output}");
        Assert.False(Directory.Exists(_project.Output));
        AssertBuilds(limit);
    }

    [SkippableFact]
    public void WithoutTheRightToWriteOrToReadTheFileIsNamed()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.UserName == "root" && File.Exists("/usr/bin/setpriv"), "becomes another user: needs root and setpriv");
        Forget();
        string[] nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
        Skip.If(Run("setpriv", [.. nobody, "test", "-r", DatasetProject.Worker]).Code != 0, "becomes another user, who cannot read the worker where the repository lies");
        string[] asNobody = [.. nobody, "dotnet", DatasetProject.Worker, "run", undisturbed.Plan, "--threads", "2"];
        (int code, string output) = Run("setpriv", asNobody);
        Assert.Equal(1, code);
        Assert.True(output.Contains("DB3003", StringComparison.Ordinal), output);
        Assert.Contains(_project.Folder, output, StringComparison.Ordinal);

        Run("chmod", "-R", "a+rwX", _project.Folder);
        string input = Path.Combine(_project.Folder, "crawl", "b.warc.gz");
        Run("chmod", "000", input);
        (code, output) = Run("setpriv", asNobody);
        Run("chmod", "644", input);
        Assert.Equal(1, code);
        Assert.True(output.Contains("DB3003", StringComparison.Ordinal), output);
        Assert.Contains("b.warc.gz", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_project.Output));

        (code, output) = Run("setpriv", asNobody);
        Assert.True(code == 0, output);
        AssertAsUndisturbed("with the rights back");

        // Entries of the store that cannot be read are made again.
        foreach (string folder in new[] { "ac", "cas" })
        {
            Run("chmod", "000", Directory.EnumerateFiles(Path.Combine(_project.Store, folder), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First());
        }

        Directory.Delete(_project.Output, recursive: true);
        (code, output) = Run("setpriv", asNobody);
        Assert.True(code == 0, output);
        Assert.Contains("DB3002", output, StringComparison.Ordinal);
        AssertAsUndisturbed("with entries that could not be read");
    }

    [Fact]
    public void TooLittleMemoryIsAnErrorThatIsNotRemembered()
    {
        using DatasetProject project = new("Large", Path.GetDirectoryName(_project.Folder));
        project.WithItems("""<Crawl Include="crawl/*.jsonl" /><Stage Include="GopherQuality" />""");
        using (StreamWriter writer = new(Path.Combine(project.Folder, "crawl", "large.jsonl")))
        {
            for (int i = 0; i < 4; i++)
            {
                writer.Write($"{{\"id\":\"{i}\",\"text\":\"");
                for (int word = 0; word < 1_500_000; word++)
                {
                    writer.Write("many words ");
                }

                writer.Write("\"}\n");
            }
        }

        project.Build("-p:DataBuildDuringBuild=false").AssertSucceeded();
        string plan = Path.Combine(project.Folder, "obj/Debug/net10.0/Large.databuild.plan.json");
        (int code, string output) = Run("env", "DOTNET_gcServer=0", "DOTNET_GCHeapHardLimit=0x4000000", "dotnet", DatasetProject.Worker, "run", plan, "--threads", "2");
        Assert.Equal(1, code);
        Assert.True(output.Contains("DB3085", StringComparison.Ordinal), output);
        Assert.Contains("DataBuildThreads", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(project.Output));
        (code, output) = Run("dotnet", DatasetProject.Worker, "run", plan, "--threads", "2");
        Assert.True(code == 0, output);
        Assert.True(File.Exists(project.Manifest));
    }

    [Fact]
    public void WithoutATemporaryFolderTheOutputIsTheSame()
    {
        Forget();
        (int code, string output) = Run("env", "TMPDIR=/nowhere/at/all", "dotnet", DatasetProject.Worker, "run", undisturbed.Plan, "--threads", "2");
        Assert.True(code == 0, output);
        AssertAsUndisturbed("without a temporary folder");
    }

    [SkippableFact]
    public void ASignalEndsTheBuildAndItsWorkIsKept()
    {
        Skip.If(OperatingSystem.IsWindows(), "sends SIGTERM");
        using Process worker = StartAndStop(out Task<string> said);
        string id = worker.Id.ToString(CultureInfo.InvariantCulture);
        Run("kill", "-TERM", id);
        Run("kill", "-CONT", id);
        Assert.True(worker.WaitForExit(TimeSpan.FromMinutes(2)), "the worker goes on");
        Assert.True(worker.ExitCode != 0, said.GetAwaiter().GetResult());
        Assert.False(Directory.Exists(_project.Output));
        AssertBuilds("after the signal");
    }

    [Fact]
    public void AStoreWithoutLocksIsRefused()
    {
        Forget();

        // What a file system without locks does: every lock is taken, and keeps nobody out.
        (int code, string output) = Run("env", "DOTNET_SYSTEM_IO_DISABLEFILELOCKING=1", "dotnet", DatasetProject.Worker, "run", undisturbed.Plan, "--threads", "2");
        Assert.Equal(1, code);
        Assert.True(output.Contains("DB3089", StringComparison.Ordinal), output);
        AssertBuilds("with locks again");
    }

    [SkippableFact]
    public void TheSecondOfTwoBuildsIsToldWhoIsAtWork()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "stops a process for a while");
        using Process first = StartAndStop(out Task<string> said);
        string id = first.Id.ToString(CultureInfo.InvariantCulture);
        (int code, string output) = Run("dotnet", DatasetProject.Worker, "run", undisturbed.Plan, "--threads", "1");
        Run("kill", "-CONT", id);
        Assert.Equal(1, code);
        Assert.True(output.Contains("DB3084", StringComparison.Ordinal), output);
        Assert.Contains($"process {id} ", output, StringComparison.Ordinal);
        first.WaitForExit();
        Assert.True(first.ExitCode == 0, said.GetAwaiter().GetResult());
        AssertAsUndisturbed("the first of two");
    }

    [SkippableFact]
    public void FilesAreFlushedBeforeTheyGetTheirNames()
    {
        Skip.IfNot(File.Exists("/usr/bin/strace"), "strace is not installed (Debian: apt-get install strace)");
        Forget();
        string trace = Path.Combine(Path.GetTempPath(), $"databuild-{Guid.NewGuid():N}.strace");
        try
        {
            (int code, string output) = Run(
                "strace", "-f", "-y", "-e", "trace=fsync,fdatasync,rename,renameat,renameat2,link,linkat", "-o", trace, "dotnet", DatasetProject.Worker, "run", undisturbed.Plan, "--threads", "2");
            Skip.If(output.Contains("ptrace", StringComparison.OrdinalIgnoreCase) && code != 0, "processes cannot be traced here");
            Assert.True(code == 0, output);
            HashSet<string> flushed = new(StringComparer.Ordinal);
            int renamed = 0;
            foreach (string line in File.ReadLines(trace))
            {
                if (Flush().Match(line) is { Success: true } flush)
                {
                    flushed.Add(Name(flush.Groups[1].Value));
                }
                else if (Rename().Match(line) is { Success: true } rename && Stored().IsMatch(rename.Groups[2].Value))
                {
                    renamed++;
                    Assert.True(flushed.Contains(Name(rename.Groups[1].Value)), $"renamed before it was flushed: {line}");
                }
            }

            Assert.True(renamed >= undisturbed.Store.Count, $"{renamed} renames for {undisturbed.Store.Count} entries");
        }
        finally
        {
            File.Delete(trace);
        }

        AssertAsUndisturbed("traced");

        static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];
    }

    [GeneratedRegex("""(?:fsync|fdatasync)\(\d+<([^>]*)>""")]
    private static partial Regex Flush();

    [GeneratedRegex("""(?:rename|link)[a-z0-9]*\((?:AT_FDCWD[^,]*, )?"(.*?)", (?:AT_FDCWD[^,]*, )?"(.*?)"(?:.*\) += 0| <unfinished)""")]
    private static partial Regex Rename();

    [GeneratedRegex("/(?:cas|ac)/[0-9a-f]{2}/[0-9a-f]{64}$")]
    private static partial Regex Stored();

    private void Forget()
    {
        foreach (string folder in new[] { _project.Store, _project.Output }.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // A worker in the middle of its work, which goes on when it is told to. One that was at its end before it could be stopped does not count.
    private Process StartAndStop(out Task<string> said)
    {
        string owner = undisturbed.Plan + ".owner";
        for (int attempt = 0; ; attempt++)
        {
            Forget();
            File.Delete(owner);
            Process worker = Process.Start(StartOf("dotnet", DatasetProject.Worker, "run", undisturbed.Plan, "--threads", "1"))!;
            said = worker.StandardOutput.ReadToEndAsync();
            while (!(File.Exists(owner) && new FileInfo(owner).Length > 0) && !worker.HasExited)
            {
                Thread.Sleep(1);
            }

            Run("kill", "-STOP", worker.Id.ToString(CultureInfo.InvariantCulture));
            if (!worker.HasExited && !Directory.Exists(_project.Output))
            {
                return worker;
            }

            Run("kill", "-CONT", worker.Id.ToString(CultureInfo.InvariantCulture));
            worker.WaitForExit();
            worker.Dispose();
            Assert.True(attempt < 20, said.GetAwaiter().GetResult());
        }
    }

    private void AssertBuilds(string context)
    {
        (int code, string output) = Run("dotnet", DatasetProject.Worker, "run", undisturbed.Plan, "--threads", "2");
        Assert.True(code == 0, output);
        AssertAsUndisturbed(context);
    }

    private void AssertAsUndisturbed(string context)
    {
        Assert.True(undisturbed.Output.SequenceEqual(_project.OutputDigests()), $"{context}: other output");
        Assert.True(undisturbed.Store.SequenceEqual(undisturbed.StoreEntries()), $"{context}: the store holds other entries");
    }

    private (int Code, string Output) Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(StartOf(program, arguments))!;
        Task<string> standard = process.StandardOutput.ReadToEndAsync();
        string output = process.StandardError.ReadToEnd() + standard.GetAwaiter().GetResult();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    private ProcessStartInfo StartOf(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = _project.Folder };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }
}
