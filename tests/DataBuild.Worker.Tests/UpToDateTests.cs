using DataBuild.Engine.Store;

namespace DataBuild.Worker.Tests;

/// <summary>A build in which nothing changed is told from lengths and times alone: what was changed, however well hidden, must not pass for that.</summary>
public sealed class UpToDateTests : IDisposable
{
    private readonly WorkerSession _session = new();
    private readonly string _input;
    private readonly string _model;

    public UpToDateTests()
    {
        _input = _session.Input("a.warc.gz", WorkerSession.Warc([.. Enumerable.Range(0, 5).Select(i => ($"https://a.example/{i}", WorkerSession.Page($"Page {i}", i)))]));
        Directory.CreateDirectory(Path.Combine(_session.Folder, "models"));
        _model = Path.Combine(_session.Folder, "models", "quality.onnx");
        File.Copy(Path.Combine(DataBuild.Tests.TestPaths.RepositoryRoot, "example-datasets/QuickStart/models/quality.onnx"), _model);
        _session.Stage("Extract");
        _session.Stage("Score", ("Model", "models/quality.onnx"));
        Assert.True(_session.Build().Ok);
        Assert.Null(Reason());
    }

    public void Dispose() => _session.Dispose();

    [SkippableFact]
    public void AnInputWrittenAgainWithItsOldTime()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs the time of change");
        DateTime written = File.GetLastWriteTimeUtc(_input);
        byte[] bytes = File.ReadAllBytes(_input);
        File.WriteAllBytes(_input, bytes);
        File.SetLastWriteTimeUtc(_input, written);
        Assert.Equal($"'{_input}' has changed", Reason());
        AssertBuildsAgain();
    }

    [SkippableFact]
    public void AModelReplacedWithItsOldTime()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs the time of change");
        DateTime written = File.GetLastWriteTimeUtc(_model);
        File.Copy(_model, _model + ".copy");
        File.Move(_model + ".copy", _model, overwrite: true);
        File.SetLastWriteTimeUtc(_model, written);
        Assert.Equal($"'{_model}' has changed", Reason());
        AssertBuildsAgain();
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("README.md")]
    [InlineData("data/train-00000-of-00001.jsonl")]
    public void AnOutputThatIsGoneOrEdited(string name)
    {
        string path = Path.Combine(_session.Output, name);
        byte[] expected = File.ReadAllBytes(path);
        File.Delete(path);
        Assert.Equal($"'{path}' is missing", Reason());
        AssertBuildsAgain();
        Assert.Equal(expected, File.ReadAllBytes(path));

        DateTime written = File.GetLastWriteTimeUtc(path);
        File.WriteAllBytes(path, [.. expected[..^1], (byte)(expected[^1] ^ 1)]);
        File.SetLastWriteTimeUtc(path, written);
        Assert.NotNull(Reason());
        AssertBuildsAgain();
        Assert.Equal(expected, File.ReadAllBytes(path));
    }

    [Fact]
    public void AnotherPlan()
    {
        _session.Properties["DataBuildSeed"] = "7";
        Assert.Equal("the plan has changed", Reason());
        AssertBuildsAgain();
    }

    [Fact]
    public void AStoreThatIsGoneOrDamagedIsNoReasonUntilItIsNeeded()
    {
        string rows = Path.Combine(_session.Output, "data/train-00000-of-00001.jsonl");
        byte[] expected = File.ReadAllBytes(rows);
        foreach (string entry in Directory.EnumerateFiles(Path.Combine(_session.Folder, "obj", "store"), "*", SearchOption.AllDirectories).Where(p => Path.GetFileName(p).Length == 64))
        {
            File.WriteAllText(entry, "damaged");
        }

        Assert.Null(Reason());
        File.Delete(rows);
        AssertBuildsAgain();
        Assert.Equal(expected, File.ReadAllBytes(rows));
    }

    private void AssertBuildsAgain()
    {
        Assert.True(_session.Build().Ok);
        Assert.Null(Reason());
    }

    private string? Reason()
    {
        string plan = _session.WritePlan();
        return UpToDateState.Check(UpToDateFile.PathFor(plan), plan, typeof(UpToDateFile).Assembly.Location).Reason;
    }
}
