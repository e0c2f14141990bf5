using DataBuild.Generators.Plan;

namespace DataBuild.Generators.Tests.Plan;

/// <summary>Where the class of a dataset stands, and that what it offers compiles.</summary>
public sealed class DatasetClassTests
{
    private const string Use = "static class Use { static string Text() => string.Join(' ', QuickStart.Open(\"folder\").Where(d => d.Text != null).Select(d => d.Url)) + QuickStart.Pipeline.WordCount.MinWords + typeof(QuickStart.Row); }";

    [Fact]
    public void The_name_of_the_dataset_is_enough_in_any_namespace()
    {
        AssertCompiles(Run("using System.Linq; " + Use));
        AssertCompiles(Run("using System.Linq; namespace Elsewhere.Deep; " + Use));
    }

    [Fact]
    public void A_namespace_of_the_datasets_name_holds_the_class()
    {
        GeneratorRun run = Run("using System.Linq; namespace QuickStart; " + Use);
        AssertCompiles(run);
        Assert.Contains("namespace QuickStart;", run.Generated("Row.g.cs"), StringComparison.Ordinal);
        AssertCompiles(Run("using System.Linq; namespace QuickStart.Stages; " + Use));
    }

    [Fact]
    public void The_property_chooses_the_namespace()
    {
        GeneratorRun run = GeneratorRun.Start(
            [new DatasetPlanGenerator()], "using System.Linq; namespace Data.Sets { " + Use + " }", PlanSamples.Files(PlanSamples.Project), [GeneratorRun.SampleStages, GeneratorRun.Reader], datasetNamespace: "Data.Sets");
        AssertCompiles(run);
        Assert.Contains("namespace Data.Sets;", run.Generated("Pipeline.g.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_library_there_is_no_reader_and_all_else()
    {
        GeneratorRun run = GeneratorRun.Start([new DatasetPlanGenerator()], "class Use { int Words => QuickStart.Pipeline.WordCount.MinWords; QuickStart.Row Row; }", PlanSamples.Files(PlanSamples.Project), [GeneratorRun.SampleStages]);
        Assert.DoesNotContain("Open", run.Generated("Row.g.cs"), StringComparison.Ordinal);
        Assert.DoesNotContain(run.CompilerDiagnostics(), d => d.Contains("error", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Web-2024.en", "Web_2024_en")]
    [InlineData("2024", "_2024")]
    [InlineData("class", "@class")]
    [InlineData("Row", "RowDataset")]
    [InlineData("Pipeline", "PipelineDataset")]
    [InlineData("Über数据", "Über数据")]
    public void Names_that_C_sharp_does_not_take_are_changed(string dataset, string expected)
    {
        Microsoft.CodeAnalysis.AdditionalText[] files = PlanSamples.Files(PlanSamples.Project);
        files[0] = new MemoryFile(files[0].Path, files[0].GetText()!.ToString().Replace("\"name\": \"QuickStart\"", $"\"name\": \"{dataset}\"", StringComparison.Ordinal));
        GeneratorRun run = GeneratorRun.Start([new DatasetPlanGenerator()], $"class Use {{ object Rows => {expected}.Open(); }}", files, [GeneratorRun.SampleStages, GeneratorRun.Reader]);
        AssertCompiles(run);
    }

    private static GeneratorRun Run(string source) =>
        GeneratorRun.Start([new DatasetPlanGenerator()], source, PlanSamples.Files(PlanSamples.Project), [GeneratorRun.SampleStages, GeneratorRun.Reader]);

    private static void AssertCompiles(GeneratorRun run)
    {
        Assert.Empty(run.Diagnostics());
        Assert.Empty(string.Join("\n", run.CompilerDiagnostics()));
    }
}
