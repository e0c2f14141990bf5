using DataBuild.Testing;

namespace DataBuild.Recipes.Tests;

/// <summary>The example of images: every picture is sixteen tokens, each with an id of the codebook.</summary>
public sealed class VisualTokensTests() : DatasetTests("VisualTokens")
{
    [Fact]
    public void EveryPictureIsSixteenTokens() => Assert.All(
        Dataset.Rows(["visual_tokens", "visual_kept"]).Select(r => string.Join(' ', r.Values)), row => Assert.Equal("64 16", row));

    [Fact]
    public void PicturesOfFilesAndOfAWebArchiveAreRead()
    {
        Assert.Equal(6, Dataset.Manifest.Inputs.Count);
        Assert.Equal(8, Dataset.Rows(["id"]).Count());
        Assert.Equal(["jpeg", "png", "webp"], Dataset.Rows(["image_format"]).Select(r => r.Values[0]!).Distinct().Order(StringComparer.Ordinal));
    }
}
