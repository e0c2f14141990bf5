using DataBuild.Stages.Deduplicate;

namespace DataBuild.Tests.Deduplicate;

/// <summary>The deduplication and decontamination that Nemotron-CC-Math (arXiv 2508.15096) states, on the cases of NeMo Curator 1e2e4275e (tests/stages/deduplication/fuzzy, Apache-2.0).</summary>
public sealed class NemotronDedupTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-nemotron").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(.70, .177)]
    [InlineData(.75, .382)]
    [InlineData(.80, .677)]
    [InlineData(.85, .924)]
    [InlineData(.90, .997)]
    public void TwentyBandsOfThirteenMeetAsPublished(double similarity, double probability) => Assert.Equal(probability, 1 - Math.Pow(1 - Math.Pow(similarity, 13), 20), 3);

    [Fact]
    public void OneOfEachGroupOfTheFixtureStays()
    {
        // Ids and texts of Curator's fixture: groups {1, 2, 300} and {4, -1}.
        (string Id, string Text)[] documents =
        [
            ("1", "A test string"), ("2", "A different test string"), ("300", "A different object"), ("4", "The quick brown fox jumps over the lazy dog"), ("-1", "The quick black cat jumps over the lazy dog"),
        ];
        MinHashDedup stage = new() { Name = "minhash", Unit = ShingleUnit.Character, Ngram = 5, Bands = 10, Rows = 1, Seed = 42 };
        IReadOnlyList<StageResult> results = StageRun.On(stage, [.. documents.Select(d => Document.Create(d.Text, id: d.Id))], new StageContext(_folder, _folder));
        Assert.Equal(2, results.Count(r => r.Verdict.IsKeep));
        Assert.Single(results.Take(3), r => r.Verdict.IsKeep);
        Assert.Single(results.Skip(3), r => r.Verdict.IsKeep);
    }

    [Fact]
    public void DocumentsNearABenchmarkAreFound()
    {
        string path = Path.Combine(_folder, "gsm8k.jsonl");
        File.WriteAllText(path, """{"question": "A robe takes 2 bolts of blue fiber and half that much white fiber. How many bolts in total does it take?", "answer": "It takes 2/2=1 bolt of white fiber, so the total is 3."}""" + "\n");
        DecontaminateEmbeddings stage = new() { Name = "c", Benchmarks = [InputFile.FromPath(path)], Fields = ["question"] };
        IReadOnlyList<StageResult> results = StageRun.On(
            stage,
            [
                Document.Create("A robe takes 2 bolts of blue fiber and half that much white fiber. How many bolts in total does it take?"),
                Document.Create("a robe takes 7 bolts of blue fiber and half that much white fiber.\nHow many bolts in total does it take?"),
                Document.Create("The integral of a continuous function over a compact interval exists."),
                Document.Create(" "),
            ],
            new StageContext(_folder, _folder));
        Assert.Equal(["contaminated", "contaminated", null, null], results.Select(r => r.Verdict.Reason));
        Assert.Equal(("1", "gsm8k.jsonl:1", null), (results[0].Columns[".cosine"], results[0].Columns[".nearest"], results[3].Columns[".cosine"]));
        Assert.InRange(double.Parse(results[2].Columns[".cosine"]!, System.Globalization.CultureInfo.InvariantCulture), 0, 0.4);
    }

    [Theory]
    [InlineData(0.9, 0.9, null)]
    [InlineData(0.9001, 0.9, "contaminated")]
    public void TheThresholdItselfIsKept(double cosine, double max, string? reason) =>
        Assert.Equal(reason, new DecontaminateEmbeddings { Name = "c", MaxCosine = max }.Decide(new DecontaminateEmbeddingsFigures(cosine, "b")).Reason);
}
