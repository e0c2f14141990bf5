using System.Text.Json;

namespace DataBuild.EndToEnd.Tests;

/// <summary>Every stage of the phase Deduplicate in one dataset project, by <c>dotnet build</c>.</summary>
public sealed class DeduplicationTests
{
    private const string Exam = "which of these rivers flows into the black sea after passing ten countries and four capitals";

    [Fact]
    public void Each_stage_drops_or_cuts_what_is_repeated_and_a_new_shard_is_signed_alone()
    {
        using DatasetProject project = new DatasetProject().WithItems("""
            <Crawl Include="crawl/*.jsonl" />
            <Benchmark Include="exams/*.txt" />
            <Stage Include="LetterVector" />
            <Stage Include="UrlDedup" />
            <Stage Include="ExactDedup" />
            <Stage Include="MinHashDedup" MinJaccard="0.6" />
            <Stage Include="SemanticDedup" Embedding="letterVector.vector" Clusters="4" NearestClusters="4" MinCosine="0.9999" />
            <Stage Include="ParagraphDedup" Index="Exact" MinLength="200" />
            <Stage Include="SentenceDedup" />
            <Stage Include="SubstringDedup" />
            <Stage Include="Decontaminate" Benchmarks="@(Benchmark)" Ngram="8" />
            <Stage Include="DecontaminationReport" />
            """);
        project.Edit("</Project>", "  <PropertyGroup><DataBuildOutputFormat>jsonl</DataBuildOutputFormat></PropertyGroup>\n</Project>");
        project.Write("LetterVector.cs", """
            /// <summary>How often each letter stands in the text.</summary>
            [Stage("LetterVector")]
            public sealed partial record LetterVector : DocumentStage<LetterVector.Letters>
            {
                /// <param name="Vector">Counts of a to z.</param>
                [Figures]
                public readonly partial record struct Letters(ReadOnlyMemory<float> Vector);

                /// <inheritdoc/>
                public override Letters Measure(Document document)
                {
                    float[] counts = new float[26];
                    foreach (char c in document.Text)
                    {
                        if (c is >= 'a' and <= 'z')
                        {
                            counts[c - 'a']++;
                        }
                    }

                    return new Letters(counts);
                }

                /// <inheritdoc/>
                public override Verdict Decide(in Letters figures) => Verdict.Keep;
            }
            """);
        project.Write("exams/rivers.txt", Exam);
        project.Write("crawl/a.jsonl", string.Join('\n', Enumerable.Range(0, 10).Select(i => Line($"a{i}", $"http://example.org/{i}", Text(i)))));
        project.Write("crawl/b.jsonl", Repeats('b'));

        BuildResult built = project.Build().AssertSucceeded();
        Dropped(built, 1, 2, 2);
        string incremental = Rows(project);
        Assert.Contains(Paragraph(4, 0), incremental, StringComparison.Ordinal);
        Assert.Equal(1, Count(incremental, Paragraph(4, 0)));
        Assert.Equal(1, Count(incremental, Sentences(5)));
        Assert.Equal(1, Count(incremental, Passage(6)));
        Assert.Contains("| rivers.txt:1 | http://example.org/b8 |", File.ReadAllText(Path.Combine(project.Output, "contaminationReport", "contamination.md")), StringComparison.Ordinal);

        // One shard more: it is signed alone, the merges are done again, and the dataset is that of a build from nothing.
        project.Write("crawl/c.jsonl", Repeats('c'));
        BuildResult added = project.Build().AssertSucceeded();
        Dropped(added, 2, 3, 1);
        SortedDictionary<string, string> output = project.OutputDigests();
        incremental = Rows(project);
        Assert.Equal(0, project.Build("-t:CleanStore").ExitCode);
        Assert.Equal(0, project.Clean().ExitCode);
        BuildResult whole = project.Build("-p:DataBuildThreads=1").AssertSucceeded();
        Dropped(whole, 2, 3, 3);
        Assert.Equal(output, project.OutputDigests());

        // The other index of paragraphs: nothing is signed again, and the rows are the same ones.
        project.Edit("Index=\"Exact\"", "Index=\"Bloom\"");
        BuildResult bloom = project.Build().AssertSucceeded();
        bloom.AssertStage("ParagraphDedup", computed: 0, merged: true);
        Assert.Equal(incremental, Rows(project));
    }

