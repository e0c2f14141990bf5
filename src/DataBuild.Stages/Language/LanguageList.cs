namespace DataBuild.Stages.Language;

/// <summary>Lists of language codes in options.</summary>
internal static class LanguageList
{
    /// <summary>True when the list is empty or names the language.</summary>
    public static bool Contains(IReadOnlyList<string> list, string code)
    {
        if (list.Count == 0)
        {
            return true;
        }

        foreach (string entry in list)
        {
            if (entry.Equals(code, StringComparison.OrdinalIgnoreCase) || (code is "nb" or "nn" && entry.Equals("no", StringComparison.OrdinalIgnoreCase)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Refuses codes that no text can get.</summary>
    /// <exception cref="StageException">A code is not known.</exception>
    public static void Check(IReadOnlyList<string> list, string option)
    {
        foreach (string entry in list)
        {
            if (!entry.Equals("no", StringComparison.OrdinalIgnoreCase) && !LanguageDetector.Languages.Contains(entry, StringComparer.OrdinalIgnoreCase))
            {
                string suggestion = Suggestion.For(entry, [.. LanguageDetector.Languages]) is { } best ? $"; did you mean '{best}'?" : "";
                throw new StageException("DB4302", $"{option} names '{entry}', which is none of the languages known: {string.Join(", ", LanguageDetector.Languages)}{suggestion}");
            }
        }
    }
}
