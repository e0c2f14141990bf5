using DataBuild.Generators.Diagnostics;
using DataBuild.Generators.Model;
using DataBuild.Generators.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DataBuild.Generators.Figures;

/// <summary>Makes models of figures types.</summary>
internal static class FiguresParser
{
    public static FiguresResult Parse(INamedTypeSymbol type)
    {
        List<DiagnosticInfo> diagnostics = [];
        if (!type.IsRecord || type.TypeKind != TypeKind.Struct || !type.IsReadOnly || !TypeDeclaration.IsPartial(type) || type.IsGenericType
            || PrimaryConstructor(type) is null)
        {
            diagnostics.Add(DiagnosticInfo.Create(AuthorDiagnostics.NotPartialFigures, type, type.Name));
            return new FiguresResult(null, diagnostics.ToEquatableArray());
        }

        EquatableArray<FigureModel> figures = ParseFigures(type, diagnostics);
        FiguresModel? model = diagnostics.Count == 0 ? new FiguresModel(TypeDeclaration.From(type), figures) : null;
        return new FiguresResult(model, diagnostics.ToEquatableArray());
    }

    /// <summary>The figures of a type, of this compilation or of a referenced one; empty for a type that is not marked as figures.</summary>
    public static EquatableArray<FigureModel> ParseFigures(ITypeSymbol type, List<DiagnosticInfo> diagnostics)
    {
        if (type is not INamedTypeSymbol named || !named.GetAttributes().Any(a => a.AttributeClass?.ToDisplayString() == "DataBuild.FiguresAttribute")
            || PrimaryConstructor(named) is not { } constructor)
        {
            return default;
        }

        IReadOnlyDictionary<string, string> descriptions = DocumentationText.Parameters(named, Declaration(named));
        HashSet<string> columns = new(StringComparer.Ordinal);
        List<FigureModel> figures = [];
        foreach (IParameterSymbol parameter in constructor.Parameters)
        {
            if (Classify(parameter.Type) is not var (form, element, columnType, nullable))
            {
                diagnostics.Add(DiagnosticInfo.Create(AuthorDiagnostics.UnsupportedFigure, parameter, parameter.Name, parameter.Type.ToDisplayString()));
                continue;
            }

            if (parameter.Name is "Columns" or "Append" or "Read")
            {
                diagnostics.Add(DiagnosticInfo.Create(AuthorDiagnostics.ReservedFigure, parameter, parameter.Name));
                continue;
            }

            string column = ColumnName(named, parameter) ?? "." + Names.CamelCase(parameter.Name);
            if (!columns.Add(column))
            {
                diagnostics.Add(DiagnosticInfo.Create(AuthorDiagnostics.DuplicateColumn, parameter, type.Name, column));
            }

            if (!Names.IsSimple(column.StartsWith(".", StringComparison.Ordinal) ? column.Substring(1).Replace(".", "") : column.Replace(".", "")))
            {
                diagnostics.Add(DiagnosticInfo.Create(AuthorDiagnostics.WrongName, parameter, column, "name of a column"));
            }

            string description = descriptions.TryGetValue(parameter.Name, out string? found) ? found : "";
            figures.Add(new FigureModel(parameter.Name, column, form, element, columnType, nullable, description));
        }

        return figures.ToEquatableArray();
    }

    private static IMethodSymbol? PrimaryConstructor(INamedTypeSymbol type) =>
        // In metadata a primary constructor is the one whose parameters all have an equally named property.
        type.InstanceConstructors.FirstOrDefault(c => c.DeclaringSyntaxReferences.Any(r => r.GetSyntax() is RecordDeclarationSyntax))
        ?? (type.DeclaringSyntaxReferences.Length > 0 ? null : type.InstanceConstructors
            .Where(c => c.Parameters.Length > 0 && c.Parameters.All(p => type.GetMembers(p.Name).OfType<IPropertySymbol>().Any()))
            .OrderByDescending(c => c.Parameters.Length).FirstOrDefault());

    private static SyntaxNode? Declaration(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.Select(r => r.GetSyntax()).FirstOrDefault(s => s is RecordDeclarationSyntax { ParameterList: not null });

    private static string? ColumnName(INamedTypeSymbol type, IParameterSymbol parameter)
    {
        IEnumerable<AttributeData> attributes = parameter.GetAttributes()
            .Concat(type.GetMembers(parameter.Name).OfType<IPropertySymbol>().SelectMany(p => p.GetAttributes()));
        AttributeData? column = attributes.FirstOrDefault(a => a.AttributeClass?.ToDisplayString() == "DataBuild.ColumnAttribute");
        return column?.ConstructorArguments.FirstOrDefault().Value as string;
    }

    private static (FigureForm Form, string Element, string ColumnType, bool Nullable)? Classify(ITypeSymbol type)
    {
        if (type.SpecialType == SpecialType.System_String)
        {
            return (FigureForm.String, "string", "String", type.NullableAnnotation == NullableAnnotation.Annotated);
        }

        bool nullable = false;
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } wrapped)
        {
            nullable = true;
            type = wrapped.TypeArguments[0];
        }

        if (ValueColumnType(type) is { } value)
        {
            return (FigureForm.Value, type.ToDisplayString(), value, nullable);
        }

        if (type is INamedTypeSymbol { Name: "ReadOnlyMemory", TypeArguments.Length: 1 } memory && memory.ContainingNamespace.ToDisplayString() == "System")
        {
            return memory.TypeArguments[0].SpecialType switch
            {
                SpecialType.System_Char => (FigureForm.Characters, "char", "String", nullable),
                SpecialType.System_Byte => (FigureForm.Bytes, "byte", "Binary", nullable),
                SpecialType.System_Int32 => (FigureForm.List, "int", "Int32List", nullable),
                SpecialType.System_UInt64 => (FigureForm.List, "ulong", "UInt64List", nullable),
                SpecialType.System_Single => (FigureForm.List, "float", "SingleList", nullable),
                _ => null,
            };
        }

        return null;
    }

    private static string? ValueColumnType(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_Boolean => "Boolean",
        SpecialType.System_Int32 => "Int32",
        SpecialType.System_Int64 => "Int64",
        SpecialType.System_UInt64 => "UInt64",
        SpecialType.System_Single => "Single",
        SpecialType.System_Double => "Double",
        _ => null,
    };
}
