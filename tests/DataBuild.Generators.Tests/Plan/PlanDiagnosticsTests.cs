using DataBuild.Generators.Figures;
using DataBuild.Generators.Plan;
using DataBuild.Generators.Stages;
using Microsoft.CodeAnalysis;

namespace DataBuild.Generators.Tests.Plan;

public sealed class PlanDiagnosticsTests
{
    [Theory]
    [InlineData("<Stage Include=\"WordCnt\" />", "DB1001(4,12): there is no stage 'WordCnt'; did you mean 'WordCount'?")]
    [InlineData("<Stage Include=\"Translate\" />", "DB1001(4,12): there is no stage 'Translate'; known are: KeepAll, SampleDedup, WordCount")]
    [InlineData("<Stage Include=\"WordCount\" MinWrods=\"1\" />", "DB1002(4,32): stage 'WordCount' has no option 'MinWrods'; did you mean 'MinWords'?")]
    [InlineData("<Stage Include=\"WordCount\"   MinWords=\"many\" />", "DB1003(4,34): WordCount.MinWords is 'many'; expected an integer from 0 to 2147483647 (words)")]
    [InlineData("<Stage Include=\"WordCount\" IgnoreCase=\"yes\" />", "DB1003(4,32): WordCount.IgnoreCase is 'yes'; expected 'true' or 'false'")]
    [InlineData("<Stage Include=\"WordCount\" Segmentation=\"unicorn\" />", "DB1003(4,32): WordCount.Segmentation is 'unicorn'; expected one of Blanks, Unicode; did you mean 'Unicode'?")]
    [InlineData("<Stage Include=\"WordCount\" OnError=\"Ignore\" />", "DB1003(4,32): WordCount.OnError is 'Ignore'; expected one of Fail, Drop")]
    [InlineData("<Stage Include=\"WordCount\" MaxFractionWithoutLetter=\"1.5\" />", "DB1004(4,32): WordCount.MaxFractionWithoutLetter is 1.5; expected a number from 0 to 1 (fraction)")]
    [InlineData("<Stage Include=\"SampleDedup\" />", "DB1006(4,12): stage 'SampleDedup' needs the option 'Model'")]
    [InlineData("<Stage Include=\"KeepAll\" />\n    <Stage Include=\"KeepAll\" />", "DB1007(5,12): two stages are named 'keepAll'; give one of them another name: <Stage Include=\"KeepAll\" Name=\"...\" />")]
    [InlineData("<Stage Include=\"KeepAll\" />\n    <Stage Include=\"WordCount\" Name=\"keepall\" />", "DB1007(5,32): two stages are named 'keepall'; give one of them another name: <Stage Include=\"WordCount\" Name=\"...\" />")]
    [InlineData("<Stage Include=\"WordCount\">\n      <MinWords>many</MinWords>\n    </Stage>", "DB1003(5,8): WordCount.MinWords is 'many'; expected an integer from 0 to 2147483647 (words)")]
    [InlineData("<Stage Include=\"WordCount\" Name=\"a\" MinWords=\"1\" />\n    <Stage Include=\"WordCount\" Name=\"b\" MinWords=\"-1\" />", "DB1004(5,41): WordCount.MinWords is -1; expected an integer from 0 to 2147483647 (words)")]
    [InlineData("<Stage Include=\"WordCount\" MinWords=\"-1\" Condition=\"false\" />\n    <Stage Include=\"WordCount\" MinWords=\"-2\" />", "DB1004(5,32): WordCount.MinWords is -2; expected an integer from 0 to 2147483647 (words)")]
    [InlineData("<Stage Include=\"KeepAll;Wrong1\" />", "DB1001(4,12): there is no stage 'Wrong1'; known are: KeepAll, SampleDedup, WordCount")]
    public void An_error_stands_at_its_attribute(string stages, string diagnostic) => Assert.Equal([diagnostic], Run(Project(stages)).Diagnostics());

    [Theory]
    [InlineData("<Crawl Include=\"a.jsonl\" TextFeild=\"body\" />", "DB1030(3,30): Crawl items have no metadata 'TextFeild'; did you mean 'TextField'?")]
    [InlineData("<Crawl Include=\"a;b\"><Colour>red</Colour></Crawl>", "DB1030(3,27): Crawl items have no metadata 'Colour'; inputs have: TextField, IdField, UrlField, DateField, LabelField, DocumentLabel, License, Attribution, Source, Weight, Epochs, Part, Sha256, MaxFiles, SampleRate, Seed, Root")]
    [InlineData("<Crawl Update=\"a\" licence=\"MIT\" />", "DB1030(3,23): Crawl items have no metadata 'licence'; did you mean 'License'?")]
    public void Metadata_of_an_input_that_nobody_reads_is_a_warning_at_its_place(string crawl, string diagnostic)
    {
        GeneratorRun run = Run($"<Project>\n  <ItemGroup>\n    {crawl}\n    <Crawl Include=\"c\" Weight=\"2\" license=\"MIT\" Visible=\"false\" />\n    <Stage Include=\"KeepAll\" />\n  </ItemGroup>\n</Project>");
        Assert.Equal([diagnostic], run.Diagnostics());
        Assert.Equal(DiagnosticSeverity.Warning, Assert.Single(run.Result.Diagnostics).Severity);
    }

