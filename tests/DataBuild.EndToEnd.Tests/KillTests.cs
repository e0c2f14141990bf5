using System.Diagnostics;
using System.Globalization;
using DataBuild.Tests;
using Xunit.Abstractions;

namespace DataBuild.EndToEnd.Tests;

/// <summary>
/// Builds that are killed, at random moments and at every place where something becomes visible to others. The build after it gives the same bytes and
/// leaves the same files in the store. <c>DATABUILD_KILLS=100</c> and <c>DATABUILD_CRASH_STRIDE=1</c> make the long run.
/// </summary>
public sealed class KillTests(UndisturbedBuild undisturbed, ITestOutputHelper log) : IClassFixture<UndisturbedBuild>
{
    private readonly DatasetProject _project = undisturbed.Project;
    private readonly string _plan = undisturbed.Plan;

    [Fact]
    public void KilledAtRandomMoments()
    {
        Random random = new(LongRun.Count("DATABUILD_SEED", 2026));
        long start = Stopwatch.GetTimestamp();
        Forget();
        Assert.Equal(0, RunWorker());
        TimeSpan whole = Stopwatch.GetElapsedTime(start);
        int runs = LongRun.Count("DATABUILD_KILLS", 10);
        int killed = 0;
        for (int run = 0; run < runs; run++)
        {
            Forget();

            // Every third time the build that follows is killed too.
            for (int kill = 0; kill < (run % 3 == 2 ? 2 : 1); kill++)
            {
                start = Stopwatch.GetTimestamp();
                using Process worker = StartWorker();
                if (!worker.WaitForExit(whole * random.NextDouble()))
                {
                    worker.Kill();
                    worker.WaitForExit();
                    killed++;
                }
                else if (kill == 0 && Stopwatch.GetElapsedTime(start) < whole)
                {
                    // The machine has more time for it than when it was measured.
                    whole = Stopwatch.GetElapsedTime(start);
                }
            }

            Assert.Equal(0, RunWorker());
            AssertAsUndisturbed($"run {run}");
        }

        log.WriteLine($"{runs} runs, {killed} kills, a whole run takes {whole.TotalSeconds:F1} s");
        Assert.True(killed >= runs / 2, $"{killed} of {runs} were killed");
    }

    [Fact]
    public void KilledAtEveryPlaceWhereSomethingBecomesVisible()
    {
        int stride = LongRun.Count("DATABUILD_CRASH_STRIDE", 24);
        for (int place = 1; ; place += stride)
        {
            Forget();
            int code = RunWorker(("DATABUILD_CRASH_AT", place.ToString(CultureInfo.InvariantCulture)));
            bool completed = code == 0;
            if (!completed)
            {
                Assert.Equal(137, code);
                Assert.Equal(0, RunWorker());
            }

            AssertAsUndisturbed($"place {place}");
            if (completed)
            {
                log.WriteLine($"{place - stride} to {place - 1} places, one in {stride} tried");
                Assert.True(place > 20, $"only {place} places were found");
                return;
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void KilledMSBuildTakesItsWorkerWithIt(bool withChildren)
    {
        Random random = new(7);
        for (int run = 0; run < LongRun.Count("DATABUILD_KILLS", 2) / 2; run++)
        {
            Forget();
            using (RunningBuild build = DotNet.Start(_project.Folder, "build", "Tiny.csproj"))
            {
                build.WaitUntil(() => File.Exists(_plan + ".inflight"));
                Thread.Sleep(random.Next(300));
                build.Kill(withChildren);
            }

            // Nobody is left at work, without anyone's help.
            string leases = Path.Combine(_project.Store, "leases");
            long start = Stopwatch.GetTimestamp();
            while (Directory.EnumerateFiles(leases).Any(IsLocked))
            {
                Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(2), "the worker lives on");
                Thread.Sleep(50);
            }

            _project.Build().AssertSucceeded();
            AssertAsUndisturbed($"run {run}");
        }
    }

    [Fact]
    public void OutOfMemoryIsAnErrorOfItsOwnAndLeavesNothingWrong()
    {
        Forget();
        int code = RunWorker(out string output, ("DOTNET_GCHeapHardLimit", "0x1800000"), ("DOTNET_gcServer", "0"));
        if (code != 0)
        {
            Assert.True(output.Contains("DB3085", StringComparison.Ordinal) || output.Contains("OutOfMemory", StringComparison.Ordinal) || output.Contains("Out of memory", StringComparison.Ordinal), output);
        }

        Assert.Equal(0, RunWorker());
        AssertAsUndisturbed("after the lack of memory");
    }

    private void AssertAsUndisturbed(string context)
    {
        Assert.True(undisturbed.Output.SequenceEqual(_project.OutputDigests()), $"{context}: other output");
        Assert.True(undisturbed.Store.SequenceEqual(undisturbed.StoreEntries()), $"{context}: the store holds other entries:\n{string.Join('\n', undisturbed.StoreEntries().Except(undisturbed.Store))}");
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_project.Store, "tmp")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_project.Store, "leases")));
        Assert.Equal([_project.Output], Directory.EnumerateDirectories(Path.GetDirectoryName(_project.Output)!).Where(d => Path.GetFileName(d).StartsWith("Tiny", StringComparison.Ordinal)));
    }

    private void Forget()
    {
        foreach (string folder in new[] { _project.Store, _project.Output }.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool IsLocked(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private Process StartWorker(params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = _project.Folder };
        foreach (string argument in new[] { DatasetProject.Worker, "run", _plan, "--threads", "2" })
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private int RunWorker(params (string Name, string Value)[] environment) => RunWorker(out _, environment);

    private int RunWorker(out string output, params (string Name, string Value)[] environment)
    {
        using Process worker = StartWorker(environment);
        Task<string> standard = worker.StandardOutput.ReadToEndAsync();
        output = worker.StandardError.ReadToEnd() + standard.GetAwaiter().GetResult();
        worker.WaitForExit();
        return worker.ExitCode;
    }
}
