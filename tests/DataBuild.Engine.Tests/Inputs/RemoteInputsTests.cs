using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DataBuild.Engine.Inputs;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Tests.Inputs;

/// <summary>Inputs from web servers: whole or not at all, whatever the server does.</summary>
public sealed class RemoteInputsTests : IDisposable
{
    private const string Name = "crawl/a.warc.gz";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "databuild-tests", Guid.NewGuid().ToString("N"));
    private readonly ArchiveServer _server = new();
    private readonly byte[] _content = Bytes(300_000, 1);

    public RemoteInputsTests()
    {
        Directory.CreateDirectory(_folder);
        _server.Files[Name] = _content;
    }

    private string Address => _server.Root + Name;

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void FetchedOnceAndThenReadWithoutTheServer()
    {
        (PlanFile plan, BuildLog log) = Resolve(Item(Address));
        CrawlItem item = Assert.Single(plan.Crawl);
        Assert.Equal(Address, item.Include);
        Assert.EndsWith(".warc.gz", item.Path, StringComparison.Ordinal);
        Assert.Equal(_content, File.ReadAllBytes(item.Path));
        FetchedInput fetched = plan.Fetched[Address];
        Assert.Equal((Digest(_content), (long)_content.Length, ArchiveServer.TagOf(_content)), (fetched.Sha256, fetched.Bytes, fetched.ETag));
        Assert.Empty(log.Diagnostics);
        Assert.Single(_server.Requests);

        _server.Dispose();
        (plan, log) = Resolve(Item(Address));
        Assert.Equal(item.Path, plan.Crawl[0].Path);
        Assert.Empty(log.Diagnostics);
        Assert.Equal(["json", "lock", "gz"], Directory.GetFiles(Folder).Select(f => f.Split('.')[^1]).OrderByDescending(e => e.Length).ThenBy(e => e, StringComparer.Ordinal));
    }

    [Fact]
    public void BrokenConnectionsGoOnFromWhereTheyBroke()
    {
        foreach (int cut in new[] { 100_000, 1, 50_000, 0, 77_777 })
        {
            _server.Script.Enqueue(e => e.CutAsync(cut));
        }

        (PlanFile plan, _) = Resolve(Item(Address));
        Assert.Equal(_content, File.ReadAllBytes(plan.Crawl[0].Path));
        Assert.Equal(
            ["", "bytes=100000-", "bytes=100001-", "bytes=150001-", "bytes=150001-", "bytes=227778-"],
            _server.Requests.Select(r => Field(r, "Range")));
        Assert.All(_server.Requests.Skip(1), r => Assert.Equal(ArchiveServer.TagOf(_content), Field(r, "If-Range")));
    }

    [Fact]
    public void AKilledBuildsPartIsGoneOnFrom()
    {
        _server.Script.Enqueue(e => e.CutAsync(123_456));
        using CancellationTokenSource source = new();
        _server.Script.Enqueue(async e =>
        {
            await source.CancelAsync();
            await e.SilenceAsync();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => Resolve([Item(Address)], cancellation: source.Token));
        Assert.Single(Directory.GetFiles(Folder, "*.partial"));
        (PlanFile plan, _) = Resolve(Item(Address));
        Assert.Equal(_content, File.ReadAllBytes(plan.Crawl[0].Path));
        Assert.Equal("bytes=123456-", Field(_server.Requests.Last(), "Range"));
    }

    [Fact]
    public void AFileThatChangesBetweenPartsIsFetchedAnew()
    {
        byte[] later = Bytes(300_000, 2);
        _server.Script.Enqueue(async e =>
        {
            await e.CutAsync(100_000);
            _server.Files[Name] = later;
        });
        (PlanFile plan, _) = Resolve(Item(Address));
        Assert.Equal(later, File.ReadAllBytes(plan.Crawl[0].Path));
    }

    [Fact]
    public void WrongPartsAreFoundOut()
    {
        // Another place, another length, another version, none at all, more than asked for.
        foreach (Func<Exchange, Task> wrong in new Func<Exchange, Task>[]
        {
            e => Part(e, 99_999, 299_999, 300_000),
            e => Part(e, 100_000, 299_998, 300_000),
            e => Part(e, 100_000, 300_000, 300_001),
            e => e.SendAsync("206 Partial Content", "", new byte[200_000]),
            e => e.SendAsync("206 Partial Content", $"ETag: \"other\"\r\nContent-Range: bytes 100000-299999/300000\r\n", new byte[200_000]),
        })
        {
            _server.Script.Enqueue(e => e.CutAsync(100_000));
            _server.Script.Enqueue(wrong);
            (PlanFile plan, BuildLog log) = Resolve(Item(Address));
            Assert.Empty(log.Diagnostics);
            Assert.Equal(_content, File.ReadAllBytes(plan.Crawl[0].Path));
            Directory.Delete(Folder, recursive: true);
        }

        static Task Part(Exchange e, int first, int last, int whole) => e.SendAsync(
            "206 Partial Content", string.Create(CultureInfo.InvariantCulture, $"Content-Range: bytes {first}-{last}/{whole}\r\n"), new byte[last - first + 1]);
    }

    [Fact]
    public void WithoutAValidatorOnlyAKnownDigestAllowsGoingOn()
    {
        _server.Validators = false;
        _server.Script.Enqueue(e => e.CutAsync(100_000));
        Resolve(Item(Address));
        Assert.Equal(["", ""], _server.Requests.Select(r => Field(r, "Range")));
        _server.Requests.Clear();
        Directory.Delete(Folder, recursive: true);
        _server.Script.Enqueue(e => e.CutAsync(100_000));
        (PlanFile plan, _) = Resolve(Item(Address, ("Sha256", Digest(_content))));
        Assert.Equal(["", "bytes=100000-"], _server.Requests.Select(r => Field(r, "Range")));
        Assert.Equal(_content, File.ReadAllBytes(plan.Crawl[0].Path));
        Assert.Empty(plan.Crawl[0].Metadata);
    }

    [Fact]
    public void AServerWithoutPartsBeginsAnew()
    {
        _server.Parts = false;
        _server.Script.Enqueue(e => e.CutAsync(100_000));
        (PlanFile plan, _) = Resolve(Item(Address));
        Assert.Equal(_content, File.ReadAllBytes(plan.Crawl[0].Path));
        Assert.Contains("sends no parts", Errors("DB2084", Item(Address + "#bytes=10-20")), StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherDigestIsAnErrorAndLeavesNothing()
    {
        string message = Errors("DB2081", Item(Address, ("Sha256", Digest([1]))));
        Assert.Contains(Digest(_content), message, StringComparison.Ordinal);
        Assert.Contains(Digest([1]), message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Folder, "*.gz"));
        Assert.Empty(Directory.GetFiles(Folder, "*.partial"));

        // A local file with a digest keeps the same promise.
        string local = Path.Combine(_folder, "b.jsonl");
        File.WriteAllText(local, "{}\n");
        Errors("DB2081", new CrawlItem { Include = "b.jsonl", Path = local, Metadata = Metadata(("Sha256", Digest([1]))) });
    }

    [Fact]
    public void ADamagedCopyIsFetchedAgain()
    {
        (PlanFile plan, _) = Resolve(Item(Address));
        byte[] damaged = [.. _content];
        damaged[1000] ^= 1;
        File.WriteAllBytes(plan.Crawl[0].Path, damaged);
        (plan, BuildLog log) = Resolve(Item(Address));
        Assert.Equal(_content, File.ReadAllBytes(plan.Crawl[0].Path));
        Assert.Equal("DB2087", Assert.Single(log.Diagnostics).Code);
        Assert.False(log.Diagnostics[0].IsError);
    }

    [Fact]
    public void RefreshAsksWhetherItChanged()
    {
        Resolve(Item(Address));
        Resolve([Item(Address)], s => s with { Refresh = true });
        Assert.Equal(["", ArchiveServer.TagOf(_content)], _server.Requests.Select(r => Field(r, "If-None-Match")));
        byte[] later = _server.Files[Name] = Bytes(10, 3);
        (PlanFile plan, _) = Resolve(Item(Address));
        Assert.Equal(_content, File.ReadAllBytes(plan.Crawl[0].Path));
        (plan, _) = Resolve([Item(Address)], s => s with { Refresh = true });
        Assert.Equal(later, File.ReadAllBytes(plan.Crawl[0].Path));
    }

    [Fact]
    public void LockedModeRefusesAChange()
    {
        (PlanFile plan, _) = Resolve(Item(Address));
        FileDigests digests = new(null);
        plan.Properties = new Dictionary<string, string> { ["DataBuildWriteLock"] = "true" };
        Assert.Empty(new InputLock(plan, digests).Check(new DatasetPlan { File = plan, Inputs = plan.Crawl, Stages = [] }));
        string text = File.ReadAllText(Path.Combine(_folder, "databuild.lock.json"));
        Assert.Contains($"\"{Address}\": \"{Digest(_content)}\"", text, StringComparison.Ordinal);
        Assert.Contains("\"bytes\": 300000", text, StringComparison.Ordinal);
        Assert.Contains("\"etag\"", text, StringComparison.Ordinal);

        // On a machine without copies, and with a copy of something later.
        Directory.Delete(Folder, recursive: true);
        _server.Files[Name] = Bytes(10, 4);
        Assert.Contains("the lock file has", Errors("DB3010", [Item(Address)], locked: true), StringComparison.Ordinal);
        Resolve(Item(Address));
        Errors("DB3010", [Item(Address)], locked: true);
        _server.Files[Name] = _content;
        (plan, _) = Resolve([Item(Address)], locked: true);
        Assert.Equal(_content, File.ReadAllBytes(plan.Crawl[0].Path));
    }

    [Fact]
    public void PartsOfAFileAreInputsOfTheirOwn()
    {
        (PlanFile plan, _) = Resolve(Item(Address + "#bytes=1000-1999"), Item(Address + "#bytes=299999-299999"));
        Assert.Equal(_content[1000..2000], File.ReadAllBytes(plan.Crawl[0].Path));
        Assert.Equal(_content[^1..], File.ReadAllBytes(plan.Crawl[1].Path));

        // Broken off in the middle of the part.
        _server.Script.Enqueue(e => e.CutAsync(300));
        (plan, _) = Resolve(Item(Address + "#bytes=5000-5999"));
        Assert.Equal(_content[5000..6000], File.ReadAllBytes(plan.Crawl[0].Path));
        Assert.Equal("bytes=5300-5999", Field(_server.Requests.Last(), "Range"));
        Assert.Contains("ends before the range", Errors("DB2084", Item(Address + "#bytes=299000-300000")), StringComparison.Ordinal);
        Assert.Contains("ends before the range", Errors("DB2084", Item(Address + "#bytes=400000-400001")), StringComparison.Ordinal);
    }

    [Fact]
    public void PassingFaultsAreTriedAgainAndFinalOnesAreNot()
    {
        _server.Script.Enqueue(e => e.SendAsync("503 Service Unavailable", "Retry-After: 0\r\n", []));
        _server.Script.Enqueue(e => e.SendAsync("500 Internal Server Error", "", "<html>oops</html>"u8.ToArray()));
        _server.Script.Enqueue(e => e.SilenceAsync());
        (PlanFile plan, _) = Resolve([Item(Address)], s => s with { Timeout = TimeSpan.FromSeconds(10), Attempts = 6 });
        Assert.Equal(_content, File.ReadAllBytes(plan.Crawl[0].Path));
        Assert.Equal(4, _server.Requests.Count);

        _server.Requests.Clear();
        Assert.Contains("404", Errors("DB2083", Item(_server.Root + "missing.warc.gz")), StringComparison.Ordinal);
        Assert.Single(_server.Requests);
        _server.Script.Enqueue(e => e.SendAsync("403 Forbidden", "", []));
        Assert.Contains("403", Errors("DB2083", Item(_server.Root + "secret.warc.gz")), StringComparison.Ordinal);

        for (int i = 0; i < 10; i++)
        {
            _server.Script.Enqueue(e => e.SendAsync("503 Service Unavailable", "", []));
        }

        _server.Requests.Clear();
        Assert.Contains("503", Errors("DB2082", Item(_server.Root + "b.warc.gz")), StringComparison.Ordinal);
        Assert.Equal(3, _server.Requests.Count);
    }

    [Fact]
    public void ADeadServerIsAnErrorWithTheAddress()
    {
        _server.Dispose();
        Assert.Contains(Address, Errors("DB2082", Item(Address)), StringComparison.Ordinal);
    }

    [Fact]
    public void RedirectsAreLimitedAndNeverShown()
    {
        _server.Files["other.warc.gz"] = _content;
        _server.Script.Enqueue(e => e.SendAsync("302 Found", "Location: /other.warc.gz?X-Signature=geheim\r\n", []));
        _server.Script.Enqueue(e => e.SendAsync("307 Temporary Redirect", "Location: other.warc.gz\r\n", []));
        (PlanFile plan, _) = Resolve(Item(Address));
        Assert.Equal(_content, File.ReadAllBytes(plan.Crawl[0].Path));
        Assert.DoesNotContain("geheim", string.Concat(Directory.GetFiles(Folder, "*.json").Select(File.ReadAllText)), StringComparison.Ordinal);
        for (int i = 0; i < 6; i++)
        {
            _server.Script.Enqueue(e => e.SendAsync("302 Found", "Location: /again.warc.gz?X-Signature=geheim\r\n", []));
        }

        string message = Errors("DB2084", Item(_server.Root + "again.warc.gz"));
        Assert.Contains("more than 5 redirects", message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", message, StringComparison.Ordinal);
        foreach (string target in new[] { "file:///etc/passwd", "ftp://127.0.0.1/a", "http://user:geheim@127.0.0.1/a" })
        {
            _server.Script.Enqueue(e => e.SendAsync("302 Found", $"Location: {target}\r\n", []));
            Assert.DoesNotContain("geheim", Errors("DB2084", Item(_server.Root + "elsewhere.warc.gz")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void WhatIsTooLargeIsRefusedBeforeAndWhileItArrives()
    {
        Errors("DB2085", [Item(Address)], s => s with { Limit = 299_999 });
        Assert.Empty(Directory.GetFiles(Folder, "*.partial"));
        _server.Script.Enqueue(async e =>
        {
            byte[] chunk = [.. "10000\r\n"u8, .. new byte[0x10000], .. "\r\n"u8];
            await e.SendAsync("200 OK", "Transfer-Encoding: chunked\r\n", chunk, length: false);
            for (int i = 0; i < 100; i++)
            {
                await e.SendRawAsync(chunk);
            }

            e.Close();
        });
        Errors("DB2085", [Item(_server.Root + "endless.warc.gz")], s => s with { Limit = 200_000 });
    }

    [Fact]
    public void PagesAndAnswersWithoutAnEndAreNoArchives()
    {
        _server.Script.Enqueue(e => e.SendAsync("200 OK", "Content-Type: text/html; charset=utf-8\r\n", "<html>sign in</html>"u8.ToArray()));
        Assert.Contains("HTML page", Errors("DB2084", Item(Address)), StringComparison.Ordinal);
        _server.Script.Enqueue(async e =>
        {
            await e.SendAsync("200 OK", "", _content[..1000], length: false);
            e.Close();
        });
        Assert.Contains("Sha256", Errors("DB2084", Item(Address)), StringComparison.Ordinal);
        _server.Script.Enqueue(async e =>
        {
            await e.SendAsync("200 OK", "", _content, length: false);
            e.Close();
        });
        (PlanFile plan, _) = Resolve(Item(Address, ("Sha256", Digest(_content))));
        Assert.Equal(_content, File.ReadAllBytes(plan.Crawl[0].Path));
    }

    [Fact]
    public async Task EightBuildsFetchOnce()
    {
        IEnumerable<Task<(PlanFile Plan, BuildLog)>> builds = Enumerable.Range(0, 8)
            .Select(_ => Task.Factory.StartNew(() => Resolve(Item(Address)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        Assert.All(await Task.WhenAll(builds), build => Assert.Equal(_content, File.ReadAllBytes(build.Plan.Crawl[0].Path)));
        Assert.Single(_server.Requests);
    }

    [Fact]
    public void AddressesThatAreNotAllowedAreNotRepeatedWhereTheyMayHoldSecrets()
    {
        foreach ((string address, bool shown) in new[]
        {
            ("https://user:geheim@host/a.warc.gz", false), ("https://host/a.warc.gz?token=geheim", false), ("https://host/page.html", true), ("ftp://host/a.warc.gz", true),
            ("https://host/a.warc.gz#bytes=5-4", true), ("https://host/a.warc.gz#top", true), ("s3:///a.warc.gz", true), ("file:///etc/passwd.warc", true),
        })
        {
            string message = Errors("DB2080", Item(address));
            Assert.DoesNotContain("geheim", message, StringComparison.Ordinal);
            Assert.Equal(shown, message.Contains(address, StringComparison.Ordinal));
        }

        Errors("DB2080", Item(Address, ("Sha256", "12")));
        Errors("DB2080", Item(Address, ("MaxFiles", "0")));
        Errors("DB2080", Item(Address, ("SampleRate", "1.5")));
        Errors("DB2080", Item(Address, ("Seed", "x")));
        Errors("DB2080", Item(Address, ("Root", "https://host/without")));
        Assert.Empty(_server.Requests);
        foreach ((string property, string value) in new[] { ("DataBuildDownloads", "0"), ("DataBuildDownloadLimit", "much"), ("DataBuildRefreshInputs", "maybe"), ("DataBuildDownloadTimeout", "0"), ("DataBuildDownloadAttempts", "21") })
        {
            PlanFile plan = Plan([]);
            plan.Properties = new Dictionary<string, string> { [property] = value };
            Assert.Contains(property, Assert.Throws<PlanException>(() => FetchSettings.Of(plan)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ListsNameInputsAndSamplesAreStable()
    {
        string[] paths = [.. Enumerable.Range(0, 200).Select(i => string.Create(CultureInfo.InvariantCulture, $"crawl-data/CC-MAIN-2024-10/segments/1/warc/{i:D5}.warc.gz"))];
        foreach (string path in paths)
        {
            _server.Files[path] = Encoding.UTF8.GetBytes(path);
        }

        const string List = "crawl-data/CC-MAIN-2024-10/warc.paths.gz";
        _server.Files[List] = Gzip(string.Join('\n', paths) + "\n");
        string[] Names(params (string, string)[] metadata) => [.. Resolve(Item(_server.Root + List, metadata)).Plan.Crawl.Select(c => c.Include[_server.Root.Length..])];

        string[] five = Names(("MaxFiles", "5"));
        Assert.Equal(5, five.Length);
        Assert.Equal(five, Names(("MaxFiles", "5")));
        Assert.Equal(five, five.Order(StringComparer.Ordinal));
        Assert.Subset(Names(("MaxFiles", "9")).ToHashSet(), five.ToHashSet());
        Assert.NotEqual(five, Names(("MaxFiles", "5"), ("Seed", "7")));
        string[] tenth = Names(("SampleRate", "0.1"));
        Assert.InRange(tenth.Length, 8, 35);
        Assert.Subset(Names(("SampleRate", "0.2")).ToHashSet(), tenth.ToHashSet());

        // What lies at a path is fetched, and the list itself is one of the inputs that a lock file holds.
        (PlanFile plan, _) = Resolve(Item(_server.Root + List, ("MaxFiles", "2"), ("License", "CC0-1.0")));
        Assert.All(plan.Crawl, c => Assert.Equal(c.Include[_server.Root.Length..], File.ReadAllText(c.Path)));
        Assert.All(plan.Crawl, c => Assert.Equal("CC0-1.0", Assert.Single(c.Metadata).Value));
        Assert.Equal(_server.Root + List, Assert.Single(plan.PathLists).Include);
        Assert.Equal(3, plan.Fetched.Count);

        // A local list with a root of its own.
        string local = Path.Combine(_folder, "my.paths");
        File.WriteAllLines(local, paths[..3]);
        (plan, _) = Resolve(new CrawlItem { Include = "my.paths", Path = local, Metadata = Metadata(("Root", _server.Root)) });
        Assert.Equal(paths[..3], plan.Crawl.Select(c => c.Include[_server.Root.Length..]));
        Assert.Equal("https://data.commoncrawl.org/", CrawlOptions.RootOf("my.paths"));
        Assert.Equal("s3://commoncrawl/", CrawlOptions.RootOf("s3://commoncrawl/crawl-data/x/warc.paths.gz"));
        Assert.Equal("https://data.commoncrawl.org/", CrawlOptions.RootOf("https://data.commoncrawl.org/crawl-data/x/warc.paths.gz"));
    }

    [Theory]
    [InlineData("../../etc/passwd.warc")]
    [InlineData("/etc/passwd.warc")]
    [InlineData("https://elsewhere/a.warc.gz")]
    [InlineData("a//b.warc.gz")]
    [InlineData("a b.warc.gz")]
    [InlineData("a.warc.gz?x=1")]
    [InlineData("a\u001b[31m.warc.gz")]
    [InlineData("%2e%2e/a.warc.gz")]
    public void ListsWithOtherThanRelativePathsAreRefused(string line)
    {
        string local = Path.Combine(_folder, "my.paths.gz");
        File.WriteAllBytes(local, Gzip($"fine.warc.gz\n{line}\n"));
        Assert.Contains("line 2", Errors("DB2086", new CrawlItem { Include = "my.paths.gz", Path = local }), StringComparison.Ordinal);
    }

    [Fact]
    public void ListsThatAreDamagedEmptyOrBombsAreRefused()
    {
        string local = Path.Combine(_folder, "my.paths.gz");
        CrawlItem item = new() { Include = "my.paths.gz", Path = local };
        byte[] list = Gzip(string.Concat(Enumerable.Range(0, 5000).Select(i => $"a/{i * 7919}.warc.gz\n")));
        File.WriteAllBytes(local, list[..^100]);
        Errors("DB2086", item);
        File.WriteAllBytes(local, Gzip("\n\n"));
        Errors("DB2086", item);
        File.WriteAllBytes(local, Gzip(string.Concat(Enumerable.Repeat(new string(' ', (1 << 20) - 1) + "\n", 65))));
        Errors("DB2086", item);
        File.Delete(local);
        Errors("DB2001", item);
    }

    private string Folder => Path.Combine(_folder, "inputs");

    private (PlanFile Plan, BuildLog Log) Resolve(params CrawlItem[] items) => Resolve(items, null);

    private (PlanFile Plan, BuildLog Log) Resolve(CrawlItem[] items, Func<FetchSettings, FetchSettings>? change = null, bool locked = false, CancellationToken cancellation = default)
    {
        (PlanFile plan, BuildLog log, bool ok) = TryResolve(items, change, locked, cancellation);
        Assert.True(ok, string.Join('\n', log.Diagnostics));
        return (plan, log);
    }

    private string Errors(string code, params CrawlItem[] items) => Errors(code, items, null);

    private string Errors(string code, CrawlItem[] items, Func<FetchSettings, FetchSettings>? change = null, bool locked = false)
    {
        (_, BuildLog log, bool ok) = TryResolve(items, change, locked, CancellationToken.None);
        Assert.False(ok);
        BuildDiagnostic error = Assert.Single(log.Diagnostics);
        Assert.True(error.IsError);
        Assert.Equal(code, error.Code);
        return error.Message;
    }

    private (PlanFile Plan, BuildLog Log, bool Ok) TryResolve(CrawlItem[] items, Func<FetchSettings, FetchSettings>? change, bool locked, CancellationToken cancellation)
    {
        FetchSettings settings = new(Folder) { FirstDelay = TimeSpan.FromMilliseconds(1), Attempts = 3, Timeout = TimeSpan.FromSeconds(60) };
        PlanFile plan = Plan(items);
        plan.LockedMode = locked;
        BuildLog log = new();
        bool ok = RemoteInputs.ResolveAsync(plan, new FileDigests(null), log, change?.Invoke(settings) ?? settings, cancellation).GetAwaiter().GetResult();
        return (plan, log, ok);
    }

    private PlanFile Plan(CrawlItem[] items) => new()
    {
        Name = "Test",
        ProjectFile = Path.Combine(_folder, "Test.csproj"),
        ProjectDirectory = _folder,
        OutputDirectory = Path.Combine(_folder, "out"),
        StoreDirectory = Path.Combine(_folder, "store"),
        Crawl = items,
    };

    private static CrawlItem Item(string address, params (string Name, string Value)[] metadata) => new() { Include = address, Path = address, Metadata = Metadata(metadata) };

    private static Dictionary<string, string> Metadata(params (string Name, string Value)[] metadata) => metadata.ToDictionary(m => m.Name, m => m.Value, StringComparer.Ordinal);

    private static string Field(string head, string name) =>
        head.Split("\r\n").FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim() ?? "";

    private static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static byte[] Bytes(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Gzip(string text)
    {
        using MemoryStream stream = new();
        using (System.IO.Compression.GZipStream gzip = new(stream, System.IO.Compression.CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return stream.ToArray();
    }
}
