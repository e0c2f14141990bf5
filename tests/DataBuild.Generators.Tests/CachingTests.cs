using System.Collections;
using System.Reflection;
using DataBuild.Generators.Figures;
using DataBuild.Generators.Plan;
using DataBuild.Generators.Stages;
using DataBuild.Generators.Tests.Plan;
using Microsoft.CodeAnalysis;

namespace DataBuild.Generators.Tests;

public sealed class CachingTests
{
    private static readonly string[] StageSteps = ["StageResult", "Stage", "StageEntries", "DuplicateStages", "AssemblyName", "FiguresResult", "Figures"];
    private static readonly string[] PlanSteps = ["Plan", "ProjectFile", "ProjectFiles", "ReferenceSchemas", "ReferencedSchemas", "Schemas", "CheckedPlan", "Pipeline", "DeclaredNamespaces", "HasReader", "DatasetContext", "Dataset"];

    private static readonly string WithError = PlanSamples.Project.Replace("Form=", "Frm=", StringComparison.Ordinal);

    [Fact]
    public void An_unrelated_edit_makes_no_stage_code_anew()
    {
        GeneratorRun run = StartStages();
        run.AddUnrelatedSource();
        Assert.All(StageSteps, step => AssertKept(run, step));
        Assert.All(run.OutputReasons(), r => Assert.Equal(IncrementalStepRunReason.Cached, r));
    }

    [Fact]
    public void A_moved_line_makes_no_stage_code_anew()
    {
        GeneratorRun run = StartStages();
        run.ReplaceSource(text => text.Replace("namespace ", "\n\n// moved\nnamespace ", StringComparison.Ordinal));
        Assert.All(run.Reasons("Stage").Concat(run.Reasons("Figures")), r => Assert.Contains(r, new[] { IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged }));
        Assert.All(run.OutputReasons(), r => Assert.Contains(r, new[] { IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged }));
    }

    [Fact]
    public void A_changed_default_makes_one_stage_anew()
    {
        GeneratorRun run = StartStages();
        run.ReplaceSource(text => text.Replace("= 50;", "= 51;", StringComparison.Ordinal));
        Assert.Single(run.Reasons("Stage"), IncrementalStepRunReason.Modified);
        Assert.DoesNotContain(IncrementalStepRunReason.Modified, run.Reasons("Figures"));
    }

    [Fact]
    public void An_unrelated_edit_checks_no_plan_anew()
    {
        GeneratorRun run = GeneratorRun.Start([new DatasetPlanGenerator()], "", PlanSamples.Files(WithError), [GeneratorRun.SampleStages]);
        run.AddUnrelatedSource();
        Assert.All(PlanSteps, step => AssertKept(run, step));
        Assert.All(run.OutputReasons(), r => Assert.Equal(IncrementalStepRunReason.Cached, r));
    }

