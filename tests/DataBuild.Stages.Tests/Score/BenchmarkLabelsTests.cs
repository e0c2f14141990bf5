using DataBuild.Stages.Score.Linear;
using DataBuild.Stages.Tests.Deduplicate;

namespace DataBuild.Stages.Tests.Score;

public sealed class BenchmarkLabelsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-betr-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_nearest_share_is_labelled_whatever_the_order()
    {
        BenchmarkLabels stage = Stage("Which gas do plants take from the air?\nA body at rest stays at rest.\n") with { TopShare = 0.4 };
        Row[] rows =
        [
            new("a", "Buy cheap shoes online today, free delivery."), new("b", "Plants take a gas from the air: carbon dioxide."), new("c", "Our hotel has a pool and a bar."),
            new("d", "Newton: a body at rest stays at rest unless a force acts."), new("e", "The match ended two to one."), new("dead", "Which gas do plants take from the air?") { IsAlive = false },
        ];
        string?[] labels = [.. CorpusInMemory.Run(stage, rows).Select(o => o.Label)];
        Assert.Equal(new[] { "other", "benchmark", "other", "benchmark", "other", null }.AsEnumerable(), labels);
        Assert.Equal(labels.AsEnumerable(), CorpusInMemory.Run(stage, [.. rows.Reverse()], 2, 1).Reverse().Select(o => o.Label));
    }

    [Fact]
    public void Similarity_is_a_cosine()
    {
        BenchmarkLabels stage = Stage("one two\nthree four\n");
        Assert.Equal(1, Similarity(stage, "One, two!"), 12);
        Assert.Equal(0, Similarity(stage, "five six"));

        // "one" against "one", "two" and "one two", all of weight ln 3; the document's other word weighs ln 3 as well, and so does their pair.
        Assert.Equal(1 / 3.0, Similarity(stage, "one five"), 12);
        Assert.Equal(0, Similarity(stage, ""));
    }

    [Fact]
    public void Benchmarks_that_cannot_be_read_are_an_error() =>
        Assert.Equal("DB4108", Assert.Throws<StageException>(() => new BenchmarkLabels { Benchmarks = [InputFile.FromPath(Path.Combine(_folder, "none.txt"))] }.Initialize(new StageContext(".", "."))).Code);

    private BenchmarkLabels Stage(string benchmarks)
    {
        string path = Path.Combine(_folder, "benchmarks.txt");
        File.WriteAllText(path, benchmarks);
        BenchmarkLabels stage = new() { Benchmarks = [InputFile.FromPath(path)] };
        stage.Initialize(new StageContext(".", "."));
        return stage;
    }

    private static double Similarity(BenchmarkLabels stage, string text) => stage.Measure(Document.Create(text)).Similarity;
}
