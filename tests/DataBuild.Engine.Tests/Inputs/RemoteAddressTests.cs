using DataBuild.Engine.Inputs;

namespace DataBuild.Engine.Tests.Inputs;

/// <summary>Which names are those of archives and of lists of paths.</summary>
public sealed class RemoteAddressTests
{
    [Theory]
    [InlineData("a.warc", ".warc")]
    [InlineData("a.warc.gz", ".warc.gz")]
    [InlineData("A.WARC.ZST", ".warc.zst")]
    [InlineData("a.warc.json.gz", ".json.gz")]
    [InlineData("wet.paths.gz", ".paths.gz")]
    [InlineData("a.parquet", ".parquet")]
    [InlineData("a.parquet.gz", null)]
    [InlineData("a.gz", null)]
    [InlineData("awarc", null)]
    [InlineData("a.xwarc", null)]
    [InlineData("a.warc.gz.zst", null)]
    [InlineData("a.warc/", null)]
    public void An_archive_is_known_by_the_end_of_its_name(string name, string? extension)
    {
        RemoteAddress? address = RemoteAddress.TryParse("https://data.example/folder/" + name, out string problem);

        Assert.Equal(extension, address?.Extension);
        Assert.Equal(extension is null, problem.Contains("only archives are fetched", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("crawl/warc.paths", true)]
    [InlineData("warc.Paths.GZ", true)]
    [InlineData("warc.paths.zst", true)]
    [InlineData("warc.paths.bz2", false)]
    [InlineData("paths", false)]
    [InlineData(".gz", false)]
    [InlineData("", false)]
    [InlineData("a.warc.gz", false)]
    public void A_list_of_paths_is_known_by_the_end_of_its_name(string name, bool isList) => Assert.Equal(isList, RemoteAddress.IsPathListName(name));
}
