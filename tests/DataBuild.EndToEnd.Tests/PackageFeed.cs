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
        DotNet.Run(TestPaths.RepositoryRoot, "pack", "msbuild/Packages.proj", "--no-build", "-c", configuration, "-o", Feed, $"-p:DataBuildSdkRuntime={DotNet.Platform}").AssertSucceeded();

        // Packages of its own folder: those of an earlier run must not be found. What the libraries depend on comes from where it was restored to.
        File.WriteAllText(Path.Combine(Folder, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{Folder}/packages" /></config>
              <packageSources><clear /><add key="local" value="{Feed}" /></packageSources>
              <fallbackPackageFolders><add key="restored" value="{RestoredPackages}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    /// <summary>Where the repository's own dependencies were restored to.</summary>
    public static string RestoredPackages { get; } = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "databuild-e2e", Guid.NewGuid().ToString("N"));

    public string Feed => Path.Combine(Folder, "feed");

    /// <summary>A new folder below, which NuGet restores from the feed.</summary>
    public string NewFolder(string name) => Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
