using System.Security.Cryptography;
using DataBuild.Engine.Tests;

namespace DataBuild.EndToEnd.Tests;

/// <summary>A dataset whose input lies on a web server (a real nginx), built by <c>dotnet build</c>.</summary>
public sealed class RemoteInputTests : IDisposable
{
    private const int SlowBytesPerSecond = 100_000;

    private readonly DatasetProject _project = new("Afar");
    private readonly string _root = Path.Combine(Path.GetTempPath(), "databuild-tests", Guid.NewGuid().ToString("N"));
    private readonly NginxServer _nginx;

    public RemoteInputTests() => _nginx = new NginxServer(_root);

    public void Dispose()
    {
        _nginx.Dispose();
        _project.Dispose();
        if (Directory.Exists(_root))
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    [SkippableFact]
    public void A_dataset_of_an_input_from_afar()
    {
        byte[] crawl = CrawlFile.Pages(0, 600);
        Assert.True(crawl.Length > 2 * SlowBytesPerSecond, $"{crawl.Length} bytes");
        Directory.CreateDirectory(Path.Combine(_root, "www"));
        File.WriteAllBytes(Path.Combine(_root, "www", "a.warc.gz"), crawl);
        string server = $"root {_root}/www;";
        _nginx.Start($"limit_rate {SlowBytesPerSecond};", server);
        string right = Convert.ToHexStringLower(SHA256.HashData(crawl));
        string wrong = new('a', 64);
        _project.WithItems($"""<Crawl Include="{_nginx.Address}a.warc.gz" Sha256="{right}" /><Stage Include="Extract" /><Stage Include="GopherQuality" />""");

        // The server ends in the middle of the answer, and comes back.
        using (RunningBuild build = DotNet.Start(_project.Folder, "build", "Afar.csproj"))
        {
            build.WaitUntil(() => Received().Any(f => f.Length > SlowBytesPerSecond / 2));
            _nginx.Stop();
            _nginx.Start("", server);
            build.Wait().AssertSucceeded().AssertStage("Extract", shards: 1, computed: 1);
        }

        Assert.Contains("\" 206 ", AccessLog(), StringComparison.Ordinal);
        Assert.Contains(_nginx.Address + "a.warc.gz", _project.Read(_project.Manifest), StringComparison.Ordinal);
        SortedDictionary<string, string> expected = _project.OutputDigests();

        // Nothing changed: nothing is asked for. Without the server all goes on, from the copy.
        string asked = AccessLog();
        _project.Build().AssertUpToDate("Afar");
        _nginx.Stop();
        Directory.Delete(_project.Output, recursive: true);
        _project.Build().AssertSucceeded();
        Assert.Equal(expected, _project.OutputDigests());
        Assert.Equal(asked, AccessLog());

        // A damaged copy is told of, and fetched again.
        string copy = Directory.EnumerateFiles(Path.Combine(_project.Store, "inputs"), "*.gz").Single();
        Assert.Contains("1 fetched", DotNet.Command(_project.Folder, DatasetProject.Worker, "cache", "stats", _project.Store), StringComparison.Ordinal);
        Assert.Equal("0 damaged", DotNet.Command(_project.Folder, DatasetProject.Worker, "cache", "verify", _project.Store).Trim());
        File.WriteAllBytes(copy, [.. crawl[..^1], (byte)(crawl[^1] ^ 1)]);
        Assert.Equal("1 damaged", DotNet.Command(_project.Folder, DatasetProject.Worker, "cache", "verify", _project.Store, "--repair").Trim());
        Assert.False(File.Exists(copy));
        _nginx.Start("", server);
        _project.Build().AssertSucceeded();
        Assert.Equal(expected, _project.OutputDigests());
        Assert.Equal(crawl, File.ReadAllBytes(copy));

        // Another digest than the one that is expected is an error, and the dataset stays.
        _project.Edit(right, wrong);
        _project.Build().AssertFailed("DB2081");
        Assert.Equal(expected, _project.OutputDigests());
    }

    private IEnumerable<FileInfo> Received()
    {
        DirectoryInfo folder = new(Path.Combine(_project.Store, "inputs"));
        return folder.Exists ? folder.EnumerateFiles("*.partial") : [];
    }

    private string AccessLog() => File.ReadAllText(Path.Combine(_root, "access.log"));
}
