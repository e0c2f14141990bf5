using DataBuild.Tests;

namespace DataBuild.EndToEnd.Tests;

/// <summary>Packages of this repository in a folder feed, packed once for all tests of the collection, and a folder outside the repository that restores from it alone.</summary>
[CollectionDefinition(Name)]
public sealed class PackageFeed : IDisposable, ICollectionFixture<PackageFeed>
{
    public const string Name = "packages";

    public const string Version = "0.1.0";

    public PackageFeed()
    {
        Directory.CreateDirectory(Folder);
        string configuration = typeof(PackageFeed).Assembly.Location.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        foreach (string project in new[] { "msbuild/DataBuild.Sdk", "msbuild/DataBuild.Templates", "src/DataBuild.Core", "src/DataBuild.Formats", "src/DataBuild.Dataset", "src/DataBuild.Stages", "src/DataBuild.Engine", "src/DataBuild.Testing", "src/DataBuild.Worker" })
        {
            DotNet.Run(TestPaths.RepositoryRoot, "pack", $"{project}/{Path.GetFileName(project)}.csproj", "--no-build", "-c", configuration, "-o", Feed, $"-p:DataBuildSdkRuntime={DotNet.Platform}").AssertSucceeded();
        }

        // Packages of its own folder: those of an earlier run must not be found. What the libraries depend on comes from where it was restored to.
        string restored = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(Path.Combine(Folder, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{Folder}/packages" /></config>
              <packageSources><clear /><add key="local" value="{Feed}" /></packageSources>
              <fallbackPackageFolders><add key="restored" value="{restored}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "databuild-e2e", Guid.NewGuid().ToString("N"));

    public string Feed => Path.Combine(Folder, "feed");

    /// <summary>A new folder below, which NuGet restores from the feed.</summary>
    public string NewFolder(string name) => Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
