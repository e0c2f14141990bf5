using System.Text;
using DataBuild.Stages.Extract;
using DataBuild.Stages.Extract.Labelling;

namespace DataBuild.Tests.Extract;

/// <summary>What is kept of a page and what is not.</summary>
public sealed class ExtractorTests
{
    private static readonly HtmlExtractor Extractor = new();

    private static readonly byte[] Article = Encoding.UTF8.GetBytes(
        """
        <!DOCTYPE html><html lang="en"><head><title>How rivers meander - Field notes</title><meta property="og:type" content="article"></head><body>
        <header class="site-header"><a href="/">Field notes</a><nav class="menu"><ul><li><a href="/a">Home</a><li><a href="/b">Archive</a>
        <li><a href="/c">About us</a><li><a href="/d">Contact</a></ul></nav></header>
        <main><article class="post"><h1>How rivers meander</h1>
        <p>Rivers rarely run straight for long. Where the bank is soft, a small bend grows: the water on the outside of the curve runs faster,
        wears the bank away, and carries what it takes to the inside of the next bend, where it settles again.</p>
        <p>Over the years the loops move down the valley, and now and then one of them is cut off. What stays behind is a lake in the shape of
        a horseshoe, which fills with reeds, then with peat, and in the end can only be seen from the air.</p>
        <h2>What the water carries</h2>
        <p>Sand and gravel travel in jumps, clay floats along. That is why the inside of a bend is made of fine layers, one for each flood,
        and why the oldest maps of a river are written in the ground beside it.</p></article></main>
        <aside class="sidebar"><h3>Related posts</h3><ul><li><a href="/1">Ten facts about glaciers</a><li><a href="/2">The oldest bridge</a></ul></aside>
        <div id="comments" class="comments-area"><div class="comment"><p>What a lovely description of the river near my home, thank you for writing it.</p></div></div>
        <footer class="site-footer"><p>Copyright 2024 Field notes. All rights reserved. <a href="/privacy">Privacy policy</a></p></footer></body></html>
        """);

    [Theory]
    [InlineData(ExtractMode.Model)]
    [InlineData(ExtractMode.Heuristic)]
    [InlineData(ExtractMode.Union)]
    public void ArticlesComeWithoutTheirSurroundings(ExtractMode mode)
    {
        string text = Extractor.Extract(Article, null, "https://example.org/notes/rivers", new ExtractOptions { Mode = mode }).Text;
        Assert.Contains("Rivers rarely run straight for long.", text, StringComparison.Ordinal);
        Assert.Contains("## What the water carries", text, StringComparison.Ordinal);
        Assert.Contains("one for each flood, and why the oldest maps", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Archive", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Ten facts about glaciers", text, StringComparison.Ordinal);
        Assert.DoesNotContain("All rights reserved", text, StringComparison.Ordinal);
    }

    [Fact]
    public void CommentsAreAnOption()
    {
        Assert.Contains("lovely description", Extractor.Extract(Article, null, null, new ExtractOptions { Comments = true }).Text, StringComparison.Ordinal);
    }

    // Readers' words below an article are an option; comments to a question or an answer are part of the thread.
    [Theory]
    [InlineData("https://schema.org/Answer", true)]
    [InlineData("https://schema.org/Article", false)]
    public void CommentsToAnswersArePartOfTheThread(string type, bool kept)
    {
        string page = Encoding.UTF8.GetString(Article).Replace("<div id=\"comments\"", $"<div itemscope itemtype=\"{type}\"><div id=\"comments\"", StringComparison.Ordinal)
            .Replace("<footer", "</div><footer", StringComparison.Ordinal);
        string text = Extractor.Extract(Encoding.UTF8.GetBytes(page), null, null, ExtractOptions.Default).Text;
        Assert.Contains("Rivers rarely run straight for long.", text, StringComparison.Ordinal);
        Assert.Equal(kept, text.Contains("lovely description", StringComparison.Ordinal));
    }

    [Fact]
    public void ExtractionIsRepeatable()
    {
        string first = Extractor.Extract(Article, null, null, ExtractOptions.Default).Text;
        string[] others = new string[32];
        Parallel.For(0, others.Length, i => others[i] = Extractor.Extract(Article, null, null, ExtractOptions.Default).Text);
        Assert.All(others, other => Assert.Equal(first, other));
    }

    [Fact]
    public void ExplanationListsEveryBlock()
    {
        IReadOnlyList<ExplainedBlock> blocks = Extractor.ExplainBlocks(Article, null, null, ExtractOptions.Default);
        ExplainedBlock menu = blocks.Single(b => b.Text == "Archive");
        ExplainedBlock text = blocks.Single(b => b.Text.StartsWith("Rivers rarely", StringComparison.Ordinal));
        Assert.True(text.Kept && !menu.Kept && text.Score > menu.Score);
        Assert.Equal((1.0, "main > article.post > p"), (menu.LinkDensity, text.Path));
    }

    [Fact]
    public void MainHtmlHoldsTheKeptBlocksAlone()
    {
        string html = Extractor.Extract(Article, null, null, new ExtractOptions { MainHtml = true }).MainHtml!;
        Assert.Contains("<article class=\"post\">", html, StringComparison.Ordinal);
        Assert.Contains("<p>Rivers rarely run straight", html, StringComparison.Ordinal);
        Assert.DoesNotContain("glaciers", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"2\": \"main\", \"5\": \"other\"}", true)]
    [InlineData("<answer>1other2main3other4other5other6other7other</answer>", true)]
    [InlineData("I cannot tell.", false)]
    [InlineData("999main", false)]
    public async Task ALabellerDecidesAndBadAnswersFallBack(string answer, bool usable)
    {
        Labeller labeller = new(answer);
        ExtractedPage page = await Extractor.ExtractAsync(Article, null, null, ExtractOptions.Default, labeller, CancellationToken.None);
        Assert.Contains("<h1 _item_id=\"2\">How rivers meander</h1>", labeller.Page, StringComparison.Ordinal);
        Assert.Equal(usable, page.Text == "# How rivers meander");
    }

    // The stage's options and the extractor's are written down twice: one that is forgotten in either, or not passed on, fails here.
    [Fact]
    public void EveryOptionOfTheStageReachesTheExtractor()
    {
        ExtractStage changed = new();
        foreach (System.Reflection.PropertyInfo option in typeof(ExtractOptions).GetProperties().Where(p => p.CanWrite))
        {
            System.Reflection.PropertyInfo? ofStage = typeof(ExtractStage).GetProperty(option.Name);
            Assert.Equal(option.PropertyType, ofStage?.PropertyType);
            Assert.Equal(option.GetValue(ExtractOptions.Default), ofStage!.GetValue(new ExtractStage()));
            object other = option.GetValue(ExtractOptions.Default) switch
            {
                bool b => !b,
                int n => n + 1,
                double d => d + 0.125,
                Enum e => Enum.GetValues(option.PropertyType).Cast<Enum>().First(v => !v.Equals(e)),
                object o => throw new NotSupportedException(o.ToString()),
                null => throw new NotSupportedException(option.Name),
            };
            ofStage.SetValue(changed, other);
            Assert.Equal(other, option.GetValue(changed.CreateOptions()));
        }
    }

    private sealed class Labeller(string answer) : IBlockLabeller
    {
        public string Page { get; private set; } = "";

        public ValueTask<string?> LabelAsync(string simplifiedHtml, int items, CancellationToken cancellationToken)
        {
            Page = simplifiedHtml;
            return new ValueTask<string?>(answer);
        }
    }
}
