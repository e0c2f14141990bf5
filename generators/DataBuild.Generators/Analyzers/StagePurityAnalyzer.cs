using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace DataBuild.Generators.Analyzers;

/// <summary>
/// Warns where a stage takes its result from something that its action key does not know: clock, environment, unseeded randomness, hash codes that differ
/// from process to process. Code that a stage calls in other types is not followed.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StagePurityAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The diagnostic.</summary>
    public static readonly DiagnosticDescriptor ImpureStage = new(
        "DB1120", "A stage is not pure", "Stage '{0}' uses '{1}': {2}; the same document and options must give the same result",
        "DataBuild.Stages", DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1120.md");

    private const string Clock = "the clock differs from build to build";
    private const string Random = "its values differ from run to run; seed a generator";
    private const string Machine = "it differs from machine to machine";
    private const string Hash = "hash codes of strings differ from process to process; use a stable hash such as XxHash64";

    private static readonly Dictionary<string, string> Impure = new(StringComparer.Ordinal)
    {
        ["System.DateTime.Now"] = Clock,
        ["System.DateTime.UtcNow"] = Clock,
        ["System.DateTime.Today"] = Clock,
        ["System.DateTimeOffset.Now"] = Clock,
        ["System.DateTimeOffset.UtcNow"] = Clock,
        ["System.TimeProvider.System"] = Clock,
        ["System.Diagnostics.Stopwatch.StartNew"] = Clock,
        ["System.Diagnostics.Stopwatch.GetTimestamp"] = Clock,
        ["System.Environment.TickCount"] = Clock,
        ["System.Environment.TickCount64"] = Clock,
        ["System.Guid.NewGuid"] = Random,
        ["System.Guid.CreateVersion7"] = Random,
        ["System.Random.Shared"] = Random,
        ["System.Random..ctor()"] = Random,
        ["System.Security.Cryptography.RandomNumberGenerator.Create"] = Random,
        ["System.Security.Cryptography.RandomNumberGenerator.GetBytes"] = Random,
        ["System.Security.Cryptography.RandomNumberGenerator.GetInt32"] = Random,
        ["System.Globalization.CultureInfo.CurrentCulture"] = Machine,
        ["System.Globalization.CultureInfo.CurrentUICulture"] = Machine,
        ["System.TimeZoneInfo.Local"] = Machine,
        ["System.HashCode.Combine"] = Hash,
        ["System.HashCode.ToHashCode"] = Hash,
        ["string.GetHashCode"] = Hash,
    };

    // What of the environment an output may not depend on; ProcessorCount and the like only make it faster.
    private static readonly string[] MachineMembers = ["GetEnvironmentVariable", "GetEnvironmentVariables", "MachineName", "UserName", "CurrentDirectory", "NewLine", "OSVersion"];

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [ImpureStage];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName("DataBuild.Stage") is { } stage)
            {
                start.RegisterOperationAction(c => Analyze(c, stage), OperationKind.PropertyReference, OperationKind.Invocation, OperationKind.ObjectCreation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, INamedTypeSymbol stageType)
    {
        ISymbol? used = context.Operation switch
        {
            IPropertyReferenceOperation property => property.Property,
            IInvocationOperation invocation => invocation.TargetMethod,
            IObjectCreationOperation { Arguments.Length: 0 } creation => creation.Constructor,
            _ => null,
        };
        if (used is null || Reason(used) is not { } reason || StageAround(context.ContainingSymbol, stageType) is not { } stage)
        {
            return;
        }

        string name = used is IMethodSymbol { MethodKind: MethodKind.Constructor } ? $"new {used.ContainingType.Name}()" : $"{used.ContainingType.Name}.{used.Name}";
        context.ReportDiagnostic(Diagnostic.Create(ImpureStage, context.Operation.Syntax.GetLocation(), stage.Name, name, reason));
    }

    private static string? Reason(ISymbol used)
    {
        string type = used.ContainingType.ToDisplayString();
        string name = used is IMethodSymbol { MethodKind: MethodKind.Constructor } ? $"{type}..ctor()" : $"{type}.{used.Name}";
        return Impure.TryGetValue(name, out string? reason) ? reason
            : type == "System.Environment" && MachineMembers.Contains(used.Name, StringComparer.Ordinal) ? Machine
            : null;
    }

    private static INamedTypeSymbol? StageAround(ISymbol symbol, INamedTypeSymbol stageType)
    {
        for (INamedTypeSymbol? type = symbol.ContainingType; type is not null; type = type.ContainingType)
        {
            for (INamedTypeSymbol? t = type; t is not null; t = t.BaseType)
            {
                if (SymbolEqualityComparer.Default.Equals(t, stageType))
                {
                    return type;
                }
            }
        }

        return null;
    }
}
