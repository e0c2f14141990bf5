using Microsoft.CodeAnalysis;

namespace DataBuild.Generators.Diagnostics;

/// <summary>Diagnostics for those who write stages: DB1101 to DB1199.</summary>
internal static class AuthorDiagnostics
{
    private const string Category = "DataBuild.Stages";

    public static readonly DiagnosticDescriptor NotPartialRecord = new(
        "DB1101", "A stage is a partial record", "Stage '{0}' must be a partial record, and every type around it partial",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1101.md");

    public static readonly DiagnosticDescriptor NotAStage = new(
        "DB1102", "A stage derives from a stage type", "Stage '{0}' must derive from DocumentStage, DocumentStage<TFigures>, BatchStage<TFigures> or CorpusStage<TFigures, TOutcome>",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1102.md");

    public static readonly DiagnosticDescriptor UnsupportedOption = new(
        "DB1103", "Unsupported type of an option", "Option '{0}' has type '{1}'; options are bool, int, long, float, double, string, an enum, IReadOnlyList<string>, InputFile or IReadOnlyList<InputFile>; mark a property that is no option with [NotAnOption]",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1103.md");

    public static readonly DiagnosticDescriptor DuplicateStage = new(
        "DB1104", "Two stages of one name", "There are two stages named '{0}': '{1}' and '{2}'",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1104.md");

    public static readonly DiagnosticDescriptor NotPartialFigures = new(
        "DB1105", "Figures are a readonly partial record struct", "Figures '{0}' must be a readonly partial record struct with its figures as positional parameters, and every type around it partial",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1105.md");

    public static readonly DiagnosticDescriptor UnsupportedFigure = new(
        "DB1106", "Unsupported type of a figure", "Figure '{0}' has type '{1}'; figures are bool, int, long, ulong, float, double, string, ReadOnlyMemory<char|byte|int|ulong|float> and their nullable forms",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1106.md");

    public static readonly DiagnosticDescriptor CannotBeMade = new(
        "DB1107", "A stage cannot be made", "Stage '{0}' cannot be made by the registry: {1}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1107.md");

    public static readonly DiagnosticDescriptor WrongOption = new(
        "DB1108", "An option contradicts itself", "Option '{0}': {1}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1108.md");

    public static readonly DiagnosticDescriptor MutableOption = new(
        "DB1109", "An option can be changed", "Option '{0}' has a setter; a stage is immutable: declare it with 'init'",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1109.md");

    public static readonly DiagnosticDescriptor WrongName = new(
        "DB1110", "A name that cannot stand in a project file", "'{0}' cannot be the {1}; expected a letter followed by letters, digits or '_'",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1110.md");

    public static readonly DiagnosticDescriptor DuplicateColumn = new(
        "DB1111", "Two figures with one column", "Figures '{0}' give two figures the column '{1}'",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1111.md");


    public static readonly DiagnosticDescriptor ReservedFigure = new(
        "DB1112", "A figure with a reserved name", "Figure '{0}' has a name that every figures type has already: Columns, Append and Read are taken",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/DB1112.md");

    /// <summary>All of them by code.</summary>
    public static readonly IReadOnlyDictionary<string, DiagnosticDescriptor> ByCode = new[]
    {
        NotPartialRecord, NotAStage, UnsupportedOption, DuplicateStage, NotPartialFigures, UnsupportedFigure, CannotBeMade, WrongOption, MutableOption,
        WrongName, DuplicateColumn, ReservedFigure,
    }.ToDictionary(d => d.Id, StringComparer.Ordinal);
}
