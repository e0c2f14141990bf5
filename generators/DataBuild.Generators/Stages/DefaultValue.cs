using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DataBuild.Generators.Stages;

/// <summary>Reads a property's initialiser as the text that a project file would hold.</summary>
internal static class DefaultValue
{
    private const int MaximumDepth = 4;

    /// <summary>The default as text; null when there is none or it is not known before the program runs.</summary>
    public static string? Of(IPropertySymbol property, OptionType type, bool nullable, Compilation compilation)
    {
        PropertyDeclarationSyntax? syntax = property.DeclaringSyntaxReferences.Select(r => r.GetSyntax()).OfType<PropertyDeclarationSyntax>().FirstOrDefault();
        if (syntax is null)
        {
            return null;
        }

        if (syntax.Initializer is { } initializer)
        {
            return Text(initializer.Value, compilation, MaximumDepth, type == OptionType.Enum ? property.Type : null);
        }

        return type switch
        {
            _ when nullable => null,
            OptionType.Boolean => "false",
            OptionType.Int32 or OptionType.Int64 or OptionType.Single or OptionType.Double => "0",
            OptionType.Enum => EnumMember(property.Type, 0),
            _ => null,
        };
    }

    /// <summary>What a property without setter gives, lists with ';' between their elements; null when that is not known before the program runs.</summary>
    public static string? OfGetter(IPropertySymbol property, Compilation compilation)
    {
        PropertyDeclarationSyntax? syntax = property.DeclaringSyntaxReferences.Select(r => r.GetSyntax()).OfType<PropertyDeclarationSyntax>().FirstOrDefault();
        return (syntax?.ExpressionBody?.Expression ?? syntax?.Initializer?.Value) is { } expression ? Text(expression, compilation, MaximumDepth, null) : null;
    }

    private static string? Text(ExpressionSyntax expression, Compilation compilation, int depth, ITypeSymbol? enumType)
    {
        SemanticModel semantics = compilation.GetSemanticModel(expression.SyntaxTree);
        if (semantics.GetConstantValue(expression) is { HasValue: true } constant)
        {
            return enumType is null ? Constant(constant.Value) : EnumMember(enumType, constant.Value);
        }

        IEnumerable<ExpressionSyntax>? elements = expression switch
        {
            CollectionExpressionSyntax collection => collection.Elements.OfType<ExpressionElementSyntax>().Select(e => e.Expression),
            ImplicitArrayCreationExpressionSyntax array => array.Initializer.Expressions,
            ArrayCreationExpressionSyntax { Initializer: { } initializer } => initializer.Expressions,
            _ => null,
        };
        if (elements is not null)
        {
            string?[] texts = elements.Select(e => Text(e, compilation, depth - 1, null)).ToArray();
            return texts.Length == 0 || texts.Contains(null) ? null : string.Join(";", texts);
        }

        // InputFile.FromName("x"), InputFile.FromPath("x"), new InputFile("x", null), new("x", null)
        BaseArgumentListSyntax? arguments = expression switch
        {
            InvocationExpressionSyntax invocation => invocation.ArgumentList,
            BaseObjectCreationExpressionSyntax creation => creation.ArgumentList,
            _ => null,
        };
        if (arguments is { Arguments.Count: > 0 } && semantics.GetTypeInfo(expression).Type?.ToDisplayString() == "DataBuild.InputFile")
        {
            return Text(arguments.Arguments[0].Expression, compilation, depth - 1, null);
        }

        ExpressionSyntax? definition = depth == 0 ? null : semantics.GetSymbolInfo(expression).Symbol?.DeclaringSyntaxReferences.Select(r => r.GetSyntax()).Select(s => s switch
        {
            VariableDeclaratorSyntax variable => variable.Initializer?.Value,
            PropertyDeclarationSyntax property => property.Initializer?.Value ?? property.ExpressionBody?.Expression,
            _ => null,
        }).FirstOrDefault();
        return definition is null || !compilation.ContainsSyntaxTree(definition.SyntaxTree) ? null : Text(definition, compilation, depth - 1, enumType);
    }

    private static string? Constant(object? value) => value switch
    {
        null => null,
        bool flag => flag ? "true" : "false",
        float single => single.ToString("R", CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static string? EnumMember(ITypeSymbol type, object? value) => type.GetMembers().OfType<IFieldSymbol>()
        .FirstOrDefault(f => f.HasConstantValue && Convert.ToString(f.ConstantValue, CultureInfo.InvariantCulture) == Convert.ToString(value, CultureInfo.InvariantCulture))?.Name;
}
