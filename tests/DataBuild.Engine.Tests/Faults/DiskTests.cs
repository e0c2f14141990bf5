using System.Diagnostics;
using System.Globalization;
using DataBuild.Engine.Store;
using DataBuild.Tests;

namespace DataBuild.Engine.Tests.Faults;

/// <summary>Disks that are full, cannot be written, or tell wrong times. Needs a file system of its own where marked: root, on Linux.</summary>
[Collection(TestStages.Collection)]
public sealed class DiskTests : IDisposable
{
    private readonly TestDataset _dataset = new();
    private readonly string _expected;
    private bool _mounted;

    public DiskTests()
    {
        _dataset.AddInput("a.jsonl", Enumerable.Range(0, 300).Select(i => ($"a{i}", $"text number {i % 271} of three hundred, and some more of it to fill the disk")));
        _dataset.AddInput("b.jsonl", ("b1", "text number 5"), ("b2", "another one altogether"));
        _dataset.Stage("Words");
        _dataset.Stage("Upper");
        _dataset.Stage("Unique");
        _dataset.Build();
        _expected = _dataset.OutputDigests();
        Directory.Delete(_dataset.StoreFolder, recursive: true);
        Directory.Delete(_dataset.OutputFolder, recursive: true);
    }

    public void Dispose()
    {
        if (_mounted)
        {
            Run("umount", _dataset.StoreFolder);
        }

        _dataset.Dispose();
    }

    [SkippableFact]
    public void FullDiskIsSaidAndTheBuildGoesOnWhenThereIsRoom()
    {
        int sizes = LongRun.Count("DATABUILD_DISK_SIZES", 6);
        int failures = 0;
        for (int size = 1; size <= sizes; size++)
        {
            // From a few pages to somewhat more than the store needs.
            Mount($"size={size * 360 / sizes}k");
            try
            {
                _dataset.Build();
            }
            catch (IOException exception)
            {
                failures++;
                Assert.Contains("space", exception.Message, StringComparison.OrdinalIgnoreCase);
                Assert.Contains(_dataset.StoreFolder, exception.Message, StringComparison.Ordinal);
                DiskFullException full = Assert.IsType<DiskFullException>(exception);
                Assert.InRange(full.Needed, 1, 360 << 10);
                Assert.Contains($"the file needs {full.Needed} bytes or more, ", full.Message, StringComparison.Ordinal);
                Assert.Contains(" are free there", full.Message, StringComparison.Ordinal);
                Assert.False(Directory.Exists(_dataset.OutputFolder));
                Assert.True(!OpenFiles().Any(), string.Join('\n', OpenFiles().Append(exception.ToString())));
            }

            Run("mount", "-o", "remount,size=64m", _dataset.StoreFolder);
            Assert.Empty(StoreContents.Verify(_dataset.StoreFolder, repair: false, CancellationToken.None));
            _dataset.Build();
            Assert.Equal(_expected, _dataset.OutputDigests());
            Assert.Empty(Directory.EnumerateFiles(Path.Combine(_dataset.StoreFolder, "tmp"), "*", SearchOption.AllDirectories));
            Directory.Delete(_dataset.OutputFolder, recursive: true);
            Unmount();
        }

        Assert.True(failures > 0);
    }

    [SkippableFact]
    public void StoreThatCannotBeWrittenIsSaidAndLeftAsItIs()
    {
        Mount("size=64m");
        _dataset.Build();
        Run("mount", "-o", "remount,ro", _dataset.StoreFolder);
        Exception error = Assert.ThrowsAny<Exception>(() => _dataset.Build());
        Assert.True(error is IOException or UnauthorizedAccessException, error.ToString());
        Assert.Contains(_dataset.StoreFolder, error.Message, StringComparison.Ordinal);
        Assert.Equal(_expected, _dataset.OutputDigests());
        Run("mount", "-o", "remount,rw", _dataset.StoreFolder);
        Assert.Empty(_dataset.Build().Actions);
    }

