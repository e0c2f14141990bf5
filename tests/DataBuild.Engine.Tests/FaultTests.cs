using DataBuild.Engine.Execution;

namespace DataBuild.Engine.Tests;

[Collection(TestStages.Collection)]
public sealed class FaultTests : IDisposable
{
    private readonly TestDataset _dataset = new();

    public FaultTests()
    {
        _dataset.AddInput("a.jsonl", Enumerable.Range(0, 20).Select(i => ($"a{i}", $"text number {i % 13} of twenty")));
        _dataset.AddInput("b.jsonl", ("b1", "text number 5 of twenty"), ("b2", "another one altogether"));
        _dataset.Stage("Words");
        _dataset.Stage("Upper");
        _dataset.Stage("Unique");
        _dataset.Stage("Model");
    }

    public void Dispose() => _dataset.Dispose();

    [Theory]
    [InlineData("flip")]
    [InlineData("empty")]
    [InlineData("half")]
    [InlineData("append")]
    [InlineData("zeros")]
    [InlineData("other")]
    [InlineData("folder")]
    [InlineData("delete")]
    public void DamagedStoreEntriesAreMadeAgain(string damage)
    {
        _dataset.Build();
        string expected = _dataset.OutputDigests();
        string[] entries = [.. Directory.EnumerateFiles(Path.Combine(_dataset.StoreFolder, "cas"), "*", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(_dataset.StoreFolder, "ac"), "*", SearchOption.AllDirectories)).Order(StringComparer.Ordinal)];
        Assert.True(entries.Length > 20);
        int found = 0;
        foreach (string entry in entries.Where((_, i) => i % 9 == 0))
        {
            Damage(entry, damage, entries.First(e => e != entry && Path.GetDirectoryName(Path.GetDirectoryName(e)) == Path.GetDirectoryName(Path.GetDirectoryName(entry))));
            byte[]? damaged = File.Exists(entry) ? File.ReadAllBytes(entry) : null;
            Directory.Delete(_dataset.OutputFolder, recursive: true);
            BuildLog log = _dataset.Build();
            Assert.Equal(expected, _dataset.OutputDigests());

            // What was found damaged is said, once; what still is damaged was not asked for.
            bool isAsBefore = damaged is null ? Directory.Exists(entry) : File.Exists(entry) && damaged.AsSpan().SequenceEqual(File.ReadAllBytes(entry));
            Assert.Equal(damage == "delete" || isAsBefore ? 0 : 1, log.Diagnostics.Count(d => d.Code == "DB3002"));
            found += isAsBefore ? 0 : 1;
        }

