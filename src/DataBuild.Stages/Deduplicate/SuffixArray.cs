namespace DataBuild.Stages.Deduplicate;

/// <summary>
/// Suffix arrays by induced sorting (SA-IS: Nong, Zhang and Chan 2009), linear in time, and their longest common prefixes (Kasai et al. 2001).
/// </summary>
public static class SuffixArray
{
    /// <summary>The starts of all suffixes of a text, in the order of the suffixes. A suffix that is the start of another comes first.</summary>
    /// <param name="text">Values from 0 to <paramref name="alphabetSize"/> - 1.</param>
    /// <param name="alphabetSize">Number of values.</param>
    public static int[] Build(ReadOnlySpan<int> text, int alphabetSize)
    {
        int n = text.Length;
        if (n < 2)
        {
            return new int[n];
        }

        // A suffix is of type S when it is less than the one after it, else L; the last one is L.
        bool[] isS = new bool[n];
        for (int i = n - 2; i >= 0; i--)
        {
            isS[i] = text[i] == text[i + 1] ? isS[i + 1] : text[i] < text[i + 1];
        }

        int[] bucketStarts = new int[alphabetSize + 1];
        for (int i = 0; i < n; i++)
        {
            bucketStarts[text[i] + 1]++;
        }

        for (int c = 0; c < alphabetSize; c++)
        {
            bucketStarts[c + 1] += bucketStarts[c];
        }

        List<int> leftmost = [];
        int[] order = new int[n];
        Array.Fill(order, -1);
        for (int i = 1; i < n; i++)
        {
            if (isS[i] && !isS[i - 1])
            {
                order[i] = leftmost.Count;
                leftmost.Add(i);
            }
        }

        int[] suffixes = new int[n];
        Induce(text, isS, bucketStarts, leftmost, suffixes);
        if (leftmost.Count == 0)
        {
            return suffixes;
        }

        // The induced order of the leftmost-S substrings names them; where names repeat, their own suffix array orders the suffixes.
        int[] sorted = new int[leftmost.Count];
        int found = 0;
        foreach (int suffix in suffixes)
        {
            if (order[suffix] >= 0)
            {
                sorted[found++] = suffix;
            }
        }

        int[] names = new int[leftmost.Count];
        int name = 0;
        for (int i = 1; i < sorted.Length; i++)
        {
            name += AreEqual(text, isS, leftmost, order, sorted[i - 1], sorted[i]) ? 0 : 1;
            names[order[sorted[i]]] = name;
        }

        if (name + 1 < sorted.Length)
        {
            int[] inner = Build(names, name + 1);
            for (int i = 0; i < inner.Length; i++)
            {
                sorted[i] = leftmost[inner[i]];
            }
        }

        Induce(text, isS, bucketStarts, sorted, suffixes);
        return suffixes;
    }

    /// <summary>For each suffix in order, the length of the start it shares with the suffix before it; 0 for the first.</summary>
    public static int[] CommonPrefixes(ReadOnlySpan<int> text, ReadOnlySpan<int> suffixes)
    {
        int[] ranks = new int[text.Length];
        for (int i = 0; i < suffixes.Length; i++)
        {
            ranks[suffixes[i]] = i;
        }

        int[] common = new int[text.Length];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (ranks[i] == 0)
            {
                length = 0;
                continue;
            }

            int other = suffixes[ranks[i] - 1];
            while (i + length < text.Length && other + length < text.Length && text[i + length] == text[other + length])
            {
                length++;
            }

            common[ranks[i]] = length;
            length = Math.Max(0, length - 1);
        }

        return common;
    }

    private static bool AreEqual(ReadOnlySpan<int> text, bool[] isS, List<int> leftmost, int[] order, int first, int second)
    {
        int firstEnd = order[first] + 1 < leftmost.Count ? leftmost[order[first] + 1] : text.Length;
        int secondEnd = order[second] + 1 < leftmost.Count ? leftmost[order[second] + 1] : text.Length;
        if (firstEnd - first != secondEnd - second || firstEnd == text.Length || secondEnd == text.Length)
        {
            return false;
        }

        for (int i = 0; i <= firstEnd - first; i++)
        {
            if (text[first + i] != text[second + i] || isS[first + i] != isS[second + i])
            {
                return false;
            }
        }

        return true;
    }

    private static void Induce(ReadOnlySpan<int> text, bool[] isS, int[] bucketStarts, IReadOnlyList<int> leftmost, int[] suffixes)
    {
        int n = text.Length;
        Array.Fill(suffixes, -1);

        // Leftmost-S suffixes go to the ends of their buckets, in the order given.
        int[] ends = bucketStarts[1..];
        for (int i = leftmost.Count - 1; i >= 0; i--)
        {
            suffixes[--ends[text[leftmost[i]]]] = leftmost[i];
        }

        int[] heads = bucketStarts[..^1];
        suffixes[heads[text[n - 1]]++] = n - 1;
        for (int i = 0; i < n; i++)
        {
            int before = suffixes[i] - 1;
            if (before >= 0 && !isS[before])
            {
                suffixes[heads[text[before]]++] = before;
            }
        }

        // Sorted L suffixes give the order of all S suffixes, which replace the ones put in above.
        ends = bucketStarts[1..];
        for (int i = n - 1; i >= 0; i--)
        {
            int before = suffixes[i] - 1;
            if (before >= 0 && isS[before])
            {
                suffixes[--ends[text[before]]] = before;
            }
        }
    }
}
