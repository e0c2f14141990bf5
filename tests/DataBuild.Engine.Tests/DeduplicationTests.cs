namespace DataBuild.Engine.Tests;

/// <summary>The deduplication stages in whole builds: only new inputs are measured, and the result is that of a build from scratch.</summary>
[Collection(TestStages.Collection)]
public sealed class DeduplicationTests : IDisposable
{
    private readonly TestDataset _dataset = new();

    public DeduplicationTests()
    {
        File.WriteAllText(Path.Combine(_dataset.Folder, "exam.txt"), "which of these rivers flows into the black sea after passing ten countries and four capitals\n");
        _dataset.AddInput("a.jsonl", Documents("a", 1));
        _dataset.AddInput("b.jsonl", Documents("b", 2));
        _dataset.Stage("UrlDedup");
        _dataset.Stage("ExactDedup", ("Priority", "date desc"));
        _dataset.Stage("MinHashDedup", ("MinJaccard", "0.5"));
        _dataset.Stage("ParagraphDedup");
        _dataset.Stage("SentenceDedup");
        _dataset.Stage("SubstringDedup", ("MinLength", "12"));
        _dataset.Stage("Decontaminate", ("Benchmarks", "exam.txt"));
    }

    public void Dispose() => _dataset.Dispose();

    [Fact]
    public void AddedInputIsMeasuredAloneAndTheResultIsThatOfABuildFromScratch()
    {
        _dataset.Build();
        _dataset.AddInput("c.jsonl", Documents("c", 3));
        BuildLog log = _dataset.Build();
        Assert.Equal((1, true), (log.Stages["exact"].Computed, log.Stages["exact"].Merged));
        Assert.Equal((1, true), (log.Stages["minhash"].Computed, log.Stages["minhash"].Merged));
        Assert.All(log.Stages.Values, s => Assert.True(s.Counts.AddsUp));
        Assert.True(log.Stages["exact"].Counts.Dropped["exact_duplicate"] > 0);
        Assert.True(log.Stages["minhash"].Counts.Dropped["near_duplicate"] > 0);
        Assert.True(log.Stages["contamination"].Counts.Dropped["contaminated"] > 0);
        string incremental = _dataset.OutputDigests();

        Directory.Delete(_dataset.OutputFolder, recursive: true);
        Directory.Delete(_dataset.StoreFolder, recursive: true);
        _dataset.Build(threads: 1);
        Assert.Equal(_dataset.OutputDigests(), incremental);
    }

    [Fact]
    public void OrderOfInputsDecidesNothing()
    {
        _dataset.Build();
        string[] kept = [.. _dataset.KeptIds().Order(StringComparer.Ordinal)];
        Directory.Delete(_dataset.StoreFolder, recursive: true);
        _dataset.Build(reversed: true);
        Assert.Equal(kept, _dataset.KeptIds().Order(StringComparer.Ordinal));
    }

    // A third copies an earlier text of any input (the texts follow from numbers alone), a third changes a word of one.
    private static IEnumerable<(string Id, string Text)> Documents(string prefix, int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < 40; i++)
        {
            string[] words = Text(random.Next(30));
            if (random.Next(3) == 0)
            {
                words[random.Next(words.Length)] = "changed";
            }

            string exam = i == 7 ? "\nWhich of these rivers flows into the Black Sea after passing ten countries?" : "";
            yield return ($"{prefix}{i}", string.Join(' ', words) + ".\nShared footer of the site.\n" + exam);
        }
    }

    private static string[] Text(int number)
    {
        Random random = new(1000 + number);
        return [.. Enumerable.Range(0, 60).Select(i => $"w{(char)('a' + random.Next(26))}{(char)('a' + random.Next(26))}{(i % 9 == 8 ? "." : "")}")];
    }
}
