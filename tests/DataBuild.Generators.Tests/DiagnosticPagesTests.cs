using DataBuild.Generators.Analyzers;
using DataBuild.Generators.Diagnostics;
using DataBuild.Tests;
using Microsoft.CodeAnalysis;

namespace DataBuild.Generators.Tests;

public sealed class DiagnosticPagesTests
{
    private static readonly DiagnosticDescriptor[] Descriptors =
        [.. PlanDiagnostics.ByCode.Values, .. AuthorDiagnostics.ByCode.Values, StagePurityAnalyzer.ImpureStage];

    [Fact]
    public void Every_code_has_a_page_with_its_title() => Assert.All(Descriptors, d =>
    {
        string path = Path.Combine(TestPaths.RepositoryRoot, $"docs/diagnostics/{d.Id}.md");
        Assert.True(File.Exists(path), $"'{path}' is missing");
        string page = File.ReadAllText(path);
        Assert.StartsWith($"# {d.Id}: {d.Title}\n", page.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.All(["## Cause", "## Cure", "## Example"], heading => Assert.Contains(heading, page, StringComparison.Ordinal));
        Assert.Equal($"docs/diagnostics/{d.Id}.md", d.HelpLinkUri);
    });
}
