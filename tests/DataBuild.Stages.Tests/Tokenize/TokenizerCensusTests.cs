using System.Text.Json;
using DataBuild.Stages.Tokenize;

namespace DataBuild.Tests.Tokenize;

/// <summary>
/// Every key and value of <c>tokenizer.json</c> that the published files hold, one by one: models, flags, normalisers, pre-tokenisers, post-processors, decoders, forms of merges.
/// Each is either loaded and does what Hugging Face's documentation of it says (ids worked out by hand on a vocabulary of a few tokens), or refused with its key.
/// </summary>
public sealed class TokenizerCensusTests : IDisposable
{
    private const string Pieces = """{"type":"WordLevel","unk_token":"?","vocab":{"?":0,"a":1," ":2,"b":3," b":4,"a ":5,"12":6,"1":7,"2":8,".":9,"..":10,"\u2581a":11,"\u2581b":12,"a.":13}}""";
    private const string Letters = """{"type":"BPE","vocab":{"a":0,"b":1,"ab":2,"\u0120":3,"a\u0120":4},"merges":["a b","a \u0120"]}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("census").FullName;

    /// <summary>Part, its value, model (empty: one that holds the pieces), text, ids.</summary>
    public static TheoryData<string, string, string, string, string> Supported => new()
    {
        // Models and their flags.
        { "model.type BPE, byte-level", """{"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false}}""", Letters, "ab a", "[2,3,0]" },
        { "model without type, merges", "{}", """{"vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}""", "abb", "[2,1]" },
        { "model without type, pieces and scores", "{}", """{"unk_id":0,"vocab":[["?",0],["a",-1],["b",-1],["ab",-1.5]]}""", "aba", "[3,1]" },
        { "model.type Unigram", "{}", """{"type":"Unigram","unk_id":0,"vocab":[["?",0],["a",-1],["b",-2],["ab",-4]]}""", "ab", "[1,2]" },
        { "model.type WordPiece", "{}", """{"type":"WordPiece","unk_token":"?","vocab":{"?":0,"a":1,"##b":2}}""", "ab", "[1,2]" },
        { "model.type WordLevel", "{}", "", "a", "[1]" },
        { "model.merges as strings", "{}", """{"type":"BPE","vocab":{"a":0,"b":1,"ab":2,"abb":3},"merges":["a b","ab b"]}""", "abb", "[3]" },
        { "model.merges as lists", "{}", """{"type":"BPE","vocab":{"a":0,"b":1,"ab":2,"abb":3},"merges":[["a","b"],["ab","b"]]}""", "abb", "[3]" },
        { "model.merges as lists, with spaces", "{}", """{"type":"BPE","vocab":{"a":0," ":1,"a ":2},"merges":[["a"," "]]}""", "a a", "[2,0]" },
        { "model.merges none", "{}", """{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":[]}""", "ab", "[0,1]" },
        { "model.ignore_merges", "{}", """{"type":"BPE","ignore_merges":true,"vocab":{"a":0,"b":1,"ab":2},"merges":[]}""", "ab", "[2]" },
        { "model.byte_fallback", "{}", ByteFallback(fuse: true), "aé", "[256,195,169]" },
        { "model.fuse_unk", "{}", """{"type":"BPE","unk_token":"?","fuse_unk":true,"vocab":{"?":0,"a":1},"merges":[]}""", "xya", "[0,1]" },
        { "model.fuse_unk false", "{}", """{"type":"BPE","unk_token":"?","fuse_unk":false,"vocab":{"?":0,"a":1},"merges":[]}""", "xya", "[0,0,1]" },
        { "model.continuing_subword_prefix", "{}", """{"type":"BPE","continuing_subword_prefix":"##","vocab":{"a":0,"##b":1,"ab":2},"merges":["a ##b"]}""", "ab", "[2]" },
        { "model.end_of_word_suffix", "{}", """{"type":"BPE","end_of_word_suffix":"</w>","vocab":{"a":0,"b</w>":1,"ab</w>":2},"merges":["a b</w>"]}""", "ab", "[2]" },
        { "model.dropout null", "{}", """{"type":"BPE","dropout":null,"vocab":{"a":0,"b":1},"merges":[]}""", "ab", "[0,1]" },

