using DataBuild.Stages.Extract;
using DataBuild.Stages.Extract.Blocks;

namespace DataBuild.Tests.Extract;

/// <summary>Text that stands on a page more than once.</summary>
public sealed class BlockCopiesTests
{
    private const string First = "The harbour master keeps a log of every boat that enters the bay before noon.";
    private const string Second = "On quiet days the log is short and the evening bell rings earlier than usual.";

    private static BlockCopies Read(params uint[] hashes)
    {
        BlockCopies copies = new();
        copies.Read([.. hashes.Select(h => new Block { TextHash = h, Words = 10 })]);
        return copies;
    }

    [Fact]
    public void RunsOfCopiesAreFoundWithTheirLength()
    {
        BlockCopies copies = Read(1, 2, 3, 9, 1, 2, 3, 8);
        Assert.Equal([-1, -1, -1, -1, 0, 1, 2, -1], copies.Source[..8].ToArray());
        Assert.Equal([0, 0, 0, 0, 30, 30, 30, 0], copies.Run[..8].ToArray());
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 0], copies.Index[..8].ToArray());
    }

    [Fact]
    public void ALabelThatComesAgainDoesNotBreakARun()
    {
        BlockCopies copies = Read(1, 7, 2, 7, 9, 1, 7, 2, 7);
        Assert.Equal([-1, -1, -1, 1, -1, 0, 1, 2, 3], copies.Source[..9].ToArray());
        Assert.Equal([0, 0, 0, 10, 0, 40, 40, 40, 40], copies.Run[..9].ToArray());
    }

    [Fact]
    public void BlocksWithoutTextAreNoCopies() => Assert.Equal([-1, -1, -1], Read(0, 0, 0).Source[..3].ToArray());

    [Fact]
    public void ASecondLayoutOfTheSameTextIsWrittenOnce()
    {
        string text = Render($"<div class=wide><p>{First}</p><p>{Second}</p></div><div class=narrow><p>{First}</p><p>{Second}</p></div><p>The end.</p>");
        Assert.Equal(1, Times(text, First));
        Assert.Equal(1, Times(text, Second));
        Assert.Contains("The end.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ItemsOfOneKindAndQuotesKeepTheirText()
    {
        Assert.Equal(2, Times(Render($"<ul><li>{First} {Second}</li><li>Boats</li><li>{First} {Second}</li></ul>"), First));
        Assert.Equal(2, Times(Render($"<div><p>{First} {Second}</p></div><blockquote><p>{First} {Second}</p></blockquote>"), First));
    }

    private static int Times(string text, string piece) => text.Split(piece).Length - 1;

    // With every block as likely as not to be content.
    private static string Render(string body)
    {
        ExtractScratch scratch = new(null);
        Assert.Null(scratch.Parse(System.Text.Encoding.UTF8.GetBytes($"<!doctype html><title>Log</title><body>{body}"), null, null, ExtractOptions.Default, out _));
        float[] probabilities = new float[scratch.Segments.Count];
        Array.Fill(probabilities, 0.9f);
        return scratch.Render(probabilities, ExtractOptions.Default, new bool[probabilities.Length]);
    }
}
