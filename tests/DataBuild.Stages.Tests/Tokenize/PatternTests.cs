using CsCheck;
using DataBuild.Stages.Tokenize;

namespace DataBuild.Tests.Tokenize;

/// <summary>Patterns with a scanner of their own must cut as the same pattern, written a little otherwise, does in the matcher.</summary>
public sealed class PatternTests : IDisposable
{
    private const string Troublesome = "aBzZ  \t\n\r'sTlLeEvVmMdD19\u0301\u4e2dǄǅǆʰ\u00a0\u3000!/.½\u2028ſ";

    private readonly string _folder = Directory.CreateTempSubdirectory("patterns").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(@"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    [InlineData(@"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s")]
    [InlineData(@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    [InlineData(@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    [InlineData(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    public void Scanners_cut_as_their_patterns_do(string pattern)
    {
        // A group around the pattern changes nothing but that it has no scanner.
        TextTokenizer scanner = Load(pattern);
        TextTokenizer matcher = Load($"(?:{pattern})");
        Gen.Int[0, Troublesome.Length - 1].Select(i => Troublesome[i]).Array[0, 40].Select(a => new string(a))
            .Sample(text => Pieces(scanner, text) == Pieces(matcher, text), iter: 800, print: text => $"{text} -> {Pieces(scanner, text)} / {Pieces(matcher, text)}");
    }

    [Theory]
    [InlineData(@"a{2,3}?b|a+", "aaab aaaa", "aaab, ,aaaa")]
    [InlineData(@"(?:ab|a)(?=c)", "abc ac ab", "ab,c ,a,c ab")]
    [InlineData(@"[^\W\d_]+", "ab1_cd", "ab,1_,cd")]
    [InlineData(@"[\p{Han}]+", "漢字かな", "漢字,かな")]
    [InlineData(@"\x{1F600}|[\u4e00-\u9fff]", "x😀中", "x,😀,中")]
    [InlineData(@"(?>a+)b|a", "aac", "a,a,c")]
    public void Patterns_mean_what_regular_expressions_mean(string pattern, string text, string pieces) =>
        Assert.Equal(pieces, Pieces(Load(pattern), text));

    private static string Pieces(TextTokenizer tokenizer, string text)
    {
        using TokenBuffer ids = new(), starts = new(), ends = new();
        byte[] utf8 = System.Text.Encoding.UTF8.GetBytes(text);
        tokenizer.EncodeWithOffsets(utf8, ids, starts, ends);
        return string.Join(',', Enumerable.Range(0, ids.Count).Select(i => System.Text.Encoding.UTF8.GetString(utf8[starts[i]..ends[i]])));
    }

    private TextTokenizer Load(string pattern)
    {
        // Every piece is one unknown token, so that offsets show the pieces.
        string path = Path.Combine(_folder, Guid.NewGuid() + ".json");
        File.WriteAllText(path, $$$"""
            {"pre_tokenizer":{"type":"Split","pattern":{"Regex":{{{System.Text.Json.JsonSerializer.Serialize(pattern)}}}},"behavior":"Isolated"},
             "model":{"type":"WordLevel","vocab":{"[UNK]":0},"unk_token":"[UNK]"}}
            """);
        return TextTokenizer.Load(path);
    }
}
