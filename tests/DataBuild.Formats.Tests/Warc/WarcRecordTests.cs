using System.Text;
using DataBuild.Formats.Warc;

namespace DataBuild.Formats.Tests.Warc;

public class WarcRecordTests
{
    [Theory]
    [InlineData("<http://example.com/>", "http://example.com/")]
    [InlineData("file:///example with spaces.png", "file:///example%20with%20spaces.png")]
    [InlineData("http://example.com/\u001b[31m", "http://example.com/%1B[31m")]
    [InlineData("http://example.com/ä", "http://example.com/ä")]
    public void Target_uris_are_cleaned(string stated, string expected)
    {
        Assert.Equal(expected, Read($"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Target-URI: {stated}\r\nContent-Length: 0\r\n\r\n\r\n\r\n").Url);
    }

    [Theory]
    [InlineData("<urn:uuid:abc>", "abc")]
    [InlineData("urn:uuid:abc", "abc")]
    [InlineData("<https://example.org/id/7>", "https://example.org/id/7")]
    public void Record_ids_lose_their_decoration(string stated, string expected)
    {
        Assert.Equal(expected, Read($"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: {stated}\r\nContent-Length: 0\r\n\r\n\r\n\r\n").Id);
    }

    [Fact]
    public void Names_are_read_in_any_case_and_lines_may_end_in_lf_or_be_folded()
    {
        WarcSamples.Row row = Read("WARC/1.0\nwarc-TYPE: Monkeys\nwarc-record-id: <urn:uuid:a>\nwarc-target-uri: http://example.com/a\n b\nCONTENT-LENGTH:4\n\ntext\n\n");

        Assert.Equal(("monkeys", "a", "http://example.com/a%0A%20b", 4L), (row.Type, row.Id, row.Url, row.ContentLength));
    }

    [Fact]
    public void Arc_records_have_the_fields_of_their_line()
    {
        const string File = "filedesc://a.arc 0.0.0.0 20060305082251 text/plain 20\n1 0 InternetArchive\n\n\nhttp://example.com/a b 1.2.3.4 19970417175710 text/html 31\nHTTP/1.0 200 OK\r\n\r\n<p>text</p>\n\n";
        using var reader = new WarcReader(new MemoryStream(Encoding.ASCII.GetBytes(File)), "a.arc");

        Assert.True(reader.TryRead(out WarcRecord? record));
        Assert.Equal(("filedesc", 0L), (record.Type, record.Offset));
        Assert.True(reader.TryRead(out record));
        Assert.Equal(("response", "http://example.com/a%20b", "1997-04-17T17:57:10Z", "text/html", 31L), (record.Type, record.TargetUri, record.Date, record.ContentType, record.ContentLength));
        Assert.True(reader.FinishRecord());
        Assert.False(reader.TryRead(out _));
        Assert.Equal(0, reader.DefectCount);
    }

    private static WarcSamples.Row Read(string file) => Assert.Single(WarcSamples.Read(Encoding.UTF8.GetBytes(file)).Records);
}
