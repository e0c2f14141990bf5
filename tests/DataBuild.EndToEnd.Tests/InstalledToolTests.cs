using System.Diagnostics;
using System.Text;
using System.Xml.Linq;
using DataBuild.Tests;

namespace DataBuild.EndToEnd.Tests;

/// <summary>The tool <c>databuild</c> and the package DataBuild.Testing, installed from a folder feed, on a dataset outside the repository.</summary>
[Collection(PackageFeed.Name)]
public sealed class InstalledToolTests(PackageFeed feed)
{
    [Fact]
    public void The_tool_is_installed_and_answers_about_a_dataset()
    {
        string project = NewDataset("Tooled");
        DotNet.Run(project, "build").AssertSucceeded();
        string before = Path.Combine(feed.Folder, "before-tooled");
        Directory.Move(Path.Combine(project, "bin", "Debug", "Tooled"), before);
        File.WriteAllText(Path.Combine(project, "Tooled.csproj"), File.ReadAllText(Path.Combine(project, "Tooled.csproj")).Replace("MinWords=\"20\"", "MinWords=\"100000\"", StringComparison.Ordinal));
        DotNet.Run(project, "build", "--no-restore").AssertSucceeded();
        File.WriteAllText(Path.Combine(project, "page.html"), "<html><body><nav>menu</nav><article><h1>Rivers</h1><p>The river Elbe runs from the mountains to the sea, and many towns stand on its banks.</p></article></body></html>");

        string tools = Path.Combine(feed.Folder, "tools");
        DotNet.Command(feed.Folder, "tool", "install", "DataBuild.Tool", "--tool-path", tools, "--add-source", feed.Feed, "--version", PackageFeed.Version);
        string databuild = Path.Combine(tools, OperatingSystem.IsWindows() ? "databuild.exe" : "databuild");
        string help = Run(databuild, project, 0, "--help");
        Assert.All(["extract", "explain", "head", "stats", "diff", "cache", "build", "watch"], c => Assert.Matches($@"\n +{c}\b", help));

        Assert.Contains("# Rivers", Run(databuild, project, 0, "extract", "page.html"), StringComparison.Ordinal);
        Assert.Contains("http://example.org/page/2", Run(databuild, project, 0, "head", before, "--count", "4", "--columns", "url"), StringComparison.Ordinal);
        Assert.Contains("4 documents", Run(databuild, project, 0, "stats", before), StringComparison.Ordinal);
        string explained = Run(databuild, project, 0, "explain", "http://example.org/page/1");
        Assert.Contains("too_few_words", explained, StringComparison.Ordinal);
        string difference = Run(databuild, project, 1, "diff", before, Path.Combine("bin", "Debug", "Tooled"));
        Assert.Contains("gopher: MinWords 20 → 100000", difference, StringComparison.Ordinal);
        Assert.Contains("too_few_words", difference, StringComparison.Ordinal);
        Assert.Matches(@"in [1-9]\d* results", Run(databuild, project, 0, "cache", "stats", "obj/databuild/store"));
        Assert.Contains("Tooled: up to date", Run(databuild, project, 0, "build", "--no-restore", "-nodeReuse:false", "-tl:off"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_test_project_outside_the_repository_verifies_its_dataset()
    {
        string project = NewDataset("Checked");
        string tests = feed.NewFolder("Checked.Tests");
        File.WriteAllText(Path.Combine(tests, "Checked.Tests.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable></PropertyGroup>
              <ItemGroup>
                <DatasetReference Include="../Checked/Checked.csproj" />
                <PackageReference Include="DataBuild.Testing" Version="{PackageFeed.Version}" />
                <PackageReference Include="Microsoft.NET.Test.Sdk" Version="{VersionOf("Microsoft.NET.Test.Sdk")}" />
                <PackageReference Include="xunit" Version="{VersionOf("xunit")}" />
                <PackageReference Include="xunit.runner.visualstudio" Version="{VersionOf("xunit.runner.visualstudio")}" />
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(tests, "CheckedTests.cs"), """
            public sealed class CheckedTests() : DataBuild.Testing.DatasetTests("Checked")
            {
                [Xunit.Fact]
                public void All_pages_are_there() => Xunit.Assert.Equal(4, Dataset.Rows().Count());
            }
            """);
        DotNet.Run(project, "build", "-t:AcceptDataset").AssertSucceeded();
        Assert.Matches(@"Passed: +4\b", DotNet.Command(tests, "test", "-nodeReuse:false"));

        // A dataset that has changed fails the test, with the difference.
        File.WriteAllBytes(Path.Combine(project, "crawl", "b.warc.gz"), CrawlFile.Pages(3, 2));
        BuildResult failed = DotNet.Run(tests, "test", "--no-restore");
        Assert.NotEqual(0, failed.ExitCode);
        Assert.Contains("Failed:     4", failed.Output, StringComparison.Ordinal);
        Assert.Contains("DB5041", failed.Output, StringComparison.Ordinal);
        Assert.Matches(@"\n *\+ +2 extract +6 +6\n", failed.Output.ReplaceLineEndings("\n"));
    }

    private string NewDataset(string name)
    {
        string project = feed.NewFolder(name);
        Directory.CreateDirectory(Path.Combine(project, "crawl"));
        File.WriteAllText(Path.Combine(project, name + ".csproj"), $"""
            <Project Sdk="DataBuild.Sdk/{PackageFeed.Version}">
              <ItemGroup>
                <Crawl Include="crawl/*.warc.gz" />
                <Stage Include="Extract" />
                <Stage Include="GopherQuality" MinWords="20" />
              </ItemGroup>
            </Project>
            """);
        File.WriteAllBytes(Path.Combine(project, "crawl", "a.warc.gz"), CrawlFile.Pages(0, 4));
        return project;
    }

    private static string VersionOf(string package) =>
        (string)XElement.Load(Path.Combine(TestPaths.RepositoryRoot, "Directory.Packages.props")).Descendants("PackageVersion").Single(p => (string?)p.Attribute("Include") == package).Attribute("Version")!;

    private static string Run(string program, string folder, int exitCode, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
        start.Environment["DOTNET_ROOT"] = DotNet.Root;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == exitCode, $"databuild {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}\n{error.Result}");
        return output;
    }
}
