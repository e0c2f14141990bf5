using System.Security.Cryptography;
using DataBuild.Engine.Inputs;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Tests.Inputs;

/// <summary>Inputs from a real nginx.</summary>
public sealed class NginxInputsTests : IDisposable
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), "databuild-tests", Guid.NewGuid().ToString("N"));
    private readonly NginxServer _nginx;

    public NginxInputsTests() => _nginx = new NginxServer(_root);

    public void Dispose()
    {
        _nginx.Dispose();
        if (Directory.Exists(_root))
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    [SkippableFact]
    public void WholeInPartsBrokenOffAndOfAnotherDigest()
    {
        byte[] content = new byte[3_000_000];
        new Random(5).NextBytes(content);
        Directory.CreateDirectory(Path.Combine(_root, "www"));
        File.WriteAllBytes(Path.Combine(_root, "www", "a.warc.gz"), content);
        string root = $"root {_root}/www;";

        // Slow, so that the server can be ended in the middle.
        _nginx.Start("limit_rate 200k;", root);
        string address = _nginx.Address + "a.warc.gz";
        string partial = "";
        Task stop = Task.Factory.StartNew(() =>
        {
            while (partial.Length == 0 || new FileInfo(partial).Length < 100_000)
            {
                Thread.Sleep(10);
                partial = Directory.Exists(Folder) ? Directory.EnumerateFiles(Folder, "*.partial").FirstOrDefault("") : "";
            }

            _nginx.Stop();
            _nginx.Start("", root);
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        // As often as a server takes to start on a slow machine.
        (PlanFile plan, BuildLog log, bool ok) = Resolve(address, attempts: 12);
        Assert.True(stop.Wait(TimeSpan.FromMinutes(2)));
        Assert.True(ok, string.Join('\n', log.Diagnostics));
        Assert.Equal(content, File.ReadAllBytes(plan.Crawl[0].Path));
        Assert.Contains(" 206 ", File.ReadAllText(Path.Combine(_root, "access.log")), StringComparison.Ordinal);

        (plan, _, ok) = Resolve(address + "#bytes=1000-1999");
        Assert.True(ok);
        Assert.Equal(content[1000..2000], File.ReadAllBytes(plan.Crawl[0].Path));

        string other = new('a', 64);
        (_, log, ok) = Resolve(address, other);
        Assert.False(ok);
        Assert.Equal("DB2081", Assert.Single(log.Diagnostics).Code);
        (_, log, ok) = Resolve(address, Convert.ToHexStringLower(SHA256.HashData(content)));
        Assert.True(ok);

        // Without the server all goes on.
        _nginx.Stop();
        Assert.True(Resolve(address).Ok);
        (_, log, ok) = Resolve(address + "#bytes=0-1");
        Assert.False(ok);
        Assert.Equal("DB2082", Assert.Single(log.Diagnostics).Code);
    }

    private string Folder => Path.Combine(_root, "inputs");

    private (PlanFile Plan, BuildLog Log, bool Ok) Resolve(string address, string? sha256 = null, int attempts = 6)
    {
        PlanFile plan = new()
        {
            Name = "Test",
            ProjectFile = Path.Combine(_root, "Test.csproj"),
            ProjectDirectory = _root,
            OutputDirectory = Path.Combine(_root, "out"),
            StoreDirectory = Path.Combine(_root, "store"),
            Crawl = [new CrawlItem { Include = address, Path = address, Metadata = sha256 is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["Sha256"] = sha256 } }],
        };
        BuildLog log = new();
        FetchSettings settings = new(Folder) { FirstDelay = TimeSpan.FromMilliseconds(50), Attempts = attempts, Timeout = TimeSpan.FromSeconds(60) };
        bool ok = RemoteInputs.ResolveAsync(plan, new FileDigests(null), log, settings, CancellationToken.None).GetAwaiter().GetResult();
        return (plan, log, ok);
    }
}
