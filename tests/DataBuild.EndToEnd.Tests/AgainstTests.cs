namespace DataBuild.EndToEnd.Tests;

/// <summary>Datasets that deduplicate against each other.</summary>
public sealed class AgainstTests
{
    [Fact]
    public void What_a_referenced_dataset_holds_is_left_out_of_this_one()
    {
        using DatasetProject first = new DatasetProject("First").WithItems("""
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            """);
        first.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 4));
        using DatasetProject second = new DatasetProject("Second", within: Path.GetDirectoryName(first.Folder)).WithItems("""
            <ProjectReference Include="../First/First.csproj" />
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            <Stage Include="ExactDedup" Against="@(ProjectReference)" />
            <Stage Include="MinHashDedup" MinJaccard="0.95" Against="@(ProjectReference)" />
            """);
        // Pages 102 and 103 are pages 2 and 3 under other addresses; 104 is page 1 with a word more.
        second.Write("crawl/b.warc.gz",
        [
            .. CrawlFile.Pages(10, 3), .. CrawlFile.Record(102, CrawlFile.Html(2)), .. CrawlFile.Record(103, CrawlFile.Html(3)),
            .. CrawlFile.Record(104, CrawlFile.Html(1).Replace("</p>\n</main>", " Indeed.</p>\n</main>", StringComparison.Ordinal)),
        ]);

        // One build makes both, the referenced one first.
        BuildResult built = second.Build().AssertSucceeded();
        StageCounts exact = built.AssertStage("ExactDedup", merged: true);
        Assert.Equal((6, 4), (exact.In, exact.Kept));
        StageCounts near = built.AssertStage("MinHashDedup", merged: true);
        Assert.Equal((4, 3), (near.In, near.Kept));
        Assert.True(File.Exists(first.Manifest));
        Assert.False(File.Exists(Path.Combine(second.Folder, "bin", "Debug", "net10.0", "First.dll")));
        Assert.Contains("duplicateOf = 00000000-0000-0000-0000-000000000002", second.Build("-t:Explain", "-p:Url=http://example.org/page/102").AssertSucceeded().Output, StringComparison.Ordinal);
        second.Build().AssertUpToDate("Second");

        // The other dataset loses page 2: here its copy comes in, and nothing is measured again.
        first.Write("takedown.txt", "http://example.org/page/2");
        BuildResult rebuilt = second.Build().AssertSucceeded();
        Assert.Equal(5, Assert.Single(rebuilt.Stages, s => s.Stage == "ExactDedup").Kept);
        Assert.All(rebuilt.Stages.Where(s => s.Stage is "ExactDedup" or "MinHashDedup"), s => Assert.Equal(0, s.Computed));
    }

    [Fact]
    public void A_project_that_is_no_dataset_is_an_error()
    {
        using DatasetProject project = new DatasetProject().WithItems("""
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            <Stage Include="ExactDedup" Against="other.csproj" />
            """);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 1));
        project.Write("other.csproj", "<Project><Target Name=\"Build\" /></Project>");
        DotNet.Run(project.Folder, "build", "Tiny.csproj").AssertFailed("DB4110");
    }
}
