using System.Globalization;
using DataBuild.Generators.Diagnostics;
using DataBuild.Generators.Model;
using DataBuild.Generators.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DataBuild.Generators.Stages;

/// <summary>Makes models of options.</summary>
internal static class OptionParser
{
    /// <summary>The options of a stage: those of base records first, then in order of declaration.</summary>
    public static EquatableArray<OptionModel> Parse(INamedTypeSymbol stage, Compilation compilation, List<DiagnosticInfo> diagnostics)
    {
        List<INamedTypeSymbol> types = [];
        for (INamedTypeSymbol? type = stage; type is not null && !StageTypes.IsBase(type); type = type.BaseType)
        {
            types.Insert(0, type);
        }

        // An overriding property takes the place of the one that it overrides.
        List<IPropertySymbol> properties = [];
        foreach (IPropertySymbol property in types.SelectMany(t => t.GetMembers().OfType<IPropertySymbol>()))
        {
            if (!IsCandidate(property))
            {
                continue;
            }

            int index = properties.FindIndex(p => p.Name == property.Name);
            if (index < 0)
            {
                properties.Add(property);
            }
            else
            {
                properties[index] = property;
            }
        }

        List<OptionModel> options = [];
        foreach (IPropertySymbol property in properties)
        {
            if (Option(property, compilation, diagnostics) is { } option)
            {
                options.Add(option);
            }
        }

        return options.ToEquatableArray();
    }

    private static bool IsCandidate(IPropertySymbol property) =>
        property is { IsStatic: false, IsIndexer: false, DeclaredAccessibility: Accessibility.Public, SetMethod.DeclaredAccessibility: Accessibility.Public }
        && Attribute(property, "NotAnOption") is null;

    private static OptionModel? Option(IPropertySymbol property, Compilation compilation, List<DiagnosticInfo> diagnostics)
    {
        if (Classify(property.Type) is not var (type, nullable))
        {
            diagnostics.Add(DiagnosticInfo.Create(AuthorDiagnostics.UnsupportedOption, property, property.Name, property.Type.ToDisplayString()));
            return null;
        }

        if (!property.SetMethod!.IsInitOnly)
        {
            diagnostics.Add(DiagnosticInfo.Create(AuthorDiagnostics.MutableOption, property, property.Name));
            return null;
        }

        AttributeData? attribute = Attribute(property, "Option");
        double min = Argument(attribute, "Min", double.NegativeInfinity);
        double max = Argument(attribute, "Max", double.PositiveInfinity);
        string[] choices = type == OptionType.Enum
            ? property.Type.GetMembers().OfType<IFieldSymbol>().Where(f => f.HasConstantValue).OrderBy(EnumOrder).Select(f => f.Name).ToArray()
            : Argument(attribute, "Names", "").Split(['|'], StringSplitOptions.RemoveEmptyEntries);
        OptionModel option = new(
            property.Name,
            type,
            type == OptionType.Enum ? Names.Global(property.Type.WithNullableAnnotation(NullableAnnotation.NotAnnotated)) : "",
            nullable,
            KindOf(property.Name, type, choices.Length > 0),
            Attribute(property, "Threshold") is not null ? "Threshold" : Attribute(property, "WithoutEffectOnOutput") is not null ? "WithoutEffectOnOutput" : "Measure",
            DefaultValue.Of(property, type, nullable, compilation),
            min,
            max,
            Argument(attribute, "Unit", ""),
            choices.ToEquatableArray(),
            Argument(attribute, "Required", false),
            DocumentationText.Summary(property, property.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() as PropertyDeclarationSyntax));
        if (Contradiction(property, option) is { } contradiction)
        {
            diagnostics.Add(DiagnosticInfo.Create(AuthorDiagnostics.WrongOption, property, property.Name, contradiction));
        }

        return option;
    }

