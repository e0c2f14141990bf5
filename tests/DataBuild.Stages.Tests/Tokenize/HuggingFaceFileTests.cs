using System.Text;
using System.Text.Json;
using DataBuild.Stages.Tokenize;

namespace DataBuild.Tests.Tokenize;

public sealed class HuggingFaceFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tokenizers").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The ids of huggingface.expected.json are those of Hugging Face tokenizers 0.23.2, special tokens recognised.
    [SkippableTheory]
    [InlineData("clip")]
    [InlineData("gpt2")]
    [InlineData("kl3m-001-32k")]
    [InlineData("kl3m-004-char-16k-cased")]
    [InlineData("kl3m-004-char-4k-cased")]
    [InlineData("kl3m-005-multi-word-example-32k")]
    [InlineData("llama2")]
    [InlineData("phi-3-mini")]
    [InlineData("roberta-base")]
    [InlineData("t5-small")]
    [InlineData("whisper.tiny")]
    public void Published_tokenizers_give_the_ids_of_hugging_face(string name)
    {
        string file = name + ".tokenizer.json.gz";
        TextTokenizer tokenizer = TextTokenizer.Load(TestPaths.Shared("data/tokenizers/" + file));
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(
            Path.Combine(TestPaths.RepositoryRoot, "tests/DataBuild.Stages.Tests/Tokenize/huggingface.expected.json")));
        string[] texts = expected.RootElement.GetProperty("texts").Deserialize<string[]>()!;
        int[][] ids = expected.RootElement.GetProperty("tokenizers").GetProperty(file).Deserialize<int[][]>()!;
        for (int i = 0; i < texts.Length; i++)
        {
            Assert.Equal(ids[i], tokenizer.Encode(texts[i], SpecialTokens.Recognise));
        }
    }

    [SkippableFact]
    public void Kl3m_gives_the_147_ids_of_its_publisher()
    {
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(TestPaths.Shared("data/tokenizers/kl3m-001-32k.expected.json")));
        int[] ids = expected.RootElement.GetProperty("ids").Deserialize<int[]>()!;
        string text = expected.RootElement.GetProperty("text").GetString()!;
        TextTokenizer tokenizer = TextTokenizer.Load(TestPaths.Shared("data/tokenizers/kl3m-001-32k.tokenizer.json.gz"));

        Assert.Equal(147, ids.Length);
        Assert.Equal(ids, tokenizer.Encode(text));
        Assert.Equal(text, tokenizer.Decode(ids));
    }

    [SkippableFact]
    public void Templates_say_what_stands_around_a_text()
    {
        TextTokenizer roberta = TextTokenizer.Load(TestPaths.Shared("data/tokenizers/roberta-base.tokenizer.json.gz"));
        TextTokenizer whisper = TextTokenizer.Load(TestPaths.Shared("data/tokenizers/whisper.tiny.tokenizer.json.gz"));
        Assert.Equal([0], roberta.PrefixIds.ToArray());
        Assert.Equal([2], roberta.SuffixIds.ToArray());
        Assert.Equal([50258, 50363], whisper.PrefixIds.ToArray());
    }

    [SkippableFact]
    public void Offsets_point_at_the_bytes_that_became_each_token()
    {
        TextTokenizer llama = TextTokenizer.Load(TestPaths.Shared("data/tokenizers/llama2.tokenizer.json.gz"));
        byte[] text = Encoding.UTF8.GetBytes("Hi  wörld 🧿");
        using TokenBuffer ids = new(), starts = new(), ends = new();
        llama.EncodeWithOffsets(text, ids, starts, ends);
        string[] parts = [.. Enumerable.Range(0, ids.Count).Select(i => Encoding.UTF8.GetString(text[starts[i]..ends[i]]))];
        Assert.Equal(["Hi", " ", " w", "ör", "ld", " "], parts[..6]);
        Assert.Equal((text.Length - 1, text.Length), (starts[ids.Count - 1], ends[ids.Count - 1]));
    }

    [Theory]
    [InlineData("""{"type":"BPE","dropout":0.1,"vocab":{},"merges":[]}""", "null", "model.dropout")]
    [InlineData("""{"type":"Nearest","vocab":{}}""", "null", "model.type: 'Nearest'")]
    [InlineData("""{"type":"BPE","vocab":{"a":0},"merges":[["a","b"]]}""", "null", "model.merges[0]: the token 'b'")]
    [InlineData("""{"type":"BPE","vocab":{},"merges":[]}""", """{"type":"UnicodeScripts"}""", "pre_tokenizer.type: 'UnicodeScripts'")]
    [InlineData("""{"type":"BPE","vocab":{},"merges":[]}""", """{"type":"Split","pattern":{"Regex":"(?<=a)b"},"behavior":"Isolated"}""", "pre_tokenizer.pattern.Regex: a group of an unsupported kind")]
    [InlineData("""{"type":"BPE","vocab":{},"merges":[]}""", """{"type":"Split","pattern":{"Regex":"\\p{Klingon}"},"behavior":"Isolated"}""", "the property 'Klingon'")]
    public void What_is_not_supported_is_refused_by_its_key(string model, string preTokenizer, string message)
    {
        string path = Write($$"""{"version":"1.0","pre_tokenizer":{{preTokenizer}},"model":{{model}}}""");
        var error = Assert.Throws<TokenizerFormatException>(() => TextTokenizer.Load(path));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Added_tokens_follow_their_flags()
    {
        string path = Write("""
            {"added_tokens":[
              {"id":3,"content":"<m>","lstrip":true,"rstrip":true,"normalized":false,"special":false},
              {"id":4,"content":"ab","single_word":true,"normalized":false,"special":false},
              {"id":5,"content":"<mm>","normalized":false,"special":false},
              {"id":6,"content":"<s>","normalized":false,"special":true}],
             "model":{"type":"WordLevel","vocab":{"x":0,"y":1,"[UNK]":2},"unk_token":"[UNK]"},
             "pre_tokenizer":{"type":"WhitespaceSplit"}}
            """);
        TextTokenizer tokenizer = TextTokenizer.Load(path);
        Assert.Equal([0, 3, 1, 5], tokenizer.Encode("x <m>  y<mm>"));
        Assert.Equal([4, 2], tokenizer.Encode("ab abx"));
        Assert.Equal([2], tokenizer.Encode("<s>"));
        Assert.Equal([6], tokenizer.Encode("<s>", SpecialTokens.Recognise));
    }

    [Theory]
    [InlineData("""{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0],["</s>",0],["\u003c",-1],["/",-1],["s",-1],["\u003e",-1]]}""", "[2,3,4,5]")]
    [InlineData("""{"type":"WordLevel","unk_token":"<unk>","vocab":{"<unk>":0,"</s>":1}}""", "[0]")]
    [InlineData("""{"type":"WordPiece","unk_token":"<unk>","vocab":{"<unk>":0,"</s>":1,"\u003c":2,"##/":3,"##s":4,"##\u003e":5}}""", "[2,3,4,5]")]
    [InlineData("""{"type":"BPE","ignore_merges":true,"vocab":{"<unk>":0,"</s>":1,"\u003c":2,"/":3,"s":4,"\u003e":5},"merges":[]}""", "[2,3,4,5]")]
    public void A_text_that_spells_a_control_token_of_the_vocabulary_does_not_become_it(string model, string ids)
    {
        string path = Write($$"""{"added_tokens":[{"id":0,"content":"<unk>","special":true},{"id":1,"content":"</s>","special":true}],"model":{{model}}}""");
        TextTokenizer tokenizer = TextTokenizer.Load(path);
        Assert.Equal(JsonSerializer.Deserialize<int[]>(ids), tokenizer.Encode("</s>"));
        Assert.Equal([1], tokenizer.Encode("</s>", SpecialTokens.Recognise));
    }

    [Fact]
    public void Word_pieces_take_the_longest_token_first()
    {
        string path = Write("""
            {"normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},
             "pre_tokenizer":{"type":"BertPreTokenizer"},
             "decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
             "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":10,
               "vocab":{"[UNK]":0,"un":1,"##aff":2,"##able":3,"##a":4,"!":5,"cafe":6}}}
            """);
        TextTokenizer tokenizer = TextTokenizer.Load(path);
        Assert.Equal([1, 2, 3, 5, 6], tokenizer.Encode("UNaffable! Café"));
        Assert.Equal([0, 0], tokenizer.Encode("unx unaffableaffable"));
        Assert.Equal("unaffable! cafe", tokenizer.Decode([1, 2, 3, 5, 6]));
    }

    private string Write(string json)
    {
        string path = Path.Combine(_folder, "tokenizer.json");
        File.WriteAllText(path, json);
        return path;
    }
}
