using System.Text;
using DataBuild.Stages.Extract;
using DataBuild.Stages.Extract.Blocks;
using DataBuild.Stages.Extract.Model;

namespace DataBuild.Tests.Extract;

/// <summary>What the model is told of a block.</summary>
public sealed class BlockFeaturesTests
{
    private static float[] Column(string body, string name, LearnedTokens? tokens = null, string? url = null)
    {
        ExtractScratch scratch = new(null) { Tokens = tokens };
        Assert.Null(scratch.Parse(Encoding.UTF8.GetBytes($"<!doctype html><title>Harbour</title><body>{body}"), null, url, ExtractOptions.Default, out _));
        FeatureMatrix matrix = new();
        new BlockFeatures().Compute(scratch.Tree, scratch.Segments, scratch.Metadata, url, matrix);
        return matrix[BlockFeatures.Names.ToList().IndexOf(name)].ToArray();
    }

    [Fact]
    public void NamesAreDistinct() => Assert.Equal(BlockFeatures.Names.Count, BlockFeatures.Names.Distinct().Count());

    [Theory]
    [InlineData("You may also like", 1)]
    [InlineData("Kunden kauften auch", 1)]
    [InlineData("Customer Reviews", 2)]
    [InlineData("Versand und Zahlung", 3)]
    [InlineData("Technical data", 4)]
    [InlineData("Sort by", 5)]
    [InlineData("Подписаться", 0)]
    [InlineData("подписаться", 6)]
    [InlineData("The harbour at night", 0)]
    [InlineData("We give our customers reviews of every boat that we hire out", 0)]
    public void ShortBlocksAnnounceSections(string text, int kind) => Assert.Equal([kind], Column($"<p>{text}</p>", "announces"));

    [Fact]
    public void BlocksBelowAnAnnouncementKnowItsDistanceAndTheElementItOpens()
    {
        const string Body = "<p>Boats</p><section><h2>Related boats</h2><p>One</p><div><p>Two</p></div></section><p>Three</p>";
        Assert.Equal([-1, 0, 1, 2, 3], Column(Body, "since_announced_1"));
        Assert.Equal([0, 0, 1, 1, 0], Column(Body, "wrapper_announces"));
    }

    [Fact]
    public void LinksAreToldByWhereTheyLead()
    {
        const string Body = "<p>Text</p><p><a href=#top>Top</a></p><p><a href=/boats/small/red>Red</a></p><p><a href=https://www.harbour.example/>Home</a></p>"
            + "<p><a href=https://other.example/>Other</a></p><p><a>Nothing</a></p>";
        Assert.Equal([0, 2, 3, 3, 4, 1], Column(Body, "link_kind", url: "https://harbour.example/boats/small"));
        Assert.Equal([-1, -1, 1, 1 / 12f, 1 / 12f, -1], Column(Body, "link_shared_path", url: "https://harbour.example/boats/small"));
    }

    [Fact]
    public void FormControlsAreCountedAroundABlock()
    {
        const string Body = "<form><input type=checkbox><input type=hidden><div><p>Red</p></div><div><p>Blue</p></div><select><option>1</select></form>";
        Assert.Equal([1, 1], Column(Body, "controls^2"));
        Assert.Equal([0.5f, 0.5f], Column(Body, "choices^2"));
        Assert.Equal([0, 0], Column(Body, "controls^0"));
    }

    [Fact]
    public void WeightsOfWordsAddUpAndThoseOfNamesFadeOnTheWayDown()
    {
        LearnedTokens tokens = LearnedTokens.Empty with { ClassWeights = Table(("boats", 64)), WordWeights = Table(("zebra", 32)) };
        Assert.Equal([0.5f, 0, 1 / MathF.Sqrt(4)], Column("<p>zebra</p><p>horse</p><p>zebra horse zebra horse</p>", "learned_words", tokens).Select(v => MathF.Round(v, 4)));
        Assert.Equal(
            [LearnedTokens.Fade, 0, LearnedTokens.Fade * LearnedTokens.Fade],
            Column("<div class=boats><p>One</p></div><p>Two</p><div class=boats><div><p>Three</p></div></div>", "learned_class", tokens));
    }

    private static TokenScores Table(params (string Word, sbyte Weight)[] words)
    {
        byte[] checks = new byte[TokenScores.Size];
        sbyte[] scores = new sbyte[TokenScores.Size];
        foreach ((string word, sbyte weight) in words)
        {
            uint hash = 2166136261;
            foreach (byte c in Encoding.UTF8.GetBytes(word))
            {
                hash = (hash ^ c) * 16777619;
            }

            (int slot, byte check) = TokenScores.Place(hash);
            checks[slot] = check;
            scores[slot] = weight;
        }

        return new TokenScores(checks, scores);
    }
}
