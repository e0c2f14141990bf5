using DataBuild.Engine.Planning;
using DataBuild.Engine.Published;
using DataBuild.Engine.Verification;

namespace DataBuild.Engine.Tests;

[Collection(TestStages.Collection)]
public sealed class VerificationTests : IDisposable
{
    private readonly TestDataset _dataset = new();

    public VerificationTests()
    {
        _dataset.AddInput("a.jsonl", ("a1", "one two three four"), ("a2", "one"), ("a3", "same text in both inputs"));
        _dataset.AddInput("b.jsonl", ("b1", "five six seven"), ("b2", "same text in both inputs"), ("b3", "eight nine"));
        _dataset.Stage("Words", ("MinWords", "3"));
        _dataset.Stage("Unique");
    }

    public void Dispose() => _dataset.Dispose();

    [Fact]
    public void FirstTimeAsksToAcceptAndAfterwardsNothingIsSaid()
    {
        _dataset.Build();
        IReadOnlyList<BuildDiagnostic> errors = DatasetVerification.Verify(_dataset.PlanFile());
        Assert.All(errors, e => Assert.Equal("DB5042", e.Code));
        Assert.Equal(["manifest.received.json", "rows.received.txt", "stages.received.txt"], Snapshots());

        Assert.Equal(3, DatasetVerification.Accept(_dataset.PlanFile()).Count);
        Assert.Equal(["manifest.verified.json", "rows.verified.txt", "stages.verified.txt"], Snapshots());
        Assert.Empty(DatasetVerification.Verify(_dataset.PlanFile()));
        Assert.Empty(DatasetVerification.Accept(_dataset.PlanFile()));
    }

    [Fact]
    public void AChangeIsAnErrorWithTheLinesThatChanged()
    {
        Accept();
        SetMinWords("4");
        _dataset.Build();
        IReadOnlyList<BuildDiagnostic> errors = DatasetVerification.Verify(_dataset.PlanFile());
        Assert.All(errors, e => Assert.Equal("DB5041", e.Code));
        Assert.Equal(["rows", "stages", "manifest"], errors.Select(e => Path.GetFileName(e.File)!.Split('.')[1]));
        BuildDiagnostic stages = errors[1];
        Assert.Equal(2, stages.Line);
        Assert.Contains("-    2 words           6          4  too_few_words 2", stages.Message, StringComparison.Ordinal);
        Assert.Contains("+    2 words           6          3  too_few_words 3", stages.Message, StringComparison.Ordinal);
        Assert.Contains("-   13 == https://b1.example/", errors[0].Message, StringComparison.Ordinal);
        Assert.Contains("-   17 | five six seven", errors[0].Message, StringComparison.Ordinal);

        // Going back makes the received files go.
        SetMinWords("3");
        _dataset.Build();
        Assert.Empty(DatasetVerification.Verify(_dataset.PlanFile()));
        Assert.Equal(["manifest.verified.json", "rows.verified.txt", "stages.verified.txt"], Snapshots());
    }

    [Fact]
    public void NamedDocumentsAreInTheRowsAndDroppedOnesTellWhy()
    {
        _dataset.Properties["DataBuildVerifyRows"] = "0";
        _dataset.Properties["DataBuildVerifyDocuments"] = "https://a1.example/;b3;b2;nowhere";
        Accept();
        string rows = File.ReadAllText(Path.Combine(_dataset.Folder, "Test.rows.verified.txt"));
        Assert.StartsWith("== https://a1.example/\nid: a1\nsource: crawl/a.jsonl\ntext: 18 characters, SHA-256 ", rows, StringComparison.Ordinal);
        Assert.Contains("| one two three four\n", rows, StringComparison.Ordinal);
        Assert.EndsWith("== b2\ndropped by unique: duplicate\n\n== b3\ndropped by words: too_few_words\n\n== nowhere\nnot in the inputs\n\n", rows, StringComparison.Ordinal);
    }

    [Fact]
    public void TheSampleStaysWhenOtherDocumentsComeAndGo()
    {
        _dataset.Properties["DataBuildVerifyRows"] = "2";
        Accept();
        string[] before = Headings();
        _dataset.AddInput("c.jsonl", Enumerable.Range(0, 30).Select(i => ($"c{i}", $"one of many documents, number {i}")));
        Accept();
        string[] after = Headings();
        Assert.Equal(2, before.Length);
        Assert.Equal(2, after.Length);
        Assert.All(after, h => Assert.True(before.Contains(h) || h.StartsWith("== https://c", StringComparison.Ordinal)));
    }

    [Fact]
    public void ASampledDatasetHasSnapshotsOfItsOwn()
    {
        Accept();
        _dataset.Properties["DataBuildMaxDocuments"] = "2";
        _dataset.Build();
        Assert.All(DatasetVerification.Verify(_dataset.PlanFile()), e => Assert.Equal("DB5042", e.Code));
        Assert.True(File.Exists(Path.Combine(_dataset.Folder, "Test.Debug.rows.received.txt")));
    }

