using System.IO.Compression;

namespace DataBuild.Stages.Language;

/// <summary>
/// Stop words of 58 languages, in lower case: the lists of stopwords-iso 1.1.0 (MIT, Copyright (c) 2016 Gene Diaz). A line a language: its ISO 639-1 code, a tab, its words.
/// </summary>
internal static class StopWordLists
{
    private const string Resource = "DataBuild.Stages.Language.stopwords.txt.br";

    private static readonly Lazy<Dictionary<string, HashSet<string>>> Lists = new(Load);

    /// <summary>Codes of the languages that have a list, sorted.</summary>
    public static IEnumerable<string> Languages => Lists.Value.Keys.Order(StringComparer.Ordinal);

    /// <summary>The list of a language; null when there is none. Bokmål and Nynorsk share that of Norwegian.</summary>
    public static HashSet<string>? Find(string language) => Lists.Value.GetValueOrDefault(language is "nb" or "nn" ? "no" : language);

    private static Dictionary<string, HashSet<string>> Load()
    {
        using Stream stream = typeof(StopWordLists).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"{Resource} is missing from the assembly");
        using StreamReader reader = new(new BrotliStream(stream, CompressionMode.Decompress));
        Dictionary<string, HashSet<string>> lists = new(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            int tab = line.IndexOf('\t', StringComparison.Ordinal);
            lists[line[..tab]] = line[(tab + 1)..].Split(' ').ToHashSet(StringComparer.Ordinal);
        }

        return lists;
    }
}
