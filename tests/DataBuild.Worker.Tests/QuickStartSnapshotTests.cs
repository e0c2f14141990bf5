using System.Globalization;
using System.Text;
using System.Text.Json;
using DataBuild.Tests;

namespace DataBuild.Worker.Tests;

/// <summary>The example dataset of the README, whole: every row and the manifest.</summary>
public sealed class QuickStartSnapshotTests : IDisposable
{
    private readonly WorkerSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void RowsAndManifest()
    {
        _session.AddQuickStart();
        WorkerResult result = _session.Build();
        Assert.True(result.Ok, string.Join('\n', result.Diagnostics));
        SnapshotAssert.Match(Rows(), "QuickStartRows");
        SnapshotAssert.Match(File.ReadAllText(Path.Combine(_session.Output, "manifest.json")), "QuickStartManifest");

        long rows = Rows().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_session.Output, "manifest.json")));
        Assert.Equal(rows, manifest.RootElement.GetProperty("documents").GetInt64());
    }

    private string Rows()
    {
        StringBuilder text = new();
        foreach (string line in File.ReadLines(Directory.EnumerateFiles(Path.Combine(_session.Output, "data")).Single()))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            JsonElement root = row.RootElement;
            string body = root.GetProperty("text").GetString()!;
            string start = body.ReplaceLineEndings(" ");
            text.Append(CultureInfo.InvariantCulture, $"{root.GetProperty("url").GetString()} | {root.GetProperty("language").GetString()} | score {root.GetProperty("score_value").GetDouble():F2} | {root.GetProperty("tokens_count").GetInt32()} tokens | {body.Length} characters | {start[..Math.Min(60, start.Length)]}\n");
        }

        return text.ToString();
    }
}