        // Normalisers.
        { "normalizer null", """{"normalizer":null}""", "", "a", "[1]" },
        { "normalizer NFC", """{"normalizer":{"type":"NFC"}}""", """{"type":"WordLevel","unk_token":"?","vocab":{"?":0,"\u00e9":1}}""", "e\u0301", "[1]" },
        { "normalizer NFKC", """{"normalizer":{"type":"NFKC"}}""", """{"type":"WordLevel","unk_token":"?","vocab":{"?":0,"fi":1}}""", "\ufb01", "[1]" },
        { "normalizer Replace, String", """{"normalizer":{"type":"Replace","pattern":{"String":"x"},"content":"a"}}""", "", "x", "[1]" },
        { "normalizer Replace, Regex", """{"normalizer":{"type":"Replace","pattern":{"Regex":"x+"},"content":"a"}}""", "", "xxx", "[1]" },
        { "normalizer Prepend", """{"normalizer":{"type":"Prepend","prepend":"a"}}""", """{"type":"WordLevel","unk_token":"?","vocab":{"?":0,"ab":1}}""", "b", "[1]" },
        { "normalizer Lowercase", """{"normalizer":{"type":"Lowercase"}}""", "", "A", "[1]" },
        { "normalizer Strip", """{"normalizer":{"type":"Strip","strip_left":true,"strip_right":true}}""", "", "  a ", "[1]" },
        { "normalizer Strip, left alone", """{"normalizer":{"type":"Strip","strip_left":true,"strip_right":false}}""", "", " a ", "[5]" },
        { "normalizer Sequence", """{"normalizer":{"type":"Sequence","normalizers":[{"type":"Lowercase"},{"type":"Strip","strip_left":true,"strip_right":true}]}}""", "", " A", "[1]" },
        { "normalizer Precompiled, empty", """{"normalizer":{"type":"Precompiled","precompiled_charsmap":""}}""", "", "a", "[1]" },