    [Fact]
    public void Blanks_in_the_project_file_change_no_code()
    {
        AdditionalText[] before = PlanSamples.Files(WithError);
        GeneratorRun run = GeneratorRun.Start([new DatasetPlanGenerator()], "", before, [GeneratorRun.SampleStages]);
        Assert.StartsWith("DB1002(4,65)", Assert.Single(run.Diagnostics()), StringComparison.Ordinal);
        run.ChangeFile(before[1], PlanSamples.Files(WithError.Replace("<Stage", "\n\n   <Stage", StringComparison.Ordinal))[1]);
        Assert.StartsWith("DB1002(6,64)", Assert.Single(run.Diagnostics()), StringComparison.Ordinal);
        Assert.Contains(IncrementalStepRunReason.Modified, run.Reasons("ProjectFile"));
        Assert.All(run.Reasons("CheckedPlan").Concat(run.Reasons("Pipeline")), r => Assert.Equal(IncrementalStepRunReason.Cached, r));

        // The moved diagnostic is the only output made anew.
        Assert.Single(run.OutputReasons(), r => r is not (IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
    }

    [Fact]
    public void An_unrelated_edit_checks_no_input_anew()
    {
        GeneratorRun run = GeneratorRun.Start([new DatasetPlanGenerator()], "", PlanSamples.Files(PlanSamples.Project.Replace("<Crawl ", "<Crawl Wight=\"2\" ", StringComparison.Ordinal)), [GeneratorRun.SampleStages]);
        Assert.StartsWith("DB1030(3,12)", Assert.Single(run.Diagnostics()), StringComparison.Ordinal);
        run.AddUnrelatedSource();
        AssertKept(run, "InputDiagnostics");
        Assert.Single(run.Diagnostics());
    }

    [Fact]
    public void A_changed_option_changes_the_code_once()
    {
        AdditionalText[] before = PlanSamples.Files(PlanSamples.Project);
        GeneratorRun run = GeneratorRun.Start([new DatasetPlanGenerator()], "", before, [GeneratorRun.SampleStages]);
        run.ChangeFile(before[0], PlanSamples.Files(PlanSamples.Project.Replace("MinWords=\"7\"", "MinWords=\"8\"", StringComparison.Ordinal))[0]);
        Assert.Equal([IncrementalStepRunReason.Modified], run.Reasons("Pipeline"));
        Assert.Single(run.OutputReasons(), IncrementalStepRunReason.Modified);
        Assert.Contains("MinWords = 8;", run.Generated("Pipeline.g.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public void No_step_holds_a_symbol_a_syntax_node_or_a_mutable_list()
    {
        GeneratorRun[] runs =
        [
            StartStages(),
            GeneratorRun.Start([new StageGenerator(), new FiguresGenerator()], "[Stage(\"S\")] public record S; [Figures] public record struct F(decimal D);"),
            GeneratorRun.Start([new DatasetPlanGenerator()], GeneratorRun.SampleSource(), PlanSamples.Files("<Project><ItemGroup><Crawl Include=\"a\" Wrong=\"b\" /><Stage Include=\"Wrong\" /></ItemGroup></Project>"), [GeneratorRun.SampleStages]),
        ];
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        foreach (GeneratorRun run in runs)
        {
            foreach ((string step, var outputs) in run.Result.Results.SelectMany(r => r.TrackedSteps).Where(s => StageSteps.Concat(PlanSteps).Concat(["StageDiagnostics", "FiguresDiagnostics", "PlanDiagnostics", "InputDiagnostics", "DeclaredSchemas", "UnreadablePlans"]).Contains(s.Key)))
            {
                foreach ((object value, _) in outputs.SelectMany(o => o.Outputs))
                {
                    Walk(step, value, seen);
                }
            }
        }

        Assert.True(seen.Count > 100, "the walk went nowhere");
    }

    private static void Walk(string path, object? value, HashSet<object> seen)
    {
        if (value is null or string || value.GetType().IsPrimitive || value.GetType().IsEnum || !seen.Add(value))
        {
            return;
        }

        Assert.False(value is ISymbol or SyntaxNode or SyntaxTree or Compilation or SemanticModel or Location or SyntaxReference, $"{path} holds a {value.GetType()}");
        Assert.False(value is IList and not Array || value.GetType() is { IsGenericType: true } type && type.Name.StartsWith("ImmutableArray", StringComparison.Ordinal), $"{path} holds a {value.GetType()}, which compares by reference");
        if (value is Array array)
        {
            foreach (object? item in array)
            {
                Walk(path + "[]", item, seen);
            }

            return;
        }

        foreach (FieldInfo field in value.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            Walk(path + "." + field.Name, field.GetValue(value), seen);
        }
    }

    private static void AssertKept(GeneratorRun run, string step)
    {
        IncrementalStepRunReason[] reasons = run.Reasons(step);
        Assert.True(reasons.Length > 0, $"no step '{step}' ran");
        Assert.All(reasons, r => Assert.Contains(r, new[] { IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged }));
    }

    private static GeneratorRun StartStages() => GeneratorRun.Start([new StageGenerator(), new FiguresGenerator()], GeneratorRun.SampleSource());
}
