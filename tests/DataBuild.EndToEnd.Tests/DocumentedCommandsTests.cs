using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using DataBuild.Tests;

namespace DataBuild.EndToEnd.Tests;

/// <summary>What the documentation tells people to type works.</summary>
public sealed partial class DocumentedCommandsTests : IDisposable
{
    private static readonly string Configuration = typeof(DocumentedCommandsTests).Assembly.Location.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
    private static readonly string Worker = Path.Combine(TestPaths.RepositoryRoot, "src", "DataBuild.Worker", "bin", Configuration, "net10.0", "DataBuild.Worker.dll");

    // Commands that are not run here: the tests that do, or why none does.
    private static readonly Dictionary<string, string> RunElsewhere = new(StringComparer.Ordinal)
    {
        ["dotnet test"] = "is running now",
        ["export CACHE_TOKEN=..."] = "RemoteCacheTests",
        ["dotnet build -p:DataBuildRemoteCache=https://cache.example/databuild -p:DataBuildRemoteCacheTokenVariable=CACHE_TOKEN"] = "RemoteCacheTests",
        ["dotnet build -t:Reproduce"] = "ReproduceTests",
        ["dotnet run -c Release --project tests/DataBuild.EndToEndBenchmark"] = "measures for minutes on a machine that does nothing else",
        [@"dotnet build src/DataBuild.Core --no-incremental -p:TreatWarningsAsErrors=false | sed -n ""s/.*RS0016: Symbol '\(.*\)' is not part.*/\1/p"" | sort -u >> src/DataBuild.Core/PublicAPI.Unshipped.txt"] = "writes into the repository",
    };

    private readonly string _root = Path.Combine(Path.GetTempPath(), "databuild-e2e", Guid.NewGuid().ToString("N"));
    private readonly string _folder;