        // Pre-tokenisers.
        { "pre_tokenizer null", """{"pre_tokenizer":null}""", """{"type":"WordLevel","unk_token":"?","vocab":{"?":0,"a b":1}}""", "a b", "[1]" },
        { "pre_tokenizer ByteLevel, use_regex false", """{"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}}""", Letters, "a a", "[4,0]" },
        { "pre_tokenizer ByteLevel, add_prefix_space", """{"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":true}}""", Letters, "a", "[3,0]" },
        { "pre_tokenizer Split, Regex, Isolated", """{"pre_tokenizer":{"type":"Split","pattern":{"Regex":"\\s"},"behavior":"Isolated","invert":false}}""", "", "a b", "[1,2,3]" },
        { "pre_tokenizer Split, Regex, Removed and invert", """{"pre_tokenizer":{"type":"Split","pattern":{"Regex":"\\w+"},"behavior":"Removed","invert":true}}""", "", "a b", "[1,3]" },
        { "pre_tokenizer Split, String, MergedWithNext", """{"pre_tokenizer":{"type":"Split","pattern":{"String":" "},"behavior":"MergedWithNext","invert":false}}""", "", "a b", "[1,4]" },
        { "pre_tokenizer Split, String, MergedWithPrevious", """{"pre_tokenizer":{"type":"Split","pattern":{"String":" "},"behavior":"MergedWithPrevious","invert":false}}""", "", "a b", "[5,3]" },
        { "pre_tokenizer Split, String, Contiguous", """{"pre_tokenizer":{"type":"Split","pattern":{"String":"."},"behavior":"Contiguous","invert":false}}""", "", "a..b", "[1,10,3]" },
        { "pre_tokenizer Digits", """{"pre_tokenizer":{"type":"Digits","individual_digits":false}}""", "", "a12", "[1,6]" },
        { "pre_tokenizer Digits, individual", """{"pre_tokenizer":{"type":"Digits","individual_digits":true}}""", "", "a12", "[1,7,8]" },
        { "pre_tokenizer Punctuation", """{"pre_tokenizer":{"type":"Punctuation"}}""", "", "a..b", "[1,9,9,3]" },
        { "pre_tokenizer Punctuation, behavior", """{"pre_tokenizer":{"type":"Punctuation","behavior":"MergedWithPrevious"}}""", "", "a.b", "[13,3]" },
        { "pre_tokenizer Metaspace, always", """{"pre_tokenizer":{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"always","split":true}}""", "", "a b", "[11,12]" },
        { "pre_tokenizer Metaspace, never", """{"pre_tokenizer":{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"never","split":true}}""", "", "a b", "[1,12]" },
        { "pre_tokenizer Metaspace, add_prefix_space", """{"pre_tokenizer":{"type":"Metaspace","replacement":"\u2581","add_prefix_space":true}}""", "", "a b", "[11,12]" },
        { "pre_tokenizer WhitespaceSplit", """{"pre_tokenizer":{"type":"WhitespaceSplit"}}""", "", "a.  b", "[13,3]" },
        { "pre_tokenizer Whitespace", """{"pre_tokenizer":{"type":"Whitespace"}}""", "", "a..  b", "[1,10,3]" },
        { "pre_tokenizer Sequence", """{"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Digits","individual_digits":true}]}}""", "", "a 12", "[1,7,8]" },

        // Added tokens and their flags.
        { "added_tokens lstrip", """{"added_tokens":[{"id":20,"content":"<m>","lstrip":true,"special":false}]}""", "", "a <m>", "[1,20]" },
        { "added_tokens rstrip", """{"added_tokens":[{"id":20,"content":"<m>","rstrip":true,"special":false}]}""", "", "<m> b", "[20,3]" },
        { "added_tokens single_word", """{"added_tokens":[{"id":20,"content":"a","single_word":true,"special":false}],"pre_tokenizer":{"type":"WhitespaceSplit"}}""", "", "a a.", "[20,20,9]" },
        { "added_tokens normalized", """{"added_tokens":[{"id":20,"content":"x","normalized":true,"special":false}],"normalizer":{"type":"Lowercase"}}""", "", "X", "[20]" },
        { "added_tokens normalized false", """{"added_tokens":[{"id":20,"content":"x","normalized":false,"special":false}],"normalizer":{"type":"Lowercase"}}""", "", "X", "[0]" },
        { "added_tokens longest match", """{"added_tokens":[{"id":20,"content":"<m","special":false},{"id":21,"content":"<m>","special":false}]}""", "", "<m>", "[21]" },

