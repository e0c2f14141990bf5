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
    private readonly string _root = Path.Combine(Path.GetTempPath(), "databuild-e2e", Guid.NewGuid().ToString("N"));
    private readonly string _folder;

    public DocumentedCommandsTests()
    {
        _folder = Path.Combine(_root, "work");
        Directory.CreateDirectory(_folder);

        // Packages of an earlier run must not be found.
        File.WriteAllText(Path.Combine(_root, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{_root}/packages" /></config>
            </configuration>
            """);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [SkippableFact]
    public void The_tutorial_works_from_its_first_line_to_its_last()
    {
        Skip.If(OperatingSystem.IsWindows(), "the tutorial's commands are for a POSIX shell");
        StringBuilder script = new("set -euo pipefail\n");
        script.Append($"databuild() {{ dotnet '{Worker}' \"$@\"; }}\n");
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
        Assert.Contains("error DB5042", output, StringComparison.Ordinal);
        Assert.Contains("Web: rows, stage counts and manifest are as verified", output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder, "Web", "bin", "Debug", "Web", "tokens", "train.bin")));
        Assert.True(File.Exists(Path.Combine(_folder, "Web", "bin", "Sample", "Web", "manifest.json")));
        Assert.True(File.Exists(Path.Combine(_folder, "published", "Web", "manifest.json")));
        Assert.Contains("\"stage\": \"KeepProse\"", File.ReadAllText(Path.Combine(_folder, "published", "Web", "manifest.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_command_option_and_target_in_the_documentation_exists()
    {
        string targets = string.Concat(Directory.EnumerateFiles(Path.Combine(TestPaths.RepositoryRoot, "msbuild", "DataBuild.Sdk"), "*.targets", SearchOption.AllDirectories).Select(File.ReadAllText));
        Dictionary<string, string> help = new(StringComparer.Ordinal);
        List<string> wrong = [];
        foreach (string page in Directory.EnumerateFiles(Path.Combine(TestPaths.RepositoryRoot, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(TestPaths.RepositoryRoot, "README.md")))
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

    [GeneratedRegex("(?<= )--[a-z]+")]
    private static partial Regex Option();
}
