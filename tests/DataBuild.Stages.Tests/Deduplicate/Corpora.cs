using CsCheck;

namespace DataBuild.Stages.Tests.Deduplicate;

/// <summary>Random corpora with many near and exact duplicates.</summary>
internal static class Corpora
{
    /// <summary>Up to 40 documents of few different words, made by small edits of others; a tenth of them dropped before.</summary>
    public static readonly Gen<Row[]> NearDuplicates = Gen.Select(Gen.Int[1, 40], Gen.Int).Select((count, seed) =>
    {
        Random random = new(seed);
        List<List<string>> texts = [];
        for (int i = 0; i < count; i++)
        {
            List<string> words = texts.Count > 0 && random.Next(3) > 0
                ? [.. texts[random.Next(texts.Count)]]
                : [.. Enumerable.Range(0, random.Next(0, 25)).Select(_ => Word(random))];
            for (int edits = random.Next(4); edits > 0 && words.Count > 0; edits--)
            {
                words[random.Next(words.Count)] = Word(random);
            }

            texts.Add(words);
        }

        return texts.Select((words, i) => new Row($"doc{i:D2}", string.Join(' ', words))
        {
            Score = random.Next(4) == 0 ? null : random.Next(3),
            IsAlive = random.Next(10) > 0,
        }).ToArray();
    });

    private static string Word(Random random) => "w" + (char)('a' + random.Next(26)) + (char)('a' + random.Next(4));
}
