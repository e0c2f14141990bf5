using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
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
        string folder = Path.Combine(TestPaths.RepositoryRoot, "example-datasets", "QuickStart");
        XElement project = XElement.Load(Path.Combine(folder, "QuickStart.csproj"));
        foreach (string input in Directory.EnumerateFiles(Path.Combine(folder, "crawl"), "*.warc.gz"))
        {
            _session.Input(Path.GetFileName(input), File.ReadAllBytes(input));
        }

        Directory.CreateDirectory(Path.Combine(_session.Folder, "models"));
        foreach (string model in Directory.EnumerateFiles(Path.Combine(folder, "models"), "*.onnx"))
        {
            File.Copy(model, Path.Combine(_session.Folder, "models", Path.GetFileName(model)));
        }

        foreach (XElement stage in project.Descendants("Stage"))
        {
            _session.Stage(
                stage.Attribute("Include")!.Value,
                [.. stage.Attributes().Where(a => a.Name.LocalName is not ("Include" or "Condition")).Select(a => (a.Name.LocalName, a.Value))]);
        }

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
            text.Append(CultureInfo.InvariantCulture, $"{root.GetProperty("url").GetString()} | {root.GetProperty("language_code").GetString()} | score {root.GetProperty("score_value").GetDouble():F2} | {root.GetProperty("tokens_count").GetInt32()} tokens | {body.Length} characters | {start[..Math.Min(60, start.Length)]}\n");
        }

        return text.ToString();
    }
}
