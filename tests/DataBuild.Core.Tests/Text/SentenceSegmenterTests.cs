using CsCheck;
using DataBuild.Text;

namespace DataBuild.Core.Tests.Text;

public class SentenceSegmenterTests
{
    // Texts and counts of mlfoundations/dclm (MIT), tests of page_length_filter.
    [Theory]
    [InlineData("", 0)]
    [InlineData("Hello world.", 1)]
    [InlineData("Hello world. This is a test.", 2)]
    [InlineData("Hello world. \n This is a test.", 2)]
    [InlineData("Hello world. \n\n\n \n\n\n This is a test.", 2)]
    [InlineData("Hello world This is a test Python is great", 1)]
    [InlineData("Mr. Smith bought 2.5 kilograms of fruit.", 1)]
    [InlineData("Hello world! That should be easy, right? I think so...yeah...", 3)]
    [InlineData("He said \"Stop!\" Then he left. J. R. R. Tolkien wrote it.", 3)]
    [InlineData("你好。我喜欢学习！真的吗？", 3)]
    [InlineData("वह गया। वह आया।", 2)]
    [InlineData("No end\n\nAnother paragraph", 2)]
    public void Counts_sentences(string text, int expected) => Assert.Equal(expected, SentenceSegmenter.Count(text));

    [Fact]
    public void Sentences_hold_all_that_is_no_white_space() =>
        Gen.String[Gen.Char["ab. !?\n\"”。A…)"], 0, 60].Sample(text =>
        {
            string joined = "";
            ReadOnlySpan<char> rest = text;
            while (SentenceSegmenter.TryNext(ref rest, out ReadOnlySpan<char> sentence))
            {
                Assert.False(sentence.IsEmpty);
                joined += sentence.ToString();
            }

            Assert.Equal(string.Concat(text.Where(c => !char.IsWhiteSpace(c))), string.Concat(joined.Where(c => !char.IsWhiteSpace(c))));
        });
}
