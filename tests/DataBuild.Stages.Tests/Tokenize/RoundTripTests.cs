using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using DataBuild.Stages.Tokenize;
using DataBuild.Stages.Tokenize.Normalizing;

namespace DataBuild.Tests.Tokenize;

/// <summary>
/// Every published tokenizer brings back, to the character, what its own definition leaves of a text. Six of the eleven leave all of it; what the others take away (compatibility forms,
/// upper case, white space, characters outside the vocabulary) is worked out here from the file alone, without the encoder.
/// </summary>
public sealed partial class RoundTripTests
{
    [SkippableTheory]
    [InlineData("gpt2")]
    [InlineData("roberta-base")]
    [InlineData("whisper.tiny")]
    [InlineData("llama2")]
    [InlineData("phi-3-mini")]
    [InlineData("kl3m-001-32k")]
    [InlineData("kl3m-004-char-16k-cased")]
    [InlineData("kl3m-004-char-4k-cased")]
    [InlineData("kl3m-005-multi-word-example-32k")]
    [InlineData("clip")]
    [InlineData("t5-small")]
    public void What_the_definition_leaves_of_a_text_comes_back(string name)
    {
        string path = TestPaths.Shared($"data/tokenizers/{name}.tokenizer.json.gz");
        TextTokenizer tokenizer = TextTokenizer.Load(path);
        Func<string, string> left = LeftBy(name, path);
        int changed = 0;
        foreach (string text in Texts())
        {
            string expected = left(text);
            changed += expected == text ? 0 : 1;
            Assert.Equal(expected, tokenizer.Decode(tokenizer.Encode(text)));
        }

        bool isWhole = name is "gpt2" or "roberta-base" or "whisper.tiny" or "llama2" or "phi-3-mini" or "kl3m-001-32k";
        Assert.Equal(isWhole, changed == 0);
    }

    // The hard texts of the comparison with Hugging Face, and pages.
    private static IEnumerable<string> Texts()
    {
        using JsonDocument hard = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(TestPaths.RepositoryRoot, "tests/DataBuild.Stages.Tests/Tokenize/huggingface.expected.json")));
        using JsonDocument pages = JsonDocument.Parse(File.ReadAllBytes(TestPaths.Shared("data/pages/fulltext.json")));
        IEnumerable<string> texts = hard.RootElement.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!)
            .Concat(pages.RootElement.EnumerateObject().Select(p => p.Value.GetProperty("text").GetString()!).Select(t => t[..Math.Min(3000, t.Length)]));
        return [.. texts.Select(t => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(t)))];
    }

    private static Func<string, string> LeftBy(string name, string path)
    {
        using var gzip = new System.IO.Compression.GZipStream(File.OpenRead(path), System.IO.Compression.CompressionMode.Decompress);
        using JsonDocument file = JsonDocument.Parse(gzip);
        JsonElement vocabulary = file.RootElement.GetProperty("model").GetProperty("vocab");
        switch (name)
        {
            case "kl3m-004-char-16k-cased" or "kl3m-004-char-4k-cased":
                // Byte-level without two bytes, which stand in no valid text (0xFF) and for a control character (0x18).
                return text => Normal(text, compatibility: true).Replace("\u0018", "", StringComparison.Ordinal);
            case "kl3m-005-multi-word-example-32k":
                HashSet<string> characters = [.. vocabulary.EnumerateObject().Select(t => t.Name).Where(t => t.EnumerateRunes().Count() == 1)];
                string[] added = [.. file.RootElement.GetProperty("added_tokens").EnumerateArray().Where(t => !t.GetProperty("special").GetBoolean())
                    .Select(t => t.GetProperty("content").GetString()!).OrderByDescending(t => t.Length)];
                return text => Known(Normal(text, compatibility: true), characters, added);
            case "clip":
                // Its two control tokens are cut once more, by GPT-2's pattern; its decoder leaves the mark that ends words as it stands.
                return text => string.Concat(ClipWords().Matches(Lower(Spaces().Replace(Normal(text, compatibility: false), " ")))
                    .SelectMany(m => m.Value is ['<', '|', .., '|', '>'] control && control.Length > 4 ? (string[])["<|", control[2..^2], "|>"] : [m.Value]).Select(w => w + "</w>"));
            case "t5-small":
                HashSet<string> pieces = [.. vocabulary.EnumerateArray().Select(p => p[0].GetString()!).Where(p => p.EnumerateRunes().Count() == 1)];
                PrecompiledNormalizer map = new(Convert.FromBase64String(file.RootElement.GetProperty("normalizer").GetProperty("precompiled_charsmap").GetString()!), byGrapheme: true);
                return text => string.Join(' ', Apply(map, text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word => WithUnknown(word, pieces)));
            default:
                return text => text;
        }
    }

    private static string Normal(string text, bool compatibility) => Apply(new UnicodeNormalizer(compatibility, compose: true), text);

    private static string Apply(ITextNormalizer normalizer, string text)
    {
        NormalizedText source = new(), target = new();
        source.Load(Encoding.UTF8.GetBytes(text), 0, false);
        target.Clear(false);
        normalizer.Apply(source, target);
        return Encoding.UTF8.GetString(target.Bytes);
    }

    // Character by character, as the definition says; one capital becomes two characters.
    private static string Lower(string text) => text.Replace("\u0130", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();

    private static string Known(string text, HashSet<string> characters, string[] added)
    {
        StringBuilder known = new();
        for (int at = 0; at < text.Length;)
        {
            if (added.FirstOrDefault(a => string.CompareOrdinal(text, at, a, 0, a.Length) == 0) is { } token)
            {
                known.Append(token);
                at += token.Length;
                continue;
            }

            string character = Rune.GetRuneAt(text, at).ToString();
            known.Append(characters.Contains(character) ? character : "");
            at += character.Length;
        }

        return known.ToString();
    }

    private static string WithUnknown(string word, HashSet<string> pieces)
    {
        StringBuilder result = new();
        bool unknown = false;
        foreach (string character in word.EnumerateRunes().Select(r => r.ToString()))
        {
            bool isKnown = pieces.Contains(character);
            result.Append(isKnown ? character : unknown ? "" : "<unk>");
            unknown = !isKnown;
        }

        return result.ToString();
    }

    [GeneratedRegex(@"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+", RegexOptions.CultureInvariant)]
    private static partial Regex ClipWords();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();
}
