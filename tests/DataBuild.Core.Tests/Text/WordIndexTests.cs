using CsCheck;
using DataBuild.Text;

namespace DataBuild.Core.Tests.Text;

public class WordIndexTests
{
    [Theory]
    [InlineData("The quick (\"brown\") fox can't jump 32.3 feet, right?", "The|quick|(|\"|brown|\"|)|fox|can't|jump|32.3|feet|,|right|?")]
    [InlineData("Hello world! I think so...yeah...", "Hello|world|!|I|think|so|...|yeah|...")]
    [InlineData("a--b - c", "a|--|b|-|c")]
    [InlineData("3,456.789 e.g. U.S.A. 3.2.1", "3,456.789|e.g|.|U.S.A|.|3.2.1")]
    [InlineData("snake_case __init__ x_1", "snake_case|__init__|x_1")]
    [InlineData("我喜欢学习", "我|喜|欢|学|习")]
    [InlineData("データ処理のテスト", "データ|処|理|の|テスト")]
    [InlineData("Привет, мир! Ελληνικά שלום", "Привет|,|мир|!|Ελληνικά|שלום")]
    [InlineData("e\u0301te\u0301 nai\u0308ve", "e\u0301te\u0301|nai\u0308ve")]
    [InlineData("हिन्दी में पाठ", "हिन्दी|में|पाठ")]
    [InlineData("\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67 \uD83C\uDDE9\uD83C\uDDEA\uD83C\uDDEB\uD83C\uDDF7", "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67|\uD83C\uDDE9\uD83C\uDDEA|\uD83C\uDDEB\uD83C\uDDF7")]
    [InlineData("  \n\t ", "")]
    public void Cuts_as_Unicode_word_boundaries_do(string text, string expected) => Assert.Equal(expected, string.Join('|', Tokens<WordIndex>(text)));

    [Fact]
    public void Counts_words_of_the_sentences_that_DCLM_publishes_for_its_word_count()
    {
        // mlfoundations/dclm (MIT), tests of page_length_filter: words without punctuation.
        Assert.Equal(7, CountWords("Mr. Smith bought 2.5 kilograms of fruit."));
        Assert.Equal(11, CountWords("Hello world! That should be easy, right? I think so...yeah..."));
        Assert.Equal(6, CountWords("Hello world. \n\n\n \n\n\n This is a test."));

        static int CountWords(string text)
        {
            WordIndex words = new();
            words.Analyze(text.AsMemory());
            int count = 0;
            foreach (InternedSpan type in words.Types)
            {
                count += (type.Traits & TokenTraits.IsWord) != 0 ? type.Count : 0;
            }

            return count;
        }
    }

    [Fact]
    public void Whitespace_words_are_those_of_a_plain_split() =>
        Gen.String[Gen.Char[" \t\n\u00A0\u2003abcß中!-"], 0, 60].Sample(text =>
        {
            string[] expected = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(expected, Tokens<WhitespaceWordIndex>(text));
        });

    [Fact]
    public void Equal_tokens_have_equal_numbers_and_types_are_counted() =>
        Gen.String[Gen.Char["ab cd.,\n'"], 0, 200].Sample(text =>
        {
            WordIndex words = new();
            words.Analyze(text.AsMemory());
            Dictionary<string, int> byText = new(StringComparer.Ordinal);
            for (int i = 0; i < words.Count; i++)
            {
                string token = words[i].ToString();
                int id = words.Ids[i];
                Assert.Equal(byText.TryGetValue(token, out int known) ? known : byText.Count, id);
                byText[token] = id;
                Assert.Equal(token, text.Substring(words.Starts[i], token.Length));
            }

            Assert.Equal(byText.Count, words.Types.Length);
            int total = 0;
            foreach (InternedSpan type in words.Types)
            {
                total += type.Count;
            }

            Assert.Equal(words.Count, total);
        });

    [Fact]
    public void Tokens_hold_every_character_that_is_no_white_space() =>
        Gen.String[Gen.Char, 0, 80].Sample(text =>
        {
            string joined = string.Concat(Tokens<WordIndex>(text));
            static bool Kept(char c) => CharacterTable.Is(c, CharacterTraits.Letter | CharacterTraits.Digit) || char.IsPunctuation(c) || char.IsSymbol(c);
            Assert.Equal(string.Concat(text.Where(Kept)), string.Concat(joined.Where(Kept)));
        });

    [Fact]
    public void An_index_is_used_for_text_after_text()
    {
        WordIndex words = new();
        words.Analyze(string.Join(' ', Enumerable.Range(0, 5000)).AsMemory());
        Assert.Equal(5000, words.Types.Length);
        words.Analyze("a b a".AsMemory());
        Assert.Equal([0, 1, 0], words.Ids.ToArray());
    }

    private static string[] Tokens<T>(string text) where T : TokenIndex, new()
    {
        T words = new();
        words.Analyze(text.AsMemory());
        string[] tokens = new string[words.Count];
        for (int i = 0; i < tokens.Length; i++)
        {
            tokens[i] = words[i].ToString();
        }

        return tokens;
    }
}
