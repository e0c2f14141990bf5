using System.Text.Json;
using DataBuild.Testing;

namespace DataBuild.Recipes.Tests;

/// <summary>The example of TouchTTS with two recognisers that run: they agree on what has no letter that one of them never heard.</summary>
public sealed class TouchTtsTonesTests() : DatasetTests("TouchTts.Tones")
{
    [Fact]
    public void TheManifestHasWhatBothHeard() => Assert.Equal(
        ["amelia sees an animal", "leo is on a salmon"],
        File.ReadLines(Path.Combine(Dataset.Folder, "speech", "manifest.jsonl")).Select(l => JsonElement.Parse(l).GetProperty("text").GetString()!).Order(StringComparer.Ordinal));

    [Fact]
    public void TheRecordingOnWhichTheyDifferIsDropped() => Assert.Equal(1, Dataset.Manifest.Stages.Single(s => s.Name == "agreement").Counts.Dropped["no_agreement"]);
}
