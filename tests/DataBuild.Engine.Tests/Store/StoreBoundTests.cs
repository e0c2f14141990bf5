using DataBuild.Engine.Store;

namespace DataBuild.Engine.Tests.Store;

[Collection(TestStages.Collection)]
public sealed class StoreBoundTests : IDisposable
{
    private readonly TestDataset _dataset = new();

    public StoreBoundTests()
    {
        _dataset.AddInput("a.jsonl", Enumerable.Range(0, 40).Select(i => ($"a{i}", $"text number {i % 31} of forty")));
        _dataset.AddInput("b.jsonl", Enumerable.Range(0, 40).Select(i => ($"b{i}", $"text number {i % 37} of forty")));
        _dataset.Stage("Words");
        _dataset.Stage("Unique");
        _dataset.Stage("Model");
    }

    public void Dispose() => _dataset.Dispose();

    [Fact]
    public void LeastRecentlyUsedGoFirst()
    {
        _dataset.Build();
        long one = StoreContents.Count(_dataset.StoreFolder).Bytes;

        // Another dataset's worth in the same store, used later.
        _dataset.AddInput("a.jsonl", Enumerable.Range(0, 40).Select(i => ($"a{i}", $"other words number {i % 31} of forty")));
        _dataset.AddInput("b.jsonl", Enumerable.Range(0, 40).Select(i => ($"b{i}", $"other words number {i % 37} of forty")));
        _dataset.Build();
        StoreStatistics both = StoreContents.Count(_dataset.StoreFolder);
        Assert.True(both.Bytes > one * 3 / 2);
        Assert.Empty(both.Users);

        CollectionResult result = StoreCollector.Collect(_dataset.StoreFolder, both.Bytes - one + (one / 4))!;

        Assert.Equal(both.Bytes, result.BytesBefore);
        Assert.Equal(StoreContents.Count(_dataset.StoreFolder).Bytes, result.BytesAfter);
        Assert.True(result.BytesAfter <= both.Bytes - one + (one / 4));
        Assert.Empty(_dataset.Build().Actions);
    }

    [Fact]
    public void DryRunRemovesNothing()
    {
        _dataset.Build();
        CollectionResult result = StoreCollector.Collect(_dataset.StoreFolder, 0, dryRun: true)!;
        Assert.Equal(0, result.BytesAfter);
        Assert.Empty(_dataset.Build().Actions);
        Assert.Equal(0, StoreCollector.Collect(_dataset.StoreFolder, 0)!.BytesAfter);
        Assert.NotEmpty(_dataset.Build().Actions);
    }

    [Fact]
    public void FilesThatNoRecordNamesGo()
    {
        _dataset.Build();
        foreach (string record in Directory.EnumerateFiles(Path.Combine(_dataset.StoreFolder, "ac"), "*", SearchOption.AllDirectories))
        {
            File.Delete(record);
        }

        Assert.True(StoreContents.Count(_dataset.StoreFolder).UnnamedFiles > 0);
        Assert.True(StoreCollector.Collect(_dataset.StoreFolder, long.MaxValue)!.Files > 0);
        Assert.Equal(0, StoreContents.Count(_dataset.StoreFolder).Files);
    }

    [Fact]
    public async Task CollectionDownToNothingNeverTakesWhatARunningBuildNeeds()
    {
        _dataset.Build();
        string expected = _dataset.OutputDigests();
        using CancellationTokenSource end = new();
        int collections = 0;
        Task collector = Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
            {
                if (StoreCollector.Collect(_dataset.StoreFolder, 0) is not null)
                {
                    collections++;
                }
            }
        });
        for (int build = 0; build < 15; build++)
        {
            Directory.Delete(_dataset.OutputFolder, recursive: true);
            BuildLog log = _dataset.Build(threads: 2);
            Assert.Equal(expected, _dataset.OutputDigests());

            // Not even a repair: nothing that was found disappeared.
            Assert.DoesNotContain(log.Diagnostics, d => d.Code == "DB3002");
        }

        await end.CancelAsync();
        await collector;
        Assert.True(collections > 10, $"{collections} collections");
    }

    [Fact]
    public void WhatARunningBuildUsedStaysAndIsToldOf()
    {
        _dataset.Build();
        using ContentStore user = new(_dataset.StoreFolder);
        string key = Path.GetFileName(Directory.EnumerateFiles(Path.Combine(_dataset.StoreFolder, "ac"), "*", SearchOption.AllDirectories).First());
        Assert.NotNull(user.TryGetRecord(key));
        Assert.Contains($"process {Environment.ProcessId} on ", Assert.Single(StoreContents.Count(_dataset.StoreFolder).Users), StringComparison.Ordinal);

        CollectionResult result = StoreCollector.Collect(_dataset.StoreFolder, 0)!;

        Assert.True(result.BytesInUse > 0);
        Assert.NotNull(user.TryGetRecord(key));
    }

    [Fact]
    public void AbandonedFilesOfADeadProcessGoWithTheNextStay()
    {
        _dataset.Build();
        string lease = Path.Combine(_dataset.StoreFolder, "leases", $"host-1-{Guid.NewGuid():N}");
        File.WriteAllText(lease, "");
        string folder = Path.Combine(_dataset.StoreFolder, "tmp", Path.GetFileName(lease));
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "half-written"), "half");
        _dataset.Build();
        Assert.False(File.Exists(lease));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void StoreOfALaterVersionIsRefusedAndLeftAlone()
    {
        _dataset.Build();
        File.WriteAllText(Path.Combine(_dataset.StoreFolder, "format"), "99\n");
        StoreException error = Assert.Throws<StoreException>(() => _dataset.Build());
        Assert.Equal("DB3080", error.Code);
        Assert.Contains("format 99", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(_dataset.StoreFolder, "ac"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void StoreOfAnEarlierVersionIsTakenOver()
    {
        _dataset.Build();
        string format = Path.Combine(_dataset.StoreFolder, "format");
        File.WriteAllText(format, "1\n");
        Assert.Empty(_dataset.Build().Actions);
        Assert.Equal($"{ContentStore.FormatVersion}\n", File.ReadAllText(format));
    }

    [Fact]
    public void RecordUnderAnotherKeyIsNoRecord()
    {
        _dataset.Build();
        string expected = _dataset.OutputDigests();
        string[] records = [.. Directory.EnumerateFiles(Path.Combine(_dataset.StoreFolder, "ac"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        for (int i = 0; i + 1 < records.Length; i += 2)
        {
            File.Copy(records[i], records[i + 1], overwrite: true);
        }

        Directory.Delete(_dataset.OutputFolder, recursive: true);
        BuildLog log = _dataset.Build();
        Assert.Equal(expected, _dataset.OutputDigests());
        Assert.Contains(log.Diagnostics, d => d.Code == "DB3002" && d.Message.Contains("found damaged and made again", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("20GB", 20_000_000_000)]
    [InlineData(" 1.5 tb", 1_500_000_000_000)]
    [InlineData("2GiB", 2L << 30)]
    [InlineData("500", 500)]
    [InlineData("0", 0)]
    public void SizesAreRead(string text, long expected)
    {
        Assert.True(ByteSize.TryParse(text, out long bytes));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GB")]
    [InlineData("-1GB")]
    [InlineData("1e999TB")]
    [InlineData("20 gigs")]
    public void WhatIsNoSizeIsRefused(string text) => Assert.False(ByteSize.TryParse(text, out _));
}
