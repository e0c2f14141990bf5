using System.Collections;
using System.Reflection;
using System.Text.RegularExpressions;
using DataBuild.Generators.Figures;
using DataBuild.Generators.Plan;
using DataBuild.Generators.Stages;
using DataBuild.Generators.Tests.Plan;
using DataBuild.Tests;
using Microsoft.CodeAnalysis;

namespace DataBuild.Generators.Tests;

public sealed partial class CachingTests
{
    private const string BrokenPlan = "{\"formatVersion\": 2}";

    // What a plan generator may see: a right stage and a wrong one, an input with a slip, stages of this project and of a reference, and a plan file that cannot be read.
    private static readonly string WithError = PlanSamples.Project.Replace("Form=", "Frm=", StringComparison.Ordinal);
    private static readonly AdditionalText[] Everything =
    [
        .. PlanSamples.Files(WithError.Replace("<Crawl ", "<Crawl Wight=\"2\" ", StringComparison.Ordinal)),
        new MemoryFile("/data/obj/Broken.databuild.pipeline.json", BrokenPlan),
    ];

    // And what the generators of stages may see: right ones, and a slip of each kind.
    private const string WrongStages = "[Stage(\"S\")] public record S; [Stage(\"WordCount\")] public sealed partial record Twice : DocumentStage { public override Verdict Run(Document document) => Verdict.Keep; } [Figures] public record struct F(decimal D);";

    private static readonly IIncrementalGenerator[] Generators = [new StageGenerator(), new FiguresGenerator(), new DatasetPlanGenerator()];

    [Fact]
    public void Every_step_has_a_name_and_every_name_is_a_step_that_the_tests_run()
    {
        string source = string.Concat(Directory.EnumerateFiles(Path.Combine(TestPaths.RepositoryRoot, "generators", "DataBuild.Generators"), "*Generator.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText));
        string[] names = [.. NamedStep().Matches(source).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal)];
        Assert.Equal(names.Distinct(), names);
        Assert.Equal(names, StartEverything().Steps().Order(StringComparer.Ordinal));

        // A step without a name would be kept or made anew unseen: each provider's last operator names it.
        Assert.Empty(UnnamedProvider().Matches(source).Select(m => m.Value));
    }

    [Fact]
    public void An_unrelated_edit_makes_no_step_anew()
    {
        GeneratorRun run = StartEverything();
        string[] before = run.Diagnostics();
        Assert.Superset(new HashSet<string> { "DB1002", "DB1010", "DB1030", "DB1101", "DB1104" }, before.Select(d => d[..6]).ToHashSet());
        run.AddUnrelatedSource();
        Assert.All(run.Steps(), step => AssertKept(run, step));
        Assert.All(run.OutputReasons(), r => Assert.Equal(IncrementalStepRunReason.Cached, r));

        // Nor is a diagnostic lost because its step was not run again.
        Assert.Equal(before, run.Diagnostics());
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
        GeneratorRun run = StartEverything();
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        foreach ((string step, var outputs) in run.Result.Results.SelectMany(r => r.TrackedSteps).Where(s => run.Steps().Contains(s.Key)))
        {
            foreach ((object value, _) in outputs.SelectMany(o => o.Outputs))
            {
                Walk(step, value, seen);
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

    private static GeneratorRun StartEverything() => GeneratorRun.Start(Generators, GeneratorRun.SampleSource() + WrongStages, Everything, [GeneratorRun.SampleStages]);

    private static GeneratorRun StartStages() => GeneratorRun.Start([new StageGenerator(), new FiguresGenerator()], GeneratorRun.SampleSource());

    [GeneratedRegex("""WithTrackingName\("([A-Za-z]+)"\)""")]
    private static partial Regex NamedStep();

    // Statements that declare a provider and do not end with its name.
    [GeneratedRegex(@"Incremental(?:Value|Values)Provider<[^;=]+=[^;]*(?<!WithTrackingName\(""[A-Za-z]+""\));")]
    private static partial Regex UnnamedProvider();
}
