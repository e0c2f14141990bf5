using System.IO.Compression;
using DataBuild.Tests;

namespace DataBuild.EndToEnd.Tests;

/// <summary>The packed SDK, used from a folder feed by a project outside the repository.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "databuild-e2e", Guid.NewGuid().ToString("N"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_project_that_holds_only_the_lines_of_the_readme_builds_from_the_package()
    {
        string feed = Path.Combine(_folder, "feed");
        string project = Path.Combine(_folder, "Web");
        Directory.CreateDirectory(Path.Combine(project, "crawl"));
        string configuration = typeof(PackageTests).Assembly.Location.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        DotNet.Run(
            TestPaths.RepositoryRoot, "pack", "msbuild/DataBuild.Sdk/DataBuild.Sdk.csproj", "--no-build", "-c", configuration, "-o", feed,
            $"-p:DataBuildSdkRuntime={DotNet.Platform}").AssertSucceeded();
        using (ZipArchive package = ZipFile.OpenRead(Assert.Single(Directory.EnumerateFiles(feed))))
        {
            string[] names = [.. package.Entries.Select(e => e.FullName)];
            Assert.Superset(
                new HashSet<string>
                {
                    "Sdk/Sdk.props", "Sdk/Sdk.targets", "DataBuild.props", "DataBuild.targets", "targets/Phases.targets",
                    "tools/net10.0/tasks/DataBuild.Tasks.dll", "tools/net10.0/worker/DataBuild.Worker.dll", "tools/net10.0/worker/DataBuild.Worker.runtimeconfig.json",
                    "analyzers/dotnet/cs/DataBuild.Generators.dll",
                },
                names.ToHashSet());
        }

        // Packages of its own folder: those of an earlier run of this test must not be found.
        File.WriteAllText(Path.Combine(_folder, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{_folder}/packages" /></config>
              <packageSources><clear /><add key="local" value="{feed}" /></packageSources>
            </configuration>
            """);
        File.WriteAllText(Path.Combine(project, "Web.csproj"), """
            <Project Sdk="DataBuild.Sdk/0.1.0">
              <ItemGroup>
                <Crawl Include="crawl/*.warc.gz" />
                <Stage Include="Extract" />
                <Stage Include="GopherQuality" MinWords="20" />
                <Stage Include="ExactDedup" />
              </ItemGroup>
            </Project>
            """);
        File.WriteAllBytes(Path.Combine(project, "crawl", "a.warc.gz"), CrawlFile.Pages(0, 4));

        BuildResult first = DotNet.Run(project, "build").AssertSucceeded();
        Assert.Equal(4, first.AssertStage("GopherQuality", computed: 1).Kept);
        Assert.True(File.Exists(Path.Combine(project, "bin", "Debug", "Web", "manifest.json")));

        DotNet.Run(project, "build").AssertUpToDate("Web");
        Assert.Equal(0, DotNet.Run(project, "clean").ExitCode);
        Assert.False(Directory.Exists(Path.Combine(project, "bin", "Debug", "Web")));
    }
}
