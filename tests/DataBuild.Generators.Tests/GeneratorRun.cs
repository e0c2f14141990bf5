using System.Collections.Immutable;
using System.Text;
using DataBuild.Generators.Tests.Samples;
using DataBuild.Tests;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace DataBuild.Generators.Tests;

/// <summary>Runs generators on sources and additional files, and reads what came of it.</summary>
internal sealed class GeneratorRun
{
    private static readonly ImmutableArray<MetadataReference> Platform =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(p => Path.GetFileName(p).StartsWith("System.", StringComparison.Ordinal)).Select(p => MetadataReference.CreateFromFile(p))];

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest);

    /// <summary>Reference to the stage author's library.</summary>
    public static readonly MetadataReference Core = MetadataReference.CreateFromFile(typeof(Document).Assembly.Location);

    /// <summary>Reference to the sample stages: this test assembly.</summary>
    public static readonly MetadataReference SampleStages = MetadataReference.CreateFromFile(typeof(WordCount).Assembly.Location);

    /// <summary>Reference to the library that reads datasets.</summary>
    public static readonly MetadataReference Reader = MetadataReference.CreateFromFile(typeof(Dataset<>).Assembly.Location);

    // The compiler's own; those of its search for attributes have an underscore in their names.
    private static readonly HashSet<string> CompilerSteps = ["Compilation", "CompilationOptions", "ParseOptions", "AdditionalTexts", "AnalyzerConfigOptions", "MetadataReferences", "SourceOutput", "ImplementationSourceOutput"];

    private GeneratorDriver _driver;

    private GeneratorRun(CSharpCompilation compilation, GeneratorDriver driver)
    {
        Compilation = compilation;
        _driver = driver;
    }

    public CSharpCompilation Compilation { get; private set; }

    public GeneratorDriverRunResult Result => _driver.GetRunResult();

    /// <summary>What the last run took.</summary>
    public TimeSpan Elapsed => _driver.GetTimingInfo().ElapsedTime;

    public GeneratorRunResult Only => Result.Results.Single();

    /// <summary>Runs generators.</summary>
    public static GeneratorRun Start(IIncrementalGenerator[] generators, string source = "", IEnumerable<AdditionalText>? files = null, MetadataReference[]? references = null, string assemblyName = "Sample", string datasetNamespace = "")
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            assemblyName,
            [CSharpSyntaxTree.ParseText("global using System; global using System.Collections.Generic; global using DataBuild;\n" + source, Parsing, "/src/Source.cs", Encoding.UTF8)],
            [.. Platform, Core, .. references ?? []],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            generators.Select(g => g.AsSourceGenerator()),
            files ?? [],
            Parsing,
            new Options(datasetNamespace),
            new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        return new GeneratorRun(compilation, driver.RunGenerators(compilation));
    }

    /// <summary>Runs again after a change of the sources.</summary>
    public void ChangeSource(Func<CSharpCompilation, CSharpCompilation> change)
    {
        Compilation = change(Compilation);
        _driver = _driver.RunGenerators(Compilation);
    }

    /// <summary>Runs again after a change of an additional file.</summary>
    public void ChangeFile(AdditionalText before, AdditionalText after) =>
        _driver = _driver.ReplaceAdditionalText(before, after).RunGenerators(Compilation);

    /// <summary>Adds a source file that has nothing to do with stages.</summary>
    public void AddUnrelatedSource() => ChangeSource(c => c.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Unrelated;", Parsing, "/src/Unrelated.cs", Encoding.UTF8)));

    /// <summary>Replaces the only source file.</summary>
    public void ReplaceSource(Func<string, string> edit) => ChangeSource(c => c.ReplaceSyntaxTree(
        c.SyntaxTrees[0], CSharpSyntaxTree.ParseText(edit(c.SyntaxTrees[0].ToString()), Parsing, "/src/Source.cs", Encoding.UTF8)));

    /// <summary>The text of a generated file.</summary>
    public string Generated(string hintName) => Result.Results.SelectMany(r => r.GeneratedSources).Single(s => s.HintName == hintName).SourceText.ToString();

    /// <summary>Diagnostics of the generators as <c>DB1001(3,10): message</c>; line and column as people count them.</summary>
    public string[] Diagnostics() => [.. Result.Diagnostics.Select(Show).Order(StringComparer.Ordinal)];

    /// <summary>Errors and warnings of the compilation together with what was generated.</summary>
    public string[] CompilerDiagnostics() => [.. Compilation.AddSyntaxTrees(Result.GeneratedTrees).GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning && d.Id != "CS1701").Select(d => d.ToString())];

    /// <summary>The steps that the generators name; those of the compiler itself, whose inputs differ in every run, have names of their own.</summary>
    public string[] Steps() => [.. Result.Results.SelectMany(r => r.TrackedSteps.Keys).Distinct().Where(s => !CompilerSteps.Contains(s) && !s.Contains('_', StringComparison.Ordinal))];

    /// <summary>Why each value of a step was made, in the last run.</summary>
    public IncrementalStepRunReason[] Reasons(string step) => Result.Results.SelectMany(r => r.TrackedSteps.TryGetValue(step, out ImmutableArray<IncrementalGeneratorRunStep> steps) ? steps : [])
        .SelectMany(s => s.Outputs).Select(o => o.Reason).ToArray();

    /// <summary>Why each source output was made, in the last run.</summary>
    public IncrementalStepRunReason[] OutputReasons() => [.. Result.Results.SelectMany(r => r.TrackedOutputSteps).SelectMany(s => s.Value).SelectMany(s => s.Outputs).Select(o => o.Reason)];

    /// <summary>Source text of the sample stages.</summary>
    public static string SampleSource() => File.ReadAllText(Path.Combine(TestPaths.RepositoryRoot, "tests/DataBuild.Generators.Tests/Samples/SampleStages.cs"));

    private static string Show(Diagnostic diagnostic)
    {
        LinePosition start = diagnostic.Location.GetLineSpan().StartLinePosition;
        string place = diagnostic.Location.Kind == LocationKind.None ? "" : $"({start.Line + 1},{start.Character + 1})";
        return $"{diagnostic.Id}{place}: {diagnostic.GetMessage(null)}";
    }

    private sealed class Options(string datasetNamespace) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(new Dictionary<string, string> { ["build_property.DatasetNamespace"] = datasetNamespace });

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Values([]);

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => new Values([]);
    }

    private sealed class Values(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}

/// <summary>An additional file in memory.</summary>
internal sealed class MemoryFile(string path, string text) : AdditionalText
{
    public override string Path { get; } = path;

    public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text, Encoding.UTF8);
}
