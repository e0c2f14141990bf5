using DataBuild.Generators.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DataBuild.Generators.Tests.Analyzers;

public sealed class StagePurityTests
{
    [Theory]
    [InlineData("DateTime.UtcNow.Year > 2000", "Stage 'S' uses 'DateTime.UtcNow': the clock differs from build to build; the same document and options must give the same result")]
    [InlineData("DateTimeOffset.Now.Year > 2000", "Stage 'S' uses 'DateTimeOffset.Now': the clock")]
    [InlineData("new Random().Next() > 0", "Stage 'S' uses 'new Random()': its values differ from run to run; seed a generator")]
    [InlineData("Random.Shared.Next() > 0", "Stage 'S' uses 'Random.Shared': its values")]
    [InlineData("Guid.NewGuid() == default", "Stage 'S' uses 'Guid.NewGuid': its values")]
    [InlineData("Environment.GetEnvironmentVariable(\"A\") is null", "Stage 'S' uses 'Environment.GetEnvironmentVariable': it differs from machine to machine")]
    [InlineData("document.Url.GetHashCode() > 0", "Stage 'S' uses 'String.GetHashCode': hash codes of strings differ from process to process")]
    [InlineData("HashCode.Combine(1) > 0", "Stage 'S' uses 'HashCode.Combine': hash codes")]
    public async Task What_differs_from_run_to_run_is_reported(string condition, string message) =>
        Assert.StartsWith(message, Assert.Single(await Analyze(Stage(condition))).GetMessage(null), StringComparison.Ordinal);

    [Theory]
    [InlineData("new Random(7).Next() > 0")]
    [InlineData("document.Date is null")]
    [InlineData("Environment.ProcessorCount > 1")]
    [InlineData("1.GetHashCode() > 0")]
    public async Task What_is_the_same_every_time_is_not(string condition) => Assert.Empty(await Analyze(Stage(condition)));

    [Fact]
    public async Task Other_types_may_read_the_clock() => Assert.Empty(await Analyze("class C { DateTime Now => DateTime.UtcNow; }"));

    [Fact]
    public async Task A_nested_type_of_a_stage_is_part_of_it() => Assert.Single(await Analyze(
        "record S : DocumentStage { class Inner { DateTime Now => DateTime.UtcNow; } public override Verdict Run(Document document) => Verdict.Keep; }"));

    private static string Stage(string condition) =>
        $"record S : DocumentStage {{ public override Verdict Run(Document document) => Verdict.DropIf({condition}, \"impure\"); }}";

    private static async Task<IEnumerable<Diagnostic>> Analyze(string source)
    {
        Compilation compilation = GeneratorRun.Start([], source).Compilation;
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        return await compilation.WithAnalyzers([new StagePurityAnalyzer()]).GetAnalyzerDiagnosticsAsync();
    }
}
