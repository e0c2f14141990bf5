using DataBuild.Generators.Figures;
using DataBuild.Generators.Stages;

namespace DataBuild.Generators.Tests.Stages;

public sealed class AuthorDiagnosticsTests
{
    private const string Body = "{ public override Verdict Run(Document document) => Verdict.Keep; }";

    [Theory]
    [InlineData("[Stage(\"S\")] public sealed record S : DocumentStage " + Body, "DB1101(2,35): Stage 'S' must be a partial record, and every type around it partial")]
    [InlineData("[Stage(\"S\")] public sealed partial class S { }", "DB1101(2,42): Stage 'S' must be a partial record, and every type around it partial")]
    [InlineData("class Outer { [Stage(\"S\")] internal sealed partial record S : DocumentStage " + Body + " }", "DB1101(2,59): Stage 'S' must be a partial record, and every type around it partial")]
    [InlineData("[Stage(\"S\")] public sealed partial record S;", "DB1102(2,43): Stage 'S' must derive from DocumentStage, DocumentStage<TFigures>, BatchStage<TFigures> or CorpusStage<TFigures, TOutcome>")]
    [InlineData("[Stage(\"S\")] public abstract partial record S : DocumentStage;", "DB1107(2,45): Stage 'S' cannot be made by the registry: it is abstract")]
    [InlineData("[Stage(\"S\")] public sealed partial record S(int Words) : DocumentStage " + Body, "DB1107(2,43): Stage 'S' cannot be made by the registry: it has no constructor without parameters")]
    [InlineData("[Stage(\"S\")] public sealed partial record S<T> : DocumentStage " + Body, "DB1107(2,43): Stage 'S' cannot be made by the registry: it is generic")]
    [InlineData("partial class Outer { [Stage(\"S\")] private sealed partial record S : DocumentStage " + Body + " }", "DB1107(2,66): Stage 'S' cannot be made by the registry: it is not visible in its assembly; make it internal or public")]
    [InlineData("[Stage(\"my stage\")] public sealed partial record S : DocumentStage " + Body, "DB1110(2,50): 'my stage' cannot be the name of a stage; expected a letter followed by letters, digits or '_'")]
    [InlineData("[Stage(\"S\", ColumnPrefix = \"1st\")] public sealed partial record S : DocumentStage " + Body, "DB1110(2,65): '1st' cannot be the first part of a column's name; expected a letter followed by letters, digits or '_'")]
    public void A_wrong_stage_is_reported_at_its_name(string source, string diagnostic) => Assert.Contains(diagnostic, Run(source).Diagnostics());

    [Theory]
    [InlineData("public DateTime Since { get; init; }", "DB1103", "Option 'Since' has type 'System.DateTime'")]
    [InlineData("public int Words { get; set; }", "DB1109", "Option 'Words' has a setter")]
    [InlineData("[Option(Min = 2, Max = 1)] public int Words { get; init; } = 2;", "DB1108", "Option 'Words': Min 2 is greater than Max 1")]
    [InlineData("[Option(Min = 2)] public int Words { get; init; }", "DB1108", "Option 'Words': its default 0 lies outside its range, 2 to Infinity")]
    [InlineData("[Option(Min = 2)] public string Words { get; init; } = \"\";", "DB1108", "Option 'Words': Min and Max are for numbers")]
    [InlineData("[Option(Required = true)] public int Words { get; init; }", "DB1108", "Option 'Words': Required is for texts and files")]
    [InlineData("[Option(Names = \"a|b\")] public string Words { get; init; } = \"c\";", "DB1108", "Option 'Words': its default 'c' is none of its names, a, b")]
    [InlineData("[Option(Names = \"a|b\")] public bool Words { get; init; }", "DB1108", "Option 'Words': Names is for texts and files")]
    [InlineData("[Threshold, WithoutEffectOnOutput] public bool Words { get; init; }", "DB1108", "Option 'Words': a threshold changes the output")]
    public void A_wrong_option_is_reported(string property, string code, string message) =>
        Assert.Contains(
            Run($"[Stage(\"S\")] public sealed partial record S : DocumentStage {{ {property} public override Verdict Run(Document document) => Verdict.Keep; }}").Diagnostics(),
            d => d.StartsWith(code + "(2,", StringComparison.Ordinal) && d.Contains(message, StringComparison.Ordinal));

    [Theory]
    [InlineData("[Figures] public readonly record struct F(int Words);", "DB1105")]
    [InlineData("[Figures] public partial record struct F(int Words);", "DB1105")]
    [InlineData("[Figures] public readonly partial struct F { }", "DB1105")]
    [InlineData("[Figures] public readonly partial record struct F { public int Words { get; init; } }", "DB1105")]
    [InlineData("[Figures] public readonly partial record struct F(decimal Words);", "DB1106")]
    [InlineData("[Figures] public readonly partial record struct F(int[] Words);", "DB1106")]
    [InlineData("[Figures] public readonly partial record struct F(ReadOnlyMemory<double> Words);", "DB1106")]
    [InlineData("[Figures] public readonly partial record struct F(int Words, [Column(\".words\")] int Others);", "DB1111")]
    [InlineData("[Figures] public readonly partial record struct F(int Read);", "DB1112")]
    [InlineData("[Figures] public readonly partial record struct F([Column(\"my words\")] int Words);", "DB1110")]
    public void Wrong_figures_are_reported(string source, string code) => Assert.StartsWith(code + "(2,", Assert.Single(Run(source).Diagnostics()), StringComparison.Ordinal);

    [Fact]
    public void Two_stages_of_one_name_are_reported_at_the_second() => Assert.Equal(
        ["DB1104(3,43): There are two stages named 's': 'A' and 'B'"],
        Run($"[Stage(\"S\")] public sealed partial record A : DocumentStage {Body}\n[Stage(\"s\")] public sealed partial record B : DocumentStage {Body}").Diagnostics());

    [Fact]
    public void A_stage_with_an_error_leaves_the_others_alone()
    {
        GeneratorRun run = Run($"[Stage(\"A\")] public sealed record A : DocumentStage {Body}\n[Stage(\"B\")] public sealed partial record B : DocumentStage {Body}");
        Assert.Equal(["B.Stage.g.cs", "StageRegistry.g.cs"], run.Result.Results.SelectMany(r => r.GeneratedSources).Select(s => s.HintName));
    }

    [Fact]
    public void Stages_may_be_nested_derive_from_each_other_and_have_awkward_names()
    {
        GeneratorRun run = Run(
            $$"""
            public partial class Outer
            {
                [Stage("A")] public partial record @class : DocumentStage { public int @event { get; init; } = 1; public override Verdict Run(Document document) => Verdict.Keep; }
                [Stage("B")] public sealed partial record B : @class { public string Quoted { get; init; } = "a\"b\\c\n<&>"; }
            }
            """);
        Assert.Empty(run.Diagnostics());
        Assert.Empty(string.Join("\n", run.CompilerDiagnostics()));
    }

    private static GeneratorRun Run(string source) => GeneratorRun.Start([new StageGenerator(), new FiguresGenerator()], source);
}