    [Fact]
    public void WithoutADatasetThereIsNothingToVerify()
    {
        InvalidDataException exception = Assert.Throws<InvalidDataException>(() => DatasetVerification.Verify(_dataset.PlanFile()));
        Assert.Contains("no manifest.json", exception.Message, StringComparison.Ordinal);
        _dataset.Build();
        File.Delete(Path.Combine(_dataset.OutputFolder, "README.md"));
        exception = Assert.Throws<InvalidDataException>(() => DatasetVerification.Verify(_dataset.PlanFile()));
        Assert.Contains("README.md", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jsonl")]
    [InlineData("jsonl.gz")]
    [InlineData("jsonl.zst")]
    [InlineData("parquet")]
    public void DifferenceNamesEveryDocumentAndItsStage(string format)
    {
        _dataset.Format = format;
        _dataset.Stage("Model", ("MinScore", "0"));
        _dataset.Build();
        string old = Path.Combine(_dataset.Folder, "old");
        Directory.Move(_dataset.OutputFolder, old);
        SetMinWords("4");
        _dataset.AddInput("c.jsonl", ("c1", "ten eleven twelve thirteen"));
        _dataset.AddInput("a.jsonl", ("a1", "one two three four, and five"), ("a2", "one two three four"), ("a3", "same text in both inputs"));
        _dataset.Build();

        DatasetDifference difference = DatasetDifference.Between(PublishedDataset.Open(old), PublishedDataset.Open(_dataset.OutputFolder));
        Assert.Equal([new OneSidedDocument("b1", "https://b1.example/", "words", "too_few_words")], difference.Removed);
        Assert.Equal(
            [new OneSidedDocument("a2", "https://a2.example/", "words", "too_few_words"), new OneSidedDocument("c1", "https://c1.example/", null, null)],
            difference.Added);
        ChangedDocument changed = Assert.Single(difference.Changed);
        Assert.Equal("a1", changed.Id);
        Assert.Equal(["text", "score_value"], changed.Columns);
        Assert.Equal(["read"], changed.Stages);
        Assert.Equal(1, difference.Unchanged);
        Assert.Equal(
            [new StageDifference("read", "+ crawl/c.jsonl, crawl/a.jsonl has other bytes"), new StageDifference("words", "MinWords 3 → 4")],
            difference.Stages);

        DatasetStatistics statistics = DatasetStatistics.Of(PublishedDataset.Open(_dataset.OutputFolder));
        Assert.Equal((4, 4), (statistics.Documents, statistics.Domains.Count));
        Assert.Equal([18, 18, 24, 26, 26, 28, 28], statistics.LengthQuantiles);
    }

    [Fact]
    public void DifferenceNamesTheStageThatChangedADocument()
    {
        _dataset.Properties["DataBuildOutputColumns"] = "id;url;text;lexicon.hits;score.value";
        File.WriteAllText(Path.Combine(_dataset.Folder, "words.txt"), "two\n");
        _dataset.Stage("Lexicon", ("List", Path.Combine(_dataset.Folder, "words.txt")));
        _dataset.Stage("Model", ("MinScore", "0"));
        _dataset.Build();
        string old = Path.Combine(_dataset.Folder, "old");
        Directory.Move(_dataset.OutputFolder, old);

        // A file that an option names, then a stage more that makes the text.
        File.WriteAllText(Path.Combine(_dataset.Folder, "words.txt"), "three\nfour\nfive\n");
        _dataset.Build();
        DatasetDifference files = DatasetDifference.Between(PublishedDataset.Open(old), PublishedDataset.Open(_dataset.OutputFolder));
        Assert.NotEmpty(files.Changed);
        Assert.All(files.Changed, c => Assert.Equal(("lexicon_hits", "lexicon"), (string.Join(' ', c.Columns), string.Join(' ', c.Stages))));

        _dataset.Stages.Insert(1, new() { Name = "Upper" });
        _dataset.Build();
        DatasetDifference text = DatasetDifference.Between(PublishedDataset.Open(old), PublishedDataset.Open(_dataset.OutputFolder));
        Assert.All(text.Changed, c => Assert.Contains("upper", c.Stages));
        Assert.All(text.Changed, c => Assert.DoesNotContain("score", c.Stages));
    }

    [Fact]
    public void VerdictsCanBeLeftOut()
    {
        _dataset.Properties["DataBuildVerdicts"] = "false";
        BuildLog log = _dataset.Build();
        Assert.False(File.Exists(Path.Combine(_dataset.OutputFolder, "verdicts.parquet")));
        Assert.DoesNotContain(log.Manifest.Files, f => f.Path == "verdicts.parquet");
        Assert.Empty(PublishedDataset.Open(_dataset.OutputFolder).Verdicts());
    }

    [Fact]
    public void LinesThatMovedAreToldFromLinesThatStayed()
    {
        Assert.Equal(0, TextDifference.FirstLine("a\nb\n", "a\r\nb"));
        Assert.Equal(2, TextDifference.FirstLine("a\nb", "a\nc"));
        Assert.Equal(3, TextDifference.FirstLine("a\nb", "a\nb\nc"));
        Assert.Equal("     2 2\n-    3 3\n     4 4\n  …\n     8 8\n+    8 new\n     9 9",
            TextDifference.Describe("1\n2\n3\n4\n5\n6\n7\n8\n9", "1\n2\n4\n5\n6\n7\n8\nnew\n9", 20));
        Assert.EndsWith("  … 2 more changed lines", TextDifference.Describe("a\nb\nc\nd", "", 3), StringComparison.Ordinal);
    }

    private void Accept()
    {
        _dataset.Build();
        DatasetVerification.Accept(_dataset.PlanFile());
    }

    private void SetMinWords(string value) => _dataset.Stages[0] = new() { Name = "Words", Metadata = new Dictionary<string, string> { ["MinWords"] = value } };

    private string[] Headings() => [.. File.ReadAllLines(Path.Combine(_dataset.Folder, "Test.rows.verified.txt")).Where(l => l.StartsWith("== ", StringComparison.Ordinal))];

    private string[] Snapshots() =>
        [.. Directory.EnumerateFiles(_dataset.Folder, "Test.*").Select(f => Path.GetFileName(f)["Test.".Length..]).Order(StringComparer.Ordinal)];
}
