using DataBuild.Generators.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DataBuild.Generators.Model;

/// <summary>What a further part of a partial type must repeat: namespace, outer types, keyword and name.</summary>
/// <param name="Namespace">Namespace; empty for the global one.</param>
/// <param name="OuterTypes">Headers of the types around it, outermost first.</param>
/// <param name="Keyword"><c>record</c>, <c>record struct</c>.</param>
/// <param name="Name">Name without outer types.</param>
/// <param name="GlobalName">Name with <c>global::</c>.</param>
internal sealed record TypeDeclaration(string Namespace, EquatableArray<string> OuterTypes, string Keyword, string Name, string GlobalName)
{
    /// <summary>A name for the generated file that is unique in the compilation.</summary>
    public string HintName => GlobalName.Replace("global::", "").Replace("@", "");

    public static TypeDeclaration From(INamedTypeSymbol type)
    {
        List<string> outer = [];
        for (INamedTypeSymbol? t = type.ContainingType; t is not null; t = t.ContainingType)
        {
            outer.Insert(0, $"partial {KeywordOf(t)} {t.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}");
        }

        string ns = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString();
        return new TypeDeclaration(ns, outer.ToEquatableArray(), KeywordOf(type), type.Name, Names.Global(type));
    }

    /// <summary>True when the type and all types around it are partial.</summary>
    public static bool IsPartial(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? t = type; t is not null; t = t.ContainingType)
        {
            bool partial = t.DeclaringSyntaxReferences.Any(r =>
                r.GetSyntax() is TypeDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.PartialKeyword));
            if (!partial)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Opens namespace, outer types and the type itself.</summary>
    public void Open(CodeWriter writer, string bases = "")
    {
        writer.Namespace(Namespace);
        foreach (string type in OuterTypes)
        {
            writer.Open(type);
        }

        writer.Open($"partial {Keyword} {Names.Escaped(Name)}{bases}");
    }

    /// <summary>Closes what <see cref="Open"/> opened.</summary>
    public void Close(CodeWriter writer)
    {
        for (int i = 0; i <= OuterTypes.Count; i++)
        {
            writer.Close();
        }
    }

    private static string KeywordOf(INamedTypeSymbol type) => (type.IsRecord, type.TypeKind) switch
    {
        (true, TypeKind.Struct) => "record struct",
        (true, _) => "record",
        (_, TypeKind.Struct) => "struct",
        (_, TypeKind.Interface) => "interface",
        _ => "class",
    };
}
