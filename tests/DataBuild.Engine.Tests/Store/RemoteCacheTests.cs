using System.Diagnostics;
using System.Text;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;
using DataBuild.Engine.Store.Remote;

namespace DataBuild.Engine.Tests.Store;

[Collection(TestStages.Collection)]
public sealed class RemoteCacheTests : IDisposable
{
    private readonly TestDataset _dataset = new();
    private readonly ScriptedServer _server = new();
    private readonly List<string> _warnings = [];
    private readonly string _expected;

    public RemoteCacheTests()
    {
        _dataset.AddInput("a.jsonl", Enumerable.Range(0, 60).Select(i => ($"a{i}", $"text number {i % 43} of sixty and some more words")));
        _dataset.AddInput("b.jsonl", ("b1", "text number 5 of sixty and some more words"), ("b2", "another one altogether"));
        _dataset.Stage("Words");
        _dataset.Stage("Upper");
        _dataset.Stage("Unique");
        _dataset.Stage("Model");
        _dataset.Build();
        _expected = _dataset.OutputDigests();
        UseRemote();
        Forget();
    }

    public void Dispose()
    {
        _server.Dispose();
        _dataset.Dispose();
    }

    [Fact]
    public void WhatOneBuildMadeTheNextFindsAndFetchesOnlyWhatItOpens()
    {
        _dataset.Build();
        Assert.Empty(_warnings);
        Assert.NotEmpty(_server.Entries);
        Forget();
        TestStages.Take();

        BuildLog log = _dataset.Build();

        Assert.Empty(log.Actions);
        Assert.Equal("", TestStages.Take());
        Assert.Equal(_expected, _dataset.OutputDigests());
        Assert.True(_server.Requests.Distinct().Count(r => r.StartsWith("GET cas/", StringComparison.Ordinal)) < _server.Entries.Keys.Count(k => k.StartsWith("cas/", StringComparison.Ordinal)));

        // What lies here now needs no server.
        _server.Requests.Clear();
        Assert.Empty(_dataset.Build().Actions);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public void ReadOnlyStoresNothing()
    {
        UseRemote(write: false);
        _dataset.Build();
        Assert.Equal(_expected, _dataset.OutputDigests());
        Assert.Empty(_server.Entries);
        Assert.DoesNotContain(_server.Requests, r => r.StartsWith("PUT", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Misconduct.Silent)]
    [InlineData(Misconduct.Drips)]
    [InlineData(Misconduct.Cuts)]
    [InlineData(Misconduct.Endless)]
    [InlineData(Misconduct.ChangesFiles)]
    [InlineData(Misconduct.ChangesRecords)]
    [InlineData(Misconduct.SwapsRecords)]
    [InlineData(Misconduct.LosesFiles)]
    [InlineData(Misconduct.LosesSomeFiles)]
    [InlineData(Misconduct.LoginPage)]
    [InlineData(Misconduct.Fails)]
    [InlineData(Misconduct.Redirects)]
    [InlineData(Misconduct.Forbids)]
    [InlineData(Misconduct.Garbage)]
    public void MisconductOfTheServerNeitherBreaksNorPoisonsABuild(Misconduct misconduct)
    {
        _dataset.Build();
        Forget();
        _server.Misconduct = misconduct;
        UseRemote(timeout: misconduct is Misconduct.Silent or Misconduct.Drips or Misconduct.Endless ? 0.5 : 60);
        long start = Stopwatch.GetTimestamp();

        _dataset.Build();

        Assert.Equal(_expected, _dataset.OutputDigests());
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(3));
        if (misconduct is not (Misconduct.LosesFiles or Misconduct.LosesSomeFiles))
        {
            Assert.Single(_warnings);
        }

        // Nothing wrong is left in the store.
        Assert.Empty(StoreContents.Verify(_dataset.StoreFolder, repair: false, CancellationToken.None));
        _dataset.Remote = null;
        Directory.Delete(_dataset.OutputFolder, recursive: true);
        _dataset.Build();
        Assert.Equal(_expected, _dataset.OutputDigests());
    }

    [Fact]
    public void DeadServerIsLeftAlone()
    {
        _server.Dispose();
        _dataset.Build();
        Assert.Equal(_expected, _dataset.OutputDigests());
        Assert.Contains("is not used for the rest of this build", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void ForgedResultsAreRefusedWhereRecordsAreSigned()
    {
        // Another dataset's records and files fit each other; a server that files them under our keys is found out only by its missing signature.
        UseRemote(secret: "of someone else");
        _dataset.Build();
        Forget();
        UseRemote(secret: "ours");
        TestStages.Take();
        _dataset.Build();
        Assert.Equal(_expected, _dataset.OutputDigests());
        Assert.StartsWith("Model", TestStages.Take(), StringComparison.Ordinal);
        Assert.Contains("signature", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DataBuildRemoteCache", "ftp://host/", "http")]
    [InlineData("DataBuildRemoteCache", "http://user:hunter2@host/", "without user")]
    [InlineData("DataBuildRemoteCacheMode", "WriteOnly", "ReadOnly or ReadWrite")]
    [InlineData("DataBuildRemoteCacheTimeout", "-1", "seconds")]
    [InlineData("DataBuildRemoteCacheTokenVariable", "hunter2 with a space", "name of an environment variable")]
    [InlineData("DataBuildRemoteCacheTokenVariable", "DATABUILD_TEST_UNSET", "not set")]
    public void WrongSettingsAreNamedAndSecretsNotRepeated(string property, string value, string expected)
    {
        PlanFile file = new()
        {
            Name = "Test",
            ProjectFile = "Test.csproj",
            ProjectDirectory = "/",
            OutputDirectory = "/out",
            StoreDirectory = "/store",
            Properties = new Dictionary<string, string> { ["DataBuildRemoteCache"] = "http://127.0.0.1/", [property] = value },
        };
        StoreException error = Assert.Throws<StoreException>(() => RemoteCacheSettings.Of(file, _ => null));
        Assert.Equal("DB3081", error.Code);
        Assert.Contains(property, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RecordsTravelAsActionResults()
    {
        byte[] record = Encoding.UTF8.GetBytes("record");
        string digest = new('a', 64);
        byte[] message = ActionResultMessageProbe(record, digest);

        // output_files { path: aa.. digest { hash: aa.. size_bytes: 300 } } stdout_raw: record
        byte[] name = Encoding.ASCII.GetBytes(digest);
        byte[] expected = [0x12, 137, 1, 0x0A, 64, .. name, 0x12, 69, 0x0A, 64, .. name, 0x10, 0xAC, 0x02, 0x2A, 6, .. record];
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(message));
    }

    private byte[] ActionResultMessageProbe(byte[] record, string digest)
    {
        using RemoteCache cache = new(new RemoteCacheSettings(_server.Address, true, null, null, TimeSpan.FromSeconds(60)), _warnings.Add);
        string path = Path.Combine(_dataset.Folder, "file");
        File.WriteAllBytes(path, new byte[300]);
        cache.Store(new string('b', 64), record, [new RemoteFile(digest, 300, path)]);
        cache.Dispose();
        return _server.Entries["ac/" + new string('b', 64)];
    }

    private void UseRemote(bool write = true, string? secret = null, double timeout = 60) => _dataset.Remote = () => new RemoteCache(
        new RemoteCacheSettings(_server.Address, write, "token", secret is null ? null : Encoding.UTF8.GetBytes(secret), TimeSpan.FromSeconds(timeout)),
        warning =>
        {
            lock (_warnings)
            {
                _warnings.Add(warning);
            }
        });

    private void Forget()
    {
        Directory.Delete(_dataset.StoreFolder, recursive: true);
        Directory.Delete(_dataset.OutputFolder, recursive: true);
    }
}
