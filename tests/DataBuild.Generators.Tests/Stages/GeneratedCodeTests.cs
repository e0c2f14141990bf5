using DataBuild.Generators.Figures;
using DataBuild.Generators.Stages;
using DataBuild.Tests;

namespace DataBuild.Generators.Tests.Stages;

public sealed class GeneratedCodeTests
{
    private static readonly Lazy<GeneratorRun> Run = new(() => GeneratorRun.Start([new StageGenerator(), new FiguresGenerator()], GeneratorRun.SampleSource()));

    [Fact]
    public void The_code_of_a_stage_is_as_reviewed() => SnapshotAssert.Match(Run.Value.Generated("DataBuild.Generators.Tests.Samples.WordCount.Stage.g.cs"), "WordCount.Stage");

    [Fact]
    public void The_code_of_a_corpus_stage_is_as_reviewed() => SnapshotAssert.Match(Run.Value.Generated("DataBuild.Generators.Tests.Samples.SampleDedup.Stage.g.cs"), "SampleDedup.Stage");

    [Fact]
    public void The_code_of_figures_is_as_reviewed() => SnapshotAssert.Match(Run.Value.Generated("DataBuild.Generators.Tests.Samples.AllFigures.Figures.g.cs"), "AllFigures.Figures");

    [Fact]
    public void The_code_of_the_registry_is_as_reviewed() => SnapshotAssert.Match(Run.Value.Generated("StageRegistry.g.cs"), "StageRegistry");

    [Fact]
    public void The_code_compiles_without_a_warning()
    {
        Assert.Empty(Run.Value.Diagnostics());
        Assert.Empty(Run.Value.CompilerDiagnostics());
    }

    [Fact]
    public void The_code_has_only_line_feeds() => Assert.All(Run.Value.Result.GeneratedTrees, t => Assert.DoesNotContain('\r', t.ToString()));

    [Fact]
    public void The_code_does_not_depend_on_the_culture()
    {
        System.Globalization.CultureInfo before = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            System.Globalization.CultureInfo odd = (System.Globalization.CultureInfo)before.Clone();
            odd.NumberFormat.NumberDecimalSeparator = ",";
            odd.NumberFormat.NegativeSign = "\u2212";
            System.Globalization.CultureInfo.CurrentCulture = odd;
            GeneratorRun other = GeneratorRun.Start([new StageGenerator(), new FiguresGenerator()], GeneratorRun.SampleSource());
            Assert.Equal(Run.Value.Result.GeneratedTrees.Select(t => t.ToString()), other.Result.GeneratedTrees.Select(t => t.ToString()));
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_project_without_stages_gets_no_code() => Assert.Empty(GeneratorRun.Start([new StageGenerator(), new FiguresGenerator()], "class C;").Result.GeneratedTrees);
}