    [Fact]
    public void ContentThatChangedUnderTheSameLengthAndTimeIsSeen()
    {
        string path = Path.Combine(_dataset.Folder, "crawl", "b.jsonl");
        DateTime time = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, time);
        _dataset.Build();
        Thread.Sleep(2100);
        Assert.Empty(_dataset.Build().Actions);
        File.WriteAllText(path, File.ReadAllText(path).Replace("altogether", "ALTOGETHER", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(path, time);
        Assert.Contains(_dataset.Build().Actions, a => a.Shard == "crawl/b.jsonl");
    }

    [Theory]
    [InlineData(-366)]
    [InlineData(366)]
    public void AClockThatWasSetChangesNothing(int days)
    {
        _dataset.Build();

        // All that lies there is, by the clock of now, a year old or of the next year.
        foreach (string path in Directory.EnumerateFiles(_dataset.Folder, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddDays(days));
        }

        Assert.Empty(_dataset.Build().Actions);
        _dataset.AddInput("b.jsonl", ("b1", "an edit"));
        BuildLog log = _dataset.Build();
        Assert.Contains(log.Actions, a => a.Shard == "crawl/b.jsonl");
        string incremental = _dataset.OutputDigests();
        Directory.Delete(_dataset.StoreFolder, recursive: true);
        Directory.Delete(_dataset.OutputFolder, recursive: true);
        _dataset.Build();
        Assert.Equal(_dataset.OutputDigests(), incremental);
    }

    [Fact]
    public void ATimeThatChangedAloneComputesNothing()
    {
        _dataset.Build();
        File.SetLastWriteTimeUtc(Path.Combine(_dataset.Folder, "crawl", "a.jsonl"), DateTime.UtcNow);
        Assert.Empty(_dataset.Build().Actions);
    }

    [Fact]
    public void DamagedFileOfDigestsIsAnEmptyOne()
    {
        _dataset.Build();
        string digests = Path.Combine(_dataset.StoreFolder, "digests.tsv");
        foreach (byte[] damage in new byte[][] { [], [0xFF, 0xFE, 0], [.. "aa\tbb\tcc\tdd\tee\n"u8], new byte[10_000] })
        {
            File.WriteAllBytes(digests, damage);
            Assert.Empty(_dataset.Build().Actions);
        }

        // Each input's digest is remembered from now on; another one in its place would be believed, and give keys of content that is not there.
        foreach (string input in Directory.EnumerateFiles(Path.Combine(_dataset.Folder, "crawl")))
        {
            File.SetLastWriteTimeUtc(input, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }

        Thread.Sleep(2100);
        Assert.Empty(_dataset.Build().Actions);
        byte[] whole = File.ReadAllBytes(digests);
        foreach (int at in new[] { whole.Length - 1, whole.Length / 2, 90 })
        {
            byte[] flipped = [.. whole];
            flipped[at] ^= 1;
            File.WriteAllBytes(digests, flipped);
            BuildLog log = _dataset.Build();
            Assert.Empty(log.Actions);
            Assert.Equal("DB3002", Assert.Single(log.Diagnostics).Code);
            Assert.Equal(whole, File.ReadAllBytes(digests));
        }
    }

    private void Mount(string options)
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.UserName == "root", "mounts a file system: needs root on Linux");
        Directory.CreateDirectory(_dataset.StoreFolder);
        Skip.IfNot(Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", _dataset.StoreFolder) == 0, "no file system can be mounted here");
        _mounted = true;
    }

    private void Unmount()
    {
        Assert.Equal(0, Run("umount", _dataset.StoreFolder));
        _mounted = false;
    }

    // What a failed build left open would keep its folder from being removed, and its space from being free.
    private IEnumerable<string> OpenFiles() => Directory.EnumerateFileSystemEntries("/proc/self/fd")
        .Select(fd => new FileInfo(fd).LinkTarget ?? "").Where(target => target.StartsWith(_dataset.StoreFolder, StringComparison.Ordinal));

    private static int Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 || error.Length > 0 ? process.ExitCode : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{program}: {process.ExitCode}"));
    }
}
