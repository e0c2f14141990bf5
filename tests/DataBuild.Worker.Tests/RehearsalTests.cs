using DataBuild.Engine.Execution;
using DataBuild.Engine.Store;

namespace DataBuild.Worker.Tests;

/// <summary>The last build, gone through once more before the next one is known.</summary>
public sealed class RehearsalTests : IDisposable
{
    private readonly WorkerSession _session = new() { OutputFormat = "parquet" };
    private readonly List<string> _inputs = [];

    public RehearsalTests()
    {
        _session.Stage("Extract");
        _session.Stage("GopherQuality", ("MinWords", "5"), ("MinStopWords", "0"));
        _session.Stage("ExactDedup");
        _session.Stage("Tokenize", ("Tokenizer", "o200k_base"));
        _inputs.Add(_session.Input("a.warc.gz", WorkerSession.Warc([.. Enumerable.Range(0, 300).Select(i => ($"https://a{i}.example/", WorkerSession.Page("A", i)))])));
        _inputs.Add(_session.Input("b.warc.gz", WorkerSession.Warc(("https://b.example/", WorkerSession.Page("B", 2)))));
    }

    private string Store => Path.Combine(_session.Folder, "obj", "store");

    public void Dispose() => _session.Dispose();

    [Fact]
    public void It_looks_at_what_the_dataset_is_made_of_and_leaves_nothing()
    {
        WaitUntilInputsAreRemembered();
        Assert.True(_session.Build().Ok);
        Dictionary<string, string> before = Files();

        StoreChecks checks = Rehearsal.Run(_session.WritePlan(), out _, CancellationToken.None);

        Assert.Equal(before, Files());
        Assert.Equal(0, checks.CorruptEntries);
        string[] digests = [.. Directory.EnumerateFiles(Path.Combine(Store, "cas"), "*", SearchOption.AllDirectories).Select(Path.GetFileName)!];
        Assert.Contains(digests, checks.IsVerified);
    }

    [Fact]
    public void A_result_that_is_missing_ends_it()
    {
        string plan = _session.WritePlan();
        Rehearsal.Run(plan, out _, CancellationToken.None);
        Assert.False(Directory.Exists(_session.Output));

        Assert.True(_session.Build().Ok);
        _session.Stage("C4Quality");
        _session.WritePlan();
        Dictionary<string, string> before = Files();
        Rehearsal.Run(plan, out _, CancellationToken.None);

        Assert.Equal(before, Files());
    }

    [Fact]
    public void A_plan_that_cannot_be_read_is_told_and_fails_no_build()
    {
        Rehearsal.Run(_session.WritePlan(), out Exception? stopped, CancellationToken.None);
        Assert.Null(stopped);
        string plan = Path.Combine(_session.Folder, "damaged.databuild.plan.json");
        File.WriteAllText(plan, "{");
        Rehearsal.Run(plan, out stopped, CancellationToken.None);
        Assert.Contains("damaged", stopped!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_build_after_it_makes_what_one_without_it_makes()
    {
        WaitUntilInputsAreRemembered();
        Assert.True(_session.Build().Ok);
        _session.ClearStages();
        _session.Stage("Extract");
        _session.Stage("GopherQuality", ("MinWords", "60"), ("MinStopWords", "0"));
        _session.Stage("ExactDedup");
        _session.Stage("Tokenize", ("Tokenizer", "o200k_base"));
        WorkerResult rehearsed = _session.Build(begin: true, rehearse: true);
        Assert.True(rehearsed.Ok);
        Assert.Empty(rehearsed.Diagnostics);
        Dictionary<string, string> after = Files(_session.Output);
        Directory.Delete(_session.Output, recursive: true);
        Directory.Delete(Path.Combine(_session.Folder, "obj"), recursive: true);

        Assert.True(_session.Build().Ok);

        Assert.Equal(Files(_session.Output), after);
    }

    [Fact]
    public void Damage_that_it_finds_is_said_by_the_build()
    {
        WaitUntilInputsAreRemembered();
        Assert.True(_session.Build().Ok);
        Dictionary<string, string> output = Files(_session.Output);
        Directory.Delete(_session.Output, recursive: true);
        string text = Directory.EnumerateFiles(Path.Combine(Store, "cas"), "*", SearchOption.AllDirectories).MaxBy(f => new FileInfo(f).Length)!;
        Assert.Equal(0, Rehearsal.Run(_session.WritePlan(), out _, CancellationToken.None).CorruptEntries);
        byte[] bytes = File.ReadAllBytes(text);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(text, bytes);

        WorkerResult result = _session.Build(begin: true, rehearse: true);

        Assert.True(result.Ok);
        Assert.Contains(result.Diagnostics, d => d.Code == "DB3002");
        Assert.Equal(output, Files(_session.Output));
    }

    // A file that changed within the last two seconds could change again unseen: its digest is not remembered, and a rehearsal reads no input.
    private void WaitUntilInputsAreRemembered()
    {
        FileDigests digests = new(null);
        Assert.True(SpinWait.SpinUntil(() => _inputs.All(i => digests.Of(i).Length > 0 && digests.IsKnown(i)), TimeSpan.FromMinutes(2)));
    }

    private Dictionary<string, string> Files(string? folder = null) => Directory.EnumerateFiles(folder ?? _session.Folder, "*", SearchOption.AllDirectories)
        .Where(f => !f.EndsWith("report.html", StringComparison.Ordinal))
        .ToDictionary(f => f, f => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f))));
}
