namespace DataBuild.EndToEnd.Tests;

/// <summary>A stage in C# beside the project file.</summary>
public sealed class StageInProjectTests
{
    private const string Stage = """
        using DataBuild;

        namespace Tiny;

        /// <summary>Keeps pages whose text holds a word.</summary>
        [Stage("KeepWord", Phase = StagePhase.Clean)]
        public sealed partial record KeepWord : DocumentStage
        {
            /// <summary>The word.</summary>
            public string Word { get; init; } = "register";

            /// <inheritdoc/>
            public override Verdict Run(Document document) =>
                Verdict.DropIf(!document.Text.Contains(Word, System.StringComparison.Ordinal), "word_missing");
        }
        """;

    [Fact]
    public void It_is_compiled_and_run_by_the_same_build()
    {
        using DatasetProject project = new DatasetProject().WithItems("""
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            <Stage Include="KeepWord" Word="entry 201" />
            """);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 5));
        project.Write("Stages/KeepWord.cs", Stage);

        StageCounts first = project.Build().AssertSucceeded().AssertStage("KeepWord", computed: 1);
        Assert.Equal((5, 1), (first.In, first.Kept));
        Assert.Equal(4, first.Dropped["word_missing"]);

        // A comment changes no code, hence no result; other code does.
        project.Write("Stages/KeepWord.cs", "// A comment.\n" + Stage);
        project.Build().AssertSucceeded().AssertStage("KeepWord", computed: 0, decided: 0);
        project.Write("Stages/KeepWord.cs", Stage.Replace("!document", "document", StringComparison.Ordinal));
        BuildResult changed = project.Build().AssertSucceeded();
        Assert.Equal(4, changed.AssertStage("KeepWord", computed: 1).Kept);
        changed.AssertStage("Extract", computed: 0);
    }

    [Fact]
    public void A_compiler_error_stops_before_any_data_work()
    {
        using DatasetProject project = new DatasetProject().WithItems("""
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            """);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 1));
        project.Write("Stages/Broken.cs", "class { }");

        BuildResult result = project.Build().AssertFailed("CS1001");

        Assert.DoesNotContain("ExtractDocuments", result.Targets);
        Assert.False(Directory.Exists(project.Store));
    }
}
