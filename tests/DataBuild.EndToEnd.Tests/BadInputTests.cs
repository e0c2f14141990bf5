using System.Text;

namespace DataBuild.EndToEnd.Tests;

/// <summary>Each wrong input is one clear error or a counted warning, and leaves nothing half-written.</summary>
public sealed class BadInputTests
{
    [Fact]
    public void Inputs_that_are_not_there_or_no_files_are_errors_at_the_item()
    {
        using DatasetProject project = new DatasetProject().WithItems("""
            <Crawl Include="crawl/missing.warc.gz;crawl/folder.warc.gz" />
            <Stage Include="Extract" />
            """);
        Directory.CreateDirectory(Path.Combine(project.Folder, "crawl", "folder.warc.gz"));

        BuildResult result = project.Build().AssertFailed("DB2001", "DB2002");

        Assert.Equal(2, result.Errors.Count);
        Assert.All(result.Errors, e => AssertAt(project, "Include=\"crawl/missing", e));
        Assert.False(Directory.Exists(project.Output));
    }

    [Fact]
    public void Damaged_inputs_are_counted_warnings_and_the_rest_is_read()
    {
        // A name in lower case is one of the compiler's warnings, and must not be one of the dataset's.
        using DatasetProject project = new DatasetProject("damaged").WithItems("""
            <Crawl Include="crawl/*" />
            <Stage Include="Extract" />
            """);
        project.Write("crawl/good.warc.gz", CrawlFile.Pages(0, 3));
        project.Write("crawl/cut.warc.gz", CrawlFile.Pages(10, 2)[..^200]);
        project.Write("crawl/length.warc.gz", [.. CrawlFile.Record(20, CrawlFile.Html(20), lengthError: 50), .. CrawlFile.Record(21, CrawlFile.Html(21))]);

        BuildResult damaged = project.Build().AssertSucceeded().AssertWarnings("DB2021", "DB2028");
        Assert.EndsWith("cut.warc.gz", Assert.Single(damaged.Warnings, w => w.Code == "DB2021").File, StringComparison.Ordinal);
        Assert.EndsWith("length.warc.gz", Assert.Single(damaged.Warnings, w => w.Code == "DB2028").File, StringComparison.Ordinal);
        SortedDictionary<string, string> output = project.OutputDigests();

        // An input that cannot be read at all is one error, and the dataset of before stays whole.
        project.Write("crawl/text.warc", Encoding.UTF8.GetBytes("this is a text and no WARC file\n"));
        Assert.EndsWith("text.warc", Assert.Single(project.Build().AssertFailed().Errors).File, StringComparison.Ordinal);
        Assert.Equal(output, project.OutputDigests());

        File.Delete(Path.Combine(project.Folder, "crawl/text.warc"));
        project.Write("crawl/empty.warc.gz", []);
        Assert.EndsWith("empty.warc.gz", Assert.Single(project.Build().AssertFailed("DB2003").Errors).File, StringComparison.Ordinal);
        Assert.Equal(output, project.OutputDigests());
    }

    [Fact]
    public void A_dataset_without_inputs_is_an_error()
    {
        using DatasetProject project = new DatasetProject().WithItems("""<Stage Include="Extract" />""");
        LoggedDiagnostic error = Assert.Single(project.Build().AssertFailed("DB1008").Errors);
        Assert.Contains("<Crawl Include=", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_stages_options_and_values_are_errors_in_the_project_file_with_suggestions()
    {
        using DatasetProject project = new DatasetProject().WithItems("""
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            <Stage Include="GopherQualty" />
            <Stage Include="GopherQuality" MinWrods="20" />
            """);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 1));

        BuildResult result = project.Build().AssertFailed("DB1001", "DB1002");

        LoggedDiagnostic stage = Assert.Single(result.Errors, e => e.Code == "DB1001");
        Assert.Contains("did you mean 'GopherQuality'?", stage.Message, StringComparison.Ordinal);
        AssertAt(project, "GopherQualty", stage);
        LoggedDiagnostic option = Assert.Single(result.Errors, e => e.Code == "DB1002");
        Assert.Contains("did you mean 'MinWords'?", option.Message, StringComparison.Ordinal);
        AssertAt(project, "MinWrods", option);
        Assert.DoesNotContain("ExtractDocuments", result.Targets);
    }

    [Fact]
    public void What_only_the_worker_can_know_is_an_error_at_the_option_in_the_imported_file_too()
    {
        using DatasetProject project = new DatasetProject().WithItems("""
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            """);
        project.Edit("</Project>", "  <Import Project=\"more.props\" />\n</Project>");
        project.Write("more.props", """
            <Project>
              <ItemGroup>
                <Stage Include="SemanticDedup"
                       Embedding="embeding.vector" />
                <Stage Include="UrlFilter">
                  <Domains>lists/none.txt</Domains>
                </Stage>
                <Stage Include="Tokenize" Tokenizer="@tokenizer" />
                <Crawl Include="crawl/none.warc.gz" />
              </ItemGroup>
            </Project>
            """);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 1));

        BuildResult result = project.Build().AssertFailed();

        Assert.Equal(
            ["DB1005 (6,8)", "DB1011 (4,12)", "DB1070 (8,31)", "DB2001 (9,12)"],
            result.Errors.Select(e => $"{e.Code} ({e.Line},{e.Column})").Order(StringComparer.Ordinal));
        Assert.All(result.Errors, e => Assert.Equal(Path.Combine(project.Folder, "more.props"), e.File));
    }

    [Fact]
    public void Two_stages_of_one_name_are_an_error()
    {
        using DatasetProject project = new DatasetProject().WithItems("""
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            <Stage Include="GopherQuality" />
            <Stage Include="GopherQuality" MinWords="20" />
            """);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 1));

        Assert.Single(project.Build().AssertFailed("DB1007").Errors);
        Assert.False(Directory.Exists(project.Output));
    }

    [Fact]
    public void Models_and_tokenizers_that_cannot_be_used_are_errors()
    {
        using DatasetProject project = new DatasetProject().WithItems("""
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            <Stage Include="Score" Model="broken.onnx" />
            """);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 1));
        project.Write("broken.onnx", Encoding.UTF8.GetBytes("not a model"));

        BuildResult unreadable = project.Build().AssertFailed("DB4001");
        Assert.Single(unreadable.Errors);

        project.Edit("""<Stage Include="Score" Model="broken.onnx" />""", """<Stage Include="Tokenize" Tokenizer="o300k_base" />""");
        BuildResult unknown = project.Build();
        Assert.NotEqual(0, unknown.ExitCode);
        Assert.Contains(unknown.Errors, e => e.Message.Contains("o300k_base", StringComparison.Ordinal) && e.Code.StartsWith("DB", StringComparison.Ordinal));
        Assert.False(Directory.Exists(project.Output));
    }

    /// <summary>The diagnostic points at the line of that text, into the element that holds it.</summary>
    private static void AssertAt(DatasetProject project, string text, LoggedDiagnostic diagnostic)
    {
        Assert.Equal(project.ProjectFile, diagnostic.File);
        string[] lines = File.ReadAllLines(project.ProjectFile);
        int line = Array.FindIndex(lines, l => l.Contains(text, StringComparison.Ordinal));
        Assert.Equal(line + 1, diagnostic.Line);
        Assert.InRange(diagnostic.Column, lines[line].IndexOf('<', StringComparison.Ordinal) + 1, lines[line].IndexOf(text, StringComparison.Ordinal) + 1);
    }
}
