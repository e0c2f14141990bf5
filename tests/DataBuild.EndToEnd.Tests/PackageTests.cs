using System.IO.Compression;

namespace DataBuild.EndToEnd.Tests;

/// <summary>The packed SDK, libraries and templates, used from a folder feed by projects outside the repository.</summary>
[Collection(PackageFeed.Name)]
public sealed class PackageTests(PackageFeed feed)
{
    private const string Project = """
        <Project Sdk="DataBuild.Sdk/0.1.0">
          <ItemGroup>
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            <Stage Include="GopherQuality" MinWords="20" />
            <Stage Include="ExactDedup" />
          </ItemGroup>
        </Project>
        """;

    [Fact]
    public void Packages_hold_what_they_should()
    {
        Assert.Superset(
            new HashSet<string>
            {
                "Sdk/Sdk.props", "Sdk/Sdk.targets", "DataBuild.props", "DataBuild.targets", "targets/Phases.targets", "targets/References.targets",
                "tools/net10.0/tasks/DataBuild.Tasks.dll", "tools/net10.0/worker/DataBuild.Worker.dll", "tools/net10.0/worker/DataBuild.Worker.runtimeconfig.json",
                "tools/net10.0/worker/DataBuild.Dataset.dll", "analyzers/dotnet/cs/DataBuild.Generators.dll", "stages.xsd",
            },
            Entries("DataBuild.Sdk"));
        Assert.Superset(new HashSet<string> { "lib/net10.0/DataBuild.Core.dll", "lib/net10.0/DataBuild.Core.xml", "analyzers/dotnet/cs/DataBuild.Generators.dll" }, Entries("DataBuild.Core"));
        Assert.Superset(new HashSet<string> { "lib/net10.0/DataBuild.Dataset.dll" }, Entries("DataBuild.Dataset"));
        Assert.Contains("content/templates/Math/Stages/KeepFormulas.cs", Entries("DataBuild.Templates"));
        Assert.DoesNotContain(Entries("DataBuild.Sdk"), e => e.EndsWith(".pdb", StringComparison.Ordinal));
    }

