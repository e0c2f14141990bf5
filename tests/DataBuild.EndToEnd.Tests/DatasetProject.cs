using System.Reflection;
using DataBuild.Tests;

namespace DataBuild.EndToEnd.Tests;

/// <summary>A dataset project in an empty folder of its own, built by the repository's props, targets and tools.</summary>
internal sealed class DatasetProject : IDisposable
{
    private readonly string _root;

    /// <summary>Creates the folder and the project.</summary>
    /// <param name="name">Name of the project and dataset.</param>
    /// <param name="within">Folder to share with other projects; null for an own one, whose name has a space and letters outside ASCII.</param>
    public DatasetProject(string name = "Tiny", string? within = null)
    {
        _root = within is null ? Path.Combine(Path.GetTempPath(), "databuild-e2e", Guid.NewGuid().ToString("N")) : "";
        Name = name;
        Folder = Path.Combine(within ?? Path.Combine(_root, "Größe 数据 a b"), name);
        Directory.CreateDirectory(Path.Combine(Folder, "crawl"));
        string msbuild = Path.Combine(TestPaths.RepositoryRoot, "msbuild", "DataBuild.Sdk");
        Write("Directory.Build.props", $"""
            <Project>
              <PropertyGroup>
                <DataBuildTasksAssembly>{Tool("src/DataBuild.Tasks", "net10.0", "DataBuild.Tasks.dll")}</DataBuildTasksAssembly>
                <DataBuildReferencesDirectory>{Tool("src/DataBuild.Worker", "net10.0", "")}</DataBuildReferencesDirectory>
                <DataBuildWorkerPath>{Tool("src/DataBuild.Worker", "net10.0", "DataBuild.Worker.dll")}</DataBuildWorkerPath>
                <DataBuildAnalyzersDirectory>{Tool("generators/DataBuild.Generators", "netstandard2.0", "")}</DataBuildAnalyzersDirectory>
              </PropertyGroup>
              <Import Project="{msbuild}/DataBuild.props" />
            </Project>
            """);
        Write("Directory.Build.targets", $"""
            <Project>
              <Import Project="{msbuild}/DataBuild.targets" />
            </Project>
            """);
        // The folder is not part of this repository: its packages and versions must not reach it.
        Write("Directory.Packages.props", "<Project />");
    }

    public static string Worker => Tool("src/DataBuild.Worker", "net10.0", "DataBuild.Worker.dll");

    public static string FakeWorker => Tool("tests/DataBuild.FakeWorker", "net10.0", "DataBuild.FakeWorker.dll");

    public string Name { get; }

    public string Folder { get; }

    public string ProjectFile => Path.Combine(Folder, Name + ".csproj");

    public string Output => Path.Combine(Folder, "bin", "Debug", Name);

    public string Manifest => Path.Combine(Output, "manifest.json");

    public string Store => Path.Combine(Folder, "obj", "databuild", "store");

    /// <summary>Writes the project file with these items.</summary>
    public DatasetProject WithItems(string items)
    {
        Write(Name + ".csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup>
                {items}
              </ItemGroup>
            </Project>
            """);
        return this;
    }

    /// <summary>Replaces a part of the project file.</summary>
    public void Edit(string old, string replacement)
    {
        string text = File.ReadAllText(ProjectFile);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(ProjectFile, text.Replace(old, replacement, StringComparison.Ordinal));
    }

    public void Write(string path, string text)
    {
        string full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text + "\n");
    }

    public void Write(string path, byte[] bytes) => File.WriteAllBytes(Path.Combine(Folder, path), bytes);

    public string Read(string path) => File.ReadAllText(Path.Combine(Folder, path)).ReplaceLineEndings("\n");

    /// <summary>Every file of the finished dataset with its bytes, but for the report, which holds timings.</summary>
    public SortedDictionary<string, string> OutputDigests() => new(
        Directory.EnumerateFiles(Output, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(f) != "report.html")
            .ToDictionary(f => Path.GetRelativePath(Output, f), f => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f)))),
        StringComparer.Ordinal);

    public BuildResult Build(params string[] arguments) => DotNet.Run(Folder, ["build", Name + ".csproj", .. arguments]);

    public BuildResult Clean() => DotNet.Run(Folder, ["clean", Name + ".csproj"]);

    public void Dispose()
    {
        if (_root.Length > 0)
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    public static string Tool(string project, string framework, string file)
    {
        string configuration = typeof(DatasetProject).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Configuration").Value!;
        return Path.Combine(TestPaths.RepositoryRoot, project, "bin", configuration, framework, file);
    }
}
