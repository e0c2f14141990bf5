using System.Text;
using DataBuild.Stages.Extract.Charsets;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Metrics;

/// <summary>An element of a table as metrics compare tables: sections (<c>thead</c>, <c>tbody</c>, <c>tfoot</c>) are left out, their rows stand in the table.</summary>
/// <param name="Tag">Name of the element, lower case.</param>
/// <param name="Columns">Columns it spans, 1 and up.</param>
/// <param name="Rows">Rows it spans, 1 and up.</param>
/// <param name="Text">Its text, that of elements inside included, each piece trimmed.</param>
/// <param name="Children">Elements inside.</param>
public sealed record TableNode(string Tag, int Columns, int Rows, string Text, IReadOnlyList<TableNode> Children)
{
    private const int MaxNodes = 100_000;
    private const int MaxDepth = 256;

    /// <summary>Number of elements, this one included.</summary>
    public int Count => 1 + Children.Sum(c => c.Count);

    /// <summary>The first table of a text, written as HTML or with pipes; null where there is none.</summary>
    public static TableNode? Parse(string text)
    {
        string html = HtmlOf(text);
        HtmlTree tree = new();
        PageDecoder.Decode(Encoding.UTF8.GetBytes(html), "utf-8", tree);
        if (html.Length == 0 || !new HtmlTreeBuilder(tree).Parse(MaxNodes, MaxDepth))
        {
            return null;
        }

        for (int node = tree.Next(tree.Body, tree.Body); node != 0; node = tree.Next(node, tree.Body))
        {
            if (tree[node].Tag == HtmlTag.Table && tree[node].Kind == HtmlNodeKind.Element)
            {
                return OfElement(tree, node);
            }
        }

        return null;
    }

    /// <summary>
    /// A table as HTML, as WebMainBench writes it: HTML as it is; the lines with a bar as rows, the first of them of header cells, rules and empty cells left out;
    /// any other text as a table of one cell; nothing for a blank text.
    /// </summary>
    public static string HtmlOf(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (string.IsNullOrWhiteSpace(text) || text.Contains("<table", StringComparison.OrdinalIgnoreCase))
        {
            return text.Trim().Length == 0 ? "" : text;
        }

        if (!text.Contains('|', StringComparison.Ordinal))
        {
            return $"<table><tr><td>{text}</td></tr></table>";
        }

        StringBuilder html = new("<table>");
        string tag = "th";
        foreach (string line in text.Split('\n').Where(l => l.Contains('|', StringComparison.Ordinal) && l.Any(c => c is not ('|' or '-' or ':') && !char.IsWhiteSpace(c))))
        {
            html.Append("<tr>").AppendJoin("", line.Split('|').Select(c => c.Trim()).Where(c => c.Length > 0).Select(c => $"<{tag}>{c}</{tag}>")).Append("</tr>");
            tag = "td";
        }

        return html.Append("</table>").ToString();
    }

    private static TableNode OfElement(HtmlTree tree, int element)
    {
        List<TableNode> children = [];
        StringBuilder text = new();
        for (int child = tree[element].FirstChild; child != 0; child = tree[child].NextSibling)
        {
            if (tree[child].Kind == HtmlNodeKind.Text)
            {
                text.Append(Encoding.UTF8.GetString(tree.TextOf(child)).Trim());
            }
            else if (tree[child].Kind == HtmlNodeKind.Element)
            {
                TableNode node = OfElement(tree, child);
                text.Append(node.Text);
                children.AddRange(tree[child].Tag is HtmlTag.Tbody or HtmlTag.Thead or HtmlTag.Tfoot ? node.Children : [node]);
            }
        }

        return new TableNode(Encoding.UTF8.GetString(tree.NameOf(element)), Span("colspan"u8), Span("rowspan"u8), text.ToString(), children);

        int Span(ReadOnlySpan<byte> name) =>
            int.TryParse(tree.Attribute(element, name), System.Globalization.CultureInfo.InvariantCulture, out int span) && span > 1 ? span : 1;
    }
}
