using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using DataBuild.Engine.Tests.Inputs;

namespace DataBuild.Worker.Tests;

/// <summary>Keys that a machine or a container gets from its metadata service, on loopback here. In a process of its own: the SDK of S3 asks once a process.</summary>
public sealed partial class MetadataCredentialsTests : IDisposable
{
    private const string Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    private readonly WorkerSession _session = new();
    private readonly ArchiveServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _session.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task KeysOfTheMetadataServiceSignAndAreNowhereElse(bool container)
    {
        string keys = $"{{\"Code\":\"Success\",\"LastUpdated\":\"2026-01-01T00:00:00Z\",\"Type\":\"AWS-HMAC\",\"AccessKeyId\":\"AKIDEXAMPLE\",\"SecretAccessKey\":\"{Secret}\",\"Token\":\"sitzung\",\"Expiration\":\"2999-01-01T00:00:00Z\"}}";

        // The second version of the machine's service: a token first, then the name of the role, then its keys.
        _server.Files["latest/api/token"] = "ausweis"u8.ToArray();
        _server.Files["latest/meta-data/iam/security-credentials"] = _server.Files["latest/meta-data/iam/security-credentials/"] = "leser"u8.ToArray();
        _server.Files["latest/meta-data/iam/security-credentials/leser"] = _server.Files["container/keys"] = Encoding.UTF8.GetBytes(keys);
        _server.Files["bucket/a.jsonl"] = "{\"id\":\"1\",\"text\":\"one two three\"}\n"u8.ToArray();
        _session.InputFromAfar("s3://bucket/a.jsonl");
        _session.Stage("ExactDedup");
        ProcessStartInfo start = new(WorkerCommand.Parts[0], [.. WorkerCommand.Parts.Skip(1), "run", _session.WritePlan(), "--threads", "1"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("AWS_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["AWS_ENDPOINT_URL_S3"] = _server.Root;
        start.Environment["AWS_REGION"] = "eu-central-1";
        start.Environment["AWS_SHARED_CREDENTIALS_FILE"] = start.Environment["AWS_CONFIG_FILE"] = Path.Combine(_session.Folder, "missing");
        start.Environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = _server.Root.TrimEnd('/');
        if (container)
        {
            start.Environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = _server.Root + "container/keys";
            start.Environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "ausweis";
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string said = await process.StandardError.ReadToEndAsync() + await output;
        await process.WaitForExitAsync();
        string asked = string.Join('\n', _server.Requests.Select(r => r.Split("\r\n")[0]));
        Assert.True(process.ExitCode == 0, said + asked);
        Assert.True(Signature().IsMatch(_server.Requests.Last()), asked);
        Assert.Contains("sitzung", _server.Requests.Last(), StringComparison.Ordinal);
        Assert.Contains(_server.Requests, r => r.StartsWith(container ? "GET /container/keys " : "GET /latest/meta-data/iam/security-credentials/leser ", StringComparison.Ordinal) && r.Contains("ausweis", StringComparison.Ordinal));
        foreach (string text in Directory.EnumerateFiles(_session.Folder, "*", SearchOption.AllDirectories).Select(File.ReadAllText).Append(said))
        {
            Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
            Assert.DoesNotContain("sitzung", text, StringComparison.Ordinal);
            Assert.DoesNotContain("AKIDEXAMPLE", text, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex(@"Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/\d{8}/eu-central-1/s3/aws4_request, ?SignedHeaders=[a-z0-9;-]+, ?Signature=[0-9a-f]{64}", RegexOptions.IgnoreCase)]
    private static partial Regex Signature();
}