    [Fact]
    public void Every_metadata_of_an_input_is_known()
    {
        Type documentation = typeof(Document).Assembly.GetType("DataBuild.InputDocumentation", throwOnError: true)!;
        var documented = (IReadOnlyList<(string Name, string Meaning)>)documentation.GetProperty("Metadata")!.GetValue(null)!;
        Assert.Equal(documented.Select(m => m.Name), InputChecker.Known);
    }

    [Fact]
    public void All_errors_are_reported_at_once() => Assert.Equal(
        [
            "DB1001(7,12): there is no stage 'Nothing'; known are: KeepAll, SampleDedup, WordCount",
            "DB1002(4,64): stage 'WordCount' has no option 'Zzzzzzzz'; it has: Segmentation, MinWords, MaxWords, MaxFractionWithoutLetter, Weight, IgnoreCase, StopWords, StopWordFile, Lists, Vocabulary, Form, BatchSize",
            "DB1003(4,32): WordCount.MinWords is 'x'; expected an integer from 0 to 2147483647 (words)",
            "DB1004(4,45): WordCount.BatchSize is 0; expected an integer from 1 to 2147483647",
            "DB1006(5,12): stage 'SampleDedup' needs the option 'Model'",
        ],
        Run(Project("<Stage Include=\"WordCount\" MinWords=\"x\" BatchSize=\"0\"      Zzzzzzzz=\"\"/>\n    <Stage Include=\"SampleDedup\"\n       />\n    <Stage Include=\"Nothing\" />")).Diagnostics());

    [Fact]
    public void A_project_without_inputs_or_stages_is_reported_at_its_root() => Assert.Equal(
        [
            "DB1008(3,2): the dataset 'QuickStart' has no Crawl item; name its inputs: <Crawl Include=\"crawl/*.warc.gz\" />",
            "DB1012(3,2): the dataset 'QuickStart' has no Stage item; the least is <Stage Include=\"Extract\" />",
        ],
        Run("<!-- a dataset -->\n\n<Project Sdk=\"DataBuild.Sdk\" />").Diagnostics());

    [Fact]
    public void An_error_in_an_imported_file_stands_there()
    {
        GeneratorRun run = GeneratorRun.Start(
            [new DatasetPlanGenerator()], "",
            PlanSamples.Files(Project("<Stage Include=\"KeepAll\" />"), ("/data/recipe.props", "<Project>\r\n<ItemGroup>\r\n\t<Stage Include=\"WordCount\" MinWords=\"-1\" />\r\n</ItemGroup></Project>")),
            [GeneratorRun.SampleStages]);
        Diagnostic diagnostic = Assert.Single(run.Result.Diagnostics);
        Assert.Equal(LocationKind.ExternalFile, diagnostic.Location.Kind);
        Assert.Equal("/data/recipe.props", diagnostic.Location.GetLineSpan().Path);
        Assert.Equal(["DB1004(3,29): WordCount.MinWords is -1; expected an integer from 0 to 2147483647 (words)"], run.Diagnostics());
        Assert.Equal("MinWords=\"-1\"".Length, diagnostic.Location.SourceSpan.Length);
    }

    [Fact]
    public void An_error_in_a_file_that_the_compiler_does_not_see_stands_at_its_start()
    {
        var files = PlanSamples.Files(Project("<Stage Include=\"KeepAll\" />"), ("/packages/recipe.props", "<Project><ItemGroup><Stage Include=\"Nothing\" /></ItemGroup></Project>"));
        GeneratorRun run = GeneratorRun.Start([new DatasetPlanGenerator()], "", files[..2], [GeneratorRun.SampleStages]);
        Diagnostic diagnostic = Assert.Single(run.Result.Diagnostics);
        Assert.Equal(("/packages/recipe.props", 0), (diagnostic.Location.GetLineSpan().Path, diagnostic.Location.GetLineSpan().StartLinePosition.Line));
    }

