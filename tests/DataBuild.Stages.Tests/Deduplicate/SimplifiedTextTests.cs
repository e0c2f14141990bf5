using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Tests.Deduplicate;

public sealed class SimplifiedTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("  \n\t ", "")]
    [InlineData("Hello,  World!", "hello world")]
    [InlineData("café Ångström ÉCOLE", "cafe angstrom ecole")]
    [InlineData("cafe\u0301", "cafe")]
    [InlineData("in 1984 and 3.14 or 1,50", "in 0 and 0 or 0")]
    [InlineData("1,234,567", "0 0")]
    [InlineData("v2.0.1", "v0 0")]
    [InlineData("a1b22c", "a0b0c")]
    [InlineData("1.", "0")]
    [InlineData("don't stop", "don t stop")]
    [InlineData("٣٤", "0")]
    [InlineData("我爱你 ok", "我 爱 你 ok")]
    [InlineData("ok我", "ok 我")]
    [InlineData("カタ", "カ タ")]
    [InlineData("𠀀𠀁", "𠀀 𠀁")]
    [InlineData("a😀b", "a b")]
    [InlineData("𝟘𝟙", "0")]
    [InlineData("1\u00AD2", "0")]
    [InlineData("so\u00ADft", "soft")]
    [InlineData("ΣΊΣΥΦΟΣ", "σισυφοσ")]
    [InlineData("й", "и")]
    public void Words_are_lower_case_without_marks_and_punctuation(string source, string expected)
    {
        SimplifiedText text = new();
        text.Analyze(source);
        Assert.Equal(expected, text.Text.ToString());
        Assert.Equal(expected.Length == 0 ? 0 : expected.Split(' ').Length, text.WordCount);
    }

    [Fact]
    public void Composed_and_decomposed_Hangul_are_the_same_words()
    {
        SimplifiedText composed = new(), decomposed = new();
        composed.Analyze("한국어 가");
        decomposed.Analyze("\u1112\u1161\u11AB\u1100\u116E\u11A8\u110B\u1165 \u1100\u1161");
        Assert.Equal(decomposed.Text.ToString(), composed.Text.ToString());
        Assert.Equal(2, composed.WordCount);
    }

    [Fact]
    public void Words_know_where_they_stand_in_the_source()
    {
        const string Source = "  Été: 3.5 我x, end";
        SimplifiedText text = new();
        text.Analyze(Source);
        string[] words = [.. Enumerable.Range(0, text.WordCount).Select(i => Source[text.SourceStarts[i]..text.SourceEnds[i]])];
        Assert.Equal(["Été", "3.5", "我", "x", "end"], words);
        Assert.Equal("ete", text.Word(0).ToString());
        Assert.Equal("end", text.Word(4).ToString());
    }

    [Fact]
    public void Equal_words_have_equal_hashes_and_others_differ()
    {
        SimplifiedText text = new();
        text.Analyze(string.Join(' ', Enumerable.Range(0, 3000).Select(i => $"w{(char)('a' + (i % 26))}{(char)('a' + (i / 26 % 26))}{(i >= 676 ? new string('z', i / 676) : "")}")));
        HashSet<string> words = [];
        HashSet<ulong> hashes = [];
        for (int i = 0; i < text.WordCount; i++)
        {
            words.Add(text.Word(i).ToString());
            hashes.Add(text.WordHashes[i]);
        }

        Assert.Equal(words.Count, hashes.Count);
    }
}
