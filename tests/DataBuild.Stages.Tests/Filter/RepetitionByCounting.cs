using DataBuild.Stages.Filter;

namespace DataBuild.Stages.Tests.Filter;

/// <summary>The n-gram measures by the plainest means: every n-gram as a string in a dictionary.</summary>
internal static class RepetitionByCounting
{
    public static double Duplicate(string[] words, int n, FilterDialect dialect, int textLength)
    {
        string[] grams = Grams(words, n);
        if (grams.Length == 0)
        {
            return dialect == FilterDialect.Nemo ? 1 : 0;
        }

        Dictionary<string, int> counts = Counts(grams);
        int Length(int gram) => words.Skip(gram).Take(n).Sum(w => w.Length);
        switch (dialect)
        {
            case FilterDialect.Datatrove:
                {
                    HashSet<string> seen = [];
                    int characters = 0;
                    for (int i = 0; i < grams.Length;)
                    {
                        bool repeat = !seen.Add(grams[i]);
                        characters += repeat ? Length(i) : 0;
                        i += repeat ? n : 1;
                    }

                    return (double)characters / textLength;
                }

            case FilterDialect.Dolma:
                return Enumerable.Range(0, grams.Length).Where(i => counts[grams[i]] > 1).Sum(Length) / (double)Enumerable.Range(0, grams.Length).Sum(Length);
            case FilterDialect.Nemo:
                {
                    HashSet<string> seen = [];
                    int characters = 0;
                    int overlap = 0;
                    for (int i = 0; i < grams.Length; i++)
                    {
                        if (!seen.Add(grams[i]))
                        {
                            characters += words.Skip(i + overlap).Take(n - overlap).Sum(w => w.Length) + Math.Min(n - overlap, n - 1);
                            overlap = n;
                        }

                        overlap = Math.Max(overlap - 1, 0);
                    }

                    return (double)characters / textLength;
                }

            default:
                {
                    HashSet<int> covered = [];
                    for (int i = 0; i < grams.Length; i++)
                    {
                        covered.UnionWith(counts[grams[i]] > 1 ? Enumerable.Range(i, n) : []);
                    }

                    return covered.Sum(i => words[i].Length) / (double)words.Sum(w => w.Length);
                }
        }
    }

    public static double MostFrequent(string[] words, int n, FilterDialect dialect, string text)
    {
        string[] grams = Grams(words, n);
        if (grams.Length == 0)
        {
            return dialect == FilterDialect.Nemo ? 1 : 0;
        }

        Dictionary<string, int> counts = Counts(grams);
        int most = counts.Values.Max();
        string first = grams.First(g => counts[g] == most);
        int Letters(string gram) => gram.Length - (n - 1);
        switch (dialect)
        {
            case FilterDialect.Datatrove:
                return most * first.Length / (double)text.Length;
            case FilterDialect.Dolma:
                return most * Letters(first) / (double)words.Sum(w => w.Length);
            case FilterDialect.Nemo:
                return (text.Length - text.Replace(first, "", StringComparison.Ordinal).Length) / (double)text.Length;
            default:
                return most == 1 ? 0 : most * grams.Where(g => counts[g] == most).Max(Letters) / (double)words.Sum(w => w.Length);
        }
    }

    private static string[] Grams(string[] words, int n) =>
        [.. Enumerable.Range(0, Math.Max(0, words.Length - n + 1)).Select(i => string.Join(' ', words.Skip(i).Take(n)))];

    private static Dictionary<string, int> Counts(string[] grams) => grams.GroupBy(g => g).ToDictionary(g => g.Key, g => g.Count());
}
