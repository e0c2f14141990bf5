namespace DataBuild.Stages.Refine.Programs;

/// <summary>Finds the program that gives a refined text exactly, where deleting lines and strings in lines can: the one that deletes whole lines in preference.</summary>
internal static class LineAlignment
{
    private const int MaxCells = 16 * 1024 * 1024;
    private const int Impossible = int.MaxValue / 2;

    /// <summary>The program; null where there is none.</summary>
    public static EditProgram? TryFind(string raw, string refined)
    {
        string[] x = raw.Split('\n');
        string[] y = refined.Split('\n');
        int prefix = x.AsSpan().CommonPrefixLength(y);
        int suffix = 0;
        while (suffix < Math.Min(x.Length, y.Length) - prefix && x[^(suffix + 1)] == y[^(suffix + 1)])
        {
            suffix++;
        }

        int rows = x.Length - prefix - suffix;
        int columns = y.Length - prefix - suffix;

        // Every line of the refined text is what is left of one line of the raw text.
        if (rows < columns || (rows + 1L) * (columns + 1L) > MaxCells)
        {
            return null;
        }

        int width = columns + 1;
        int[] cost = new int[(rows + 1) * width];
        Dictionary<(int, int), List<EditOperation>> cut = [];
        for (int i = rows; i >= 0; i--)
        {
            for (int j = columns; j >= 0; j--)
            {
                cost[(i * width) + j] = i == rows ? (j == columns ? 0 : Impossible) : Cheapest(i, j);
            }
        }

        return cost[0] >= Impossible ? null : Trace();

        // Operations: a run of lines, and each string in a line, costs one.
        int Cheapest(int i, int j)
        {
            int best = cost[((i + 1) * width) + j] + 1;
            if (j < columns && cost[((i + 1) * width) + j + 1] < Impossible && Parts(i, j) is { } parts)
            {
                best = Math.Min(best, cost[((i + 1) * width) + j + 1] + parts.Count);
            }

            return Math.Min(best, Impossible);
        }

        List<EditOperation>? Parts(int i, int j)
        {
            string from = x[prefix + i];
            string to = y[prefix + j];
            if (from == to)
            {
                return [];
            }

            if (to.Length >= from.Length || !IsSubsequence(to, from))
            {
                return null;
            }

            if (!cut.TryGetValue((i, j), out List<EditOperation>? parts))
            {
                cut[(i, j)] = parts = Deletions(from, to, EditProgram.FirstLine + prefix + i);
            }

            return parts.Count == 0 ? null : parts;
        }

        EditProgram Trace()
        {
            List<EditOperation> operations = [];
            int i = 0;
            int j = 0;
            while (i < rows)
            {
                int here = cost[(i * width) + j];
                if (j < columns && Parts(i, j) is { } parts && cost[((i + 1) * width) + j + 1] + parts.Count == here)
                {
                    operations.AddRange(parts);
                    j++;
                }
                else if (operations.Count > 0 && operations[^1] is EditOperation.RemoveLines last && last.End == EditProgram.FirstLine + prefix + i - 1)
                {
                    operations[^1] = last with { End = last.End + 1 };
                }
                else
                {
                    operations.Add(new EditOperation.RemoveLines(EditProgram.FirstLine + prefix + i, EditProgram.FirstLine + prefix + i));
                }

                i++;
            }

            return new EditProgram(operations);
        }
    }

    private static bool IsSubsequence(string part, string whole)
    {
        int matched = 0;
        foreach (char c in whole)
        {
            matched += matched < part.Length && part[matched] == c ? 1 : 0;
        }

        return matched == part.Length;
    }

    // Strings that occur once in the line and leave the other: by the one alignment or the other; empty where neither does.
    private static List<EditOperation> Deletions(string from, string to, int number)
    {
        foreach (List<TextDifferenceSpan>? spans in (IEnumerable<List<TextDifferenceSpan>?>)[TextDifferences.Difflib(from, to, autoJunk: false), TextDifferences.Levenshtein(from, to)])
        {
            if (spans is null || spans.Exists(s => s.Inserted > 0))
            {
                continue;
            }

            bool[] gone = new bool[from.Length];
            spans.ForEach(s => gone.AsSpan(s.Start, s.Deleted).Fill(true));
            List<EditOperation> parts = [];
            int skipped = 0;
            EditDistiller.RemoveParts(parts, from, gone, number, ref skipped);
            if (skipped == 0)
            {
                return parts;
            }
        }

        return [];
    }
}
