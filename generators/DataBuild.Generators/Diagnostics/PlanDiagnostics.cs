using Microsoft.CodeAnalysis;

namespace DataBuild.Generators.Diagnostics;

/// <summary>Diagnostics of a dataset's plan, at their place in the project file: DB1001 to DB1099. The worker reports the same with the same words.</summary>
internal static class PlanDiagnostics
{
    private const string Category = "DataBuild.Plan";

    public static readonly DiagnosticDescriptor UnknownStage = new(
        "DB1001", "Unknown stage", "{0}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1001.md");

    public static readonly DiagnosticDescriptor UnknownOption = new(
        "DB1002", "Unknown option", "{0}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1002.md");

    public static readonly DiagnosticDescriptor WrongValue = new(
        "DB1003", "Value of the wrong kind", "{0}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1003.md");

    public static readonly DiagnosticDescriptor OutOfRange = new(
        "DB1004", "Value out of range", "{0}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1004.md");

    public static readonly DiagnosticDescriptor MissingOption = new(
        "DB1006", "Missing option", "{0}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1006.md");

    public static readonly DiagnosticDescriptor DuplicateName = new(
        "DB1007", "Two stages of one name in a plan", "{0}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1007.md");

    public static readonly DiagnosticDescriptor NoCrawl = new(
        "DB1008", "Dataset without inputs", "{0}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1008.md");

    public static readonly DiagnosticDescriptor WrongOrder = new(
        "DB1009", "Contradictory order of stages", "{0}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1009.md");

    public static readonly DiagnosticDescriptor UnreadablePlan = new(
        "DB1010", "Unreadable plan file", "{0}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1010.md");

    public static readonly DiagnosticDescriptor NoStage = new(
        "DB1012", "Dataset without stages", "{0}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1012.md");

    public static readonly DiagnosticDescriptor UnusableStage = new(
        "DB1014", "Stage assembly cannot be used", "{0}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1014.md");

    public static readonly DiagnosticDescriptor AmbiguousStage = new(
        "DB1015", "Two stages of one name in the references", "{0}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1015.md");

    public static readonly DiagnosticDescriptor UnknownInputMetadata = new(
        "DB1030", "Unknown metadata of an input", "{0}",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1030.md");

    public static readonly DiagnosticDescriptor WrongExpression = new(
        "DB1060", "Wrong Keep expression", "{0}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1060.md");

    /// <summary>All of them by code.</summary>
    public static readonly IReadOnlyDictionary<string, DiagnosticDescriptor> ByCode = new[]
    {
        UnknownStage, UnknownOption, WrongValue, OutOfRange, MissingOption, DuplicateName, NoCrawl, WrongOrder, UnreadablePlan, NoStage, UnusableStage, AmbiguousStage,
        UnknownInputMetadata, WrongExpression,
    }.ToDictionary(d => d.Id, StringComparer.Ordinal);
}
