using System.Text.Json;
using DataBuild.Testing;

namespace DataBuild.Recipes.Tests;

/// <summary>The example of TouchTTS: what two recognisers agree on is kept, and the manifest says where it is.</summary>
public sealed class TouchTtsTests() : DatasetTests("TouchTts")
{
    [Fact]
    public void EachStageDropsWhatItShould()
    {
        var dropped = Dataset.Manifest.Stages.ToDictionary(s => s.Name, s => s.Counts.In - s.Counts.Kept);
        Assert.Equal((1, 1, 0, 0, 1), (dropped["audio"], dropped["voice"], dropped["first"], dropped["second"], dropped["agreement"]));
    }

    [Fact]
    public void TheManifestHasEverySegmentThatIsAgreedOn()
    {
        JsonElement[] lines = [.. File.ReadLines(Path.Combine(Dataset.Folder, "speech", "manifest.jsonl")).Select(l => JsonElement.Parse(l))];
        Assert.Equal(
            [
                "0.22-5.28 Der Bau liest jede Aufnahme nur einmal und merkt sich, was er gehört hat.",
                "0.4-4.92 The build reads each recording once, and keeps what two listeners agree on.",
                "6.56-10.56 A pause of a second ends a sentence, and a new segment begins.",
            ],
            lines.Select(l => $"{l.GetProperty("start")}-{l.GetProperty("end")} {l.GetProperty("text")}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void RetentionIsReported()
    {
        using JsonDocument retention = JsonDocument.Parse(File.ReadAllText(Path.Combine(Dataset.Folder, "speech", "retention.json")));
        Assert.Equal((3, 2), (retention.RootElement.GetProperty("kept_segments").GetInt32(), retention.RootElement.GetProperty("kept_recordings").GetInt32()));
        Assert.InRange(retention.RootElement.GetProperty("retention").GetDouble(), 0.5, 0.6);
    }
}
