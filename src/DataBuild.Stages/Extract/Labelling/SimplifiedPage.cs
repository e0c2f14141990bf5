using System.Text;
using DataBuild.Stages.Extract.Blocks;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Labelling;

/// <summary>
/// Writes a page for a labeller: one element per block with <c>_item_id</c>, its tag, class and id, its text cut, and nothing else
/// (after MinerU-HTML, arXiv 2511.23119, section 3.1).
/// </summary>
internal static class SimplifiedPage
{
    /// <summary>The blocks that are shown: what stands in navigation or is not displayed is never main content.</summary>
    public static List<int> Items(BlockSegmenter segments)
    {
        List<int> items = [];
        for (int i = 0; i < segments.Count; i++)
        {
            if ((segments.Blocks[i].Context & (BlockContext.Nav | BlockContext.Invisible)) == 0)
            {
                items.Add(i);
            }
        }

        return items;
    }

    /// <summary>The simplified page; the first item has the id 1.</summary>
    /// <param name="tree">The page.</param>
    /// <param name="segments">Its blocks.</param>
    /// <param name="items">The blocks that are shown.</param>
    /// <param name="textOf">A block's text.</param>
    /// <param name="maxText">Characters of a block's text that are shown.</param>
    public static string Write(HtmlTree tree, BlockSegmenter segments, IReadOnlyList<int> items, Func<int, string> textOf, int maxText)
    {
        StringBuilder html = new("<html><head><meta charset=\"utf-8\"></head><body>");
        Span<Block> blocks = segments.Blocks;
        for (int id = 1; id <= items.Count; id++)
        {
            int i = items[id - 1];
            int container = blocks[i].Container;
            string name = container == tree.Body ? "div" : Encoding.UTF8.GetString(tree.NameOf(container));
            html.Append('<').Append(name);
            Attribute(html, "class", tree.Attribute(container, "class"u8));
            Attribute(html, "id", tree.Attribute(container, "id"u8));
            html.Append(" _item_id=\"").Append(id).Append("\">");
            string text = textOf(i);
            Escape(html, text.Length > maxText ? string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[maxText - 1]) ? maxText - 1 : maxText), "...") : text);
            html.Append("</").Append(name).Append('>');
        }

        return html.Append("</body></html>").ToString();
    }

    /// <summary>The elements of a simplified page with their ids, in order.</summary>
    public static IEnumerable<(string Id, string Html)> Split(string simplified)
    {
        const string Mark = " _item_id=\"";
        int start = simplified.IndexOf("<body>", StringComparison.Ordinal) + "<body>".Length;
        int end = simplified.LastIndexOf("</body>", StringComparison.Ordinal);
        while (start < end)
        {
            // Texts and values hold no '<': an element ends at the second bracket that opens.
            int id = simplified.IndexOf(Mark, start, StringComparison.Ordinal) + Mark.Length;
            int close = simplified.IndexOf('>', simplified.IndexOf("</", id, StringComparison.Ordinal)) + 1;
            yield return (simplified[id..simplified.IndexOf('"', id)], simplified[start..close]);
            start = close;
        }
    }

    private static void Attribute(StringBuilder html, string name, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            html.Append(' ').Append(name).Append("=\"");
            Escape(html, Encoding.UTF8.GetString(value[..Math.Min(value.Length, 100)]));
            html.Append('"');
        }
    }

    private static void Escape(StringBuilder html, string text)
    {
        foreach (char c in text)
        {
            _ = c switch
            {
                '&' => html.Append("&amp;"),
                '<' => html.Append("&lt;"),
                '>' => html.Append("&gt;"),
                '"' => html.Append("&quot;"),
                '\n' => html.Append(' '),
                _ => html.Append(c),
            };
        }
    }
}