    private static void Dropped(BuildResult build, long copies, int shards, int computed)
    {
        foreach ((string stage, string? reason) in new[]
        {
            ("UrlDedup", "duplicate_url"), ("ExactDedup", "exact_duplicate"), ("MinHashDedup", "near_duplicate"), ("SemanticDedup", "semantic_duplicate"),
            ("ParagraphDedup", null), ("SentenceDedup", null), ("SubstringDedup", null), ("Decontaminate", "contaminated"),
        })
        {
            // A stage without figures of its own has nothing to compute in a shard.
            StageCounts counts = build.AssertStage(stage, shards: shards, computed: stage == "SemanticDedup" ? null : computed, merged: stage == "Decontaminate" ? null : true);
            Assert.True(counts.Computed <= computed, $"{stage} computed {counts.Computed} shards");
            Assert.True((reason is null ? 0 : copies) == counts.Dropped.Values.Sum() && (reason is null || counts.Dropped.ContainsKey(reason)), $"{stage}: {string.Join(", ", counts.Dropped)}");
        }
    }

    // A shard in which each document repeats one of the first shard in the way that one stage looks for.
    private static string Repeats(char shard)
    {
        int own = shard * 1000;
        return string.Join('\n',
        [
            Line($"{shard}1", "https://www.example.org/1/?utm_source=x", Text(own + 1)),
            Line($"{shard}2", $"http://example.org/{shard}2", Text(2)),
            Line($"{shard}3", $"http://example.org/{shard}3", Text(3).Replace("Entry", "Item" + shard, StringComparison.Ordinal)),
            Line($"{shard}4", $"http://example.org/{shard}4", Paragraph(4, 0) + "\n" + Text(own + 4)),
            Line($"{shard}5", $"http://example.org/{shard}5", Words(own + 500, 12) + ". " + Sentences(5) + " " + Words(own + 501, 12) + ".\n" + Text(own + 5)),
            Line($"{shard}6", $"http://example.org/{shard}6", Words(own + 600, 9) + " " + Passage(6) + " " + Words(own + 601, 9) + ".\n" + Text(own + 6)),
            Line($"{shard}7", $"http://example.org/{shard}7", Shuffled(Text(7), shard)),
            Line($"{shard}8", $"http://example.org/{shard}8", Text(own + 8) + "\n" + Exam + "?"),
        ]);
    }

    private static string Line(string id, string url, string text) => JsonSerializer.Serialize(new { id, url, date = "2026-01-01", text });

    private static string Text(int number) => $"Entry {Words(number, 6)}.\n{string.Join('\n', Enumerable.Range(0, 3).Select(p => Paragraph(number, p)))}";

    private static string Paragraph(int number, int paragraph) => paragraph switch
    {
        1 => Sentences(number) + " " + Words(number * 10 + 9, 20) + ".",
        2 => Passage(number) + " " + Words(number * 10 + 8, 15) + ".",
        _ => Words(number * 10 + 7, 50) + ".",
    };

    private static string Sentences(int number) => string.Join(' ', Enumerable.Range(0, 3).Select(s => "T" + Words((number * 10) + s, 9) + "."));

    private static string Passage(int number) => Words((number * 10) + 5, 60);

    private static string Words(int seed, int count)
    {
        Random random = new(seed);
        return string.Join(' ', Enumerable.Range(0, count).Select(_ => new string([.. Enumerable.Range(0, random.Next(3, 9)).Select(_ => (char)('a' + random.Next(26)))])));
    }

    private static string Shuffled(string text, int seed)
    {
        string[] words = text.Split(' ');
        new Random(seed).Shuffle(words);
        return string.Join(' ', words);
    }

    private static int Count(string rows, string part) => rows.Split(part).Length - 1;

    private static string Rows(DatasetProject project) => string.Join('\n', File.ReadLines(Path.Combine(project.Output, "data", "train-00000-of-00001.jsonl"))
        .Select(l => JsonDocument.Parse(l).RootElement).Select(r => r.GetProperty("id").GetString() + " " + r.GetProperty("text").GetString()));
}
