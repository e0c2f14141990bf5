using System.Collections.Concurrent;
using DataBuild.Stages.Extract.Labelling;
using DataBuild.Stages.Extract.Model;
using DataBuild.Stages.Extract.Sites;

namespace DataBuild.Stages.Extract;

/// <summary>
/// Gets the main content and the metadata of HTML pages. One instance serves any number of threads; buffers are kept per thread in use and
/// reused, so a page costs little beyond its own result. Never throws on any input.
/// </summary>
public sealed class HtmlExtractor
{
    private readonly ConcurrentBag<ExtractScratch> _scratch = [];

    /// <summary>Extracts a page.</summary>
    /// <param name="payload">The page's bytes, transfer and content encodings undone.</param>
    /// <param name="httpCharset">The charset parameter of the HTTP Content-Type, null where there is none.</param>
    /// <param name="url">The page's address, null where it is unknown.</param>
    /// <param name="options">What to extract.</param>
    public ExtractedPage Extract(ReadOnlySpan<byte> payload, string? httpCharset, string? url, ExtractOptions options) =>
        Extract(payload, httpCharset, url, options, null);

    /// <summary>Extracts a page without what the other pages of its site repeat.</summary>
    internal ExtractedPage Extract(ReadOnlySpan<byte> payload, string? httpCharset, string? url, ExtractOptions options, SiteTexts? site)
    {
        ArgumentNullException.ThrowIfNull(options);
        ExtractScratch scratch = Take();
        scratch.Site = site;
        ExtractedPage page = scratch.Extract(payload, httpCharset, url, options);
        scratch.Site = null;
        Give(scratch);
        return page;
    }

    /// <summary>Counts a page's texts among those of its site.</summary>
    internal void Survey(BatchSites sites, Document page)
    {
        ExtractScratch scratch = Take();
        sites.Add(page, scratch.Tree);
        Give(scratch);
    }

    /// <summary>
    /// Extracts a page whose blocks a labeller labels; where its answer cannot be used, the blocks are labelled as <paramref name="options"/> say.
    /// </summary>
    public async ValueTask<ExtractedPage> ExtractAsync(
        ReadOnlyMemory<byte> payload, string? httpCharset, string? url, ExtractOptions options, IBlockLabeller labeller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(labeller);
        ExtractScratch scratch = Take();
        (_, string? answer) = await AskAsync(scratch, payload, httpCharset, url, options, labeller, cancellationToken).ConfigureAwait(false);
        ExtractedPage page = scratch.Finish(options, answer);
        Give(scratch);
        return page;
    }

    /// <summary>The page as labellers are shown it, and its number of items; null for a page that is dropped before its blocks are known.</summary>
    public (string Html, int Items)? Simplify(ReadOnlySpan<byte> payload, string? httpCharset, string? url, ExtractOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ExtractScratch scratch = Take();
        string? simplified = scratch.Simplify(payload, httpCharset, url, options);
        int items = scratch.Items.Count;
        Give(scratch);
        return simplified is null ? null : (simplified, items);
    }

    /// <summary>Lists a page's blocks with what the extractor makes of them; empty for a page that is dropped before its blocks are known.</summary>
    public IReadOnlyList<ExplainedBlock> ExplainBlocks(ReadOnlySpan<byte> payload, string? httpCharset, string? url, ExtractOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ExtractScratch scratch = Take();
        IReadOnlyList<ExplainedBlock> blocks = scratch.Explain(payload, httpCharset, url, options);
        Give(scratch);
        return blocks;
    }

    /// <summary>Lists a page's blocks with the labels that a labeller gives them; empty for a page that is dropped before its blocks are known.</summary>
    public async ValueTask<IReadOnlyList<ExplainedBlock>> ExplainBlocksAsync(
        ReadOnlyMemory<byte> payload, string? httpCharset, string? url, ExtractOptions options, IBlockLabeller labeller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(labeller);
        ExtractScratch scratch = Take();
        (bool hasBlocks, string? answer) = await AskAsync(scratch, payload, httpCharset, url, options, labeller, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ExplainedBlock> blocks = hasBlocks ? scratch.Explain(options, answer) : [];
        Give(scratch);
        return blocks;
    }

    // The page's buffers are held while the labeller thinks. There are no blocks where the page is dropped before they are known.
    private static async ValueTask<(bool HasBlocks, string? Answer)> AskAsync(
        ExtractScratch scratch, ReadOnlyMemory<byte> payload, string? httpCharset, string? url, ExtractOptions options, IBlockLabeller labeller, CancellationToken cancellationToken) =>
        scratch.Simplify(payload.Span, httpCharset, url, options) is { } simplified
            ? (true, await labeller.LabelAsync(simplified, scratch.Items.Count, cancellationToken).ConfigureAwait(false))
            : (false, null);

    private ExtractScratch Take() => _scratch.TryTake(out ExtractScratch? scratch) ? scratch : new ExtractScratch(BlockModel.Shipped);

    private void Give(ExtractScratch scratch)
    {
        scratch.Trim();
        _scratch.Add(scratch);
    }
}
