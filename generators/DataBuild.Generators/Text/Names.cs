using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DataBuild.Generators.Text;

/// <summary>Forms of names.</summary>
internal static class Names
{
    /// <summary><c>MeanWordLength</c> to <c>meanWordLength</c>; a leading run of capitals goes as one word: <c>URLCount</c> to <c>urlCount</c>.</summary>
    public static string CamelCase(string name)
    {
        char[] characters = name.ToCharArray();
        for (int i = 0; i < characters.Length && char.IsUpper(characters[i]); i++)
        {
            if (i > 0 && i + 1 < characters.Length && !char.IsUpper(characters[i + 1]))
            {
                break;
            }

            characters[i] = char.ToLowerInvariant(characters[i]);
        }

        return new string(characters);
    }

    /// <summary>True for names that can stand in a project file and in C#: a letter, then letters, digits or '_'.</summary>
    public static bool IsSimple(string name) =>
        name.Length > 0 && char.IsLetter(name[0]) && name.All(c => c is '_' || (c < 128 && char.IsLetterOrDigit(c)));

    /// <summary>A name as a C# identifier: other characters become '_'.</summary>
    public static string Identifier(string name)
    {
        string identifier = new(name.Select(c => SyntaxFacts.IsIdentifierPartCharacter(c) ? c : '_').ToArray());
        return identifier.Length > 0 && SyntaxFacts.IsIdentifierStartCharacter(identifier[0]) ? identifier : "_" + identifier;
    }

    /// <summary>A name as a C# identifier that is not a keyword.</summary>
    public static string Escaped(string name)
    {
        string identifier = Identifier(name);
        return SyntaxFacts.GetKeywordKind(identifier) == SyntaxKind.None ? identifier : "@" + identifier;
    }

    /// <summary>The name of a type with <c>global::</c>.</summary>
    public static string Global(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
}
