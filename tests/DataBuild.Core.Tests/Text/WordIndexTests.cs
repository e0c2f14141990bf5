using System.Buffers;
using CsCheck;
using DataBuild.Text;

namespace DataBuild.Core.Tests.Text;

public class WordIndexTests
{
    // White space, and marks that stand behind it.
    private static readonly SearchValues<char> WhatMayStandBetween = SearchValues.Create(" \u200D\u3099็່ា្ြ်္ำ");

    [Theory]
    [InlineData("The quick (\"brown\") fox can't jump 32.3 feet, right?", "The|quick|(|\"|brown|\"|)|fox|can't|jump|32.3|feet|,|right|?")]
    [InlineData("Hello world! I think so...yeah...", "Hello|world|!|I|think|so|...|yeah|...")]
    [InlineData("a--b - c", "a|--|b|-|c")]
    [InlineData("3,456.789 e.g. U.S.A. 3.2.1", "3,456.789|e.g|.|U.S.A|.|3.2.1")]
    [InlineData("snake_case __init__ x_1", "snake_case|__init__|x_1")]
    [InlineData("我喜欢学习", "我|喜欢|学习")]
    [InlineData("データ処理のテスト", "データ|処理|の|テスト")]
    [InlineData("在市民大道、当场昏迷，不省人事。", "在|市民|大道|、|当场|昏迷|，|不省人事|。")]
    [InlineData("栄養を取り入れることで、大きくなるのを実感した", "栄養|を|取り入れる|こと|で|、|大きく|なる|の|を|実感|した")]
    [InlineData("ใช้พลังงานความร้อนในการแยกน้ำ", "ใช้|พลังงาน|ความ|ร้อน|ใน|การ|แยก|น้ำ")]
    [InlineData("ต่าง ๆ ดีๆ กรุงเทพฯ", "ต่าง|ๆ|ดีๆ|กรุงเทพฯ")]
    [InlineData("ໃຫ້ກົດປຸ່ມ", "ໃຫ້|ກົດ|ປຸ່ມ")]
    [InlineData("ខ្ញុំទៅផ្សារទិញបន្លែ", "ខ្ញុំ|ទៅ|ផ្សារ|ទិញ|បន្លែ")]
    [InlineData("ကျွန်တော်စာဖတ်သည်", "ကျွန်တော်|စာဖတ်သည်")]
    [InlineData("Windows用のプログラムver2を使う", "Windows|用|の|プログラム|ver2|を|使う")]
    [InlineData("བོད་སྐད་ཀྱི་ཡི་གེ། ཨ༌མ", "བོད|སྐད|ཀྱི|ཡི|གེ|།|ཨ|མ")]
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
    public void Runs_without_spaces_are_cut_at_characters_and_nothing_is_lost() =>
        Gen.String[Gen.Char["大学生活のデーター\u3099กำเ็ๆฯแດ່ເកា្រြန်မ္\uD840\uDC0B\u200D a。"], 0, 60].Sample(text =>
        {
            WordIndex words = new();
            words.Analyze(text.AsMemory());
            int end = 0;
            for (int i = 0; i < words.Count; i++)
            {
                Assert.True(words.Starts[i] >= end && !words[i].IsEmpty);
                Assert.True(text.AsSpan(end, words.Starts[i] - end).IndexOfAnyExcept(WhatMayStandBetween) < 0);
                end = words.Starts[i] + words[i].Length;
            }
        });

    [Fact]
    public void A_list_of_words_is_read_as_it_was_written()
    {
        Dictionary<string, byte> words = new(StringComparer.Ordinal) { ["a"] = 3, ["ab"] = 200, ["abc"] = 1, ["b"] = 7, ["\u4E2D\u6587"] = 255 };
        using MemoryStream stream = new();
        WordTrie.Write(stream, words);
        stream.Position = 0;
        WordTrie list = WordTrie.Read(stream);
        Assert.Equal(words.Count, list.Count);
        Assert.All(words, w => Assert.Equal(w.Value, list.CostOf(w.Key)));
        Assert.All(["", "c", "ac", "abcd", "\u4E2D"], w => Assert.Equal(0, list.CostOf(w)));
    }

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
