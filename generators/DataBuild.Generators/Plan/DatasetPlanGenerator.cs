using DataBuild.Generators.Diagnostics;
using DataBuild.Generators.Model;
using DataBuild.Generators.Stages;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DataBuild.Generators.Plan;

/// <summary>
/// Checks a dataset's plan against the stages that are referenced or declared, reports what is wrong at its place in the project file, and writes the
/// typed configuration and the type of its rows.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class DatasetPlanGenerator : IIncrementalGenerator
{
    /// <inheritdoc />
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // The plan, and the project files that its diagnostics point into.
        IncrementalValuesProvider<PlanResult> plans = context.AdditionalTextsProvider
            .Where(PlanReader.IsPlan).Select(PlanReader.Read).WithTrackingName("Plan");
        IncrementalValuesProvider<ProjectFileItems> projectFile = context.AdditionalTextsProvider
            .Where(ProjectFileItems.IsProjectFile).Select(ProjectFileItems.Read).WithTrackingName("ProjectFile");
        IncrementalValuesProvider<DiagnosticInfo> inputs = projectFile
            .SelectMany(static (file, _) => InputChecker.Check(file)).WithTrackingName("InputDiagnostics");
        IncrementalValueProvider<EquatableArray<ProjectFileItems>> projectFiles = projectFile
            .Collect().Select(static (files, _) => files.ToEquatableArray()).WithTrackingName("ProjectFiles");

        // The stages that there are: of referenced assemblies, and of this one.
        IncrementalValueProvider<EquatableArray<StageSchema>> referenced = context.MetadataReferencesProvider
            .Select(StageSchemaReader.FromReference).WithTrackingName("ReferenceSchemas")
            .Collect().Select(static (all, _) => all.SelectMany(s => s).ToEquatableArray()).WithTrackingName("ReferencedSchemas");
        IncrementalValueProvider<EquatableArray<StageSchema>> declared = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                "DataBuild.StageAttribute",
                static (node, _) => node is TypeDeclarationSyntax,
                static (attributed, _) => StageParser.Parse(attributed).Model)
            .Where(static m => m is not null)
            .Select(static (m, _) => StageSchemaReader.Parse(m!.Name, StageSchemaWriter.Write(m), "this project"))
            .Collect().Select(static (all, _) => all.ToEquatableArray()).WithTrackingName("DeclaredSchemas");
        IncrementalValueProvider<EquatableArray<StageSchema>> schemas = declared.Combine(referenced)
            .Select(static (pair, _) => pair.Left.Concat(pair.Right).ToEquatableArray()).WithTrackingName("Schemas");

        // Code and diagnostics go separate ways: moving an element writes no code.
        IncrementalValuesProvider<(PlanModel Plan, CheckedPlan Checked)> checkedPlans = plans
            .Where(static p => p.Plan is not null).Select(static (p, _) => p.Plan!)
            .Combine(schemas).Select(static (pair, _) => (pair.Left, PlanChecker.Check(pair.Left, pair.Right))).WithTrackingName("CheckedPlan");
        IncrementalValuesProvider<PipelineModel> pipelines = checkedPlans
            .Select(static (c, _) => c.Checked.Pipeline).WithTrackingName("Pipeline");
        IncrementalValuesProvider<DiagnosticInfo> located = checkedPlans.Combine(projectFiles)
            .SelectMany(static (pair, _) => PlanLocator.Locate(pair.Left.Plan, pair.Left.Checked.Errors, pair.Right)).WithTrackingName("PlanDiagnostics");
        IncrementalValuesProvider<DiagnosticInfo> unreadable = plans
            .Where(static p => p.Error is not null)
            .Select(static (p, _) => new DiagnosticInfo(p.Error!.Code, null, new EquatableArray<string>([p.Error.Message]))).WithTrackingName("UnreadablePlans");
        IncrementalValueProvider<DatasetContext> surroundings = context.AnalyzerConfigOptionsProvider
            .Combine(context.CompilationProvider.Select(static (c, _) => NamespacesOf(c)).WithTrackingName("DeclaredNamespaces"))
            .Combine(context.CompilationProvider.Select(static (c, _) => c.GetTypeByMetadataName("DataBuild.Dataset`1") is not null).WithTrackingName("HasReader"))
            .Select(static (pair, _) => new DatasetContext(
                pair.Left.Left.GlobalOptions.TryGetValue("build_property.DatasetNamespace", out string? given) ? given : "", pair.Left.Right, pair.Right))
            .WithTrackingName("DatasetContext");
        IncrementalValuesProvider<(PipelineModel Pipeline, DatasetClass Class)> datasets = pipelines.Combine(surroundings)
            .Select(static (pair, _) => (pair.Left, DatasetClass.For(pair.Left.DatasetName, pair.Right))).WithTrackingName("Dataset");

        context.RegisterSourceOutput(datasets, static (output, dataset) =>
        {
            output.AddSource("Pipeline.g.cs", PipelineEmitter.Emit(dataset.Pipeline, dataset.Class));
            output.AddSource("Row.g.cs", RowEmitter.Emit(dataset.Pipeline, dataset.Class));
        });
        context.RegisterSourceOutput(located, static (output, diagnostic) => output.ReportDiagnostic(diagnostic.ToDiagnostic(PlanDiagnostics.ByCode)));
        context.RegisterSourceOutput(inputs, static (output, diagnostic) => output.ReportDiagnostic(diagnostic.ToDiagnostic(PlanDiagnostics.ByCode)));
        context.RegisterSourceOutput(unreadable, static (output, diagnostic) => output.ReportDiagnostic(diagnostic.ToDiagnostic(PlanDiagnostics.ByCode)));
    }

    private static EquatableArray<string> NamespacesOf(Compilation compilation) =>
        compilation.GlobalNamespace.GetNamespaceMembers().Select(n => n.Name).OrderBy(n => n, StringComparer.Ordinal).ToEquatableArray();
}
