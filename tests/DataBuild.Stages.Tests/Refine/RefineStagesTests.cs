using DataBuild.Stages.Generate;
using DataBuild.Stages.Refine;
using DataBuild.Stages.Refine.Programs;
using DataBuild.Tests.Generate;

namespace DataBuild.Tests.Refine;

/// <summary>The stages that ask for, distil, learn and run edit programs.</summary>
public sealed class RefineStagesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-refine").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("remove_lines(1, 1)", EditDialect.Strict, EditLevel.Chunk, "b c\nd", null)]
    [InlineData("nonsense", EditDialect.Strict, EditLevel.Chunk, "a\nb c\nd", null)]
    [InlineData("remove_lines(1, 3)", EditDialect.Strict, EditLevel.Chunk, "", "nothing_left")]
    [InlineData("remove_lines(1, 2)", EditDialect.Strict, EditLevel.Chunk, "d", "removed_too_much")]
    [InlineData("drop_doc()", EditDialect.Strict, EditLevel.Document, "a\nb c\nd", "dropped_by_program")]
    [InlineData("remove_lines(1, 1)", EditDialect.Strict, EditLevel.Document, "a\nb c\nd", null)]
    [InlineData("drop_doc()", EditDialect.ProX, EditLevel.Document, "a\nb c\nd", "dropped_by_program")]
    [InlineData("keep_chunk()", EditDialect.ProX, EditLevel.Chunk, "a\nb c\nd", "dropped_by_program")] // not more than ten words
    [InlineData(null, EditDialect.Strict, EditLevel.Chunk, "a\nb c\nd", null)]
    public void Refine_runs_the_programs_of_a_column(string? program, EditDialect dialect, EditLevel level, string expected, string? reason)
    {
        StageResult result = Assert.Single(StageRun.On(
            new RefineStage { Name = "refine", Column = "p", Dialect = dialect, Level = level, MaxRemovedCharacters = 0.8 }, [Document.Create("a\nb c\nd", columns: ("p", Strings(program)))]));
        Assert.Equal((expected, reason), (result.Columns["text"], result.Verdict.Reason));
    }

    [Fact]
    public void A_rejected_program_may_drop_the_document()
    {
        StageResult result = Assert.Single(StageRun.On(new RefineStage { Name = "refine", Column = "p", DropRejected = true }, [Document.Create("a", columns: ("p", Strings("nonsense")))]));
        Assert.Equal("program_rejected", result.Verdict.Reason);
    }

    [Fact]
    public void Edits_are_asked_for_chunk_by_chunk_with_numbers_over_the_whole_text()
    {
        using ScriptedServer server = new((_, body) => ScriptedReply.Answer(
            body.Contains("[1]menu", StringComparison.Ordinal) ? "remove_lines(start=1, end=1)"
            : body.Contains("footer", StringComparison.Ordinal) ? "remove_str(4, \"footer \")"
            : "Nothing to do here, I think."));
        AskEditsStage stage = new() { Name = "edits", Endpoint = server.Address.ToString(), EndpointModel = "m", ChunkTokens = 14, ValidAttempts = 1 };
        StageResult result = Assert.Single(StageRun.On(
            stage, [Document.Create("menu\nThe river is long and wide.\nIt ends at the sea, as rivers do.\nfooter end")], new StageContext(_folder, _folder)));
        Assert.Equal("remove_lines(start=1, end=1)\nremove_str(4, \"footer \")", result.Columns[".program"]);
        Assert.Equal(("3", "1"), (result.Columns[".chunks"], result.Columns[".invalid"]));
    }

    [Fact]
    public void The_document_level_is_asked_once_about_the_beginning()
    {
        using ScriptedServer server = new((_, _) => ScriptedReply.Answer("drop_doc()"));
        AskEditsStage stage = new() { Name = "edits", Endpoint = server.Address.ToString(), EndpointModel = "m", Level = EditLevel.Document, Dialect = EditDialect.ProX, ChunkTokens = 4 };
        Assert.Equal("drop_doc()", StageRun.On(stage, [Document.Create("one two three four five six")], new StageContext(_folder, _folder)).Single().Columns[".program"]);
        Assert.Contains(@"[doc]\none two three four\n[/doc]", server.Requests.Single().Body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_labeller_that_was_trained_on_distilled_programs_finds_the_lines()
    {
        string[] noise = ["Home | About | Login", "Share on Twitter", "Click here to subscribe", "Copyright 2024. All rights reserved.", "Read more ..."];
        string[] text = ["The river rises in the hills of the north.", "It has been known since the days of the first maps.", "In spring its water covers the meadows.", "Two bridges of stone lead over it."];
        List<Document> pairs = [];
        for (int i = 0; i < 60; i++)
        {
            string[] kept = [.. text.Select((t, k) => t + $" Part {i + k} of it.")];
            string[] raw = [noise[i % 5], .. kept, noise[(i + 2) % 5], noise[(i + 3) % 5]];
            pairs.Add(Document.Create(string.Join('\n', raw), id: $"d{i}", columns: ("refined", Strings(string.Join('\n', kept)))));
        }

        IReadOnlyList<StageResult> distilled = StageRun.On(new DistilEditsStage { Name = "distil", Column = "refined" }, pairs);
        Assert.All(distilled, r => Assert.Equal((null, "true"), (r.Verdict.Reason, r.Columns[".exact"]!.ToLowerInvariant())));
        Assert.Equal("remove_lines(start=1, end=1)\nremove_lines(start=6, end=7)", distilled[0].Columns[".program"]);

        Document[] programs = [.. pairs.Select((d, i) => Document.Create(d.Text.ToString(), id: d.Id, columns: ("p", Strings(distilled[i].Columns[".program"]))))];
        StageRun.On(new TrainLineLabellerStage { Name = "lineLabeller", Column = "p", TestShare = 0.2 }, programs, new StageContext(_folder, _folder) { FilesDirectory = _folder });
        LabelLinesStage labeller = new() { Name = "labelLines", Model = InputFile.FromPath(Path.Combine(_folder, "lineLabeller.onnx")) };
        StageResult labelled = Assert.Single(StageRun.On(labeller, [Document.Create("Share on Twitter\nThe river rises in the hills.\nIn spring its water covers the meadows.\nRead more ...")], new StageContext(_folder, _folder)));
        Assert.Equal("remove_lines(start=1, end=1)\nremove_lines(start=4, end=4)", labelled.Columns[".program"]);
        Assert.Contains("\"accuracy\": 1", File.ReadAllText(Path.Combine(_folder, "evaluation.json")), StringComparison.Ordinal);
    }

    private static Column Strings(string? value)
    {
        StringColumnBuilder builder = new();
        builder.Append(value);
        return builder.Build();
    }
}
