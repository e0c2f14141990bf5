using DataBuild.Engine.Store.Remote;

namespace DataBuild.Engine.Tests.Store;

/// <summary>A real nginx with WebDAV as the remote cache, configured as docs/cache.md says.</summary>
[Collection(TestStages.Collection)]
public sealed class NginxTests : IDisposable
{
    private const string Token = "a-token-for-this-test";

    private readonly TestDataset _dataset = new();
    private readonly string _root = Path.Combine(Path.GetTempPath(), "databuild-tests", Guid.NewGuid().ToString("N"));
    private readonly List<string> _warnings = [];
    private readonly NginxServer _nginx;

    public NginxTests() => _nginx = new NginxServer(_root);

    public void Dispose()
    {
        _nginx.Dispose();
        _dataset.Dispose();
        if (Directory.Exists(_root))
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    [SkippableFact]
    public void ResultsAreStoredFoundAndGuardedByTheToken()
    {
        Start();
        _dataset.AddInput("a.jsonl", Enumerable.Range(0, 200).Select(i => ($"a{i}", $"text number {i % 90} of many")));
        _dataset.Stage("Words");
        _dataset.Stage("Unique");
        _dataset.Stage("Model");
        _dataset.Build();
        string expected = _dataset.OutputDigests();

        // A wrong token: a warning, and the build goes on.
        UseRemote(write: true, token: "wrong");
        Forget();
        _dataset.Build();
        Assert.Equal(expected, _dataset.OutputDigests());
        Assert.Contains("401", Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.DoesNotContain(_warnings, w => w.Contains("wrong", StringComparison.Ordinal));
        Assert.Empty(Stored());

        // Read only: nothing there, nothing stored.
        UseRemote(write: false);
        Forget();
        _dataset.Build();
        Assert.Empty(_warnings);
        Assert.Empty(Stored());

        // Read and write, then from nothing with all results there.
        UseRemote(write: true);
        Forget();
        _dataset.Build();
        Assert.Empty(_warnings);
        int stored = Stored().Length;
        Assert.True(stored > 10);
        Forget();
        Assert.Empty(_dataset.Build().Actions);
        Assert.Equal(expected, _dataset.OutputDigests());
        UseRemote(write: false);
        Forget();
        Assert.Empty(_dataset.Build().Actions);
        Assert.Equal(stored, Stored().Length);

        // A damaged file on the server's disk is refused and made here.
        foreach (string path in Stored().Where(p => p.Contains("/cas/", StringComparison.Ordinal)))
        {
            byte[] bytes = File.ReadAllBytes(path);
            bytes[^1] ^= 8;
            File.WriteAllBytes(path, bytes);
        }

        Forget();
        Assert.NotEmpty(_dataset.Build().Actions);
        Assert.Equal(expected, _dataset.OutputDigests());
        Assert.Contains("another SHA-256", Assert.Single(_warnings), StringComparison.Ordinal);

        // The server goes away.
        UseRemote(write: true);
        _nginx.Stop();
        Forget();
        _dataset.Build();
        Assert.Equal(expected, _dataset.OutputDigests());
        Assert.Single(_warnings);
    }

    private void Start() => _nginx.StartCache(Path.Combine(_root, "cache"), Token);

    private string[] Stored() => Directory.GetFiles(Path.Combine(_root, "cache", "databuild"), "*", SearchOption.AllDirectories);

    private void UseRemote(bool write, string token = Token)
    {
        _warnings.Clear();
        Uri address = new(_nginx.Address + "databuild/");
        _dataset.Remote = () => new RemoteCache(
            new RemoteCacheSettings(address, write, token, null, TimeSpan.FromSeconds(60)),
            warning =>
            {
                lock (_warnings)
                {
                    _warnings.Add(warning);
                }
            });
    }

    private void Forget()
    {
        Directory.Delete(_dataset.StoreFolder, recursive: true);
        if (Directory.Exists(_dataset.OutputFolder))
        {
            Directory.Delete(_dataset.OutputFolder, recursive: true);
        }
    }
}
