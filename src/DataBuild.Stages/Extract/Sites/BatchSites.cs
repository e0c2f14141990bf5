using System.Text;
using DataBuild.Stages.Extract.Charsets;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Sites;

/// <summary>
/// The sites of one batch of documents. Batches are cut by the input alone, so what counts as repeated does not depend on threads or their order.
/// Used by one thread at a time.
/// </summary>
internal sealed class BatchSites
{
    private readonly Dictionary<string, SiteTexts> _sites = new(StringComparer.Ordinal);

    /// <summary>Finds the sites of which a batch holds several documents.</summary>
    public BatchSites(DocumentBatch batch)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        if (batch.Find("url") is StringColumn urls)
        {
            for (int row = 0; row < batch.Count; row++)
            {
                if (SiteOf(urls[row]) is { } site)
                {
                    counts[site] = counts.GetValueOrDefault(site) + 1;
                }
            }
        }

        foreach ((string site, int pages) in counts)
        {
            if (pages >= SiteTexts.MinPages)
            {
                _sites[site] = new SiteTexts();
            }
        }
    }

    /// <summary>Counts a page; only of a site with several documents.</summary>
    public void Add(Document page, HtmlTree buffer)
    {
        if (Find(page) is not { } site)
        {
            return;
        }

        // UTF-8 needs no copy.
        if (System.Text.Unicode.Utf8.IsValid(page.Payload))
        {
            site.Add(page.Payload);
        }
        else if (PageDecoder.Decode(page.Payload, page.HttpCharset, buffer).Readable)
        {
            site.Add(buffer.Text.AsSpan(0, buffer.SourceLength));
        }
    }

    /// <summary>The texts of a page's site; null where the batch holds too few of its pages.</summary>
    public SiteTexts? Find(Document page) =>
        _sites.Count > 0 && SiteOf(Encoding.UTF8.GetBytes(page.Url)) is { } name && _sites.TryGetValue(name, out SiteTexts? site) ? site : null;

    /// <summary>The host of an address, in lower case and without a leading <c>www.</c>; null where it has none.</summary>
    public static string? SiteOf(ReadOnlySpan<byte> url)
    {
        int scheme = url.IndexOf("://"u8);
        if (scheme < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> host = url[(scheme + 3)..];
        int end = host.IndexOfAny((byte)'/', (byte)'?', (byte)'#');
        host = end < 0 ? host : host[..end];
        string name = Encoding.UTF8.GetString(host).ToLowerInvariant();
        return name.Length == 0 ? null : name.StartsWith("www.", StringComparison.Ordinal) ? name[4..] : name;
    }
}
