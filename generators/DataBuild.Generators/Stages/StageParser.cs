using DataBuild.Generators.Diagnostics;
using DataBuild.Generators.Figures;
using DataBuild.Generators.Model;
using DataBuild.Generators.Text;
using Microsoft.CodeAnalysis;

namespace DataBuild.Generators.Stages;

/// <summary>Makes models of stages.</summary>
internal static class StageParser
{
    private static readonly string[] Phases = ["Extract", "Clean", "Deduplicate", "Score", "Tokenize", "Package"];

    public static StageResult Parse(GeneratorAttributeSyntaxContext context)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.TargetSymbol;
        List<DiagnosticInfo> diagnostics = [];
        StageModel? model = Parse(type, context.Attributes[0], context.TargetNode, context.SemanticModel.Compilation, diagnostics);
        StageName? name = model is null ? null : new StageName(model.Name, type.ToDisplayString(), LocationInfo.From(type.Locations.FirstOrDefault()));
        return new StageResult(diagnostics.Count == 0 ? model : null, name, diagnostics.ToEquatableArray());
    }

    private static StageModel? Parse(INamedTypeSymbol type, AttributeData attribute, SyntaxNode node, Compilation compilation, List<DiagnosticInfo> diagnostics)
    {
        if (!type.IsRecord || !TypeDeclaration.IsPartial(type))
        {
            diagnostics.Add(DiagnosticInfo.Create(AuthorDiagnostics.NotPartialRecord, type, type.Name));
            return null;
        }

        if (StageTypes.BaseOf(type) is not { } baseType)
        {
            diagnostics.Add(DiagnosticInfo.Create(AuthorDiagnostics.NotAStage, type, type.Name));
            return null;
        }

        string name = attribute.ConstructorArguments.FirstOrDefault().Value as string ?? "";
        string prefix = Argument<string>(attribute, "ColumnPrefix") ?? Names.CamelCase(name);
        CheckName(name, "name of a stage", type, diagnostics);
        CheckName(prefix, "first part of a column's name", type, diagnostics);
        if (ObstacleToMaking(type) is { } obstacle)
        {
            diagnostics.Add(DiagnosticInfo.Create(AuthorDiagnostics.CannotBeMade, type, type.Name, obstacle));
        }

        int version = attribute.NamedArguments.FirstOrDefault(a => a.Key == "Version") is { Key: not null, Value.Value: int given } ? given : 1;
        int phase = attribute.NamedArguments.FirstOrDefault(a => a.Key == "Phase") is { Key: not null, Value.Value: int member } ? member : 1;

        // A corpus stage's outcome comes before its figures.
        ITypeSymbol[] sources = baseType.TypeArguments.Reverse().ToArray();
        return new StageModel(
            TypeDeclaration.From(type),
            name,
            version,
            Phases[Math.Max(0, Math.Min(phase, Phases.Length - 1))],
            prefix,
            DocumentationText.Summary(type, node),
            HidesDescriptor: type.BaseType is { } parent && HasDescriptor(parent),
            OptionParser.Parse(type, compilation, diagnostics),
            sources.Select(Names.Global).ToEquatableArray(),
            sources.SelectMany(s => FiguresParser.ParseFigures(s, [])).ToEquatableArray(),
            PublishedColumns(type, compilation),
            type.AllInterfaces.Any(i => i.ToDisplayString() == "DataBuild.IPayloadStage"));
    }

    private static EquatableArray<string> PublishedColumns(INamedTypeSymbol type, Compilation compilation)
    {
        for (INamedTypeSymbol? t = type; t is not null && !StageTypes.IsBase(t); t = t.BaseType)
        {
            if (t.GetMembers("PublishedColumns").OfType<IPropertySymbol>().FirstOrDefault() is { } property)
            {
                return (DefaultValue.OfGetter(property, compilation) ?? "").Split([';'], StringSplitOptions.RemoveEmptyEntries).ToEquatableArray();
            }
        }

        return default;
    }

    private static void CheckName(string name, string what, INamedTypeSymbol type, List<DiagnosticInfo> diagnostics)
    {
        if (!Names.IsSimple(name))
        {
            diagnostics.Add(DiagnosticInfo.Create(AuthorDiagnostics.WrongName, type, name, what));
        }
    }

    private static string? ObstacleToMaking(INamedTypeSymbol type)
    {
        if (type.IsAbstract)
        {
            return "it is abstract";
        }

        for (INamedTypeSymbol? t = type; t is not null; t = t.ContainingType)
        {
            if (t.IsGenericType)
            {
                return "it is generic";
            }

            if (t.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal || t.IsFileLocal)
            {
                return "it is not visible in its assembly; make it internal or public";
            }
        }

        bool hasConstructor = type.InstanceConstructors.Any(c =>
            c.Parameters.All(p => p.HasExplicitDefaultValue) && c.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal
            && !(c.Parameters.Length == 1 && SymbolEqualityComparer.Default.Equals(c.Parameters[0].Type, type)));
        if (!hasConstructor)
        {
            return "it has no constructor without parameters";
        }

        return type.GetMembers().OfType<IPropertySymbol>().Any(p => p.IsRequired)
            ? "it has 'required' members; use [Option(Required = true)]"
            : null;
    }

    private static bool HasDescriptor(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? t = type; t is not null; t = t.BaseType)
        {
            if (t.GetAttributes().Any(a => a.AttributeClass?.ToDisplayString() == "DataBuild.StageAttribute"))
            {
                return true;
            }
        }

        return false;
    }

    private static T? Argument<T>(AttributeData attribute, string name) where T : class =>
        attribute.NamedArguments.FirstOrDefault(a => a.Key == name).Value.Value as T;
}
