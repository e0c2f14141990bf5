using DataBuild.Stages.Tokenize;

namespace DataBuild.Engine.Tests;

/// <summary>Token files of whole builds, read back by readers that are written from the layouts alone: a Python script, and DuckDB for Parquet.</summary>
[Collection(TestStages.Collection)]
public sealed class TokenFilesTests : IDisposable
{
    private const int EndOfText = 100_257;

    private static readonly TextTokenizer Cl100k = TextTokenizer.Load("cl100k_base");

    private readonly TestDataset _dataset = new();
    private readonly List<(string Id, string Text)> _documents = [];

    public TokenFilesTests()
    {
        Random random = new(5);
        for (int i = 0; i < 60; i++)
        {
            _documents.Add(($"d{i:D2}", string.Join(' ', Enumerable.Range(0, random.Next(1, 90)).Select(_ => $"größe{random.Next(300)}"))));
        }

        _dataset.AddInput("a.jsonl", _documents.Take(25));
        _dataset.AddInput("b.jsonl", _documents.Skip(25));
    }

    private string Tokens => Path.Combine(_dataset.OutputFolder, "tokens");

    public void Dispose() => _dataset.Dispose();

    [SkippableTheory]
    [InlineData("Megatron")]
    [InlineData("Datatrove")]
    [InlineData("Npy")]
    [InlineData("Mds")]
    [InlineData("Parquet")]
    public void Every_format_holds_every_document(string format)
    {
        Build(("Format", format));
        Assert.Equal(_documents.Select(d => TokensOf(d.Text)), Read(format));
    }

    [SkippableTheory]
    [InlineData("Megatron")]
    [InlineData("Datatrove")]
    [InlineData("Npy")]
    [InlineData("Mds")]
    [InlineData("Parquet")]
    public void Sequences_are_documents_one_after_the_other(string format)
    {
        Build(("Format", format), ("ContextLength", "128"));
        int[] all = [.. _documents.SelectMany(d => TokensOf(d.Text))];
        Assert.Equal(all.Chunk(128), Read(format));
    }

    [SkippableTheory]
    [InlineData("Megatron", false)]
    [InlineData("Datatrove", true)]
    [InlineData("Npy", true)]
    [InlineData("Mds", false)]
    [InlineData("Parquet", false)]
    public void Best_fit_cuts_only_what_is_longer_than_a_sequence(string format, bool filled)
    {
        Build(("Format", format), ("ContextLength", "128"), ("Packing", "BestFit"), ("DocumentMap", "true"));
        int[][] sequences = Read(format);
        Dictionary<string, int[]> tokens = _documents.ToDictionary(d => d.Id, d => TokensOf(d.Text));
        Dictionary<string, int> seen = tokens.Keys.ToDictionary(k => k, _ => 0);
        int[] used = new int[sequences.Length];
        foreach (MapRow row in ReadMap())
        {
            int[] document = tokens[row.Id];
            Assert.Equal(used[row.Sequence], row.Position);
            Assert.Equal(document[row.Start..(row.Start + row.Length)], sequences[row.Sequence][row.Position..(row.Position + row.Length)]);
            Assert.True(row.Length == 128 || row.Start + row.Length == document.Length, $"{row} cuts a document of {document.Length}");
            used[row.Sequence] += row.Length;
            seen[row.Id] += row.Length;
        }

        Assert.All(seen, s => Assert.Equal(tokens[s.Key].Length, s.Value));
        for (int i = 0; i < sequences.Length; i++)
        {
            Assert.Equal(filled ? 128 : used[i], sequences[i].Length);
            Assert.All(sequences[i][used[i]..], id => Assert.Equal(EndOfText, id));
        }
    }

