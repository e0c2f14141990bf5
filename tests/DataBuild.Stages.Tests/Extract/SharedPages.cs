using DataBuild.Formats;

namespace DataBuild.Tests.Extract;

/// <summary>The page sets of the shared data folder.</summary>
internal static class SharedPages
{
    /// <summary>Reads the pages of a set; skips the calling test where the folder is missing.</summary>
    public static IEnumerable<(string Url, byte[] Html, string? Charset)> Read(string set)
    {
        using CrawlReader reader = CrawlReader.Open(TestPaths.Shared($"data/pages/{set}.warc.gz"));
        while (reader.TryRead(out RawDocument? document))
        {
            using (document)
            {
                if (document.DropReason is null && document.PayloadLength > 0)
                {
                    yield return (document.Url, document.Payload.ToArray(), document.Charset);
                }
            }
        }
    }
}
