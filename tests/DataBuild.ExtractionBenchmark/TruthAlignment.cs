namespace DataBuild.ExtractionBenchmark;

/// <summary>
/// Finds which words of a page's blocks are in its ground truth: the longest common runs first, then what lies before and after them
/// (Ratcliff and Obershelp), then blocks out of order from what the truth has left.
/// </summary>
internal static class TruthAlignment
{
    /// <summary>Per block the number of its words that are in the truth.</summary>
    public static int[] Match(IReadOnlyList<List<string>> blocks, List<string> truth)
    {
        Dictionary<string, int> ids = [];
        int[] b = [.. truth.Select(w => Id(ids, w))];
        List<int> words = [];
        List<int> owner = [];
        for (int i = 0; i < blocks.Count; i++)
        {
            foreach (string w in blocks[i])
            {
                words.Add(ids.TryGetValue(w, out int id) ? id : -1);
                owner.Add(i);
            }
        }

        int[] a = [.. words];
        bool[] matched = new bool[a.Length];
        bool[] used = new bool[b.Length];
        Dictionary<long, List<int>> pairs = [];
        for (int j = 0; j + 1 < b.Length; j++)
        {
            long key = ((long)b[j] << 32) | (uint)b[j + 1];
            (pairs.TryGetValue(key, out List<int>? list) ? list : pairs[key] = []).Add(j);
        }

        Stack<(int, int, int, int)> work = new([(0, a.Length, 0, b.Length)]);
        int[] runs = new int[b.Length + 2];
        while (work.TryPop(out (int ALow, int AHigh, int BLow, int BHigh) r))
        {
            (int i, int j, int length) = Longest(a, b, pairs, r.ALow, r.AHigh, r.BLow, r.BHigh);
            if (length < 2)
            {
                continue;
            }

            for (int k = 0; k < length; k++)
            {
                matched[i + k] = true;
                used[j + k] = true;
            }

            work.Push((r.ALow, i, r.BLow, j));
            work.Push((i + length, r.AHigh, j + length, r.BHigh));
        }

        // Whole short blocks and moved pieces.
        Dictionary<int, int> left = [];
        for (int j = 0; j < b.Length; j++)
        {
            if (!used[j])
            {
                left[b[j]] = left.GetValueOrDefault(b[j]) + 1;
            }
        }

        int[] counts = new int[blocks.Count];
        int start = 0;
        List<(int Block, int Start)> open = [];
        for (int i = 0; i < blocks.Count; i++)
        {
            int hits = 0;
            for (int k = 0; k < blocks[i].Count; k++)
            {
                hits += matched[start + k] ? 1 : 0;
            }

            counts[i] = hits;
            if (hits * 2 < blocks[i].Count)
            {
                open.Add((i, start));
            }

            start += blocks[i].Count;
        }

        foreach ((int block, int first) in open.OrderByDescending(o => blocks[o.Block].Count))
        {
            int size = blocks[block].Count;
            int found = 0;
            for (int k = 0; k < size; k++)
            {
                int w = a[first + k];
                found += matched[first + k] || (w >= 0 && left.GetValueOrDefault(w) > 0) ? 1 : 0;
            }

            // Short blocks must be there as a piece, next to each other in the truth.
            bool piece = size >= 4 ? found * 10 >= size * 8 : found == size && Contains(b, used, a, first, size);
            if (!piece)
            {
                continue;
            }

            for (int k = 0; k < size; k++)
            {
                int w = a[first + k];
                if (!matched[first + k] && w >= 0 && left.GetValueOrDefault(w) > 0)
                {
                    left[w]--;
                    matched[first + k] = true;
                    counts[block]++;
                }
            }
        }

        return counts;
    }

    private static bool Contains(int[] b, bool[] used, int[] a, int first, int size)
    {
        for (int j = 0; j + size <= b.Length; j++)
        {
            int k = 0;
            while (k < size && b[j + k] == a[first + k] && !used[j + k])
            {
                k++;
            }

            if (k == size)
            {
                return true;
            }
        }

        return false;
    }

    private static int Id(Dictionary<string, int> ids, string word)
    {
        if (!ids.TryGetValue(word, out int id))
        {
            ids[word] = id = ids.Count;
        }

        return id;
    }

    private static (int A, int B, int Length) Longest(int[] a, int[] b, Dictionary<long, List<int>> pairs, int aLow, int aHigh, int bLow, int bHigh)
    {
        (int A, int B, int Length) best = (aLow, bLow, 0);
        for (int i = aLow; i + 1 < aHigh; i++)
        {
            if (a[i] < 0 || a[i + 1] < 0 || !pairs.TryGetValue(((long)a[i] << 32) | (uint)a[i + 1], out List<int>? places))
            {
                continue;
            }

            int p = places.BinarySearch(bLow);
            for (p = p < 0 ? ~p : p; p < places.Count && places[p] + 1 < bHigh; p++)
            {
                int j = places[p];

                // Only the start of a run: its middle was looked at from there.
                if (i > aLow && j > bLow && a[i - 1] == b[j - 1])
                {
                    continue;
                }

                int k = 2;
                while (i + k < aHigh && j + k < bHigh && a[i + k] == b[j + k])
                {
                    k++;
                }

                if (k > best.Length)
                {
                    best = (i, j, k);
                }
            }
        }

        return best;
    }
}
