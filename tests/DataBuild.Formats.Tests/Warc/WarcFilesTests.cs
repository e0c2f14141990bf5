using DataBuild.Tests;

namespace DataBuild.Formats.Tests.Warc;

/// <summary>Real crawl files, read to the end: the records of each type and the defects are those that an independent count gave.</summary>
public class WarcFilesTests
{
    [SkippableTheory]
    [InlineData("warc/IAH-20080430204825-00000-blackbook-truncated.warc", "metadata=7 request=7 response=8 warcinfo=1", "")]
    [InlineData("warc/IAH-20080430204825-00000-blackbook.warc.gz", "metadata=261 request=261 response=299 warcinfo=1", "")]
    [InlineData("warc/books.toscrape.warc", "request=30 response=30", "DB2030=60")]
    [InlineData("warc/clueweb-quirk.warc.gz", "response=29 warcinfo=1", "")]
    [InlineData("warc/flashfrozen-jwat-recompressed.warc.gz", "request=39 resource=3 response=39 warcinfo=1", "")]
    [InlineData("warc/iana.warc.gz", "request=171 response=48 revisit=123 warcinfo=1", "")]
    [InlineData("warc/kiwix-with-redirects.warc.gz", "request=51 resource=3 response=51", "")]
    [InlineData("warc/sample-0000.warc.gz", "metadata=1 request=22 resource=2 response=22 warcinfo=1", "")]
    [InlineData("warc/sample-0001.warc.gz", "metadata=1 request=15 resource=2 response=15 warcinfo=1", "")]
    [InlineData("warc/small_BNF.arc", "filedesc=1 response=5", "")]
    [InlineData("warc/solidaritenum.warc.gz", "request=94 resource=1 response=94 warcinfo=1", "")]
    [InlineData("warc/sopa-wikipedia-homepage.warc.gz", "request=86 resource=3 response=74 warcinfo=1", "")]
    [InlineData("warc/test.warc.gz", "request=20 response=18 revisit=2 warcinfo=2", "")]
    [InlineData("warc/warcfile.warc", "metadata=16 request=17 response=16 warcinfo=1", "")]
    [InlineData("warc/whirlwind.warc", "metadata=1 request=1 response=1 warcinfo=1", "")]
    [InlineData("zst/sample-dict-raw.warc.zst", "response=400 warcinfo=1", "")]
    [InlineData("zst/sample-dict-zstd.warc.zst", "response=400 warcinfo=1", "")]
    [InlineData("zst/sample-nodict-extframes.warc.zst", "response=49 warcinfo=1", "")]
    [InlineData("zst/sample-nodict.warc.zst", "response=400 warcinfo=1", "")]
    [InlineData("zst/sample-onegz.warc.gz", "response=49 warcinfo=1", "")]
    [InlineData("faults/bad-bitflip.warc.gz", "response=113 warcinfo=1", "DB2021=1 DB2022=1")]
    [InlineData("faults/bad-bitflip.warc.zst", "response=399 warcinfo=1", "DB2020=1")]
    [InlineData("faults/bad-nul-tail.warc.gz", "response=19 warcinfo=1", "DB2023=1")]
    [InlineData("faults/bad-short-content-length.warc", "response=10 warcinfo=1", "DB2028=1")]
    [InlineData("faults/bad-wrong-content-length.warc", "response=10 warcinfo=1", "DB2028=1")]
    [InlineData("faults/bad-truncated.warc.gz", "response=78 warcinfo=1", "DB2021=1")]
    [InlineData("faults/bad-truncated.warc.zst", "response=264 warcinfo=1", "DB2021=1")]
    [InlineData("pages/fulltext.warc.gz", "response=121 warcinfo=1", "")]
    [InlineData("pages/segments.warc.gz", "response=521 warcinfo=1", "")]
    [InlineData("pages/structured.warc.gz", "response=30 warcinfo=1", "")]
    [InlineData("pages/wcxb.warc.gz", "response=1278 warcinfo=1", "")]
    public void Counts_are_those_of_an_independent_reader(string file, string types, string defects)
    {
        WarcSamples.Reading reading = WarcSamples.Read(TestPaths.Shared("data/" + file));

        Assert.Equal(types, WarcSamples.Types(reading));
        Assert.Equal(defects, string.Join(' ', reading.Defects.GroupBy(d => d.Code).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key}={g.Count()}")));
    }

    [SkippableFact]
    public void A_file_whose_dictionary_is_missing_says_so_at_once()
    {
        var error = Assert.Throws<CrawlFormatException>(() => WarcSamples.Read(TestPaths.Shared("data/faults/bad-dict-missing.warc.zst")));

        Assert.Equal(CrawlDiagnostics.ZstdDictionary, error.Code);
        Assert.Contains("254019516", error.Found, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_same_crawl_in_every_packing_has_the_same_blocks()
    {
        string[] Blocks(string file) => [.. WarcSamples.Read(TestPaths.Shared("data/zst/" + file)).Records.Select(r => $"{r.Id} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(r.Block.ToArray()))}")];

        Assert.Equal(Blocks("sample-dict-raw.warc.zst"), Blocks("sample-nodict.warc.zst"));
        Assert.Equal(Blocks("sample-dict-raw.warc.zst"), Blocks("sample-dict-zstd.warc.zst"));
        Assert.Equal(Blocks("sample-onegz.warc.gz"), Blocks("sample-nodict-extframes.warc.zst"));
    }
}
