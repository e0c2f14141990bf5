using System.Security.Cryptography;
using System.Text.Json;

namespace DataBuild.EndToEnd.Tests;

/// <summary>Locked inputs, builds compared with each other, and the statement about where a dataset comes from.</summary>
public sealed class ReproduceTests
{
    private const string Items = """
        <Crawl Include="crawl/*.warc.gz" />
        <Stage Include="Extract" />
        <Stage Include="GopherQuality" MinWords="20" />
        <Stage Include="MinHashDedup" />
        """;

    [Fact]
    public void Two_builds_from_nothing_give_the_same_bytes_and_inputs_can_be_locked()
    {
        using DatasetProject project = new DatasetProject().WithItems(Items);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 20));
        project.Write("crawl/b.warc.gz", CrawlFile.Pages(10, 20));

        BuildResult reproduced = project.Build("-t:Reproduce").AssertSucceeded();
        Assert.Contains("reproduced: ", reproduced.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(project.Folder, "obj/databuild/reproduce")));

        project.Build("-p:DataBuildLockedMode=true").AssertFailed("DB3010");
        project.Build("-p:DataBuildWriteLock=true").AssertSucceeded();
        project.Build("-p:DataBuildLockedMode=true").AssertSucceeded();
        AssertProvenance(project);
        project.Write("crawl/b.warc.gz", CrawlFile.Pages(10, 21));
        Assert.Contains("crawl/b.warc.gz", Assert.Single(project.Build("-p:DataBuildLockedMode=true").AssertFailed("DB3010").Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stage_that_depends_on_the_time_zone_is_found()
    {
        using DatasetProject project = new DatasetProject().WithItems("""
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            <Stage Include="Zoned" />
            """);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 3));
        project.Write("Stages/Zoned.cs", """
            using DataBuild;

            namespace Tiny;

            /// <summary>Drops by the name of the time zone.</summary>
            [Stage("Zoned", Phase = StagePhase.Clean)]
            public sealed partial record Zoned : DocumentStage
            {
                /// <inheritdoc/>
                public override Verdict Run(Document document) => Verdict.DropIf(System.TimeZoneInfo.Local.BaseUtcOffset.TotalHours > 3, "east");
            }
            """);

        LoggedDiagnostic error = Assert.Single(project.Build("-t:Reproduce").AssertFailed("DB3087").Errors, e => e.Code == "DB3087");
        Assert.Contains("differs between two builds", error.Message, StringComparison.Ordinal);
    }

    private static void AssertProvenance(DatasetProject project)
    {
        using JsonDocument statement = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(project.Output, "provenance.intoto.json")));
        JsonElement root = statement.RootElement;
        Assert.Equal("https://in-toto.io/Statement/v1", root.GetProperty("_type").GetString());
        Assert.Equal("https://slsa.dev/provenance/v1", root.GetProperty("predicateType").GetString());
        foreach (JsonElement subject in root.GetProperty("subject").EnumerateArray())
        {
            string path = Path.Combine(project.Output, subject.GetProperty("name").GetString()!);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))), subject.GetProperty("digest").GetProperty("sha256").GetString());
        }

        JsonElement definition = root.GetProperty("predicate").GetProperty("buildDefinition");
        Assert.Equal(
            ["crawl/a.warc.gz", "crawl/b.warc.gz"],
            definition.GetProperty("resolvedDependencies").EnumerateArray().Select(d => d.GetProperty("name").GetString()).Where(n => n!.StartsWith("crawl/", StringComparison.Ordinal)));
        Assert.Equal(3, definition.GetProperty("externalParameters").GetProperty("stages").GetArrayLength());
    }
}
