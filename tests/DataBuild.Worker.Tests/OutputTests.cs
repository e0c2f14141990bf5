using System.Text.Json;
using DuckDB.NET.Data;

namespace DataBuild.Worker.Tests;

/// <summary>The published files are read by programs that are not ours.</summary>
public sealed class OutputTests : IDisposable
{
    private readonly WorkerSession _session = new();

    public OutputTests()
    {
        _session.Input("b.warc.gz", WorkerSession.Warc([.. Enumerable.Range(0, 30).Select(i => ($"https://b.example/{i}", WorkerSession.Page($"Page «{i}»", i)))]));
        _session.Input("a.warc.gz", WorkerSession.Warc(("https://a.example/", WorkerSession.Page("First", 99))));
        _session.Stage("Extract");
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void DuckDbReadsTheParquetFiles()
    {
        _session.OutputFormat = "parquet";
        Assert.True(_session.Build().Ok);
        using DuckDBConnection connection = new("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = $"select url, title, source, length(text) from read_parquet('{_session.Output}/data/*.parquet')";
        using DuckDBDataReader reader = command.ExecuteReader();
        List<(string Url, string Title, string Source)> rows = [];
        while (reader.Read())
        {
            Assert.True(reader.GetInt64(3) > 100);
            rows.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        }

        Assert.Equal(31, rows.Count);
        Assert.Equal(("https://a.example/", "First", "crawl/a.warc.gz"), rows[0]);
        Assert.Equal(("https://b.example/29", "Page «29»", "crawl/b.warc.gz"), rows[^1]);
    }

    [Theory]
    [InlineData("jsonl")]
    [InlineData("jsonl.gz")]
    [InlineData("jsonl.zst")]
    public void DuckDbReadsTheJsonLines(string format)
    {
        _session.OutputFormat = format;
        Assert.True(_session.Build().Ok);
        using DuckDBConnection connection = new("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = $"select count(*), min(title) from read_json('{_session.Output}/data/*.{format}', format = 'newline_delimited')";
        using DuckDBDataReader reader = command.ExecuteReader();
        Assert.True(reader.Read());
        Assert.Equal((31, "First"), (reader.GetInt64(0), reader.GetString(1)));
    }

    [Fact]
    public void ManifestStatesEveryFileWithItsDigest()
    {
        Assert.True(_session.Build().Ok);
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_session.Output, "manifest.json")));
        string[] stated = [.. manifest.RootElement.GetProperty("files").EnumerateArray().Select(f => f.GetProperty("path").GetString()!)];
        string[] found =
        [
            .. Directory.EnumerateFiles(_session.Output, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(_session.Output, f))
                .Where(f => f is not ("manifest.json" or "provenance.intoto.json" or "report.html")).Order(StringComparer.Ordinal),
        ];
        Assert.Equal(found, stated);
        foreach (JsonElement file in manifest.RootElement.GetProperty("files").EnumerateArray())
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(_session.Output, file.GetProperty("path").GetString()!));
            Assert.Equal(file.GetProperty("sha256").GetString(), Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));
        }
    }

    [Fact]
    public void ReportEscapesWhatPagesSay()
    {
        _session.Input("c.warc.gz", WorkerSession.Warc(("https://c.example/\u001b[31m?<script>alert(1)</script>", WorkerSession.Page("x", 5).Replace("Paragraph 0", "&lt;script&gt;alert(2)&lt;/script&gt; \u202e evil", StringComparison.Ordinal))));
        Assert.True(_session.Build().Ok);
        string report = File.ReadAllText(Path.Combine(_session.Output, "report.html"));
        Assert.DoesNotContain("<script", report, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\u001b', report);
        Assert.DoesNotContain('\u202e', report);
    }
}