    [Fact]
    public void Metadata_given_by_an_update_is_reported_there()
    {
        // MSBuild merges the update into the item; the plan says only what came of it.
        const string project = "<Project><ItemGroup><Crawl Include=\"a\" /><Stage Include=\"WordCount\" /></ItemGroup>\n<ItemGroup><Stage Update=\"WordCount\" MinWords=\"-1\" /></ItemGroup></Project>";
        const string merged = "<Project><ItemGroup><Crawl Include=\"a\" /><Stage Include=\"WordCount\" MinWords=\"-1\" /></ItemGroup></Project>";
        GeneratorRun run = GeneratorRun.Start([new DatasetPlanGenerator()], "", [PlanSamples.Files(merged)[0], new MemoryFile(PlanSamples.ProjectPath, project)], [GeneratorRun.SampleStages]);
        Assert.Equal(["DB1004(2,38): WordCount.MinWords is -1; expected an integer from 0 to 2147483647 (words)"], run.Diagnostics());
    }

    [Fact]
    public void A_payload_stage_must_be_first_and_a_refiner_stands_before_the_tokens() => Assert.Equal(
        [
            "DB1009(6,12): stage 'Fetch' reads fetched bytes and must be the first stage; here it follows 'Tokens'",
            "DB1009(7,12): stage 'Rewrite' makes a new text and must stand before 'Tokens', whose tokens would be those of the old one",
        ],
        GeneratorRun.Start(
            [new DatasetPlanGenerator()],
            """
            [Stage("Fetch", Phase = StagePhase.Extract)] public sealed partial record Fetch : DocumentStage, IPayloadStage { public override Verdict Run(Document document) => Verdict.Keep; }
            [Stage("Tokens", Phase = StagePhase.Tokenize)] public sealed partial record Tokens : DocumentStage { public override Verdict Run(Document document) => Verdict.Keep; }
            [Figures] public readonly partial record struct NewText([Column("text")] ReadOnlyMemory<char> Text);
            [Stage("Rewrite")] public sealed partial record Rewrite : DocumentStage<NewText> { public override NewText Measure(Document document) => default; }
            """,
            PlanSamples.Files(Project("<Stage Include=\"KeepAll\" />\n    <Stage Include=\"Tokens\" />\n    <Stage Include=\"Fetch\" />\n    <Stage Include=\"Rewrite\" />\n    <Stage Include=\"WordCount\" />").Replace("<Stage Include=\"WordCount\" />", "", StringComparison.Ordinal)),
            [GeneratorRun.SampleStages]).Diagnostics());

    // Columns are counted in the file: the attribute's escapes are longer than what they stand for.
    [Theory]
    [InlineData("<Stage Include=\"Sieve\" Keep=\"measure.words &gt; 3 and measure.wrods &lt; 9\" />", "DB1060(5,59): Sieve.Keep at character 23: there is no column 'measure.wrods' here; did you mean 'measure.words'?")]
    [InlineData("<Stage Include=\"Sieve\" Keep=\"url lt 3\" />", "DB1060(5,34): Sieve.Keep at character 1: '<' compares text with a number")]
    [InlineData("<Stage Include=\"Sieve\" Keep=\"measure.words lt\" />", "DB1060(5,50): Sieve.Keep at character 17: the expression ends where a column, a number, a text or '(' is expected")]
    [InlineData("<Stage Include=\"Sieve\" Keep=\"read.status eq 200 and measure.words ge 3 and length(text) gt 9\" />", null)]
    [InlineData("<Stage Include=\"Sieve\" Keep=\"measure.vector is null\" />", "DB1060(5,34): Sieve.Keep at character 1: column 'measure.vector' holds SingleList, which an expression cannot use")]
    [InlineData("<Stage Include=\"Sieve\">\n      <Keep>late.words &gt; 3</Keep>\n    </Stage>\n    <Stage Include=\"Measure\" Name=\"late\" />", "DB1060(6,8): Sieve.Keep at character 1: there is no column 'late.words' here; there are: date, id, label, measure.value, measure.vector, measure.words, read.mediaType, read.offset, read.reason, read.status, text, url")]
    [InlineData("<Stage Include=\"Measure\" Name=\"m\" Keep=\"measure >= 0.5 and m.words > 1 and value lt 1\" />", null)]
    [InlineData("<Stage Include=\"Measure\" Name=\"m\" Keep=\"url eq 'x'\" />", "DB1060(5,45): Measure.Keep at character 1: there is no column 'url' here; there are: m.value, m.vector, m.words, measure, value, vector, words")]
    public void An_expression_is_checked_to_the_character(string stages, string? diagnostic)
    {
        GeneratorRun run = GeneratorRun.Start(
            [new DatasetPlanGenerator()],
            """
            [Figures] public readonly partial record struct Numbers(int Words, double Value, ReadOnlyMemory<float> Vector);
            [Stage("Measure")] public sealed partial record Measure : DocumentStage<Numbers>
            {
                [Threshold] public string Keep { get; init; } = "";
                public override Numbers Measure(Document document) => default;
            }
            [Stage("Sieve")] public sealed partial record Sieve : DocumentStage
            {
                public string Keep { get; init; } = "";
                public override Verdict Run(Document document) => Verdict.Keep;
            }
            """,
            PlanSamples.Files(Project("<Stage Include=\"Measure\" />\n    " + stages)),
            [GeneratorRun.SampleStages]);
        Assert.Equal(diagnostic is null ? [] : [diagnostic], run.Diagnostics());
    }

