using System.Text;
using DataBuild.Stages.Extract;
using DataBuild.Stages.Tokenize;

namespace DataBuild.Tests.Tokenize;

/// <summary>Tokenizer files and pages as someone may have damaged them: read, or refused with one exception, and never anything else.</summary>
public sealed class TokenizerMutationTests : IDisposable
{
    private const string Bpe = """
        {"version":"1.0","added_tokens":[{"id":6,"content":"<s>","special":true,"single_word":false,"lstrip":false,"rstrip":false,"normalized":false}],
         "normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Lowercase"}]},"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"use_regex":true},
         "post_processor":null,"decoder":{"type":"ByteLevel"},
         "model":{"type":"BPE","unk_token":null,"vocab":{"a":0,"b":1,"c":2,"ab":3,"abc":4,"Ġ":5},"merges":["a b","ab c"]}}
        """;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _folder = Directory.CreateTempSubdirectory("tokenizers").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Mutated_tokenizer_json_is_read_or_refused()
    {
        string path = Path.Combine(_folder, "tokenizer.json");
        int loaded = 0;
        Mutator.Run(Mutator.WithRealSeeds(Encoding.UTF8.GetBytes(Bpe), ["tokenizers/kl3m-004-char-4k-cased.tokenizer.json.gz"], unpack: true), 1500, ["{", "null", "\"merges\":[\"a b\"]", "\"type\":\"Unigram\"", "\"type\":\"WordPiece\"", "\"id\":-1", "1e99", "[[\"a\",\"a\"]]", "(?<=a+)"], input =>
        {
            File.WriteAllBytes(path, input);
            loaded += TryEncode(path) ? 1 : 0;
        });
        Assert.True(loaded > 0);
    }

    [Fact]
    public void Mutated_tiktoken_files_are_read_or_refused()
    {
        string path = Path.Combine(_folder, "cl100k_base.tiktoken");
        string ranks = string.Concat(Enumerable.Range(0, 256).Select(i => $"{Convert.ToBase64String([(byte)i])} {i}\n")) + "YWI= 256\nYWJj 257\n";
        File.WriteAllText(path, ranks);
        Mutator.Run(Encoding.ASCII.GetBytes(ranks), 400, ["\n", " ", "YWI= 256\n", "====", " 99999999999\n", " -1\n"], input =>
        {
            File.WriteAllBytes(path, input);
            TryEncode(path);
        });
    }

    [Fact]
    public void Mutated_SentencePiece_models_are_read_or_refused()
    {
        string path = Path.Combine(_folder, "spiece.model");
        int loaded = 0;
        foreach (int type in new[] { 1, 2 })
        {
            byte[] seed = SentencePieceModel.Write(
                type, [("<unk>", 0, 2), ("<s>", 0, 3), ("\u2581", -3, 1), ("a", -2, 1), ("b", -2.5f, 1), ("ab", -1, 1), ("\u2581a", -1.5f, 1), .. Enumerable.Range(0, 256).Select(i => ($"<0x{i:X2}>", -9f, 6))], byteFallback: true);
            Mutator.Run(seed, 700, ["\x0A\x02\x08", "\xFF\xFF\xFF\xFF\x0F", "\x12\x02\x18\x03", "\x1A\x00", "<0x41>", "\x00\x00\xC0\x7F"], input =>
            {
                File.WriteAllBytes(path, input);
                loaded += TryEncode(path) ? 1 : 0;
            });
        }

        Assert.True(loaded > 0);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("shift_jis")]
    [InlineData("utf-16le")]
    [InlineData("gb18030")]
    [InlineData(null)]
    public void Mutated_pages_of_any_charset_are_extracted(string? charset)
    {
        HtmlExtractor extractor = new();
        byte[] seed = Encoding.UTF8.GetBytes("<!doctype html><html><head><meta charset=\"euc-jp\"><title>Größe 数据</title></head><body><main><h1>Page</h1><p>Some text that is long enough to be kept, with 日本語 and <b>bold</b> words.</p><table><tr><td>1</td></tr></table></main></body></html>");
        Mutator.Run(seed, 400, ["<table>", "</p>", "<meta charset=utf-7>", "\u001b$B", "&#xD800;", "<svg>", "<!--", "\xFE\xFF", "\x81", "<math><mi>"], input =>
        {
            ExtractedPage page = extractor.Extract(input, charset, "https://a.example/", new ExtractOptions { Mode = ExtractMode.All });

            // Throws on half a surrogate pair.
            Strict.GetByteCount(page.Text ?? "");
        });
    }

    private static bool TryEncode(string path)
    {
        TextTokenizer tokenizer;
        try
        {
            tokenizer = TextTokenizer.Load(path);
        }
        catch (TokenizerFormatException)
        {
            return false;
        }

        tokenizer.Encode("abc cab, a b c Größe");
        return true;
    }
}