    [SkippableFact]
    public void A_shuffle_depends_on_ids_and_seed_alone()
    {
        Build(("ShuffleSeed", "7"));
        int[][] shuffled = Read("Megatron");
        Assert.NotEqual(_documents.Select(d => TokensOf(d.Text)), shuffled);
        Assert.Equal(_documents.Select(d => string.Join(' ', TokensOf(d.Text))).Order(StringComparer.Ordinal), shuffled.Select(s => string.Join(' ', s)).Order(StringComparer.Ordinal));

        // The same documents in other inputs, in another order.
        _dataset.AddInput("a.jsonl", Enumerable.Reverse(_documents).Take(40));
        _dataset.AddInput("b.jsonl", Enumerable.Reverse(_documents).Skip(40));
        Build(("ShuffleSeed", "7"));
        Assert.Equal(shuffled, Read("Megatron"));
        Build(("ShuffleSeed", "8"));
        Assert.NotEqual(shuffled, Read("Megatron"));
    }

    [SkippableFact]
    public void Epochs_repeat_and_weights_stand_in_proportion()
    {
        _dataset.CrawlMetadata["a.jsonl"] = new Dictionary<string, string> { ["Epochs"] = "3" };
        Build();
        string[] read = [.. Read("Megatron").Select(s => string.Join(' ', s))];
        string[] first = [.. _documents.Select(d => string.Join(' ', TokensOf(d.Text)))];
        Assert.Equal([.. first, .. first.Take(25), .. first.Take(25)], read);

        _dataset.CrawlMetadata["a.jsonl"] = new Dictionary<string, string> { ["Weight"] = "3", ["Epochs"] = "40", ["Part"] = "books" };
        _dataset.CrawlMetadata["b.jsonl"] = new Dictionary<string, string> { ["Weight"] = "1", ["Part"] = "web" };
        Build(("ShuffleSeed", "1"));
        HashSet<string> books = [.. first.Take(25)];
        string[] mixed = [.. Read("Megatron").Select(s => string.Join(' ', s))];
        double ofBooks = mixed.Where(books.Contains).Sum(s => (double)s.Count(c => c == ' ') + 1);
        double ofWeb = mixed.Where(m => !books.Contains(m)).Sum(s => (double)s.Count(c => c == ' ') + 1);
        Assert.InRange(ofBooks / ofWeb, 2.8, 3.2);
        Assert.Equal(35, mixed.Count(m => !books.Contains(m)));
    }

    [Theory]
    [InlineData("Weight", "none", "Weight of the crawl input 'crawl/a.jsonl' is 'none'; expected a number above 0")]
    [InlineData("Epochs", "-1", "Epochs of the crawl input 'crawl/a.jsonl' is '-1'; expected a number above 0")]
    public void A_wrong_number_is_named(string name, string value, string message)
    {
        _dataset.CrawlMetadata["a.jsonl"] = new Dictionary<string, string> { [name] = value };
        StageException error = Assert.Throws<StageException>(() => Build());
        Assert.Equal(("DB5070", message), (error.Code, error.Message));
    }

    [Fact]
    public void A_budget_that_the_parts_cannot_fill_is_an_error()
    {
        _dataset.CrawlMetadata["a.jsonl"] = new Dictionary<string, string> { ["Weight"] = "1", ["Part"] = "a" };
        StageException error = Assert.Throws<StageException>(() => Build(("TokenBudget", "100000000")));
        Assert.Equal("DB5070", error.Code);
        Assert.Contains("which allows 1; at most", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_format_is_no_reason_to_tokenize_again()
    {
        Build();
        BuildLog log = Build(("Format", "Parquet"), ("ContextLength", "64"));
        Assert.Equal(0, log.Stages["tokens"].Computed);
        Assert.True(log.Written);
    }

    private static int[] TokensOf(string text) => [.. Cl100k.Encode(text), EndOfText];

    private BuildLog Build(params (string Name, string Value)[] options)
    {
        _dataset.Stages.Clear();
        _dataset.Stage("Tokenize", [("Tokenizer", "cl100k_base"), .. options]);
        return _dataset.Build();
    }

    private int[][] Read(string format) => TokenFiles.Read(Tokens, format);

    private MapRow[] ReadMap() => [.. DuckDbQuery.Rows(
        $"SELECT sequence, position, length, id, start FROM '{Tokens}/train.documents.parquet'",
        r => new MapRow((int)r.GetInt64(0), r.GetInt32(1), r.GetInt32(2), r.GetString(3), r.GetInt32(4)))];

    private sealed record MapRow(int Sequence, int Position, int Length, string Id, int Start);
}
