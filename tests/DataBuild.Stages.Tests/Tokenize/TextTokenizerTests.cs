using System.Buffers;
using System.Text;
using CsCheck;
using DataBuild.Stages.Tokenize;

namespace DataBuild.Tests.Tokenize;

public class TextTokenizerTests
{
    private static readonly TextTokenizer O200k = TextTokenizer.Load("o200k_base");
    private static readonly TextTokenizer Cl100k = TextTokenizer.Load("cl100k_base");

    [Fact]
    public void Sizes_and_end_of_text_are_those_tiktoken_publishes()
    {
        Assert.Equal((200019, 199999), (O200k.VocabularySize, O200k.EndOfTextId));
        Assert.Equal((100277, 100257), (Cl100k.VocabularySize, Cl100k.EndOfTextId));
    }

    [Fact]
    public void The_digest_tells_definitions_apart_and_is_stable()
    {
        Assert.Equal(64, O200k.Digest.Length);
        Assert.NotEqual(O200k.Digest, Cl100k.Digest);
        Assert.Equal(O200k.Digest, TextTokenizer.Load("o200k_base").Digest);
    }

    // Ids from tiktoken's own tests.
    [Theory]
    [InlineData("hello world", new[] { 15339, 1917 })]
    [InlineData("rer", new[] { 38149 })]
    [InlineData("'rer", new[] { 2351, 81 })]
    [InlineData("today\n ", new[] { 31213, 198, 220 })]
    [InlineData("today\n \n", new[] { 31213, 27907 })]
    [InlineData("today\n  \n", new[] { 31213, 14211 })]
    [InlineData("👍", new[] { 9468, 239, 235 })]
    public void Cl100k_gives_the_ids_of_tiktokens_tests(string text, int[] ids) => Assert.Equal(ids, Cl100k.Encode(text));

    [Fact]
    public void A_surrogate_without_its_other_half_reads_as_the_replacement_character()
    {
        Assert.Equal([5809], Cl100k.Encode("\ud83d"));
        Assert.Equal(Cl100k.Encode("a\ufffdb"), Cl100k.Encode("a\udc00b"));
        Assert.Equal([9468, 239, 235], Cl100k.Encode("\ud83d\udc4d"));
    }

    [Fact]
    public void Bytes_that_are_not_utf8_read_as_the_replacement_character()
    {
        using var ids = new TokenBuffer();
        Cl100k.Encode("caf\u00e9 "u8.ToArray().Concat(new byte[] { 0xE9, 0x80, (byte)'x', 0xFF }).ToArray(), ids);
        Assert.Equal("caf\u00e9 \ufffdx\ufffd", Cl100k.Decode(ids.Span));
    }

    [Fact]
    public void Text_that_spells_a_special_token_stays_text_unless_asked_otherwise()
    {
        const string Text = "a<|endoftext|>b";
        Assert.DoesNotContain(199999, O200k.Encode(Text));
        Assert.Equal([64, 199999, 65], O200k.Encode(Text, SpecialTokens.Recognise));
        Assert.Equal(Text, O200k.Decode(O200k.Encode(Text)));
        Assert.Equal(Text, O200k.Decode(O200k.Encode(Text, SpecialTokens.Recognise)));
        Assert.Equal(199999, O200k.FindToken("<|endoftext|>"));
    }

    [Theory]
    [InlineData("x", 300_000)]
    [InlineData("^", 30_000)]
    [InlineData("0", 30_000)]
    [InlineData(" ", 30_000)]
    [InlineData("\n", 30_000)]
    [InlineData("é", 30_000)]
    [InlineData("𝐀", 30_000)]
    public void Very_long_runs_of_one_character_encode_and_decode(string character, int count)
    {
        string text = string.Concat(Enumerable.Repeat(character, count));
        Assert.Equal(text, Cl100k.Decode(Cl100k.Encode(text)));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("^")]
    [InlineData(" ")]
    [InlineData("é")]
    public void A_run_of_one_character_takes_time_in_proportion(string character)
    {
        // Quadratic work would take 16 times as long for four times the text; processor time of this thread, so that other tests do not count.
        // DATABUILD_RUN_LENGTH=1000000 tries a megabyte.
        int length = LongRun.Count("DATABUILD_RUN_LENGTH", 80_000);
        _ = Cl100k.Encode(string.Concat(Enumerable.Repeat(character, 10_000)));
        double quarter = Seconds(length / 4), whole = Seconds(length);
        Assert.True(whole < (8 * quarter) + 0.2, $"{whole:F2} s for {length} characters, {quarter:F2} s for a quarter of them");

        double Seconds(int count)
        {
            byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(character, count)));
            using TokenBuffer ids = new();
            long start = ThreadClock.Nanoseconds();
            Cl100k.Encode(text, ids);
            double used = (ThreadClock.Nanoseconds() - start) / 1e9;
            Assert.Equal(text.Length, Encoding.UTF8.GetByteCount(Cl100k.Decode(ids.Span)));
            return used;
        }
    }

    private const string Troublesome = "aB \n\r's1\u0301\u4e2dǄǅ\u00a0!/";

    [Fact]
    public void Any_text_decodes_to_itself() =>
        Gen.OneOf(
            Gen.String[Gen.Char[' ', '~']],
            Gen.Int[0, Troublesome.Length - 1].Select(i => Troublesome[i]).Array.Select(a => new string(a)),
            Gen.String).Sample(text =>
            {
                string valid = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
                return O200k.Decode(O200k.Encode(text)) == valid && Cl100k.Decode(Cl100k.Encode(text)) == valid;
            });

    [Fact]
    public void Threads_that_share_a_tokenizer_get_the_same_ids()
    {
        string[] texts = [.. Enumerable.Range(0, 64).Select(i => string.Join(' ', Enumerable.Range(i, 300).Select(n => $"word{n * n} Ünïcode {n}")))];
        TextTokenizer fresh = TextTokenizer.Load("o200k_base");
        int[][] alone = [.. texts.Select(t => O200k.Encode(t))];
        int[][] together = new int[texts.Length][];
        Parallel.For(0, texts.Length, i => together[i] = fresh.Encode(texts[i]));
        Assert.Equal(alone, together);
    }

    [Fact]
    public void Ids_append_to_the_buffer_they_are_given()
    {
        using var ids = new TokenBuffer(1);
        Assert.Equal(2, Cl100k.Encode("hello world", ids));
        Assert.Equal(1, Cl100k.Encode("rer"u8, ids));
        Assert.Equal([15339, 1917, 38149], ids.ToArray());
        var bytes = new ArrayBufferWriter<byte>();
        Cl100k.Decode(ids.Span, bytes);
        Assert.Equal("hello worldrer"u8.ToArray(), bytes.WrittenSpan.ToArray());
    }

    [Fact]
    public void An_id_outside_the_vocabulary_is_an_error() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => O200k.Decode([1, 300_000]));

    [Fact]
    public void A_name_that_is_no_encoding_and_no_file_is_an_error_that_lists_the_names()
    {
        var error = Assert.Throws<FileNotFoundException>(() => TextTokenizer.Load("o200k_bsae"));
        Assert.Contains("o200k_base, cl100k_base", error.Message, StringComparison.Ordinal);
    }
}
