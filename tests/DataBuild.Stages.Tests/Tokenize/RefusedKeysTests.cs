using DataBuild.Stages.Tokenize;

namespace DataBuild.Tests.Tokenize;

/// <summary>Every part of a <c>tokenizer.json</c> refuses what is not supported, and names the key.</summary>
public sealed class RefusedKeysTests : IDisposable
{
    private const string Model = """{"type":"BPE","vocab":{"a":0},"merges":[]}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("refused").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("chat_template", "\"x\"", "chat_template: is not supported")]
    [InlineData("added_tokens", """[{"id":1,"content":"b","priority":2}]""", "added_tokens[0].priority: is not supported")]
    [InlineData("added_tokens", """[{"id":-1,"content":"b"}]""", "added_tokens[0].id: the id -1")]
    [InlineData("normalizer", """{"type":"Nmt"}""", "normalizer.type: 'Nmt'")]
    [InlineData("normalizer", """{"type":"NFC","form":"x"}""", "normalizer.form: is not supported")]
    [InlineData("normalizer", """{"type":"Lowercase","locale":"tr"}""", "normalizer.locale: is not supported")]
    [InlineData("normalizer", """{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Strip","strip_middle":true}]}""", "normalizer.normalizers[1].strip_middle: is not supported")]
    [InlineData("normalizer", """{"type":"BertNormalizer","keep":true}""", "normalizer.keep: is not supported")]
    [InlineData("normalizer", """{"type":"Prepend","prepend":"x","first_only":true}""", "normalizer.first_only: is not supported")]
    [InlineData("normalizer", """{"type":"Replace","pattern":{"Glob":"*"},"content":""}""", "normalizer.pattern.Glob: is not supported")]
    [InlineData("pre_tokenizer", """{"type":"UnicodeScripts"}""", "pre_tokenizer.type: 'UnicodeScripts'")]
    [InlineData("pre_tokenizer", """{"type":"Whitespace","keep":true}""", "pre_tokenizer.keep: is not supported")]
    [InlineData("pre_tokenizer", """{"type":"Digits","group":3}""", "pre_tokenizer.group: is not supported")]
    [InlineData("pre_tokenizer", """{"type":"Split","pattern":{"String":" "},"behavior":"Doubled"}""", "pre_tokenizer.behavior: 'Doubled'")]
    [InlineData("pre_tokenizer", """{"type":"Metaspace","replacement":"_","prepend_scheme":"last"}""", "pre_tokenizer.prepend_scheme: 'last'")]
    [InlineData("pre_tokenizer", """{"type":"Sequence","pretokenizers":[{"type":"ByteLevel"},{"type":"Digits"}]}""", "pre_tokenizer.pretokenizers[1]: a pre-tokenizer after ByteLevel")]
    [InlineData("post_processor", """{"type":"ChatProcessing"}""", "post_processor.type: 'ChatProcessing'")]
    [InlineData("post_processor", """{"type":"BertProcessing","sep":["a",0],"cls":["a",0],"pair":true}""", "post_processor.pair: is not supported")]
    [InlineData("post_processor", """{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"[CLS]","type_id":0}}],"pair":[],"special_tokens":{}}""", "'[CLS]' is not among special_tokens")]
    [InlineData("decoder", """{"type":"CTC"}""", "decoder.type: 'CTC'")]
    [InlineData("decoder", """{"type":"Fuse","with":"-"}""", "decoder.with: is not supported")]
    [InlineData("decoder", """{"type":"Replace","pattern":{"Regex":"a"},"content":"b"}""", "decoder.pattern: only a String pattern")]
    [InlineData("model", """{"type":"Unigram","vocab":[["a",0]],"alpha":0.1}""", "model.alpha: is not supported")]
    [InlineData("model", """{"type":"WordPiece","unk_token":"a","vocab":{"a":0},"split":true}""", "model.split: is not supported")]
    [InlineData("model", """{"type":"WordLevel","vocab":{"a":0},"fallback":true}""", "model.fallback: is not supported")]
    [InlineData("model", """{"type":"BPE","vocab":{"a":0},"merges":[],"dropout":0.5}""", "model.dropout: is not supported")]
    [InlineData("model", """{"type":"BPE","vocab":{"a":0,"b":0},"merges":[]}""", "model.vocab.b: the id 0 is also that of 'a'")]
    [InlineData("model", """{"type":"BPE","vocab":{"a":0,"b":16777216},"merges":[]}""", "model.vocab.b: the id 16777216 is not between 0 and 16777215")]
    [InlineData("model", """{"type":"BPE","vocab":{"a":0},"merges":[],"byte_fallback":true}""", "model.byte_fallback: is set, but model.vocab has no token <0x00>")]
    public void The_key_is_named(string key, string value, string message)
    {
        string path = Path.Combine(_folder, "tokenizer.json");
        File.WriteAllText(path, key == "model" ? $$"""{"model":{{value}}}""" : $$"""{"{{key}}":{{value}},"model":{{Model}}}""");
        TokenizerFormatException error = Assert.Throws<TokenizerFormatException>(() => TextTokenizer.Load(path));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }
}
