using DataBuild.Generators.Figures;
using DataBuild.Generators.Plan;
using DataBuild.Tests;

namespace DataBuild.Generators.Tests.Plan;

public sealed class PipelineTests
{
    [Fact]
    public void The_typed_configuration_is_as_reviewed()
    {
        GeneratorRun run = GeneratorRun.Start([new DatasetPlanGenerator()], "", PlanSamples.Files(PlanSamples.Project), [GeneratorRun.SampleStages]);
        Assert.Empty(run.Diagnostics());
        Assert.Empty(string.Join("\n", run.CompilerDiagnostics()));
        SnapshotAssert.Match(run.Generated("Pipeline.g.cs"), "Pipeline");
    }

    [Fact]
    public void The_type_of_rows_is_as_reviewed()
    {
        GeneratorRun run = GeneratorRun.Start(
            [new DatasetPlanGenerator(), new FiguresGenerator()],
            """
            /// <summary>Tells languages apart.</summary>
            [Stage("Guess", ColumnPrefix = "language")]
            public sealed partial record Guess : DocumentStage<Guess.Found>
            {
                private static readonly string[] Shown = [".code", ".score"];

                public override IReadOnlyList<string> PublishedColumns => Shown;

                public override Found Measure(Document document) => default;

                /// <summary>What is found.</summary>
                /// <param name="Code">Code of the language.</param>
                /// <param name="Score">How sure that is.</param>
                /// <param name="Letters">Not published.</param>
                /// <param name="Title">Title of the page.</param>
                /// <param name="WasRead">A name that is taken.</param>
                /// <param name="Spans">Places.</param>
                [Figures]
                public readonly partial record struct Found(string? Code, float Score, int Letters, [Column("title")] string? Title, [Column("read")] bool WasRead, [Column("meanSpans")] ReadOnlyMemory<int> Spans);
            }
            """,
            PlanSamples.Files("<Project><ItemGroup><Crawl Include=\"a\" /><Stage Include=\"Guess\" Name=\"lang\" /></ItemGroup></Project>"));
        Assert.Empty(run.Diagnostics());
        Assert.Empty(string.Join("\n", run.CompilerDiagnostics()));
        SnapshotAssert.Match(run.Generated("Row.g.cs"), "Row");
    }

    [Fact]
    public void A_wrong_value_leaves_the_default_and_the_rest_in_place()
    {
        GeneratorRun run = GeneratorRun.Start(
            [new DatasetPlanGenerator()], "", PlanSamples.Files(PlanSamples.Project.Replace("\"7\"", "\"seven\"", StringComparison.Ordinal)), [GeneratorRun.SampleStages]);
        Assert.Single(run.Diagnostics());
        Assert.Empty(string.Join("\n", run.CompilerDiagnostics()));
        Assert.Contains("MinWords = 50;", run.Generated("Pipeline.g.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public void Stages_of_the_project_itself_are_configured_too()
    {
        GeneratorRun run = GeneratorRun.Start(
            [new DatasetPlanGenerator()],
            "[Stage(\"Own\")] public sealed partial record Own : DocumentStage { public double Own_ { get; init; } = -1.5; public string Class { get; init; } = \"\"; public override Verdict Run(Document document) => Verdict.Keep; }",
            PlanSamples.Files("<Project><ItemGroup><Crawl Include=\"a\" /><Stage Include=\"Own\" Class=\"x\" /><Stage Include=\"own\" Name=\"own-2\" /></ItemGroup></Project>"));
        Assert.Empty(run.Diagnostics());
        string code = run.Generated("Pipeline.g.cs");
        Assert.Contains("public const double Own_ = -1.5d;", code, StringComparison.Ordinal);
        Assert.Contains("public static class Own2", code, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_of_a_thousand_stages_is_checked()
    {
        string stages = string.Join('\n', Enumerable.Range(0, 1000).Select(i => $"<Stage Include=\"WordCount\" Name=\"words{i}\" MinWords=\"{i}\" MaxWodrs=\"9\" />"));
        GeneratorRun run = GeneratorRun.Start(
            [new DatasetPlanGenerator()], "", PlanSamples.Files($"<Project><ItemGroup><Crawl Include=\"a\" />\n{stages}\n</ItemGroup></Project>"), [GeneratorRun.SampleStages]);
        Assert.Equal(1000, run.Result.Diagnostics.Length);
        Assert.Equal(Enumerable.Range(1, 1000), run.Result.Diagnostics.Select(d => d.Location.GetLineSpan().StartLinePosition.Line).Order());
        Assert.Empty(string.Join("\n", run.CompilerDiagnostics()));
    }
}