        Assert.True(found > 1, $"{found} damaged entries were asked for");
    }

    [Fact]
    public void StageThatThrowsFailsTheBuildAndNamesTheDocument()
    {
        _dataset.AddInput("c.jsonl", ("c1", "fine and well"), ("c2", "some poison in here"));
        _dataset.Stages.Insert(0, new() { Name = "Fragile" });
        StageFailedException failure = Assert.Throws<StageFailedException>(() => _dataset.Build());
        Assert.Equal(("fragile", "crawl/c.jsonl", "c2"), (failure.Stage, failure.Input, failure.DocumentId));
        Assert.Contains("poison found", failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_dataset.OutputFolder));
    }

    [Fact]
    public void StageThatThrowsDropsTheDocumentWhereAsked()
    {
        _dataset.AddInput("c.jsonl", ("c1", "fine and well"), ("c2", "some poison in here"));
        _dataset.Stage("Fragile", ("OnError", "Drop"));
        _dataset.Stages.RemoveAt(1);
        BuildLog log = _dataset.Build();
        Assert.Equal(1, log.Stages["fragile"].Counts.Dropped["stage_error"]);
        Assert.DoesNotContain("c2", _dataset.KeptIds());
        Assert.Contains("c1", _dataset.KeptIds());
    }

    [Theory]
    [InlineData("FragileBatch", "on document c2 (https://c2.example/) of 'crawl/c.jsonl': FormatException: poison found")]
    [InlineData("FragileDecision", "on document c2 (https://c2.example/) of 'crawl/c.jsonl': DivideByZeroException")]
    [InlineData("FragileMerge", "in its merge of 25 documents of 3 inputs: FormatException: merge broken")]
    [InlineData("FragileStart", "while it was initialized: FormatException: no start")]
    public void EveryKindOfStageThatThrowsTellsWhereAndOnWhat(string stage, string expected)
    {
        _dataset.AddInput("c.jsonl", ("c1", "fine and well"), ("c2", "some poison in here"), ("c3", "fine again"));
        _dataset.Stages.Clear();
        _dataset.Stage(stage);
        StageFailedException failure = Assert.Throws<StageFailedException>(() => _dataset.Build());
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_dataset.OutputFolder));
    }

    [Fact]
    public void BatchStageThatThrowsDropsTheDocumentAloneWhereAsked()
    {
        _dataset.AddInput("c.jsonl", ("c1", "fine and well"), ("c2", "some poison in here"), ("c3", "fine again"));
        _dataset.Stages.Clear();
        _dataset.Stage("FragileBatch", ("OnError", "Drop"));
        BuildLog log = _dataset.Build();
        Assert.Equal(1, log.Stages["batch"].Counts.Dropped["stage_error"]);
        Assert.DoesNotContain("c2", _dataset.KeptIds());
        Assert.Contains("c3", _dataset.KeptIds());
    }

    [Fact]
    public void BatchStageThatThrowsOnABatchAndOnNoDocumentAloneSaysSo()
    {
        _dataset.AddInput("c.jsonl", ("c1", "fine and well"), ("c2", "some poison in here"));
        _dataset.Stages.Clear();
        _dataset.Stage("FragileBatch", ("OnlyTogether", "true"), ("OnError", "Drop"));
        StageFailedException failure = Assert.Throws<StageFailedException>(() => _dataset.Build());
        Assert.Contains("on 2 documents together, the first c1, of 'crawl/c.jsonl', and on none of them alone", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EightBuildsAtOnceOnOneStoreAgree()
    {
        _dataset.Build();
        string expected = _dataset.OutputDigests();
        Directory.Delete(_dataset.StoreFolder, recursive: true);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            using TestDataset other = new();
            foreach (string input in Directory.EnumerateFiles(Path.Combine(_dataset.Folder, "crawl")))
            {
                File.Copy(input, Path.Combine(other.Folder, "crawl", Path.GetFileName(input)));
            }

            other.Stages.AddRange(_dataset.Stages);
            Directory.CreateDirectory(_dataset.StoreFolder);
            Directory.CreateSymbolicLink(other.StoreFolder, _dataset.StoreFolder);
            other.Build();
            Assert.Equal(expected, other.OutputDigests());
        });
    }

    [Fact]
    public void CancelledBuildLeavesNothingBehindAndGoesOn()
    {
        using CancellationTokenSource cancellation = new();
        cancellation.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => _dataset.Build(cancellation: cancellation.Token));
        Assert.False(Directory.Exists(_dataset.OutputFolder));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_dataset.StoreFolder, "tmp"), "*", SearchOption.AllDirectories));
        _dataset.Build();
        Assert.NotEmpty(_dataset.KeptIds());
    }

    private static void Damage(string path, string damage, string other)
    {
        byte[] bytes = File.ReadAllBytes(path);
        switch (damage)
        {
            case "flip":
                bytes[bytes.Length / 2] ^= 4;
                File.WriteAllBytes(path, bytes);
                break;
            case "empty":
                File.WriteAllBytes(path, []);
                break;
            case "half":
                File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
                break;
            case "append":
                File.WriteAllBytes(path, [.. bytes, 7]);
                break;
            case "zeros":
                // As after a power cut: the length is there, what was not flushed is not.
                bytes.AsSpan(bytes.Length / 2).Clear();
                File.WriteAllBytes(path, bytes);
                break;
            case "other":
                File.Copy(other, path, overwrite: true);
                break;
            case "folder":
                File.Delete(path);
                Directory.CreateDirectory(path);
                break;
            default:
                File.Delete(path);
                break;
        }
    }
}
