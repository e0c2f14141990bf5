using DataBuild.Generators.Diagnostics;
using DataBuild.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DataBuild.Generators.Figures;

/// <summary>Implements <c>IFigures</c> for every record struct marked <c>[Figures]</c>.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class FiguresGenerator : IIncrementalGenerator
{
    /// <inheritdoc />
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<FiguresResult> results = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                "DataBuild.FiguresAttribute",
                static (node, _) => node is TypeDeclarationSyntax,
                static (attributed, _) => FiguresParser.Parse((INamedTypeSymbol)attributed.TargetSymbol))
            .WithTrackingName("FiguresResult");

        // Code and diagnostics go separate ways: moving a line regenerates nothing.
        IncrementalValuesProvider<FiguresModel> models = results
            .Where(static r => r.Model is not null).Select(static (r, _) => r.Model!).WithTrackingName("Figures");
        IncrementalValuesProvider<DiagnosticInfo> diagnostics = results
            .SelectMany(static (r, _) => r.Diagnostics).WithTrackingName("FiguresDiagnostics");

        context.RegisterSourceOutput(models, static (output, model) =>
            output.AddSource(model.Declaration.HintName + ".Figures.g.cs", FiguresEmitter.Emit(model)));
        context.RegisterSourceOutput(diagnostics, static (output, diagnostic) =>
            output.ReportDiagnostic(diagnostic.ToDiagnostic(AuthorDiagnostics.ByCode)));
    }
}
