using System.Text;

namespace DataBuild.Worker.Tests;

/// <summary>Every wrong input gives one clear error, or a counted warning, with a code; and nothing half-written.</summary>
public sealed class BadInputTests : IDisposable
{
    private static readonly byte[] GoodWarc = WorkerSession.Warc(("https://a.example/1", WorkerSession.Page("One", 1)), ("https://a.example/2", WorkerSession.Page("Two", 2)));
    private readonly WorkerSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void EmptyWarc() => ExpectError("DB2003", "empty.warc.gz", () => _session.Input("empty.warc.gz", []));

    [Fact]
    public void MissingFile() => ExpectError("DB2001", "does not exist", () => _session.Input("missing.warc.gz", null));

    [Fact]
    public void FolderInPlaceOfFile() => ExpectError("DB2002", "is a folder", () => Directory.CreateDirectory(_session.Input("folder.warc.gz", null)));

    [Fact]
    public void FileThatIsNoWarc() => ExpectError("DB2004", "page.warc", () => _session.Input("page.warc", Encoding.UTF8.GetBytes("<html><body>Not found</body></html>")));

    [Fact]
    public void GzipThatIsNoWarc() => ExpectError("DB2004", "page.warc.gz", () => _session.Input("page.warc.gz", WorkerSession.Gzip(Encoding.UTF8.GetBytes("<html><body>Not found</body></html>"))));

    [Fact]
    public void StagesWithoutCrawl()
    {
        _session.Stage("Extract");
        WorkerResult result = _session.Build();
        AssertOneError(result, "DB1008", "no Crawl item");
    }

    [Fact]
    public void NoStage()
    {
        _session.Input("good.warc.gz", GoodWarc);
        AssertOneError(_session.Build(), "DB1012", "no Stage item");
    }

    [Fact]
    public void TwoStagesOfOneName()
    {
        _session.Input("good.warc.gz", GoodWarc);
        _session.Stage("Extract");
        _session.Stage("GopherQuality");
        _session.Stage("GopherQuality", ("MinWords", "10"));
        AssertOneError(_session.Build(), "DB1007", "Name=");
    }

    [Fact]
    public void UnknownStageIsGuessed()
    {
        _session.Input("good.warc.gz", GoodWarc);
        _session.Stage("Extract");
        _session.Stage("GopherQualty");
        AssertOneError(_session.Build(), "DB1001", "did you mean 'GopherQuality'?");
    }

    [Fact]
    public void UnreadableModel()
    {
        _session.Input("good.warc.gz", GoodWarc);
        File.WriteAllText(Path.Combine(_session.Folder, "model.onnx"), "this is no model");
        _session.Stage("Extract");
        _session.Stage("Score", ("Model", "model.onnx"));
        AssertOneError(_session.Build(), "DB4001", "model.onnx");
    }

    [Fact]
    public void MissingModel()
    {
        _session.Input("good.warc.gz", GoodWarc);
        _session.Stage("Extract");
        _session.Stage("Score", ("Model", "model.onnx"));
        AssertOneError(_session.Build(), "DB1005", "does not exist");
    }

    [Fact]
    public void UnknownTokenizer()
    {
        _session.Input("good.warc.gz", GoodWarc);
        _session.Stage("Extract");
        _session.Stage("Tokenize", ("Tokenizer", "o200k_bas"));
        AssertOneError(_session.Build(), "DB1005", "did you mean 'o200k_base'?");
    }

    [Fact]
    public void UnknownOutputFormat()
    {
        _session.Input("good.warc.gz", GoodWarc);
        _session.Stage("Extract");
        _session.OutputFormat = "parket";
        AssertOneError(_session.Build(), "DB5001", "did you mean 'parquet'?");
    }

    [Fact]
    public void TruncatedGzipMemberIsCountedAndTheRestKept()
    {
        _session.Input("cut.warc.gz", GoodWarc[..^40]);
        _session.Stage("Extract");
        WorkerResult result = _session.Build();
        Assert.True(result.Ok);
        (string severity, string code, string message, string? file) = Assert.Single(result.Diagnostics);
        Assert.Equal("warning", severity);
        Assert.Equal("DB2021", code);
        Assert.Contains("1 damaged record", message, StringComparison.Ordinal);
        Assert.EndsWith("cut.warc.gz", file, StringComparison.Ordinal);
        Assert.Equal(1, result.Stage("extract").GetProperty("kept").GetInt32());
    }

    [Fact]
    public void WrongContentLengthIsCountedAndTheRestKept()
    {
        string plain = """
            WARC/1.0
            WARC-Type: resource
            WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>
            WARC-Date: 2026-01-01T00:00:00Z
            WARC-Target-URI: https://a.example/1
            Content-Type: text/plain
            Content-Length: 5

            longer than five


            WARC/1.0
            WARC-Type: resource
            WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000002>
            WARC-Date: 2026-01-01T00:00:00Z
            WARC-Target-URI: https://a.example/2
            Content-Type: text/plain
            Content-Length: 10

            just right


            """.ReplaceLineEndings("\r\n");
        _session.Input("length.warc", Encoding.UTF8.GetBytes(plain));
        _session.Stage("Extract");
        WorkerResult result = _session.Build();
        Assert.True(result.Ok);
        Assert.Contains(result.Diagnostics, d => d is { Severity: "warning", Code: "DB2028" });
        Assert.Contains("just right", File.ReadAllText(Directory.EnumerateFiles(Path.Combine(_session.Output, "data")).Single()), StringComparison.Ordinal);
    }

    private void ExpectError(string code, string part, Action input)
    {
        _session.Input("good.warc.gz", GoodWarc);
        input();
        _session.Stage("Extract");
        AssertOneError(_session.Build(), code, part);
    }

    private void AssertOneError(WorkerResult result, string code, string part)
    {
        Assert.False(result.Ok);
        (string Severity, string Code, string Message, string? File)[] errors = [.. result.Diagnostics.Where(d => d.Severity == "error").Distinct()];
        Assert.Equal(code, Assert.Single(errors).Code);
        Assert.NotNull(errors[0].File);
        Assert.Contains(part, $"{errors[0].File}: {errors[0].Message}", StringComparison.Ordinal);
        Assert.False(Directory.Exists(_session.Output));
        Assert.Empty(Directory.EnumerateDirectories(_session.Folder, "*.partial*", SearchOption.AllDirectories));
    }
}
