using System.Text;
using System.Text.RegularExpressions;
using DataBuild.Engine.Inputs;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Tests.Inputs;

/// <summary>Objects of an endpoint on loopback that speaks as S3 does; credentials from the places where every AWS tool looks.</summary>
[Collection(EnvironmentCollection.Name)]
public sealed partial class S3InputsTests : IDisposable
{
    private const string Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private const string KeyId = "AKIDEXAMPLE";

    private static readonly string[] Variables =
    [
        "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_CONFIG_FILE", "AWS_EC2_METADATA_DISABLED", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    ];

    // One file for all tests: the SDK reads it once a process.
    private static readonly string SharedFile = WriteSharedFile();

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "databuild-tests", Guid.NewGuid().ToString("N"));
    private readonly ArchiveServer _server = new();
    private readonly byte[] _content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{{\"text\":\"{i}\"}}\n")));

    public S3InputsTests()
    {
        Directory.CreateDirectory(_folder);
        foreach (string variable in Variables)
        {
            Environment.SetEnvironmentVariable(variable, null);
        }

        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL_S3", _server.Root);
        Environment.SetEnvironmentVariable("AWS_REGION", "eu-central-1");
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
        Environment.SetEnvironmentVariable("AWS_SHARED_CREDENTIALS_FILE", SharedFile);
        Environment.SetEnvironmentVariable("AWS_CONFIG_FILE", SharedFile + ".config");
        _server.Files["bucket/crawl/a b.jsonl"] = _content;
    }

    public void Dispose()
    {
        foreach (string variable in Variables)
        {
            Environment.SetEnvironmentVariable(variable, null);
        }

        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void WithoutCredentialsRequestsAreNotSigned()
    {
        Assert.Equal(_content, File.ReadAllBytes(Resolve("s3://bucket/crawl/a%20b.jsonl")));
        Assert.DoesNotContain("Authorization:", Assert.Single(_server.Requests), StringComparison.OrdinalIgnoreCase);
        _server.Script.Enqueue(e => e.SendAsync("403 Forbidden", "Content-Type: application/xml\r\n", "<Error><Code>AccessDenied</Code><Message>no</Message></Error>"u8.ToArray()));
        string message = Error("s3://bucket/private.jsonl", "DB2083");
        Assert.Contains("AccessDenied", message, StringComparison.Ordinal);
        Assert.Contains("not signed", message, StringComparison.Ordinal);
    }

    [Fact]
    public void KeysOfTheEnvironmentSignAndAreNowhereElse()
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", KeyId);
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", Secret);
        Environment.SetEnvironmentVariable("AWS_SESSION_TOKEN", "sitzung");
        Resolve("s3://bucket/crawl/a%20b.jsonl");
        string head = Assert.Single(_server.Requests);
        Assert.Matches(Signature(), head);
        Assert.Contains("sitzung", head, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, head, StringComparison.Ordinal);
        foreach (string path in Directory.EnumerateFiles(Path.Combine(_folder, "inputs"), "*.json"))
        {
            string text = File.ReadAllText(path);
            Assert.DoesNotContain(KeyId, text, StringComparison.Ordinal);
            Assert.DoesNotContain("sitzung", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void KeysOfTheSharedFileSign()
    {
        Environment.SetEnvironmentVariable("AWS_PROFILE", "archive");
        Resolve("s3://bucket/crawl/a%20b.jsonl");
        Assert.Matches(Signature(), Assert.Single(_server.Requests));
    }

    [Fact]
    public void KeysOfTheContainerSignAndAreNotAskedForWhereTheyAreNotWanted()
    {
        _server.Files["keys"] = Encoding.UTF8.GetBytes($"{{\"AccessKeyId\":\"{KeyId}\",\"SecretAccessKey\":\"{Secret}\",\"Token\":\"t\",\"Expiration\":\"2999-01-01T00:00:00Z\"}}");
        Environment.SetEnvironmentVariable("AWS_CONTAINER_CREDENTIALS_FULL_URI", _server.Root + "keys");
        Environment.SetEnvironmentVariable("AWS_CONTAINER_AUTHORIZATION_TOKEN", "ausweis");
        Resolve("s3://bucket/crawl/a%20b.jsonl", s => s with { Unsigned = true });
        Assert.DoesNotContain("Authorization:", Assert.Single(_server.Requests), StringComparison.OrdinalIgnoreCase);
        Directory.Delete(Path.Combine(_folder, "inputs"), recursive: true);
        _server.Requests.Clear();
        Resolve("s3://bucket/crawl/a%20b.jsonl");
        Assert.Contains("ausweis", _server.Requests.First(), StringComparison.Ordinal);
        Assert.Matches(Signature(), _server.Requests.Last());
    }

    [Fact]
    public void BrokenConnectionsGoOnAndChangesBeginAnew()
    {
        _server.Script.Enqueue(e => e.CutAsync(100_000));
        _server.Script.Enqueue(e => e.SendAsync("503 Slow Down", "Content-Type: application/xml\r\n", "<Error><Code>SlowDown</Code></Error>"u8.ToArray()));
        Assert.Equal(_content, File.ReadAllBytes(Resolve("s3://bucket/crawl/a%20b.jsonl")));
        string last = _server.Requests.Last();
        Assert.Contains("bytes=100000-", last, StringComparison.Ordinal);
        Assert.Contains($"If-Match: {ArchiveServer.TagOf(_content)}", last, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(_content[10..21], File.ReadAllBytes(Resolve("s3://bucket/crawl/a%20b.jsonl#bytes=10-20")));

        Directory.Delete(Path.Combine(_folder, "inputs"), recursive: true);
        byte[] later = [.. _content.Reverse()];
        _server.Script.Enqueue(async e =>
        {
            await e.CutAsync(100_000);
            _server.Files["bucket/crawl/a b.jsonl"] = later;
        });
        Assert.Equal(later, File.ReadAllBytes(Resolve("s3://bucket/crawl/a%20b.jsonl")));
        Resolve("s3://bucket/crawl/a%20b.jsonl", s => s with { Refresh = true });
        Assert.Contains($"If-None-Match: {ArchiveServer.TagOf(later)}", _server.Requests.Last(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void AnExpectedDigestIsComparedAlsoWhenTheObjectCameInParts()
    {
        string expected = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(_content));
        _server.Script.Enqueue(e => e.CutAsync(50_000));
        (PlanFile plan, BuildLog log, bool ok) = TryResolve("s3://bucket/crawl/a%20b.jsonl", null, expected);
        Assert.True(ok, string.Join('\n', log.Diagnostics));
        Assert.Equal(_content, File.ReadAllBytes(plan.Crawl[0].Path));
        Assert.Contains("bytes=50000-", _server.Requests.Last(), StringComparison.Ordinal);

        Directory.Delete(Path.Combine(_folder, "inputs"), recursive: true);
        _server.Files["bucket/crawl/a b.jsonl"] = [.. _content.Reverse()];
        (_, log, ok) = TryResolve("s3://bucket/crawl/a%20b.jsonl", null, expected);
        Assert.False(ok);
        BuildDiagnostic error = Assert.Single(log.Diagnostics);
        Assert.Equal("DB2081", error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_folder, "inputs"), "*.jsonl", SearchOption.AllDirectories));
    }

    [Fact]
    public void MissingObjectsAndDeadEndpointsAreErrors()
    {
        Assert.Contains("404", Error("s3://bucket/missing.jsonl", "DB2083"), StringComparison.Ordinal);
        _server.Dispose();
        Error("s3://bucket/crawl/a%20b.jsonl", "DB2082");
    }

    [Fact]
    public void AProfileThatIsNotThereIsAnErrorAndNotAnUnsignedRequest()
    {
        Environment.SetEnvironmentVariable("AWS_PROFILE", "nobody");
        Assert.Contains("nobody", Error("s3://bucket/crawl/a%20b.jsonl", "DB2083"), StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    private static string WriteSharedFile()
    {
        string path = Path.Combine(Path.GetTempPath(), "databuild-tests", "aws-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"[archive]\naws_access_key_id = {KeyId}\naws_secret_access_key = {Secret}\n");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(path);
        return path;
    }

    private string Resolve(string address, Func<FetchSettings, FetchSettings>? change = null)
    {
        (PlanFile plan, BuildLog log, bool ok) = TryResolve(address, change);
        Assert.True(ok, string.Join('\n', log.Diagnostics));
        return plan.Crawl[0].Path;
    }

    private string Error(string address, string code)
    {
        (_, BuildLog log, bool ok) = TryResolve(address, null);
        Assert.False(ok);
        BuildDiagnostic error = Assert.Single(log.Diagnostics);
        Assert.Equal(code, error.Code);
        return error.Message;
    }

    private (PlanFile Plan, BuildLog Log, bool Ok) TryResolve(string address, Func<FetchSettings, FetchSettings>? change, string? sha256 = null)
    {
        FetchSettings settings = new(Path.Combine(_folder, "inputs")) { FirstDelay = TimeSpan.FromMilliseconds(1), Attempts = 3, Timeout = TimeSpan.FromSeconds(60) };
        PlanFile plan = new()
        {
            Name = "Test",
            ProjectFile = Path.Combine(_folder, "Test.csproj"),
            ProjectDirectory = _folder,
            OutputDirectory = Path.Combine(_folder, "out"),
            StoreDirectory = Path.Combine(_folder, "store"),
            Crawl = [new CrawlItem { Include = address, Path = address, Metadata = sha256 is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["Sha256"] = sha256 } }],
        };
        BuildLog log = new();
        bool ok = RemoteInputs.ResolveAsync(plan, new FileDigests(null), log, change?.Invoke(settings) ?? settings, CancellationToken.None).GetAwaiter().GetResult();
        return (plan, log, ok);
    }

    [GeneratedRegex(@"Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/\d{8}/eu-central-1/s3/aws4_request, ?SignedHeaders=[a-z0-9;-]+, ?Signature=[0-9a-f]{64}", RegexOptions.IgnoreCase)]
    private static partial Regex Signature();
}

/// <summary>Tests that set environment variables run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EnvironmentCollection
{
    public const string Name = "environment";
}
