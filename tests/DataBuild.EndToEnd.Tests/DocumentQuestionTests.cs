namespace DataBuild.EndToEnd.Tests;

/// <summary>The targets Explain and Impact.</summary>
public sealed class DocumentQuestionTests
{
    private const string Items = """
        <Crawl Include="crawl/*.warc.gz" />
        <Stage Include="Extract" Format="Markdown" />
        <Stage Include="GopherQuality" MinWords="20" />
        <Stage Include="ExactDedup" />
        </ItemGroup>
        <PropertyGroup><DataBuildOutputFormat>jsonl</DataBuildOutputFormat></PropertyGroup>
        <ItemGroup>
        """;

    [Fact]
    public void Explain_tells_the_whole_way_of_a_document()
    {
        using DatasetProject project = Project();

        // Before the first build: what is needed is computed.
        string dropped = project.Build("-t:Explain", "-p:Url=http://example.org/page/100").AssertSucceeded().Output;
        AssertLines(
            dropped,
            "http://example.org/page/100",
            "id 00000000-0000-0000-0000-000000000100, crawl/b.warc.gz at offset 0",
            "GopherQuality            kept",
            "gopher.words = 537",
            "rules: MinWords=20",
            "ExactDedup               DROPPED: exact_duplicate",
            "exact.duplicateOf = 00000000-0000-0000-0000-000000000004",
            "duplicates: 2 documents, of which 00000000-0000-0000-0000-000000000004 is kept",
            "kept    http://example.org/page/4  00000000-0000-0000-0000-000000000004  crawl/a.warc.gz",
            "dropped http://example.org/page/100  00000000-0000-0000-0000-000000000100  crawl/b.warc.gz",
            "not in the dataset");

        project.Build().AssertSucceeded().AssertStage("Extract", computed: 0);

        // By id, and by another spelling of the address.
        AssertLines(
            project.Build("-t:Explain", "-p:Url=00000000-0000-0000-0000-000000000004").AssertSucceeded().Output,
            "http://example.org/page/4", "in the dataset: row 4; data/train-00000-of-00001.jsonl, row 4");
        AssertLines(project.Build("-t:Explain", "-p:Url=https://www.example.org/page/101#top").AssertSucceeded().Output, "GopherQuality            DROPPED: too_few_words", "ExactDedup               not reached");

        project.Build("-t:Explain", "-p:Url=http://example.org/nowhere").AssertFailed("DB0060");
        project.Build("-t:Explain").AssertFailed("DB0060");
    }

    [Fact]
    public void Impact_takes_documents_out_for_good_and_elects_others_in_their_place()
    {
        using DatasetProject project = Project();
        project.Build().AssertSucceeded();
        SortedDictionary<string, string> first = project.OutputDigests();
        project.Write("list.txt", "# asked for by their owner\nhttp://example.org/page/4\n00000000-0000-0000-0000-000000000000\nhttp://example.org/nowhere");

        // Told, not done.
        BuildResult told = project.Build("-t:Impact", "-p:Takedown=list.txt", "-p:ImpactOnly=true").AssertSucceeded();
        AssertLines(
            told.Output,
            "takedown of 3 entries",
            "go: 2",
            "http://example.org/page/0  00000000-0000-0000-0000-000000000000  crawl/a.warc.gz",
            "http://example.org/page/4  00000000-0000-0000-0000-000000000004  crawl/a.warc.gz",
            "come in, elected in the place of one that goes: 1",
            "http://example.org/page/100  00000000-0000-0000-0000-000000000100  crawl/b.warc.gz",
            "1 entries name no document: http://example.org/nowhere",
            "2 of 2 inputs change their part of the dataset: crawl/a.warc.gz, crawl/b.warc.gz",
            "Takedown           2 of 2 measured, 2 decided",
            // Only the shard that lost documents is decided again, and nothing is measured.
            "GopherQuality      0 of 2 measured, 1 decided",
            "ExactDedup         0 of 2 measured, 2 decided, merged");
        Assert.False(File.Exists(Path.Combine(project.Folder, "takedown.txt")));
        Assert.Equal(first, project.OutputDigests());

        // Done.
        project.Build("-t:Impact", "-p:Takedown=list.txt").AssertSucceeded();
        string[] rows = Rows(project);
        Assert.DoesNotContain(rows, r => r.Contains("/page/4\"", StringComparison.Ordinal) || r.Contains("/page/0\"", StringComparison.Ordinal));
        Assert.Contains(rows, r => r.Contains("/page/100\"", StringComparison.Ordinal));
        project.Build().AssertUpToDate("Tiny");

        // From nothing, with the list that the project has now, comes the same dataset.
        using DatasetProject fresh = Project();
        fresh.Write("takedown.txt", project.Read("takedown.txt").TrimEnd());
        StageCounts takedown = fresh.Build().AssertSucceeded().AssertStage("Takedown", shards: 2, computed: 2);
        Assert.Equal(2, takedown.Dropped["taken_down"]);
        Assert.Equal(project.OutputDigests(), fresh.OutputDigests());

        // The list is an input: an entry less, and its document is back.
        project.Write("takedown.txt", "00000000-0000-0000-0000-000000000000");
        project.Build().AssertSucceeded().AssertStage("Extract", computed: 0);
        Assert.Contains(Rows(project), r => r.Contains("/page/4\"", StringComparison.Ordinal));

        project.Build("-t:Impact", "-p:Takedown=missing.txt").AssertFailed("DB0061");
        project.Build("-t:Impact").AssertFailed("DB0061");
    }

    // Page 100 is page 4 under another address; page 101 is short.
    private static DatasetProject Project()
    {
        DatasetProject project = new DatasetProject().WithItems(Items);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 6));
        project.Write("crawl/b.warc.gz", [.. CrawlFile.Record(100, CrawlFile.Html(4)), .. CrawlFile.Record(101, "<!DOCTYPE html><html lang=\"en\"><head><title>A note</title></head><body><main><h1>A note</h1><p>The old library kept the letters that the merchants had sent.</p></main></body></html>")]);
        return project;
    }

    private static string[] Rows(DatasetProject project) => File.ReadAllLines(Path.Combine(project.Output, "data", "train-00000-of-00001.jsonl"));

    private static void AssertLines(string output, params string[] lines)
    {
        int from = 0;
        foreach (string line in lines)
        {
            int at = output.IndexOf(line, from, StringComparison.Ordinal);
            Assert.True(at >= 0, $"'{line}' is missing after character {from} of:\n{output}");
            from = at + line.Length;
        }
    }
}
