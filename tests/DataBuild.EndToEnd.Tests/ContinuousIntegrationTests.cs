using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using DataBuild.Engine.Tests;
using DataBuild.Tests;

namespace DataBuild.EndToEnd.Tests;

/// <summary>The examples for GitHub Actions and GitLab CI: each of their commands as a runner runs it, in a checkout that has nothing but what the example keeps between runs.</summary>
public sealed partial class ContinuousIntegrationTests : IDisposable
{
    private static readonly string Examples = Path.Combine(TestPaths.RepositoryRoot, "docs", "ci");

    private readonly string _root = Path.Combine(Path.GetTempPath(), "databuild-e2e", Guid.NewGuid().ToString("N"));
    private readonly List<DatasetProject> _checkouts = [];
    private string? _lock;

    public ContinuousIntegrationTests() => Directory.CreateDirectory(_root);

    public void Dispose()
    {
        _checkouts.ForEach(c => c.Dispose());
        Directory.Delete(_root, recursive: true);
    }

    [SkippableFact]
    public void The_example_for_GitHub_takes_the_second_commit_from_its_cache()
    {
        Skip.If(OperatingSystem.IsWindows(), "the runners of the example have a POSIX shell");
        string[] lines = File.ReadAllLines(Path.Combine(Examples, "github-actions.yml"));
        string[] commands = [.. lines.Select(l => Step().Match(l)).Where(m => m.Success).Select(m => m.Groups[1].Value)];
        string[] paths = [.. lines.Select(l => KeptPath().Match(l)).Where(m => m.Success).Select(m => m.Groups[1].Value)];
        Assert.Equal(2, commands.Length);
        Assert.Equal(2, paths.Length);
        string[] actions = [.. lines.Select(l => Action().Match(l)).Where(m => m.Success).Select(m => m.Groups[1].Value).Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(["actions/cache", "actions/checkout", "actions/setup-dotnet", "actions/upload-artifact"], actions);

        DatasetProject first = Checkout();
        BuildResult cold = Run(first, commands[0]);
        cold.AssertStage("Extract", shards: 2, computed: 2);
        Assert.True(File.Exists(Path.Combine(first.Folder, paths[1], first.Name, "manifest.json")), $"the artifact's folder '{paths[1]}' holds no dataset");

        DatasetProject second = Checkout();
        Copy(Path.Combine(first.Folder, paths[0]), Path.Combine(second.Folder, paths[0]));
        BuildResult warm = Run(second, commands[0]);
        warm.AssertStage("Extract", shards: 2, computed: 0);
        warm.AssertStage("GopherQuality", computed: 0, decided: 0);
        Assert.Equal(Files(first, paths[1]), Files(second, paths[1]));

        // What differs between the two examples is how results are kept.
        string gitlab = File.ReadAllText(Path.Combine(Examples, "gitlab-ci.yml"));
        Assert.All(commands, c => Assert.Contains($"    - {c}\n", gitlab, StringComparison.Ordinal));
        Assert.Contains($"paths: [{paths[0]}]", gitlab, StringComparison.Ordinal);
        if (LongRun.Count("DATABUILD_CI_EXAMPLES", 0) > 0)
        {
            Assert.Contains("reproduced: ", Run(Checkout(), commands[1]).Output, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public void The_example_for_GitLab_takes_the_second_commit_from_the_shared_cache()
    {
        Skip.If(OperatingSystem.IsWindows(), "the runners of the example have a POSIX shell");
        Skip.If(LongRun.Count("DATABUILD_CI_EXAMPLES", 0) == 0, "takes a quarter of a minute beside what RemoteCacheTests show; DATABUILD_CI_EXAMPLES=1 runs it");
        using NginxServer server = new(Path.Combine(_root, "nginx"));
        server.StartCache(Path.Combine(_root, "cache"), "a-token");
        string example = File.ReadAllText(Path.Combine(Examples, "gitlab-ci.yml"));
        string command = FoldedScript().Match(example).Groups[1].Value.ReplaceLineEndings(" ").Replace("https://cache.example/", server.Address, StringComparison.Ordinal);
        Assert.Contains(server.Address + "databuild", command, StringComparison.Ordinal);

        DatasetProject first = Checkout();
        Run(first, command).AssertWarnings().AssertStage("Extract", shards: 2, computed: 2);
        DatasetProject second = Checkout();
        Run(second, command).AssertWarnings().AssertStage("Extract", shards: 2, computed: 0);
        Assert.Equal(Files(first, "bin/Release"), Files(second, "bin/Release"));
    }

    // What is under version control, and nothing else.
    private DatasetProject Checkout()
    {
        DatasetProject project = new DatasetProject().WithItems("""
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            <Stage Include="GopherQuality" MinWords="20" />
            """);
        _checkouts.Add(project);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 20));
        project.Write("crawl/b.warc.gz", CrawlFile.Pages(10, 20));

        // The log as a file; the runner has no terminal and leaves no processes behind.
        project.Write("Directory.Build.rsp", "-bl:build.binlog -nodeReuse:false -tl:off");
        if (_lock is null)
        {
            _lock = "";
            DatasetProject committed = Checkout();
            committed.Build("-p:DataBuildWriteLock=true").AssertSucceeded();
            _lock = committed.Read("databuild.lock.json");
        }

        if (_lock.Length > 0)
        {
            project.Write("databuild.lock.json", _lock.TrimEnd('\n'));
        }

        return project;
    }

    private static BuildResult Run(DatasetProject project, string command)
    {
        ProcessStartInfo start = new("bash", ["-eo", "pipefail", "-c", $"exec 2>&1\n{command}"]) { WorkingDirectory = project.Folder, RedirectStandardOutput = true, StandardOutputEncoding = Encoding.UTF8 };
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) && k != "MSBUILDDISABLENODEREUSE").ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["CI"] = "true";
        start.Environment["CACHE_TOKEN"] = "a-token";
        start.Environment["CACHE_SECRET"] = "a-secret-that-signs";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return BuildResult.Read(process.ExitCode, output, Path.Combine(project.Folder, "build.binlog")).AssertSucceeded();
    }

    private static string Files(DatasetProject project, string folder) => string.Join('\n', Directory.EnumerateFiles(Path.Combine(project.Folder, folder, project.Name), "*", SearchOption.AllDirectories)
        .Where(f => Path.GetFileName(f) != "report.html").Order(StringComparer.Ordinal)
        .Select(f => $"{Path.GetRelativePath(project.Folder, f)} {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f)))}"));

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    [GeneratedRegex("^ +- run: (.*)$")]
    private static partial Regex Step();

    [GeneratedRegex("^ +path: (.*)$")]
    private static partial Regex KeptPath();

    [GeneratedRegex("^ +- uses: ([a-z/-]+)@v[0-9]+$")]
    private static partial Regex Action();

    // A folded scalar: one line of several.
    [GeneratedRegex(@"    - >\n((?:      .*\n)+)")]
    private static partial Regex FoldedScript();
}
