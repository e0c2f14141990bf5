namespace DataBuild.Stages.Extract.Metrics;

/// <summary>Levenshtein's distance between texts, by Unicode code points (V. I. Levenshtein 1966).</summary>
public static class EditSimilarity
{
    /// <summary>Insertions, deletions and replacements that turn one text into the other at the least; time grows with the product of the lengths.</summary>
    public static int Distance(string a, string b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return Distance(CodePoints(a), CodePoints(b));
    }

    /// <summary>1 less the distance as a share of the longer text's length, 0 to 1; null where both are empty, which says nothing.</summary>
    public static double? Of(string a, string b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        int[] x = CodePoints(a);
        int[] y = CodePoints(b);
        int longer = Math.Max(x.Length, y.Length);
        return longer == 0 ? null : 1 - ((double)Distance(x, y) / longer);
    }

    private static int[] CodePoints(string text) => [.. text.EnumerateRunes().Select(r => r.Value)];

    private static int Distance(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        // What both begin or end with costs nothing.
        int same = a.CommonPrefixLength(b);
        a = a[same..];
        b = b[same..];
        while (!a.IsEmpty && !b.IsEmpty && a[^1] == b[^1])
        {
            a = a[..^1];
            b = b[..^1];
        }

        if (a.Length < b.Length)
        {
            ReadOnlySpan<int> shorter = a;
            a = b;
            b = shorter;
        }

        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
