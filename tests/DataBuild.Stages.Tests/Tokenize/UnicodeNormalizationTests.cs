using DataBuild.Stages.Tokenize;

namespace DataBuild.Tests.Tokenize;

public sealed class UnicodeNormalizationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("normalizers").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Cases of UAX #15, tables 1 to 6 and figures 3 to 6, and of NormalizationTest.txt.
    [Theory]
    [InlineData("NFC", "A\u030A", "\u00C5")]
    [InlineData("NFC", "\u212B", "\u00C5")]
    [InlineData("NFD", "\u00C5", "A\u030A")]
    [InlineData("NFD", "\uD55C", "\u1112\u1161\u11AB")]
    [InlineData("NFC", "\u1112\u1161\u11AB", "\uD55C")]
    [InlineData("NFD", "\u1E69", "s\u0323\u0307")]
    [InlineData("NFC", "s\u0307\u0323", "\u1E69")]
    [InlineData("NFC", "\u1E0B\u0323", "\u1E0D\u0307")]
    [InlineData("NFKC", "\uFB01\u00B2", "fi2")]
    [InlineData("NFKC", "\u017F\u0323\u0307", "\u1E69")]
    [InlineData("NFKD", "\u1E9B\u0323", "s\u0323\u0307")]
    [InlineData("NFC", "\u0958", "\u0915\u093C")]
    [InlineData("NFKC", "\uFF76\uFF9E", "\u30AC")]
    [InlineData("NFC", "\u0B47\u0300\u0B3E", "\u0B47\u0300\u0B3E")]
    [InlineData("NFC", "\U0001D15E", "\U0001D157\U0001D165")]
    public void Forms_are_those_of_the_standard(string form, string text, string expected)
    {
        string path = Path.Combine(_folder, "tokenizer.json");
        string vocabulary = string.Join(',', expected.EnumerateRunes().Select(r => r.ToString()).Distinct().Select((c, i) => $"\"{c}\":{i}"));
        File.WriteAllText(path, $$$"""{"normalizer":{"type":"{{{form}}}"},"model":{"type":"BPE","vocab":{ {{{vocabulary}}} },"merges":[]}}""");
        TextTokenizer tokenizer = TextTokenizer.Load(path);
        Assert.Equal(expected, tokenizer.Decode(tokenizer.Encode(text)));
        Assert.Equal(expected.EnumerateRunes().Count(), tokenizer.Encode(text).Length);
    }
}
