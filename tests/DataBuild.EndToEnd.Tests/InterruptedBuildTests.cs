using System.Diagnostics;
using System.Globalization;
using DataBuild.Tests;

namespace DataBuild.EndToEnd.Tests;

/// <summary>Builds with the real worker that end in the middle of the work: the next build makes what an undisturbed one makes.</summary>
public sealed class InterruptedBuildTests
{
    private const int Inputs = 3;
    private const int PagesPerInput = 4000;

    [SkippableFact]
    public void Interrupt_ends_the_worker_and_the_next_build_goes_on()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "finds the worker in /proc");
        InterruptSignal.Require();
        using DatasetProject project = Project();
        using RunningBuild build = DotNet.Start(project.Folder, "build", "Tiny.csproj");
        int worker = WaitForWork(project, build);

        build.Interrupt();
        BuildResult result = build.Wait();

        Assert.NotEqual(0, result.ExitCode);
        Assert.Empty(result.Errors);
        AssertEnds(worker);
        AssertNextBuildIsWhole(project);
    }

    [SkippableFact]
    public void Killed_worker_is_one_error_and_the_next_build_goes_on()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "finds the worker in /proc");
        using DatasetProject project = Project();
        using RunningBuild build = DotNet.Start(project.Folder, "build", "Tiny.csproj");
        int worker = WaitForWork(project, build);

        using (Process process = Process.GetProcessById(worker))
        {
            process.Kill();
        }

        BuildResult result = build.Wait();

        Assert.NotEqual(0, result.ExitCode);
        Assert.All(result.Errors, e => Assert.Equal("DB0001", e.Code));
        AssertNextBuildIsWhole(project);
    }

    [SkippableFact]
    public void Killed_build_leaves_no_worker_behind()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "finds the worker in /proc");
        using DatasetProject project = Project();
        using RunningBuild build = DotNet.Start(project.Folder, "build", "Tiny.csproj");
        int worker = WaitForWork(project, build);

        build.Kill();

        AssertEnds(worker);
        AssertNextBuildIsWhole(project);
    }

    private static DatasetProject Project()
    {
        DatasetProject project = new DatasetProject().WithItems("""
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            <Stage Include="GopherQuality" MinWords="20" />
            """);
        for (int i = 0; i < Inputs; i++)
        {
            project.Write($"crawl/{i}.warc.gz", CrawlFile.Pages(i * PagesPerInput, PagesPerInput));
        }

        return project;
    }

    /// <summary>Waits until the worker writes into the store.</summary>
    /// <returns>Its process id.</returns>
    private static int WaitForWork(DatasetProject project, RunningBuild build)
    {
        string unfinished = Path.Combine(project.Store, "tmp");
        build.WaitUntil(() =>
            Directory.Exists(unfinished)
            && new DirectoryInfo(unfinished).EnumerateFiles("*", SearchOption.AllDirectories).Any(f => f.Length > 0));
        return WorkersIn(project.Folder).Single();
    }

    // The worker's working directory is the folder of its plan.
    private static IEnumerable<int> WorkersIn(string folder)
    {
        foreach (string path in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out int process)
                && IsWorkerIn(path, folder))
            {
                yield return process;
            }
        }
    }

    private static bool IsWorkerIn(string process, string folder)
    {
        try
        {
            return new FileInfo(Path.Combine(process, "cwd")) is { LinkTarget: { } target } && target.StartsWith(folder, StringComparison.Ordinal)
                && File.ReadAllText(Path.Combine(process, "cmdline")).Contains("DataBuild.Worker", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended since the folder was listed, or is another user's.
            return false;
        }
    }

    private static void AssertEnds(int worker) => Assert.True(
        SpinWait.SpinUntil(
            () =>
            {
                try
                {
                    using Process process = Process.GetProcessById(worker);
                    return process.HasExited;
                }
                catch (ArgumentException)
                {
                    return true;
                }
            },
            TimeSpan.FromMinutes(2)),
        "the worker still runs");

    private static void AssertNextBuildIsWhole(DatasetProject project)
    {
        Assert.False(Directory.Exists(project.Output));
        StageCounts read = project.Build().AssertSucceeded().AssertStage("Extract", shards: Inputs);
        Assert.Equal(Inputs * PagesPerInput, read.In);
        SortedDictionary<string, string> output = project.OutputDigests();

        Directory.Delete(project.Store, recursive: true);
        Directory.Delete(project.Output, recursive: true);
        project.Build().AssertSucceeded().AssertStage("Extract", computed: Inputs);
        Assert.Equal(project.OutputDigests(), output);
    }
}
