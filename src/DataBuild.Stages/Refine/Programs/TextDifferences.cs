namespace DataBuild.Stages.Refine.Programs;

/// <summary>Differences of two texts, character by character.</summary>
internal static class TextDifferences
{
    private const int JunkLength = 200; // difflib: shorter texts have no frequent characters
    private const long MaxCells = 256L * 1024 * 1024; // of the table of edits, two bits each

    /// <summary>The fewest edits (Wagner and Fischer 1974), traced back from the end; a deletion is preferred to a replacement, and that to an insertion. Null where the texts are too long for the table.</summary>
    public static List<TextDifferenceSpan>? Levenshtein(ReadOnlySpan<char> raw, ReadOnlySpan<char> refined)
    {
        int prefix = raw.CommonPrefixLength(refined);
        int suffix = 0;
        while (suffix < Math.Min(raw.Length, refined.Length) - prefix && raw[^(suffix + 1)] == refined[^(suffix + 1)])
        {
            suffix++;
        }

        ReadOnlySpan<char> x = raw[prefix..^suffix];
        ReadOnlySpan<char> y = refined[prefix..^suffix];
        if (y.IsEmpty || x.IsEmpty)
        {
            return x.Length + y.Length == 0 ? [] : [new TextDifferenceSpan(prefix, x.Length, y.Length)];
        }

        int width = y.Length + 1;
        if ((x.Length + 1L) * width > MaxCells)
        {
            return null;
        }

        byte[] steps = Fill(x, y, width);
        List<(int I, int J)> kept = [];
        int i = x.Length;
        int j = y.Length;
        while (i > 0 || j > 0)
        {
            long cell = ((long)i * width) + j;
            switch ((steps[cell >> 2] >> (int)((cell & 3) * 2)) & 3)
            {
                case Keep:
                    kept.Add((prefix + --i, prefix + --j));
                    break;
                case Delete:
                    i--;
                    break;
                case Insert:
                    j--;
                    break;
                default:
                    (i, j) = (i - 1, j - 1);
                    break;
            }
        }

        kept.Reverse();
        return Between(kept, prefix, x.Length, y.Length);
    }

    /// <summary>Longest matching blocks first (Ratcliff and Obershelp, as Python's difflib finds them).</summary>
    public static List<TextDifferenceSpan> Difflib(string raw, string refined, bool autoJunk)
    {
        Dictionary<char, List<int>> places = [];
        for (int j = 0; j < refined.Length; j++)
        {
            if (!places.TryGetValue(refined[j], out List<int>? list))
            {
                places[refined[j]] = list = [];
            }

            list.Add(j);
        }

        if (autoJunk && refined.Length >= JunkLength)
        {
            foreach (char popular in places.Where(p => p.Value.Count > (refined.Length / 100) + 1).Select(p => p.Key).ToArray())
            {
                places.Remove(popular);
            }
        }

        List<(int I, int J)> kept = [];
        Stack<(int ILow, int IHigh, int JLow, int JHigh)> open = new([(0, raw.Length, 0, refined.Length)]);
        while (open.TryPop(out (int ILow, int IHigh, int JLow, int JHigh) range))
        {
            (int i, int j, int size) = LongestMatch(raw, refined, places, range.ILow, range.IHigh, range.JLow, range.JHigh);
            if (size == 0)
            {
                continue;
            }

            kept.AddRange(Enumerable.Range(0, size).Select(k => (i + k, j + k)));
            open.Push((range.ILow, i, range.JLow, j));
            open.Push((i + size, range.IHigh, j + size, range.JHigh));
        }

        kept.Sort();
        return Between(kept, 0, raw.Length, refined.Length);
    }

    private const int Keep = 0;
    private const int Delete = 1;
    private const int Insert = 2;
    private const int Replace = 3;

    private static byte[] Fill(ReadOnlySpan<char> x, ReadOnlySpan<char> y, int width)
    {
        byte[] steps = new byte[(((x.Length + 1L) * width) + 3) / 4];
        int[] above = [.. Enumerable.Range(0, width)];
        int[] row = new int[width];
        for (int j = 1; j < width; j++)
        {
            Set(steps, j, Insert);
        }

        for (int i = 1; i <= x.Length; i++)
        {
            row[0] = i;
            Set(steps, (long)i * width, Delete);
            for (int j = 1; j < width; j++)
            {
                bool same = x[i - 1] == y[j - 1];
                int best = above[j] + 1;
                int step = Delete;
                int diagonal = above[j - 1] + (same ? 0 : 1);
                if (diagonal < best)
                {
                    (best, step) = (diagonal, same ? Keep : Replace);
                }

                if (row[j - 1] + 1 < best)
                {
                    (best, step) = (row[j - 1] + 1, Insert);
                }

                row[j] = best;
                Set(steps, ((long)i * width) + j, step);
            }

            (above, row) = (row, above);
        }

        return steps;
    }

    private static void Set(byte[] steps, long cell, int step) => steps[cell >> 2] |= (byte)(step << (int)((cell & 3) * 2));

    // The longest block; of those as long the one that begins first in raw, and of these the first in refined. Frequent characters only lengthen it.
    private static (int I, int J, int Size) LongestMatch(string raw, string refined, Dictionary<char, List<int>> places, int iLow, int iHigh, int jLow, int jHigh)
    {
        (int bestI, int bestJ, int best) = (iLow, jLow, 0);
        Dictionary<int, int> lengths = [];
        for (int i = iLow; i < iHigh; i++)
        {
            Dictionary<int, int> next = [];
            if (places.TryGetValue(raw[i], out List<int>? list))
            {
                int first = list.BinarySearch(jLow);
                for (int p = first < 0 ? ~first : first; p < list.Count && list[p] < jHigh; p++)
                {
                    int length = lengths.GetValueOrDefault(list[p] - 1) + 1;
                    next[list[p]] = length;
                    if (length > best)
                    {
                        (bestI, bestJ, best) = (i - length + 1, list[p] - length + 1, length);
                    }
                }
            }

            lengths = next;
        }

        while (bestI > iLow && bestJ > jLow && raw[bestI - 1] == refined[bestJ - 1])
        {
            (bestI, bestJ, best) = (bestI - 1, bestJ - 1, best + 1);
        }

        while (bestI + best < iHigh && bestJ + best < jHigh && raw[bestI + best] == refined[bestJ + best])
        {
            best++;
        }

        return (bestI, bestJ, best);
    }

    private static List<TextDifferenceSpan> Between(List<(int I, int J)> kept, int start, int rawLength, int refinedLength)
    {
        List<TextDifferenceSpan> spans = [];
        int i = start;
        int j = start;
        foreach ((int nextI, int nextJ) in kept.Append((start + rawLength, start + refinedLength)))
        {
            if (nextI > i || nextJ > j)
            {
                spans.Add(new TextDifferenceSpan(i, nextI - i, nextJ - j));
            }

            (i, j) = (nextI + 1, nextJ + 1);
        }

        return spans;
    }
}
