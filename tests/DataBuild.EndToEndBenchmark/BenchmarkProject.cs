using System.Diagnostics;
using System.Reflection;

namespace DataBuild.EndToEndBenchmark;

/// <summary>What one build took.</summary>
/// <param name="Seconds">Wall time of the whole command.</param>
/// <param name="ProcessorSeconds">Processor time of the command and of the processes that it waited for.</param>
/// <param name="WorkerPeakBytes">Largest resident set of the worker; 0 when none was seen.</param>
/// <param name="BuildPeakBytes">Largest resident set of a process of MSBuild and its compiler.</param>
/// <param name="StageLines">What the log said of each stage.</param>
internal sealed record BuildMeasurement(double Seconds, double ProcessorSeconds, long WorkerPeakBytes, long BuildPeakBytes, IReadOnlyList<string> StageLines);

/// <summary>A dataset project with the stages of QuickStart over the synthetic crawl.</summary>
internal sealed class BenchmarkProject(string folder, string crawlFolder)
{
    private static readonly string Repository = typeof(BenchmarkProject).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;
    private double _minScore = 0.2;

    /// <summary>What the worker told during the last build.</summary>
    public string EventsFile => Path.Combine(folder, "obj", "Release", "net10.0", "Benchmark.databuild.events.jsonl");

    public void Create()
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        string examples = Path.Combine(Repository, "example-datasets");
        File.WriteAllText(Path.Combine(folder, "Directory.Build.props"), $"<Project><Import Project=\"{examples}/Directory.Build.props\" /></Project>\n");
        File.WriteAllText(Path.Combine(folder, "Directory.Build.targets"), $"<Project><Import Project=\"{examples}/Directory.Build.targets\" /></Project>\n");
        File.WriteAllText(Path.Combine(folder, "Directory.Packages.props"), $"<Project><Import Project=\"{Repository}Directory.Packages.props\" /></Project>\n");
        File.Copy(Path.Combine(Repository, "global.json"), Path.Combine(folder, "global.json"));
        WriteProject();
    }

    /// <summary>Builds the tools, so that the cold figure is the dataset's alone.</summary>
    public void Warm() => Run(folder, "build", "-c", "Release", "-p:DataBuildDuringBuild=false", "-v", "q");

    public BuildMeasurement Build() => Run(folder, "build", "-c", "Release", "-tl:off");

    public void EditThreshold()
    {
        _minScore += 0.1;
        WriteProject();
    }

    private void WriteProject()
    {
        string quickStart = Path.Combine(Repository, "example-datasets", "QuickStart", "QuickStart.csproj");
        string project = File.ReadAllText(quickStart)
            .Replace("crawl/*.warc.gz", Path.Combine(crawlFolder, "*.warc.gz"), StringComparison.Ordinal)
            .Replace("models/quality.onnx", Path.Combine(Repository, "example-datasets/QuickStart/models/quality.onnx"), StringComparison.Ordinal);
        string minScore = _minScore.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture);
        project = System.Text.RegularExpressions.Regex.Replace(project, """(<Stage Include="Score"[^>]*?)(?: (?:MinScore|Keep)="[^"]*")*( ?/>)""", $"$1 MinScore=\"{minScore}\"$2");
        // As the package has it: these tools are not built while they are measured, so the tasks need no process of their own.
        project = project.Replace("</Project>", "  <PropertyGroup>\n    <DataBuildTaskFactory>AssemblyTaskFactory</DataBuildTaskFactory>\n  </PropertyGroup>\n</Project>", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "Benchmark.csproj"), project);
    }

    internal static BuildMeasurement Run(string folder, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, UseShellExecute = false };
        double processorBefore = ProcessorSecondsOfChildren();
        Stopwatch watch = Stopwatch.StartNew();
        using Process process = Process.Start(start)!;
        List<string> lines = [];
        ProcessMemory memory = new(process.Id);
        using CancellationTokenSource stop = new();
        Thread sampler = new(() =>
        {
            while (!stop.Token.WaitHandle.WaitOne(200))
            {
                memory.Sample();
            }
        });
        sampler.Start();
        while (process.StandardOutput.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        process.WaitForExit();
        double seconds = watch.Elapsed.TotalSeconds;
        stop.Cancel();
        sampler.Join();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} failed:\n{string.Join('\n', lines)}");
        }

        return new BuildMeasurement(seconds, ProcessorSecondsOfChildren() - processorBefore, memory.WorkerPeakBytes, memory.BuildPeakBytes, [.. lines.Select(l => l.Trim()).Where(l => l.Contains(" kept", StringComparison.Ordinal) || l.Contains("up to date", StringComparison.Ordinal))]);
    }

    // Fields 16 and 17 of /proc/self/stat: user and system time of the children waited for and of theirs, in ticks of 10 ms.
    private static double ProcessorSecondsOfChildren()
    {
        string stat = File.ReadAllText("/proc/self/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[13], System.Globalization.CultureInfo.InvariantCulture) + long.Parse(fields[14], System.Globalization.CultureInfo.InvariantCulture)) / 100.0;
    }
}

/// <summary>The yardstick of a build that does nothing.</summary>
internal static class EmptyLibrary
{
    /// <summary>Median of five builds of an empty class library with nothing changed, seconds.</summary>
    public static double NoOpSeconds(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "Directory.Build.props"), "<Project />\n");
        File.WriteAllText(Path.Combine(folder, "Empty.csproj"), "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>\n");
        BenchmarkProject.Run(folder, "build", "-c", "Release");
        return Enumerable.Range(0, 5).Select(_ => BenchmarkProject.Run(folder, "build", "-c", "Release").Seconds).Order().ElementAt(2);
    }
}
