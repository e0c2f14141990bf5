using System.Text.Json;
using CsCheck;
using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Tests.Deduplicate;

public sealed class AgainstTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-against-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_document_of_another_dataset_is_the_one_that_is_kept()
    {
        InputFile other = Write(new Row("x", "known text") { Url = "http://example.com/x" }, new Row("y", "another"));
        Row[] rows = [new("a", "known text") { Score = 9 }, new("b", "new text"), new("c", "new text"), new("d", "d") { Url = "https://www.example.com/x/" }];
        Assert.Equal(
            [new("x", 2, "x"), new("b", 2, null), new("b", 2, "b"), new(null, 1, null)],
            CorpusInMemory.Run(new ExactDedup { Priority = "score.value desc", Against = [other] }, rows));
        Assert.Equal(new("x", 2, "x"), CorpusInMemory.Run(new UrlDedup { Against = [other] }, rows)[3]);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.6)]
    public void Clusters_are_those_of_one_corpus_in_which_the_others_come_first(double minJaccard) =>
        Gen.Select(Corpora.NearDuplicates, Gen.Int[0, 30], Gen.Int[1, 9]).Sample((rows, split, shardRows) =>
        {
            Row[] others = [.. rows.Take(split).Select(r => r with { IsAlive = true, Id = "other" + r.Id, Score = 100 })];
            Row[] own = [.. rows.Skip(split)];
            MinHashDedup stage = new() { Bands = 10, Rows = 2, Ngram = 3, MinJaccard = minJaccard, Priority = "score.value desc" };
            DuplicateOutcome[] expected = CorpusInMemory.Run(stage, [.. own, .. others], shardRows);
            DuplicateOutcome[] found = CorpusInMemory.Run(stage with { Against = [Write(others)] }, own, shardRows);
            Assert.Equal(expected.Take(own.Length), found);
        }, iter: 40, threads: 1);

    [Fact]
    public void A_file_that_cannot_be_read_is_named()
    {
        StageException error = Assert.Throws<StageException>(() =>
            CorpusInMemory.Run(new ExactDedup { Against = [InputFile.FromPath(Path.Combine(_folder, "missing.jsonl"))] }, [new("a", "a")]));
        Assert.Equal("DB4110", error.Code);
        Assert.Contains("missing.jsonl", error.Message, StringComparison.Ordinal);
    }

    private InputFile Write(params Row[] rows)
    {
        string path = Path.Combine(_folder, "other.jsonl");
        File.WriteAllLines(path, rows.Length == 0 ? ["{\"id\":\"none\",\"text\":\"\"}"] : rows.Select(r => JsonSerializer.Serialize(new { id = r.Id, text = r.Text, url = r.Url })));
        return InputFile.FromPath(path);
    }
}
