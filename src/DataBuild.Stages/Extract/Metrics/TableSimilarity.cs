using System.Text;

namespace DataBuild.Stages.Extract.Metrics;

/// <summary>How alike two tables are, 0 to 1.</summary>
public static class TableSimilarity
{
    /// <summary>
    /// TEDS (X. Zhong, E. ShafieiBavani, A. Jimeno Yepes 2020, "Image-based table recognition", arXiv 1911.10683, section 5): 1 less the tree edit distance as a share of
    /// the larger tree; inserting and deleting an element costs 1, so does changing its name or spans; changing a cell's text costs its normalised Levenshtein distance.
    /// Trees are compared by Zhang and Shasha's algorithm (1989), whose distance is the one that APTED finds.
    /// </summary>
    /// <param name="text">A table as HTML or with pipes.</param>
    /// <param name="truth">What it should be.</param>
    /// <param name="structureOnly">Leaves texts out of account (S-TEDS).</param>
    public static double Teds(string text, string truth, bool structureOnly = false) => Compare(text, truth, (a, b) => new TreeDistance(a, b, structureOnly).Value);

    /// <summary>
    /// The figure that WebMainBench publishes as TEDS. It hands the trees to its tree library as one string each, so that what is compared is a single pair of labels: the
    /// normalised Levenshtein distance of the two written trees is taken from 1 as a share of the larger tree's elements. Far more lenient than <see cref="Teds"/>.
    /// </summary>
    /// <param name="text">A table as HTML or with pipes.</param>
    /// <param name="truth">What it should be.</param>
    public static double WebMainBenchTeds(string text, string truth) => Compare(text, truth, LabelDistance);

    private static double Compare(string text, string truth, Func<TableNode, TableNode, double> distance)
    {
        TableNode? a = TableNode.Parse(text);
        TableNode? b = TableNode.Parse(truth);
        return a is null || b is null ? (a is null && b is null ? 1 : 0) : Math.Clamp(1 - (distance(a, b) / Math.Max(a.Count, b.Count)), 0, 1);
    }

    private static double LabelDistance(TableNode a, TableNode b)
    {
        (string aTag, string aText) = Label(a);
        (string bTag, string bText) = Label(b);
        return aTag != bTag ? 1 : aText == bText ? 0 : aText.Length == 0 || bText.Length == 0 ? Math.Max(aText.Length, bText.Length) : 1 - EditSimilarity.Of(aText, bText)!.Value;
    }

    // "table:text(tr:text(td:text,...))", cut at the first colon.
    private static (string Tag, string Text) Label(TableNode node)
    {
        StringBuilder written = new();
        Write(node);
        string label = written.ToString();
        int colon = label.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (label, "") : (label[..colon], label[(colon + 1)..]);

        void Write(TableNode n)
        {
            written.Append(n.Tag);
            if (n.Text.Length > 0)
            {
                written.Append(':').Append(n.Text.Replace('(', '[').Replace(')', ']').Replace(',', ';'));
            }

            for (int i = 0; i < n.Children.Count; i++)
            {
                written.Append(i == 0 ? '(' : ',');
                Write(n.Children[i]);
            }

            if (n.Children.Count > 0)
            {
                written.Append(')');
            }
        }
    }
}
