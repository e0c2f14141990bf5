namespace DataBuild.Stages.Generate.Rephrase;

/// <summary>How much of a rewritten text is new: the share of its word n-grams that do not stand in the original.</summary>
public static class NGramNovelty
{
    /// <summary>The share of n-grams that are new, each occurrence counted; none for a text of fewer words.</summary>
    /// <param name="original">Original.</param>
    /// <param name="rewritten">What became of it.</param>
    /// <param name="n">Words in an n-gram.</param>
    public static double? Of(string original, string rewritten, int n)
    {
        string[] words = Words(rewritten);
        if (words.Length < n)
        {
            return null;
        }

        HashSet<string> known = new(Grams(Words(original), n), StringComparer.Ordinal);
        string[] grams = [.. Grams(words, n)];
        return Math.Round((double)grams.Count(g => !known.Contains(g)) / grams.Length, 6, MidpointRounding.ToEven);
    }

    private static string[] Words(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(w => w.Trim('.', ',', ';', ':', '!', '?', '"', '\'', '(', ')', '*', '#')).Where(w => w.Length > 0)];
    }

    private static IEnumerable<string> Grams(string[] words, int n) => Enumerable.Range(0, Math.Max(0, words.Length - n + 1)).Select(i => string.Join(' ', words[i..(i + n)]));
}