    [Fact]
    public void A_project_that_holds_only_the_lines_of_the_readme_builds_rebuilds_cleans_and_is_read()
    {
        string project = feed.NewFolder("Web");
        Directory.CreateDirectory(Path.Combine(project, "crawl"));
        File.WriteAllText(Path.Combine(project, "Web.csproj"), Project);
        File.WriteAllBytes(Path.Combine(project, "crawl", "a.warc.gz"), CrawlFile.Pages(0, 4));
        string output = Path.Combine(project, "bin", "Debug", "Web");

        BuildResult first = DotNet.Run(project, "build").AssertSucceeded();
        Assert.Equal(4, first.AssertStage("GopherQuality", computed: 1).Kept);
        Assert.True(File.Exists(Path.Combine(output, "manifest.json")));
        DotNet.Run(project, "build").AssertUpToDate("Web");

        // A rebuild makes the outputs again; what was computed stays computed.
        string manifest = File.ReadAllText(Path.Combine(output, "manifest.json"));
        foreach (string rebuild in new[] { "--no-incremental", "-t:Rebuild" })
        {
            BuildResult rebuilt = DotNet.Run(project, "build", rebuild, "--no-restore").AssertSucceeded();
            Assert.Equal(4, rebuilt.AssertStage("GopherQuality", computed: 0).Kept);
            Assert.Equal(manifest, File.ReadAllText(Path.Combine(output, "manifest.json")));
        }

        // A program reads it by the library's package.
        string reader = feed.NewFolder("Reader");
        File.WriteAllText(Path.Combine(reader, "Program.cs"), "foreach (var d in Web.Open().OrderBy(d => d.Url)) { Console.WriteLine($\"{d.Url} {d.Text!.Length > 100}\"); }");
        File.WriteAllText(Path.Combine(reader, "Reader.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable></PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="../Web/Web.csproj" />
                <PackageReference Include="DataBuild.Dataset" Version="0.1.0" />
              </ItemGroup>
            </Project>
            """);
        DotNet.Run(reader, "build").AssertSucceeded();
        Assert.Equal(
            string.Concat(Enumerable.Range(0, 4).Select(i => $"http://example.org/page/{i} True\n")),
            DotNet.Execute(reader, Path.Combine(reader, "bin/Debug/net10.0/Reader.dll")).ReplaceLineEndings("\n"));

        Assert.Equal(0, DotNet.Run(project, "clean").ExitCode);
        Assert.False(Directory.Exists(output));
    }

    [Fact]
    public void A_changed_dataset_is_an_error_that_shows_the_difference_until_it_is_accepted()
    {
        // What stands above a project reaches it, as it does every project.
        string folder = feed.NewFolder("Verified");
        string project = Directory.CreateDirectory(Path.Combine(folder, "Web")).FullName;
        Directory.CreateDirectory(Path.Combine(project, "crawl"));
        File.WriteAllText(Path.Combine(folder, "Directory.Build.props"), "<Project><PropertyGroup><DataBuildOutputFormat>jsonl</DataBuildOutputFormat><DatasetLicense>CC-BY-4.0</DatasetLicense></PropertyGroup></Project>");
        File.WriteAllText(Path.Combine(folder, "Directory.Build.targets"), "<Project><ItemGroup><Stage Include=\"ExactDedup\" Name=\"inherited\" /></ItemGroup></Project>");
        File.WriteAllText(Path.Combine(project, "Web.csproj"), Project.Replace("<Stage Include=\"ExactDedup\" />", "", StringComparison.Ordinal));
        File.WriteAllBytes(Path.Combine(project, "crawl", "a.warc.gz"), CrawlFile.Pages(0, 4));
        DotNet.Run(project, "build", "-t:AcceptDataset").AssertSucceeded().AssertStage("ExactDedup", computed: 1);
        string[] verified = ["Web.manifest.verified.json", "Web.rows.verified.txt", "Web.stages.verified.txt"];
        Assert.Equal(verified, Snapshots(project));
        string stages = File.ReadAllText(Path.Combine(project, "Web.stages.verified.txt"));
        Assert.True(File.Exists(Path.Combine(project, "bin/Debug/Web/data/train-00000-of-00001.jsonl")));
        Assert.Contains("CC-BY-4.0", File.ReadAllText(Path.Combine(project, "bin/Debug/Web/README.md")), StringComparison.Ordinal);

        File.WriteAllBytes(Path.Combine(project, "crawl", "b.warc.gz"), CrawlFile.Pages(3, 2));
        BuildResult changed = DotNet.Run(project, "build", "-t:VerifyDataset", "--no-restore").AssertFailed("DB5041");
        Assert.Equal(verified, changed.Errors.Select(e => Path.GetFileName(e.File)).Order(StringComparer.Ordinal));
        LoggedDiagnostic counts = changed.Errors.Single(e => e.File.EndsWith("Web.stages.verified.txt", StringComparison.Ordinal));
        Assert.Equal(2, counts.Line);
        Assert.Matches(@"\n- +2 extract +4 +4\n", counts.Message.ReplaceLineEndings("\n"));
        Assert.Matches(@"\n\+ +2 extract +6 +6\n", counts.Message.ReplaceLineEndings("\n"));
        Assert.Contains("dotnet build -t:AcceptDataset", counts.Message, StringComparison.Ordinal);
        Assert.Equal([.. verified.Select(v => v.Replace("verified", "received", StringComparison.Ordinal)).Concat(verified).Order(StringComparer.Ordinal)], Snapshots(project));
        Assert.Equal(stages, File.ReadAllText(Path.Combine(project, "Web.stages.verified.txt")));

        DotNet.Run(project, "build", "-t:AcceptDataset", "--no-restore").AssertSucceeded();
        Assert.Equal(verified, Snapshots(project));
        DotNet.Run(project, "build", "-t:VerifyDataset", "--no-restore").AssertSucceeded();
    }

    private static string[] Snapshots(string project) =>
        [.. Directory.EnumerateFiles(project).Select(f => Path.GetFileName(f)).Where(f => f.Contains(".verified.", StringComparison.Ordinal) || f.Contains(".received.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [Fact]
    public void A_package_of_stages_is_referenced_and_just_works()
    {
        string library = feed.NewFolder("Acme.Stages");
        File.WriteAllText(Path.Combine(library, "Acme.Stages.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><Nullable>enable</Nullable><ImplicitUsings>enable</ImplicitUsings><Version>1.2.3</Version></PropertyGroup>
              <ItemGroup>
                <PackageReference Include="DataBuild.Core" Version="0.1.0" />
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(library, "KeepSubject.cs"), """
            using DataBuild;

            namespace Acme;

            /// <summary>Keeps pages on a subject.</summary>
            [Stage("KeepSubject")]
            public sealed partial record KeepSubject : DocumentStage
            {
                /// <summary>The subject.</summary>
                [Option(Required = true)]
                public string Subject { get; init; } = "";

                public override Verdict Run(Document document) => Verdict.DropIf(!document.Text.Contains(Subject, StringComparison.Ordinal), "other_subject");
            }
            """);
        DotNet.Run(library, "pack", "-o", feed.Feed).AssertSucceeded();

        string project = feed.NewFolder("Acme");
        Directory.CreateDirectory(Path.Combine(project, "crawl"));
        File.WriteAllBytes(Path.Combine(project, "crawl", "a.warc.gz"), CrawlFile.Pages(0, 4));
        string text = """
            <Project Sdk="DataBuild.Sdk/0.1.0">
              <ItemGroup>
                <PackageReference Include="Acme.Stages" Version="1.2.3" />
                <Crawl Include="crawl/*.warc.gz" />
                <Stage Include="Extract" />
                <Stage Include="KeepSubject" Subject="river" />
              </ItemGroup>
            </Project>
            """;
        File.WriteAllText(Path.Combine(project, "Acme.csproj"), text);
        File.WriteAllText(Path.Combine(project, "Use.cs"), "static class Use { static string Subject => Acme.Acme.Pipeline.KeepSubject.Subject; }");

        StageCounts counts = DotNet.Run(project, "build", "-warnaserror").AssertSucceeded().AssertStage("KeepSubject", computed: 1);
        Assert.Equal(4, counts.In);

        // Its options are checked and documented as those of any stage.
        File.WriteAllText(Path.Combine(project, "Acme.csproj"), text.Replace("Subject=\"river\"", "Subjcet=\"river\"", StringComparison.Ordinal));
        BuildResult wrong = DotNet.Run(project, "build", "--no-restore").AssertFailed("DB1002", "DB1006");
        Assert.Contains("did you mean 'Subject'?", wrong.Errors.Single(e => e.Code == "DB1002").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_template_is_installed_made_and_built()
    {
        string package = Directory.EnumerateFiles(feed.Feed, "DataBuild.Templates.*.nupkg").Single();
        string hive = feed.NewFolder("hive");
        DotNet.Command(feed.Folder, "new", "install", package, "--debug:custom-hive", hive);
        foreach ((string template, string name, int kept) in new[] { ("databuild", "My.Data", 1), ("databuild-web", "Web-Text", 1), ("databuild-math", "Sums", 1), ("databuild-code", "Code", 1) })
        {
            string folder = feed.NewFolder("made-" + template);
            DotNet.Command(folder, "new", template, "-n", name, "-o", ".", "--debug:custom-hive", hive);
            BuildResult built = DotNet.Run(folder, "build", "-warnaserror").AssertSucceeded();
            Assert.Contains($"{kept} documents", built.Output, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(folder, "bin", "Debug", name, "manifest.json")), built.Output);
            Assert.Contains($"DataBuild.Sdk/{PackageFeed.Version}", File.ReadAllText(Path.Combine(folder, name + ".csproj")), StringComparison.Ordinal);
        }
    }

    private HashSet<string> Entries(string package)
    {
        using ZipArchive archive = ZipFile.OpenRead(Path.Combine(feed.Feed, $"{package}.{PackageFeed.Version}.nupkg"));
        return [.. archive.Entries.Select(e => e.FullName)];
    }
}
