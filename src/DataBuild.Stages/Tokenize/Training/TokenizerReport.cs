using System.Globalization;
using System.Text;
using System.Text.Json;
using DataBuild.Stages.Tokenize.Scanning;

namespace DataBuild.Stages.Tokenize.Training;

/// <summary>How a tokenizer does on one group of texts.</summary>
/// <param name="Tokenizer">Its name.</param>
/// <param name="Group">The group, such as a language; empty for all texts.</param>
/// <param name="Bytes">Bytes of the texts.</param>
/// <param name="Words">Words: runs of characters that are not whitespace.</param>
/// <param name="Tokens">Tokens.</param>
/// <param name="SplitWords">Words of more than one token, each encoded with the space before it.</param>
/// <param name="SpanningTokens">Tokens that hold the end of one word and the beginning of the next.</param>
public sealed record TokenizerFigures(string Tokenizer, string Group, long Bytes, long Words, long Tokens, long SplitWords, long SpanningTokens = 0)
{
    /// <summary>Bytes a token: the higher, the better the compression.</summary>
    public double BytesPerToken => Tokens == 0 ? 0 : (double)Bytes / Tokens;

    /// <summary>Fertility: tokens a word, at best 1.</summary>
    public double TokensPerWord => Words == 0 ? 0 : (double)Tokens / Words;

    /// <summary>Share of words that continue over more than one token (Rust et al. 2021, section 3).</summary>
    public double ContinuedWords => Words == 0 ? 0 : (double)SplitWords / Words;

    /// <summary>Share of tokens that span several words: supertokens.</summary>
    public double Spanning => Tokens == 0 ? 0 : (double)SpanningTokens / Tokens;
}

/// <summary>Compares tokenizers over a sample: bytes a token, tokens a word, continued words, tokens of listed terms.</summary>
public sealed class TokenizerReport
{
    private readonly IReadOnlyList<TextTokenizer> _tokenizers;
    private readonly IReadOnlyList<string> _names;
    private readonly SortedDictionary<(int Tokenizer, string Group), TokenizerFigures> _figures = [];
    private readonly List<(string Term, int[] Tokens)> _terms = [];
    private readonly Dictionary<int, bool>[] _spanning;