    public DocumentedCommandsTests()
    {
        _folder = Path.Combine(_root, "work");
        Directory.CreateDirectory(_folder);

        // Packages of an earlier run must not be found; what comes from elsewhere is not fetched once more.
        File.WriteAllText(Path.Combine(_root, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{_root}/packages" /></config>
              <fallbackPackageFolders><add key="restored" value="{PackageFeed.RestoredPackages}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [SkippableFact]
    public void The_tutorial_works_from_its_first_line_to_its_last()
    {
        Skip.If(OperatingSystem.IsWindows(), "the tutorial's commands are for a POSIX shell");
        StringBuilder script = new("set -euo pipefail\n");
        foreach (MarkdownBlock block in MarkdownBlocks.Of(Path.Combine(TestPaths.RepositoryRoot, "docs", "tutorial.md")))
        {
            if (block.Language == "sh")
            {
                script.Append($"echo '== line {block.Line}'\n").Append(block.Text);
            }
            else if (block.File is { } file)
            {
                string name = $"{block.Line}.block";
                File.WriteAllText(Path.Combine(_folder, name), block.Text);
                script.Append($"mkdir -p \"$(dirname '{_folder}/{file}')\" && cp '{_folder}/{name}' '{_folder}/{file}'\n");
            }
        }

        string output = Bash(script.ToString());
        Assert.Contains("Web: up to date", output, StringComparison.Ordinal);
        Assert.Contains("gopher: MinWords 50 → 300", output, StringComparison.Ordinal);
        Assert.Contains("now dropped by gopher: too_few_words", output, StringComparison.Ordinal);
        Assert.Contains("mostly_lists 2", output, StringComparison.Ordinal);
        Assert.Contains("error DB5042", output, StringComparison.Ordinal);
        Assert.Contains("Web: rows, stage counts and manifest are as verified", output, StringComparison.Ordinal);
        Assert.Matches(@"Passed: +4\b", output);
        Assert.True(File.Exists(Path.Combine(_folder, "Web", "bin", "Debug", "Web", "tokens", "train.bin")));
        Assert.True(File.Exists(Path.Combine(_folder, "Web", "bin", "Sample", "Web", "manifest.json")));
        Assert.True(File.Exists(Path.Combine(_folder, "published", "Web", "manifest.json")));
        Assert.Contains("\"stage\": \"KeepProse\"", File.ReadAllText(Path.Combine(_folder, "published", "Web", "manifest.json")), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Every_command_of_the_other_pages_is_run_or_says_where_it_is()
    {
        Skip.If(OperatingSystem.IsWindows(), "the commands are for a POSIX shell");
        using DatasetProject project = new DatasetProject("QuickStart", Path.Combine(_folder, "example-datasets")).WithItems("""
            <Crawl Include="crawl/*.jsonl" />
            <Stage Include="ExactDedup" />
            """);
        project.Write("crawl/a.jsonl", """
            {"url": "http://example.org/page", "text": "The rivers of the north run to the sea."}
            {"url": "http://example.org/other", "text": "The rivers of the south run to the lake."}
            """);
        project.Write("list.txt", "http://example.org/other");
        string tests = string.Concat(Directory.EnumerateFiles(Path.Combine(TestPaths.RepositoryRoot, "tests"), "*.cs", SearchOption.AllDirectories).Where(f => !f.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText));
        StringBuilder script = new("set -euo pipefail\n");
        script.Append($"databuild() {{ dotnet '{Worker}' \"$@\"; }}\n");
        List<string> unknown = [];
        int run = 0;
        foreach (string page in Pages().Where(p => Path.GetFileName(p) != "tutorial.md"))
        {
            script.Append($"cd '{(Path.GetFileName(page) == "README.md" ? _folder : project.Folder)}'\n");
            foreach (string line in MarkdownBlocks.Of(page).Where(b => b.Language == "sh").SelectMany(b => b.Text.Split('\n')).Select(l => l.Split("  #")[0].Trim()).Where(l => l.Length > 0))
            {
                if (RunElsewhere.TryGetValue(line, out string? where))
                {
                    Assert.True(where.Contains(' ', StringComparison.Ordinal) || tests.Contains($"class {where}", StringComparison.Ordinal), $"'{line}': there are no tests {where}");
                }
                else if (Definition().Match(line) is { Success: true } definition)
                {
                    // What the script begins with, under the path that a person sees.
                    Assert.Equal(Worker, Path.Combine(TestPaths.RepositoryRoot, definition.Groups["path"].Value.Replace("/Debug/", $"/{Configuration}/", StringComparison.Ordinal)));
                }
                else if (LongTest().Match(line) is { Success: true } longer)
                {
                    // Runs for minutes or hours: what it names is there.
                    string source = string.Concat(Directory.EnumerateFiles(Path.Combine(TestPaths.RepositoryRoot, longer.Groups["project"].Value), "*.cs", SearchOption.AllDirectories).Where(f => !f.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText));
                    Assert.Matches($"class [A-Za-z]*{longer.Groups["filter"].Value}|void [A-Za-z_]*{longer.Groups["filter"].Value}", source);
                    Assert.All(longer.Groups["name"].Captures, c => Assert.Contains($"\"{c.Value}\"", tests, StringComparison.Ordinal));
                }
                else if (Command().IsMatch(line) || line.StartsWith("dotnet build", StringComparison.Ordinal))
                {
                    // Brackets mark what may be left out: here nothing is.
                    script.Append(line.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)).Append('\n');
                    run++;
                }
                else
                {
                    unknown.Add($"{Path.GetFileName(page)}: {line}");
                }
            }
        }

        Assert.Empty(unknown);
        string output = Bash(script.ToString());
        Assert.True(run >= 12, $"only {run} commands were run:\n{output}");
        Assert.Contains("2 documents", output, StringComparison.Ordinal);
        Assert.Contains("QuickStart: up to date", output, StringComparison.Ordinal);
        Assert.Contains("in the dataset: row", output, StringComparison.Ordinal);
        Assert.Contains("http://example.org/other", project.Read("takedown.txt"), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(project.Folder, "databuild.lock.json")));
    }

    [Fact]
    public void Every_command_option_and_target_in_the_documentation_exists()
    {
        string targets = string.Concat(Directory.EnumerateFiles(Path.Combine(TestPaths.RepositoryRoot, "msbuild", "DataBuild.Sdk"), "*.targets", SearchOption.AllDirectories).Select(File.ReadAllText));
        Dictionary<string, string> help = new(StringComparer.Ordinal);
        List<string> wrong = [];
        foreach (string page in Pages())
        {
            string text = File.ReadAllText(page);
            foreach (Match target in Target().Matches(text))
            {
                string name = target.Groups[1].Value;
                if (name is not ("Rebuild" or "Clean" or "Build" or "NAME") && !targets.Contains($"Target Name=\"{name}\"", StringComparison.Ordinal))
                {
                    wrong.Add($"{Path.GetFileName(page)}: there is no target '{name}'");
                }
            }

            foreach (string line in MarkdownBlocks.Of(page).Where(b => b.Language == "sh").SelectMany(b => b.Text.Split('\n')))
            {
                if (Command().Match(line) is not { Success: true } command)
                {
                    continue;
                }

                string name = command.Groups[1].Value;
                if (!help.TryGetValue(name, out string? usage))
                {
                    help[name] = usage = Bash($"dotnet '{Worker}' {name} --help");
                }

                wrong.AddRange(Option().Matches(command.Groups[2].Value.Split('#')[0]).Where(o => !usage.Contains(o.Value, StringComparison.Ordinal)).Select(o => $"{Path.GetFileName(page)}: databuild {name} has no option {o.Value}"));
            }
        }

        Assert.Empty(wrong);
        Assert.True(help.Count >= 5, "the pages name few commands");
    }

    private static IEnumerable<string> Pages() => Directory.EnumerateFiles(Path.Combine(TestPaths.RepositoryRoot, "docs"), "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Prepend(Path.Combine(TestPaths.RepositoryRoot, "CONTRIBUTING.md")).Prepend(Path.Combine(TestPaths.RepositoryRoot, "README.md"));

    private string Bash(string script)
    {
        ProcessStartInfo start = new("bash") { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"exec 2>&1\n{script}");
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) && k != "MSBUILDDISABLENODEREUSE").ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DATABUILD"] = TestPaths.RepositoryRoot.TrimEnd('/');
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["MSBUILDTERMINALLOGGER"] = "off";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_ROOT"] = DotNet.Root;

        // The package is made of what this build made, for this platform.
        start.Environment["DOTNET_CLI_DISABLE_PUBLISH_AND_PACK_RELEASE"] = Configuration == "Debug" ? "true" : "false";
        start.Environment["DataBuildSdkRuntime"] = $"linux-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(15)), output);
        Assert.True(process.ExitCode == 0, output);
        return output;
    }

    [GeneratedRegex(@"-t:([A-Za-z]+)")]
    private static partial Regex Target();

    [GeneratedRegex("^databuild ([a-z]+)(.*)$")]
    private static partial Regex Command();

    [GeneratedRegex("""^databuild\(\) \{ dotnet (?<path>[A-Za-z0-9./]+) "\$@"; \}$""")]
    private static partial Regex Definition();

    [GeneratedRegex("^(?:(?<name>DATABUILD_[A-Z_]+)=[0-9]+ )+dotnet test (?<project>tests/[A-Za-z.]+) --filter (?<filter>[A-Za-z]+)$")]
    private static partial Regex LongTest();

    [GeneratedRegex("(?<= )--[a-z]+")]
    private static partial Regex Option();
}