        // Passed over, as the documentation says.
        { "truncation and padding", """{"version":"1.0","truncation":{"max_length":1},"padding":{"strategy":"BatchLongest"}}""", "", "a", "[1]" },
    };

    /// <summary>Post-processor, ids before and after.</summary>
    public static TheoryData<string, string, string> Templates => new()
    {
        { """{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],"pair":[],"special_tokens":{"<s>":{"id":"<s>","ids":[7],"tokens":["<s>"]},"</s>":{"id":"</s>","ids":[8],"tokens":["</s>"]}}}""", "[7]", "[8]" },
        { """{"type":"RobertaProcessing","sep":["</s>",8],"cls":["<s>",7],"trim_offsets":true,"add_prefix_space":false}""", "[7]", "[8]" },
        { """{"type":"BertProcessing","sep":["</s>",8],"cls":["<s>",7]}""", "[7]", "[8]" },
        { """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false}""", "[]", "[]" },
        { """{"type":"Sequence","processors":[{"type":"ByteLevel"},{"type":"BertProcessing","sep":["</s>",8],"cls":["<s>",7]}]}""", "[7]", "[8]" },
    };

    /// <summary>Decoder, tokens of the vocabulary, the text that they become.</summary>
    public static TheoryData<string, string[], string> Decoders => new()
    {
        { """{"type":"ByteLevel"}""", ["a", "\u0120b"], "a b" },
        { """{"type":"Sequence","decoders":[{"type":"ByteFallback"},{"type":"Fuse"}]}""", ["a", "<0xC3>", "<0xA9>"], "aé" },
        { """{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"\u2581"},"content":" "},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}""", ["\u2581a", "\u2581b"], "a b" },
        { """{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"always","split":true}""", ["\u2581a", "\u2581b"], "a b" },
        { """{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"never"}""", ["\u2581a", "\u2581b"], " a b" },
        { """{"type":"WordPiece","prefix":"##","cleanup":false}""", ["a", "##b", "c"], "ab c" },
        { """{"type":"BPEDecoder","suffix":"</w>"}""", ["a", "b</w>", "c</w>"], "ab c" },
    };

    /// <summary>What the census does not hold, or what would change the ids and is not there: part, its value, and the key that is named.</summary>
    public static TheoryData<string, string, string> Refused => new()
    {
        { "{\"version\":\"2.0\"}", "", "version: '2.0'" },
        { """{"normalizer":{"type":"Nmt"}}""", "", "normalizer.type: 'Nmt'" },
        { """{"pre_tokenizer":{"type":"UnicodeScripts"}}""", "", "pre_tokenizer.type: 'UnicodeScripts'" },
        { """{"pre_tokenizer":{"type":"FixedLength","length":5}}""", "", "pre_tokenizer.type: 'FixedLength'" },
        { """{"decoder":{"type":"CTC"}}""", "", "decoder.type: 'CTC'" },
        { """{"decoder":{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"last"}}""", "", "decoder.prepend_scheme: 'last'" },
        { """{"post_processor":{"type":"ChatProcessing"}}""", "", "post_processor.type: 'ChatProcessing'" },
        { """{"added_tokens":[{"id":1,"content":""}]}""", "", "added_tokens[0].content" },
        { "{}", """{"type":"BPE","dropout":0.1,"vocab":{"a":0},"merges":[]}""", "model.dropout" },
        { "{}", """{"type":"BPE","unk_token":"?","vocab":{"a":0},"merges":[]}""", "model.unk_token: the token '?'" },
        { "{}", """{"type":"Unigram","unk_id":5,"vocab":[["a",0]]}""", "model.unk_id" },
        { "{}", """{"type":"WordLevel","unk_token":"?","vocab":{"a":0}}""", "model.unk_token" },
        { "{}", """{"type":"BPE","byte_fallback":true,"vocab":{"a":0},"merges":[]}""", "model.byte_fallback" },
        { """{"pre_tokenizer":{"type":"ByteLevel"}}""", """{"type":"BPE","continuing_subword_prefix":"##","vocab":{"a":0},"merges":[]}""", "model.continuing_subword_prefix" },
        { """{"pre_tokenizer":{"type":"ByteLevel"}}""", """{"type":"WordLevel","unk_token":"a","vocab":{"a":0}}""", "pre_tokenizer: ByteLevel is not supported with a WordLevel model" },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Supported))]
    public void What_is_supported_gives_the_ids_of_its_definition(string key, string parts, string model, string text, string ids)
    {
        Assert.True(JsonSerializer.Deserialize<int[]>(ids)!.SequenceEqual(Load(parts, model.Length > 0 ? model : Pieces).Encode(text)), $"{key}: {string.Join(',', Load(parts, model.Length > 0 ? model : Pieces).Encode(text))}");
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void Post_processors_say_what_stands_around_a_text(string processor, string before, string after)
    {
        TextTokenizer tokenizer = Load($$"""{"post_processor":{{processor}}}""", Pieces);
        Assert.Equal(JsonSerializer.Deserialize<int[]>(before), tokenizer.PrefixIds.ToArray());
        Assert.Equal(JsonSerializer.Deserialize<int[]>(after), tokenizer.SuffixIds.ToArray());
    }

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Decoders_make_text_of_tokens(string decoder, string[] tokens, string text)
    {
        string vocabulary = JsonSerializer.Serialize(tokens.Index().ToDictionary(t => t.Item, t => t.Index));
        TextTokenizer tokenizer = Load($$"""{"decoder":{{decoder}}}""", $$"""{"type":"BPE","vocab":{{vocabulary}},"merges":[]}""");
        Assert.Equal(text, tokenizer.Decode([.. Enumerable.Range(0, tokens.Length)]));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_not_supported_is_refused_with_its_key(string parts, string model, string message)
    {
        TokenizerFormatException error = Assert.Throws<TokenizerFormatException>(() => Load(parts, model.Length > 0 ? model : Pieces));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_precompiled_map_is_applied()
    {
        using JsonDocument t5 = JsonDocument.Parse(Gunzip(TestPaths.Shared("data/tokenizers/t5-small.tokenizer.json.gz")));
        string normalizer = t5.RootElement.GetProperty("normalizer").GetRawText();
        Assert.Contains("\"Precompiled\"", normalizer, StringComparison.Ordinal);
        Assert.Equal([1], Load($$"""{"normalizer":{{normalizer}}}""", """{"type":"WordLevel","unk_token":"?","vocab":{"?":0,"fi":1}}""").Encode("\ufb01"));
    }

    // The census names these; each has its row above.
    [Fact]
    public void Every_value_of_the_census_has_a_case()
    {
        string cases = string.Join('\n', Supported.Select(r => $"{r[0]} {r[1]} {r[2]}").Concat(Templates.Select(r => (string)r[0])).Concat(Decoders.Select(r => (string)r[0])));
        Assert.All(
            (string[])["BPE", "Unigram", "byte_fallback", "fuse_unk", "ignore_merges", "model without type", "NFKC", "NFC", "Replace", "Prepend", "Lowercase", "\"Strip\"", "Precompiled",
                "\"ByteLevel\"", "use_regex", "\"Isolated\"", "\"Removed\",\"invert\":true", "\"MergedWithNext\"", "Digits", "Punctuation", "Metaspace", "WhitespaceSplit", "\"Whitespace\"",
                "pre_tokenizer null", "TemplateProcessing", "RobertaProcessing", "ByteFallback", "Fuse", "merges as strings", "merges as lists", "merges none", "lstrip", "rstrip", "normalized"],
            value => Assert.Contains(value, cases, StringComparison.Ordinal));
    }

    private static string ByteFallback(bool fuse)
    {
        Dictionary<string, int> vocabulary = Enumerable.Range(0, 256).ToDictionary(b => $"<0x{b:X2}>", b => b);
        vocabulary["a"] = 256;
        vocabulary["?"] = 257;
        return JsonSerializer.Serialize(new { type = "BPE", unk_token = "?", byte_fallback = true, fuse_unk = fuse, vocab = vocabulary, merges = Array.Empty<string>() });
    }

    private static byte[] Gunzip(string path)
    {
        using System.IO.Compression.GZipStream stream = new(File.OpenRead(path), System.IO.Compression.CompressionMode.Decompress);
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private TextTokenizer Load(string parts, string model)
    {
        string path = Path.Combine(_folder, "tokenizer.json");
        string body = parts.Trim()[1..^1].Trim();
        File.WriteAllText(path, $$"""{{{body}}{{(body.Length > 0 ? "," : "")}}"model":{{model}}}""");
        return TextTokenizer.Load(path);
    }
}