    /// <summary>Starts a report.</summary>
    /// <param name="tokenizers">The tokenizers.</param>
    /// <param name="names">What to call each; null for their own names.</param>
    public TokenizerReport(IReadOnlyList<TextTokenizer> tokenizers, IReadOnlyList<string>? names = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizers);
        _tokenizers = tokenizers;
        _names = names ?? [.. tokenizers.Select(t => t.Name)];
        _spanning = [.. tokenizers.Select(_ => new Dictionary<int, bool>())];
    }

    /// <summary>The figures by tokenizer, then by group.</summary>
    public IReadOnlyCollection<TokenizerFigures> Figures => _figures.Values;

    /// <summary>Tokens of each listed term, by tokenizer.</summary>
    public IReadOnlyList<(string Term, int[] Tokens)> Terms => _terms;

    /// <summary>Adds a text.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="group">Its group, such as a language; it also counts for all texts.</param>
    public void Add(ReadOnlySpan<byte> utf8, string group = "")
    {
        using var ids = new TokenBuffer();
        for (int i = 0; i < _tokenizers.Count; i++)
        {
            ids.Clear();
            long tokens = _tokenizers[i].Encode(utf8, ids);
            long spanning = 0;
            foreach (int id in ids.Span)
            {
                spanning += Spans(i, id) ? 1 : 0;
            }

            (long words, long split) = CountWords(_tokenizers[i], utf8, ids);
            Count(i, group, new TokenizerFigures(_names[i], group, utf8.Length, words, tokens, split, spanning));
        }
    }

    /// <summary>Adds bytes that are no text, such as executables: they have no words.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="group">Their group.</param>
    /// <exception cref="NotSupportedException">A tokenizer does not take bytes.</exception>
    public void AddBytes(ReadOnlySpan<byte> bytes, string group = "")
    {
        using var ids = new TokenBuffer();
        for (int i = 0; i < _tokenizers.Count; i++)
        {
            ids.Clear();
            Count(i, group, new TokenizerFigures(_names[i], group, bytes.Length, 0, _tokenizers[i].EncodeBytes(bytes, ids), 0));
        }
    }

    private void Count(int tokenizer, string group, TokenizerFigures more)
    {
        foreach (string name in group.Length == 0 ? [""] : (string[])["", group])
        {
            TokenizerFigures old = _figures.GetValueOrDefault((tokenizer, name)) ?? new TokenizerFigures(_names[tokenizer], name, 0, 0, 0, 0);
            _figures[(tokenizer, name)] = old with
            {
                Bytes = old.Bytes + more.Bytes,
                Words = old.Words + more.Words,
                Tokens = old.Tokens + more.Tokens,
                SplitWords = old.SplitWords + more.SplitWords,
                SpanningTokens = old.SpanningTokens + more.SpanningTokens,
            };
        }
    }

    private bool Spans(int tokenizer, int id)
    {
        if (!_spanning[tokenizer].TryGetValue(id, out bool spans))
        {
            string text = _tokenizers[tokenizer].Decode([id]).Trim();
            _spanning[tokenizer][id] = spans = text.Any(char.IsWhiteSpace) && text.Any(char.IsLetter);
        }

        return spans;
    }

    /// <summary>Adds a term whose tokens are to be listed.</summary>
    public void AddTerm(string term) => _terms.Add((term, [.. _tokenizers.Select(t => t.Encode(term).Length)]));

    /// <summary>The report as Markdown.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder("| tokenizer | vocabulary | texts | bytes | tokens | against the first | bytes/token | tokens/word | continued words | spanning words |\n|---|---:|---|---:|---:|---:|---:|---:|---:|---:|\n");
        foreach (TokenizerFigures f in Figures)
        {
            int vocabulary = _tokenizers[_names.ToList().IndexOf(f.Tokenizer)].VocabularySize;
            long first = _figures[(0, f.Group)].Tokens;
            string change = first == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * (f.Tokens - first) / first:+0.0;-0.0;0} %");
            text.Append(CultureInfo.InvariantCulture, $"| {f.Tokenizer} | {vocabulary} | {(f.Group.Length == 0 ? "all" : f.Group)} | {f.Bytes} | {f.Tokens} | {change} | {f.BytesPerToken:0.000} | {f.TokensPerWord:0.000} | {f.ContinuedWords:0.000} | {f.Spanning:0.000} |\n");
        }

        if (_terms.Count > 0)
        {
            text.Append("\n| term | ").AppendJoin(" | ", _names).Append(" |\n|---|").Append(string.Concat(_tokenizers.Select(_ => "---|"))).Append('\n');
            foreach ((string term, int[] tokens) in _terms)
            {
                text.Append("| ").Append(term).Append(" | ").AppendJoin(" | ", tokens).Append(" |\n");
            }
        }

        return text.ToString();
    }

    /// <summary>The report as JSON: <c>figures</c> and <c>terms</c>.</summary>
    public byte[] ToJson()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteStartArray("figures");
            foreach (TokenizerFigures f in Figures)
            {
                json.WriteStartObject();
                json.WriteString("tokenizer", f.Tokenizer);
                json.WriteString("group", f.Group);
                json.WriteNumber("bytes", f.Bytes);
                json.WriteNumber("words", f.Words);
                json.WriteNumber("tokens", f.Tokens);
                json.WriteNumber("splitWords", f.SplitWords);
                json.WriteNumber("spanningTokens", f.SpanningTokens);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("terms");
            foreach ((string term, int[] tokens) in _terms)
            {
                json.WriteStartObject();
                json.WriteString("term", term);
                json.WriteStartObject("tokens");
                for (int i = 0; i < tokens.Length; i++)
                {
                    json.WriteNumber(_names[i], tokens[i]);
                }

                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return [.. stream.ToArray(), (byte)'\n'];
    }

    private static (long Words, long Split) CountWords(TextTokenizer tokenizer, ReadOnlySpan<byte> utf8, TokenBuffer ids)
    {
        long words = 0;
        long split = 0;
        ref byte first = ref System.Runtime.InteropServices.MemoryMarshal.GetReference(utf8);
        for (int at = 0; at < utf8.Length;)
        {
            int start = ScannerParts.SkipAny(ref first, at, utf8.Length, CharacterClasses.Space);
            at = ScannerParts.SkipNone(ref first, start, utf8.Length, CharacterClasses.Space);
            if (at == start)
            {
                break;
            }

            words++;
            int from = start > 0 && utf8[start - 1] == ' ' ? start - 1 : start;
            ids.Clear();
            split += tokenizer.Encode(utf8[from..at], ids) > 1 ? 1 : 0;
        }

        return (words, split);
    }
}
