using System.Text;
using System.Xml;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace DataBuild.Generators.Text;

/// <summary>Takes plain sentences from XML documentation comments.</summary>
internal static class DocumentationText
{
    /// <summary>The first sentence of a declaration's summary; empty when it has none.</summary>
    public static string Summary(ISymbol symbol, SyntaxNode? syntax) => FirstSentence(Parse(symbol, syntax)?.Element("summary"));

    /// <summary>The first sentence about each parameter.</summary>
    public static IReadOnlyDictionary<string, string> Parameters(ISymbol symbol, SyntaxNode? syntax)
    {
        Dictionary<string, string> sentences = new(StringComparer.Ordinal);
        foreach (XElement parameter in Parse(symbol, syntax)?.Elements("param") ?? [])
        {
            sentences[(string?)parameter.Attribute("name") ?? ""] = FirstSentence(parameter);
        }

        return sentences;
    }

    // Comments are read from the source where there is one: a project that writes no documentation file has no parsed comments.
    private static XElement? Parse(ISymbol symbol, SyntaxNode? syntax)
    {
        string xml = syntax is null ? symbol.GetDocumentationCommentXml() ?? "" : "<member>" + SourceComment(syntax) + "</member>";
        try
        {
            return xml.Length == 0 ? null : XElement.Parse(xml, LoadOptions.PreserveWhitespace);
        }
        catch (XmlException)
        {
            // The compiler reports a malformed comment itself (CS1570); the option is then documented without a sentence.
            return null;
        }
    }

    private static string SourceComment(SyntaxNode syntax)
    {
        StringBuilder text = new();
        foreach (string line in syntax.GetLeadingTrivia().ToFullString().Split('\n'))
        {
            string trimmed = line.Trim();
            if (trimmed.StartsWith("///", StringComparison.Ordinal))
            {
                text.Append(trimmed, 3, trimmed.Length - 3).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string FirstSentence(XElement? element)
    {
        if (element is null)
        {
            return "";
        }

        StringBuilder raw = new();
        Append(element, raw);
        string text = string.Join(" ", raw.ToString().Split([' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries));
        for (int i = 0; i + 2 < text.Length; i++)
        {
            if (text[i] is '.' or '!' or '?' && text[i + 1] == ' ' && char.IsUpper(text[i + 2]))
            {
                return text.Substring(0, i + 1);
            }
        }

        return text;
    }

    private static void Append(XElement element, StringBuilder text)
    {
        foreach (XNode node in element.Nodes())
        {
            switch (node)
            {
                case XText words:
                    text.Append(words.Value);
                    break;
                case XElement child when child.IsEmpty:
                    text.Append(Reference(child));
                    break;
                case XElement child:
                    Append(child, text);
                    break;
            }
        }
    }

    private static string Reference(XElement element)
    {
        string target = (string?)element.Attribute("cref") ?? (string?)element.Attribute("name") ?? (string?)element.Attribute("langword") ?? "";
        int end = target.IndexOf('(');
        target = end < 0 ? target : target.Substring(0, end);
        return target.Substring(target.LastIndexOfAny(['.', ':']) + 1);
    }
}
