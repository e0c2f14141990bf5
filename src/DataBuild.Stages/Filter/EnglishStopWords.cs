namespace DataBuild.Stages.Filter;

/// <summary>The eight English words that Rae et al. 2021 look for.</summary>
internal static class EnglishStopWords
{
    /// <summary>Index of the word in the list, or -1.</summary>
    public static int IndexOf(ReadOnlySpan<char> word, bool ignoreCase)
    {
        if (word.Length is < 2 or > 4)
        {
            return -1;
        }

        if (!ignoreCase)
        {
            return IndexOf(word);
        }

        Span<char> lower = stackalloc char[word.Length];
        _ = word.ToLowerInvariant(lower);
        return IndexOf(lower);
    }

    private static int IndexOf(ReadOnlySpan<char> word) =>
        word switch
        {
            "the" => 0,
            "be" => 1,
            "to" => 2,
            "of" => 3,
            "and" => 4,
            "that" => 5,
            "have" => 6,
            "with" => 7,
            _ => -1,
        };
}
