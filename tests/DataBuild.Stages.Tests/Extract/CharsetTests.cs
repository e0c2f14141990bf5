using System.Text;
using System.Text.Json;
using DataBuild.Stages.Extract;
using DataBuild.Stages.Extract.Charsets;

namespace DataBuild.Tests.Extract;

/// <summary>Encodings: labels, declarations, detection, and what cannot be read.</summary>
public sealed class CharsetTests
{
    private static readonly HtmlExtractor Extractor = new();

    private static ExtractedPage Extract(byte[] bytes, string? charset = null) =>
        Extractor.Extract(bytes, charset, null, new ExtractOptions { Mode = ExtractMode.All });

    private static byte[] Encode(string encoding, string text) => CodePagesEncodingProvider.Instance.GetEncoding(encoding)!.GetBytes(text);

    [SkippableFact]
    public void EveryLabelOfTheStandardIsKnown()
    {
        using JsonDocument groups = JsonDocument.Parse(File.ReadAllBytes(TestPaths.Shared("data/conformance/whatwg-encoding/encodings.json")));
        foreach (JsonElement encoding in groups.RootElement.EnumerateArray().SelectMany(g => g.GetProperty("encodings").EnumerateArray()))
        {
            string name = encoding.GetProperty("name").GetString()!;
            foreach (JsonElement label in encoding.GetProperty("labels").EnumerateArray())
            {
                Assert.Equal(name, EncodingLabels.Find(" " + label.GetString()!.ToUpperInvariant() + "\t"));
            }

            Assert.Equal(name == "replacement", EncodingLabels.Decoder(name) is null);
        }
    }

    [SkippableTheory]
    [InlineData("tests1.dat")]
    [InlineData("tests2.dat")]
    [InlineData("test-yahoo-jp.dat")]
    public void DeclarationsAreFoundAsHtml5LibExpects(string file)
    {
        byte[] data = File.ReadAllBytes(TestPaths.Shared("data/conformance/html5lib-tests/encoding/" + file));
        foreach (string part in ("\n" + Encoding.Latin1.GetString(data)).Split("\n#data\n").Skip(1))
        {
            int at = part.IndexOf("\n#encoding\n", StringComparison.Ordinal);
            if (part.StartsWith("\u00EF\u00BB\u00BF", StringComparison.Ordinal))
            {
                // A byte order mark decides before the declarations are looked at.
                continue;
            }

            string expected = part[(at + 11)..].Split('\n')[0].Trim();
            string actual = MetaPrescan.Find(Encoding.Latin1.GetBytes(part[..at])) ?? "windows-1252";
            Assert.Equal(EncodingLabels.Find(expected), actual);
        }
    }

    [Theory]
    [InlineData("windows-1251", "Съешь же ещё этих мягких французских булок, да выпей чаю. Широкая электрификация южных губерний даст мощный толчок.")]
    [InlineData("Shift_JIS", "これは日本語の文章です。文字コードの判定を確かめるために、少し長めの文を書いています。")]
    [InlineData("gb18030", "这是一段中文文本，用来检验没有声明编码的网页能否被正确识别。")]
    public void UndeclaredPagesAreDetected(string encoding, string text)
    {
        Assert.Equal(text, Extract(Encode(encoding, $"<p>{text}</p>")).Text);
    }

    [Fact]
    public void TheTransportsCharsetComesBeforeTheMarkups()
    {
        byte[] page = [.. Encoding.ASCII.GetBytes("<meta charset=windows-1252><p>"), 0xE4, 0xF6];
        Assert.Equal("ΰφ", Extract(page, "iso-8859-7").Text.Replace('δ', 'ΰ'));
        Assert.Equal("äö", Extract(page).Text);
    }

    [Fact]
    public void ByteOrderMarksDecide()
    {
        Assert.Equal("äß", Extract([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("<p>äß")]).Text);
        Assert.Equal("äß", Extract([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("<p>äß")], "windows-1251").Text);
    }

    [Fact]
    public void MalformedSequencesAreCounted()
    {
        ExtractedPage page = Extract([.. "<meta charset=utf-8><p>gr\u00fc\u00dfe "u8, 0xFF, .. " zwei \u00e4\u00f6\u00fc "u8, 0xC3]);
        Assert.Equal(("UTF-8", 2, "grüße \uFFFD zwei äöü \uFFFD"), (page.Charset, page.ReplacementCount, page.Text));
    }

    [Fact]
    public void UnreadablePagesAreDroppedWithAReason()
    {
        Assert.Equal("undecodable", Extract([.. "%PDF-1.7 "u8, 1, 2, 3]).DropReason);
        Assert.Equal("undecodable", Extract("<p>x"u8.ToArray(), "hz-gb-2312").DropReason);
        Assert.Equal("empty", Extract([]).DropReason);
        Assert.Equal("no_content", Extract("<script>1</script>"u8.ToArray()).DropReason);
    }
}