    private static string KindOf(string name, OptionType type, bool hasChoices) => type switch
    {
        OptionType.Boolean => "Boolean",
        OptionType.Int32 or OptionType.Int64 => "Integer",
        OptionType.Single or OptionType.Double => "Number",
        OptionType.StringList => "TextList",
        OptionType.Enum => "Choice",
        OptionType.File => "File",
        OptionType.FileList => "FileList",
        _ when hasChoices => "Choice",
        _ => name == "Keep" ? "Expression" : "Text",
    };

    private static string? Contradiction(IPropertySymbol property, OptionModel option)
    {
        bool numeric = option.Kind is "Integer" or "Number";
        if (Attribute(property, "Threshold") is not null && Attribute(property, "WithoutEffectOnOutput") is not null)
        {
            return "a threshold changes the output; it cannot be [WithoutEffectOnOutput]";
        }

        if (!numeric && (!double.IsInfinity(option.Min) || !double.IsInfinity(option.Max)))
        {
            return "Min and Max are for numbers";
        }

        if (option.Min > option.Max)
        {
            return $"Min {Format(option.Min)} is greater than Max {Format(option.Max)}";
        }

        if (option.Required && option.Type is OptionType.Boolean or OptionType.Int32 or OptionType.Int64 or OptionType.Single or OptionType.Double or OptionType.Enum
            && !option.IsNullable && option.Required)
        {
            return "Required is for texts and files, and for numbers that may be null";
        }

        if (numeric && option.Default is not null && double.TryParse(option.Default, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && (value < option.EffectiveMin || value > option.EffectiveMax))
        {
            return $"its default {option.Default} lies outside its range, {Format(option.Min)} to {Format(option.Max)}";
        }

        bool isName = option.Type is OptionType.String or OptionType.File or OptionType.FileList;
        if (!isName && option.Type != OptionType.Enum && option.Choices.Count > 0)
        {
            return "Names is for texts and files";
        }

        if (option.Type == OptionType.String && option.Choices.Count > 0 && option.Default is { Length: > 0 } name && !option.Choices.Contains(name))
        {
            return $"its default '{name}' is none of its names, {string.Join(", ", option.Choices)}";
        }

        return null;
    }

    private static (OptionType Type, bool Nullable)? Classify(ITypeSymbol type)
    {
        bool nullable = type.NullableAnnotation == NullableAnnotation.Annotated;
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } wrapped)
        {
            type = wrapped.TypeArguments[0];
            nullable = true;
            if (type.TypeKind == TypeKind.Enum)
            {
                return null;
            }
        }

        OptionType? known = type.SpecialType switch
        {
            SpecialType.System_Boolean => OptionType.Boolean,
            SpecialType.System_Int32 => OptionType.Int32,
            SpecialType.System_Int64 => OptionType.Int64,
            SpecialType.System_Single => OptionType.Single,
            SpecialType.System_Double => OptionType.Double,
            SpecialType.System_String => OptionType.String,
            _ when type.TypeKind == TypeKind.Enum => OptionType.Enum,
            _ => null,
        };
        known ??= type.WithNullableAnnotation(NullableAnnotation.NotAnnotated).ToDisplayString() switch
        {
            "DataBuild.InputFile" => OptionType.File,
            "System.Collections.Generic.IReadOnlyList<string>" => OptionType.StringList,
            "System.Collections.Generic.IReadOnlyList<DataBuild.InputFile>" => OptionType.FileList,
            _ => null,
        };
        return known is { } found ? (found, nullable) : null;
    }

    // As Enum.GetNames orders them: by value, taken as unsigned.
    private static ulong EnumOrder(IFieldSymbol member) => member.ConstantValue is ulong big ? big : unchecked((ulong)Convert.ToInt64(member.ConstantValue, CultureInfo.InvariantCulture));

    private static AttributeData? Attribute(IPropertySymbol property, string name) =>
        property.GetAttributes().FirstOrDefault(a => a.AttributeClass?.ToDisplayString() == $"DataBuild.{name}Attribute");

    private static T Argument<T>(AttributeData? attribute, string name, T otherwise) =>
        attribute?.NamedArguments.FirstOrDefault(a => a.Key == name) is { Key: not null, Value.Value: T value } ? value : otherwise;

    private static string Format(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
