using System.Text.Json;
using CsCheck;
using DataBuild.Tests;
using DataBuild.Text;

namespace DataBuild.Core.Tests.Text;

public class NormalizerTests
{
    [Theory]
    [InlineData("e\u0301", "é")]
    [InlineData("o\u0302\u0323 a", "ộ a")]
    [InlineData("\u212B \u2126", "Å Ω")]
    [InlineData("\u1100\u1161\u11A8", "각")]
    [InlineData("\u0958", "\u0915\u093C")]
    [InlineData("plain text", "plain text")]
    [InlineData("", "")]
    public void Composes(string text, string expected) => Assert.Equal(expected, FormC(text));

    [Fact]
    public void Agrees_with_another_implementation()
    {
        // 400 random sequences and their form C by Python's unicodedata (Unicode 14.0).
        string path = Path.Combine(TestPaths.RepositoryRoot, "tests/DataBuild.Core.Tests/Text/nfc-cases.json");
        foreach (string[] pair in JsonSerializer.Deserialize<string[][]>(File.ReadAllText(path))!)
        {
            Assert.Equal(pair[1], FormC(pair[0]));
        }
    }

    [Fact]
    public void Twice_is_as_once() => Gen.String.Sample(text =>
    {
        string once = FormC(text);
        Assert.Equal(once, FormC(once));
    });

    private static string FormC(string text)
    {
        TextBuilder output = new();
        bool changed = Normalizer.ToFormC(text, output);
        Assert.Equal(changed, output.ToString() != text);
        return output.ToString();
    }
}