    [Theory]
    [InlineData("", "expected a value")]
    [InlineData("{\"formatVersion\":1,", "expected '\"'")]
    [InlineData("{\"formatVersion\":2}", "has plan format 2; expected 1")]
    [InlineData("[[[[", "expected a value")]
    [InlineData("{} x", "expected the end")]
    public void A_plan_file_that_cannot_be_read_is_one_error(string json, string message)
    {
        GeneratorRun run = GeneratorRun.Start([new DatasetPlanGenerator()], "", [new MemoryFile("/obj/Q.databuild.pipeline.json", json)], [GeneratorRun.SampleStages]);
        string diagnostic = Assert.Single(run.Diagnostics());
        Assert.StartsWith("DB1010: '/obj/Q.databuild.pipeline.json'", diagnostic, StringComparison.Ordinal);
        Assert.Contains(message, diagnostic, StringComparison.Ordinal);
        Assert.Null(run.Only.Exception);
    }

    [Fact]
    public void Two_assemblies_with_a_stage_of_one_name_are_reported() => Assert.Contains(
        "DB1015(4,12): two stages are called 'KeepAll': one in this project, one in DataBuild.Generators.Tests",
        GeneratorRun.Start(
            [new DatasetPlanGenerator()],
            "[Stage(\"KeepAll\")] public sealed partial record K : DocumentStage { public override Verdict Run(Document document) => Verdict.Keep; }",
            PlanSamples.Files(Project("<Stage Include=\"KeepAll\" />")),
            [GeneratorRun.SampleStages]).Diagnostics());

    [Theory]
    [InlineData("{\\\"formatVersion\\\":9}", "it has format 9; expected 1: use matching versions of the assembly and the generator")]
    [InlineData("{", "at character 1: expected '\"'")]
    public void A_stage_with_a_schema_that_cannot_be_read_is_reported_where_it_is_used(string schema, string problem)
    {
        GeneratorRun library = GeneratorRun.Start([], $"[assembly: StageSchema(\"Later\", \"{schema}\")]", assemblyName: "Library");
        Assert.Equal(
            [$"DB1014(4,12): the stage 'Later' of the assembly Library cannot be used: {problem}"],
            GeneratorRun.Start([new DatasetPlanGenerator()], "", PlanSamples.Files(Project("<Stage Include=\"Later\" />")), [library.Compilation.ToMetadataReference()]).Diagnostics());
    }

    [Fact]
    public void Stages_of_a_referenced_project_are_known_in_the_editor()
    {
        GeneratorRun library = GeneratorRun.Start([new StageGenerator(), new FiguresGenerator()], GeneratorRun.SampleSource(), assemblyName: "Library");
        MetadataReference reference = library.Compilation.AddSyntaxTrees(library.Result.GeneratedTrees).ToMetadataReference();
        Assert.Equal(
            ["DB1004(4,32): WordCount.MinWords is -1; expected an integer from 0 to 2147483647 (words)"],
            GeneratorRun.Start([new DatasetPlanGenerator()], "", PlanSamples.Files(Project("<Stage Include=\"WordCount\" MinWords=\"-1\" />")), [reference]).Diagnostics());
    }

    [Fact]
    public void A_project_that_is_no_dataset_gets_nothing()
    {
        GeneratorRun run = GeneratorRun.Start([new DatasetPlanGenerator()], "", [new MemoryFile("/a.csproj", "<Project><ItemGroup><Stage Include=\"X\" /></ItemGroup></Project>")], [GeneratorRun.SampleStages]);
        Assert.Empty(run.Diagnostics());
        Assert.Empty(run.Result.GeneratedTrees);
    }

    private static string Project(string stages) => $"<Project Sdk=\"DataBuild.Sdk\">\n  <ItemGroup>\n    <Crawl Include=\"a.warc\" />\n    {stages}\n  </ItemGroup>\n</Project>";

    private static GeneratorRun Run(string project)
    {
        GeneratorRun run = GeneratorRun.Start([new DatasetPlanGenerator()], "", PlanSamples.Files(project), [GeneratorRun.SampleStages]);
        Assert.Null(run.Only.Exception);
        return run;
    }
}
