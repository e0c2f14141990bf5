using System.Collections.Immutable;
using DataBuild.Generators.Diagnostics;
using DataBuild.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DataBuild.Generators.Stages;

/// <summary>Writes the descriptor of every record marked <c>[Stage]</c>, and the registry of the assembly's stages.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class StageGenerator : IIncrementalGenerator
{
    /// <inheritdoc />
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<StageResult> results = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                "DataBuild.StageAttribute",
                static (node, _) => node is TypeDeclarationSyntax,
                static (attributed, _) => StageParser.Parse(attributed))
            .WithTrackingName("StageResult");

        // Code and diagnostics go separate ways: moving a line regenerates nothing.
        IncrementalValuesProvider<StageModel> models = results
            .Where(static r => r.Model is not null).Select(static (r, _) => r.Model!).WithTrackingName("Stage");
        IncrementalValuesProvider<DiagnosticInfo> diagnostics = results
            .SelectMany(static (r, _) => r.Diagnostics).WithTrackingName("StageDiagnostics");
        IncrementalValueProvider<EquatableArray<DiagnosticInfo>> duplicates = results
            .Where(static r => r.Name is not null).Select(static (r, _) => r.Name!)
            .Collect().Select(static (names, _) => Duplicates(names)).WithTrackingName("DuplicateStages");

        IncrementalValueProvider<EquatableArray<StageEntry>> entries = models
            .Select(static (m, _) => new StageEntry(m.Name, m.Declaration.GlobalName, StageSchemaWriter.Write(m)))
            .Collect().Select(static (all, _) => all.ToEquatableArray()).WithTrackingName("StageEntries");
        IncrementalValueProvider<string> assembly = context.CompilationProvider
            .Select(static (c, _) => c.AssemblyName ?? "").WithTrackingName("AssemblyName");

        context.RegisterSourceOutput(models, static (output, stage) =>
            output.AddSource(stage.Declaration.HintName + ".Stage.g.cs", StageEmitter.Emit(stage)));
        context.RegisterSourceOutput(entries.Combine(assembly), static (output, pair) =>
        {
            if (pair.Left.Count > 0)
            {
                output.AddSource("StageRegistry.g.cs", RegistryEmitter.Emit(pair.Left, pair.Right));
            }
        });
        context.RegisterSourceOutput(diagnostics, static (output, diagnostic) =>
            output.ReportDiagnostic(diagnostic.ToDiagnostic(AuthorDiagnostics.ByCode)));
        context.RegisterSourceOutput(duplicates, static (output, all) =>
        {
            foreach (DiagnosticInfo diagnostic in all)
            {
                output.ReportDiagnostic(diagnostic.ToDiagnostic(AuthorDiagnostics.ByCode));
            }
        });
    }

    private static EquatableArray<DiagnosticInfo> Duplicates(ImmutableArray<StageName> names) => names
        .GroupBy(n => n.Name, StringComparer.OrdinalIgnoreCase)
        .SelectMany(g => g.Skip(1).Select(n => DiagnosticInfo.Create(AuthorDiagnostics.DuplicateStage, n.Location, n.Name, g.First().TypeName, n.TypeName)))
        .ToEquatableArray();
}
