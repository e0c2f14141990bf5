using System.Text;
using DataBuild.Engine.Inputs;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Tests.Inputs;

/// <summary>Fetched inputs in a store that is bounded: the least recently used go, never those of a running build, and what comes back is what it was.</summary>
public sealed class InputBoundTests : IDisposable
{
    private const int Length = 100_000;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "databuild-tests", Guid.NewGuid().ToString("N"));
    private readonly ArchiveServer _server = new();

    public InputBoundTests()
    {
        Directory.CreateDirectory(_folder);
        foreach (string name in new[] { "a", "b", "c" })
        {
            _server.Files[name + ".jsonl"] = Content(name);
        }
    }

    private string Store => Path.Combine(_folder, "store");

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void TheLeastRecentlyUsedGoFirst()
    {
        string[] paths = [Build("a"), Build("b"), Build("c")];
        DateTime now = DateTime.UtcNow;
        foreach ((string path, int hours) in paths.Zip([3, 2, 1]))
        {
            File.SetLastWriteTimeUtc(path + ".json", now.AddHours(-hours));
        }

        // The oldest is used once more.
        Assert.Equal(paths[0], Build("a"));
        Assert.Equal(3, _server.Requests.Count);
        CollectionResult result = StoreCollector.Collect(Store, 2 * Length)!;
        Assert.Equal((3L * Length, 2L * Length, 1), (result.BytesBefore, result.BytesAfter, result.Inputs));
        Assert.Equal([true, false, true], paths.Select(File.Exists));

        result = StoreCollector.Collect(Store, long.MaxValue, now.AddMinutes(-30), dryRun: true)!;
        Assert.Equal((1, true), (result.Inputs, File.Exists(paths[2])));
        Assert.Equal(1, StoreCollector.Collect(Store, long.MaxValue, now.AddMinutes(-30))!.Inputs);
        Assert.Equal([true, false, false], paths.Select(File.Exists));
        Assert.Equal(1, DownloadedInputs.Count(Store).Copies);
        Assert.Empty(DownloadedInputs.Verify(Store, repair: false, CancellationToken.None));
    }

    [Fact]
    public void WhatIsRemovedComesBackAsItWasOrIsAnError()
    {
        string path = Build("a");
        Assert.Equal(1, StoreCollector.Collect(Store, 0)!.Inputs);
        Assert.False(File.Exists(path));
        Assert.Equal(path, Build("a"));
        Assert.Equal(Content("a"), File.ReadAllBytes(path));

        StoreCollector.Collect(Store, 0);
        _server.Files["a.jsonl"] = Content("other");
        BuildLog log = new();
        Assert.Null(Resolve("a", log));
        BuildDiagnostic error = Assert.Single(log.Diagnostics);
        Assert.Equal("DB2088", error.Code);
        Assert.Contains("DataBuildRefreshInputs", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
        Assert.Equal(path, Resolve("a", new BuildLog(), refresh: true));
        Assert.Equal(Content("other"), File.ReadAllBytes(path));
        Assert.Equal(path, Build("a"));

        // Damage is mended with what it was, too.
        _server.Files["a.jsonl"] = Content("later");
        File.WriteAllBytes(path, new byte[Length]);
        log = new BuildLog();
        Assert.Null(Resolve("a", log));
        Assert.Equal(["DB2087", "DB2088"], log.Diagnostics.Select(d => d.Code));
    }

    [Fact]
    public async Task WhatARunningBuildNeedsStays()
    {
        string path = Build("a");
        File.SetLastWriteTimeUtc(path + ".json", DateTime.UtcNow.AddDays(-1));
        using CancellationTokenSource end = new();
        int collections = 0;
        Task collector = Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
            {
                collections += StoreCollector.Collect(Store, 0) is null ? 0 : 1;
            }
        });
        for (int build = 0; build < 20; build++)
        {
            using ContentStore store = new(Store);
            foreach (string name in new[] { "a", "b" })
            {
                string? found = Resolve(name, new BuildLog(), store: store);
                int before = Volatile.Read(ref collections);
                Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref collections) > before + 1 || collector.IsCompleted, TimeSpan.FromMinutes(2)), "no collection in 2 minutes");
                Assert.Equal(Content(name), File.ReadAllBytes(found!));
            }

            Assert.False(collector.IsCompleted, collector.Exception?.ToString());
        }

        await end.CancelAsync();
        await collector;
        Assert.True(collections > 40, $"{collections} collections");
        CollectionResult result = StoreCollector.Collect(Store, 0)!;
        Assert.Equal((0L, 0L), (result.BytesAfter, result.BytesInUse));
    }

    [Fact]
    public void AnUnfinishedCopyIsBoundedToo()
    {
        _server.Script.Enqueue(e => e.CutAsync(Length / 2));
        _server.Script.Enqueue(e => e.SendAsync("404 Not Found", "", []));
        Assert.Null(Resolve("a", new BuildLog()));
        Assert.Equal((0, 1), (DownloadedInputs.Count(Store).Copies, DownloadedInputs.Count(Store).UnfinishedCopies));
        CollectionResult result = StoreCollector.Collect(Store, 0)!;
        Assert.Equal((Length / 2, 0L, 1), (result.BytesBefore, result.BytesAfter, result.Inputs));
        Assert.Equal(["lock"], Directory.GetFiles(DownloadedInputs.FolderIn(Store)).Select(f => f.Split('.')[^1]));
        Build("a");
        Assert.Equal("", Field(_server.Requests.Last(), "Range"));
    }

    private static byte[] Content(string name) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"{{\"text\":\"{name}\"}}\n", Length)))[..Length];

    private static string Field(string head, string name) =>
        head.Split("\r\n").FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim() ?? "";

    private string Build(string name)
    {
        BuildLog log = new();
        string? path = Resolve(name, log);
        Assert.True(path is not null, string.Join('\n', log.Diagnostics));
        return path;
    }

    private string? Resolve(string name, BuildLog log, bool refresh = false, ContentStore? store = null)
    {
        string address = $"{_server.Root}{name}.jsonl";
        PlanFile plan = new()
        {
            Name = "Test",
            ProjectFile = Path.Combine(_folder, "Test.csproj"),
            ProjectDirectory = _folder,
            OutputDirectory = Path.Combine(_folder, "out"),
            StoreDirectory = Store,
            Crawl = [new CrawlItem { Include = address, Path = address }],
            Properties = new Dictionary<string, string> { ["DataBuildRefreshInputs"] = refresh ? "true" : "false" },
        };
        using ContentStore? own = store is null ? new ContentStore(Store) : null;
        return RemoteInputs.Resolve(plan, store ?? own!, new FileDigests(null), log, CancellationToken.None) ? plan.Crawl[0].Path : null;
    }
}
