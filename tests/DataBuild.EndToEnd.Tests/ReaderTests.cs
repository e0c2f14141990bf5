namespace DataBuild.EndToEnd.Tests;

/// <summary>A program reads the dataset of the project that it references, typed.</summary>
public sealed class ReaderTests
{
    private const string Program = """
        using System.Linq;
        using DataBuild;

        foreach (var d in Tiny.Open().Where(d => d.Language == "en").OrderBy(d => d.Url))
        {
            System.Console.WriteLine($"{d.Url} {d.Source} {d.Text!.Length > 100} {d.LanguageScore > 0.5f}");
        }

        System.Console.WriteLine($"{Tiny.Open().RowCount} {Tiny.Pipeline.Language.Keep[0]}");
        """;

    [Fact]
    public void Rows_of_every_format_are_typed_and_found_where_the_build_left_them()
    {
        using DatasetProject project = new DatasetProject().WithItems("""
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            <Stage Include="Language" Keep="en" />
            """);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 3));
        string reader = Path.Combine(Path.GetDirectoryName(project.Folder)!, "Reader");
        Directory.CreateDirectory(reader);
        string worker = DatasetProject.Tool("src/DataBuild.Worker", "net10.0", "").TrimEnd('/');
        File.WriteAllText(Path.Combine(reader, "Program.cs"), Program);
        File.WriteAllText(Path.Combine(reader, "Directory.Build.props"), "<Project />");
        File.WriteAllText(Path.Combine(reader, "Directory.Build.targets"), "<Project />");
        File.WriteAllText(Path.Combine(reader, "Directory.Packages.props"), "<Project />");
        File.WriteAllText(Path.Combine(reader, "Reader.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
              </PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="../Tiny/Tiny.csproj" />
                <!-- Of the repository's own build, where a user has the package DataBuild.Dataset. -->
                <Reference Include="{worker}/DataBuild.Core.dll;{worker}/DataBuild.Dataset.dll" />
                <None Include="{worker}/runtimes/{DotNet.Platform}/native/ParquetSharpNative.*" CopyToOutputDirectory="PreserveNewest" Link="%(Filename)%(Extension)" />
              </ItemGroup>
            </Project>
            """);
        const string Expected = """
            http://example.org/page/0 crawl/a.warc.gz True True
            http://example.org/page/1 crawl/a.warc.gz True True
            http://example.org/page/2 crawl/a.warc.gz True True
            3 en
            """;

        // Building the program builds the dataset before it.
        BuildResult built = DotNet.Run(reader, "build", "Reader.csproj").AssertSucceeded();
        built.AssertStage("Language", computed: 1);
        Assert.Equal(Expected, RunProgram(reader));

        foreach (string format in new[] { "jsonl.zst", "jsonl" })
        {
            project.Build($"-p:DataBuildOutputFormat={format}").AssertSucceeded();
            Assert.Equal(Expected, RunProgram(reader));
        }
    }

    private static string RunProgram(string folder) => DotNet.Execute(folder, Path.Combine(folder, "bin/Debug/net10.0/Reader.dll")).ReplaceLineEndings("\n").TrimEnd();
}
