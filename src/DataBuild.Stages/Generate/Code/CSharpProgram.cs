using System.Globalization;
using DataBuild.Stages.Sandboxing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace DataBuild.Stages.Generate.Code;

/// <summary>Compiles C# programs with Roslyn against the runtime that this process runs on.</summary>
internal static class CSharpProgram
{
    private const string Usings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Text; global using System.Threading.Tasks;";

    private static readonly string Framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    private static readonly Lazy<MetadataReference[]> References = new(() =>
        [.. Directory.EnumerateFiles(Framework, "*.dll").Where(f => Path.GetFileName(f).StartsWith("System.", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Where(IsManaged).Select(f => MetadataReference.CreateFromFile(f))]);

    /// <summary>Folder of the installed .NET: that of the runtime, three levels up.</summary>
    public static string HostFolder { get; } = Path.GetFullPath(Path.Combine(Framework, "../../.."));

    /// <summary>The program that starts assemblies.</summary>
    public static string Host => Path.Combine(HostFolder, "dotnet");

    /// <summary>Environment variables of a run: memory within the limit, and nothing written.</summary>
    public static IReadOnlyDictionary<string, string> Environment(SandboxLimits limits) => new Dictionary<string, string>
    {
        ["DOTNET_GCHeapHardLimit"] = (limits.MemoryBytes / 2).ToString("x", CultureInfo.InvariantCulture),
        ["DOTNET_EnableDiagnostics"] = "0",
        ["DOTNET_EnableWriteXorExecute"] = "0",
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_gcConcurrent"] = "0",
    };

    /// <summary>Parses a program.</summary>
    public static SyntaxTree Parse(string program) => CSharpSyntaxTree.ParseText(program, new CSharpParseOptions(LanguageVersion.Latest));

    /// <summary>A compilation of sources, with the namespaces that a new project has.</summary>
    public static CSharpCompilation Compile(IEnumerable<SyntaxTree> sources) => CSharpCompilation.Create(
        "program",
        [.. sources, Parse(Usings)],
        References.Value,
        new CSharpCompilationOptions(OutputKind.ConsoleApplication, optimizationLevel: OptimizationLevel.Release, deterministic: true, concurrentBuild: false, nullableContextOptions: NullableContextOptions.Annotations));

    /// <summary>Writes <c>program.dll</c> and what the host needs beside it; gives the first error where the program does not compile.</summary>
    public static string? Emit(IReadOnlyList<string> sources, string folder)
    {
        using FileStream file = File.Create(Path.Combine(folder, "program.dll"));
        EmitResult result = Compile(sources.Select(Parse)).Emit(file);
        if (!result.Success)
        {
            return result.Diagnostics.First(d => d.Severity == DiagnosticSeverity.Error).ToString();
        }

        File.WriteAllText(
            Path.Combine(folder, "program.runtimeconfig.json"),
            $$$"""{"runtimeOptions": {"tfm": "net{{{System.Environment.Version.Major}}}.0", "framework": {"name": "Microsoft.NETCore.App", "version": "{{{Path.GetFileName(Framework)}}}"}, "configProperties": {"System.Globalization.Invariant": true} } }""");
        return null;
    }

    private static bool IsManaged(string path)
    {
        using FileStream file = File.OpenRead(path);
        using System.Reflection.PortableExecutable.PEReader reader = new(file);
        return reader.HasMetadata;
    }
}
