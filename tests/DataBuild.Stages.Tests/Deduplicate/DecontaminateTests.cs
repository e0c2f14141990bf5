using CsCheck;
using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Tests.Deduplicate;

public sealed class DecontaminateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-benchmarks-").FullName;
    private readonly List<StageNote> _notes = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_document_with_an_ngram_of_a_benchmark_is_reported_and_dropped()
    {
        Decontaminate stage = Prepare(new Decontaminate
        {
            Benchmarks = [Write("exam.jsonl", """{"question":"What is the capital of the old kingdom of Bohemia, please?","choices":["Prague is the one and only right answer"]}""", """{"question":"too short"}""")],
            Ngram = 6,
        });
        DecontaminateFigures hit = stage.Measure(Document.Create("I was asked: what IS the Capital of the old kingdom -- of somewhere."));
        Assert.Equal(new DecontaminateFigures(4, 9 / 13.0, "exam.jsonl:1"), hit);
        Assert.Equal("contaminated", stage.Decide(in hit).Reason);
        Assert.True((stage with { MinHits = 5 }).Decide(in hit).IsKeep);
        Assert.True((stage with { MinCoverage = 0.7 }).Decide(in hit).IsKeep);
        DecontaminateFigures clean = stage.Measure(Document.Create("what is the capital of the new kingdom"));
        Assert.Equal(new DecontaminateFigures(0, 0, null), clean with { Hits = 0, Coverage = 0, Benchmark = null });
        StageNote note = Assert.Single(_notes);
        Assert.Contains("1 benchmark texts have fewer than 6 words", note.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_named_fields_are_read()
    {
        InputFile file = Write("exam.jsonl", """{"question":"one two three four","note":"five six seven eight"}""");
        Decontaminate stage = Prepare(new Decontaminate { Benchmarks = [file], Fields = ["question"], Ngram = 4 });
        Assert.Equal(1, stage.Measure(Document.Create("x one two three four")).Hits);
        Assert.Equal(0, stage.Measure(Document.Create("x five six seven eight")).Hits);
    }

    [Theory]
    [InlineData(0, "Intro text 😀 . And more 😀.", 2)]
    [InlineData(1, "Intro text 😀 And more 😀", 2)]
    public void Spans_are_cut_on_character_boundaries(int margin, string expected, int removed)
    {
        DecontaminateSpans stage = Prepare(new DecontaminateSpans { Benchmarks = [Write("a.txt", "alpha beta gamma delta", "one two three")], Ngram = 3, Margin = margin });
        DecontaminateSpansFigures figures = stage.Measure(Document.Create("Intro text 😀 Alpha, beta gamma -- delta. And more 😀one two three."));
        Assert.Equal(expected, figures.Text.ToString());
        Assert.Equal((removed, 3), (figures.Removed, figures.Hits));
        Assert.True(stage.Decide(in figures).IsKeep);
        Assert.Equal("too_many_contaminated_spans", (stage with { MaxSpans = 1 }).Decide(in figures).Reason);
        Assert.Equal("contaminated", (stage with { MinKeptLength = 1000 }).Decide(in figures).Reason);
    }

    [Fact]
    public void Hits_are_those_of_all_ngrams_compared() =>
        Gen.Select(Gen.Int[0, 5].Array[0, 30], Gen.Int[0, 5].Array[1, 12].Array[1, 4], Gen.Int[1, 5]).Sample((words, benchmarks, n) =>
        {
            File.WriteAllLines(Path.Combine(_folder, "b.txt"), benchmarks.Select(Text));
            Decontaminate stage = Prepare(new Decontaminate { Benchmarks = [InputFile.FromPath(Path.Combine(_folder, "b.txt"))], Ngram = n });
            HashSet<string> ngrams = [.. benchmarks.SelectMany(b => Ngrams(b, n))];
            string[] own = [.. Ngrams(words, n)];
            bool[] covered = new bool[words.Length];
            for (int i = 0; i < own.Length; i++)
            {
                if (ngrams.Contains(own[i]))
                {
                    covered.AsSpan(i, n).Fill(true);
                }
            }

            DecontaminateFigures figures = stage.Measure(Document.Create(Text(words)));
            Assert.Equal(own.Count(ngrams.Contains), figures.Hits);
            Assert.Equal(words.Length == 0 ? 0 : covered.Count(c => c) / (double)words.Length, figures.Coverage, 12);
            Assert.Equal(figures.Hits > 0, figures.Benchmark is not null);
        }, iter: 200, threads: 1);

    [Fact]
    public void A_broken_benchmark_file_is_named_with_its_line()
    {
        InputFile file = Write("bad.jsonl", """{"q":"a b c"}""", """{"q":""");
        StageException error = Assert.Throws<StageException>(() => Prepare(new Decontaminate { Benchmarks = [file] }));
        Assert.Contains("bad.jsonl', line 2", error.Message, StringComparison.Ordinal);
    }

    private static string Text(int[] words) => string.Join(' ', words.Select(w => "w" + (char)('a' + w)));

    private static IEnumerable<string> Ngrams(int[] words, int n) => Enumerable.Range(0, Math.Max(0, words.Length - n + 1)).Select(i => Text(words[i..(i + n)]));

    private T Prepare<T>(T stage) where T : Stage
    {
        stage.Initialize(new StageContext(_folder, _folder, report: _notes.Add));
        return stage;
    }

    private InputFile Write(string name, params string[] lines)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllLines(path, lines);
        return InputFile.FromPath(path);
    }
}
