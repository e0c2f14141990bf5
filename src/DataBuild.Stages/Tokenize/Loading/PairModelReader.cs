using System.Text;
using System.Text.Json;
using DataBuild.Stages.Tokenize.Encoders;
using DataBuild.Stages.Tokenize.Scanning;

namespace DataBuild.Stages.Tokenize.Loading;

/// <summary>Reads the byte-pair encoding of a <c>tokenizer.json</c>.</summary>
internal sealed class PairModelReader
{
    private readonly DefinitionKey _key;
    private readonly string?[] _names;
    private readonly string?[] _spelled;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly string _continuingPrefix;
    private readonly string _endSuffix;

    /// <summary>Reads the vocabulary.</summary>
    /// <param name="key">The <c>model</c> key.</param>
    /// <param name="names">Text of every id of the model's vocabulary.</param>
    /// <param name="spelled">The same without ids that come from no text.</param>
    public PairModelReader(DefinitionKey key, string?[] names, string?[] spelled)
    {
        key.AllowOnly(
            "type", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges");
        _key = key;
        _names = names;
        _spelled = spelled;
        for (int id = 0; id < names.Length; id++)
        {
            if (names[id] is string name)
            {
                _ids[name] = id;
            }
        }

        _continuingPrefix = key["continuing_subword_prefix"].String("");
        _endSuffix = key["end_of_word_suffix"].String("");
    }

    /// <summary>The model for words, and one for whole texts where there is a scanner for the pre-tokeniser.</summary>
    public (WordEncoder Words, TextEncoder? Fast, TokenTable Table) Read(bool byteLevel, string? pattern)
    {
        PairTable merges = ReadMerges();
        var rule = new ListedPairMerge(merges);
        int unknown = _key["unk_token"].IsMissing ? -1 : IdOf(_key["unk_token"], _key["unk_token"].String());
        bool ignoreMerges = _key["ignore_merges"].Boolean(false);
        bool byteFallback = _key["byte_fallback"].Boolean(false);
        if (!byteLevel)
        {
            var characters = new TokenTable([.. _spelled.Select(n => n is null ? null : Encoding.UTF8.GetBytes(n))]);
            var options = new CharacterPairOptions(
                unknown, _key["fuse_unk"].Boolean(false), byteFallback ? ByteFallbackIds() : [], ignoreMerges, _continuingPrefix, _endSuffix);
            return (new CharacterPairEncoder<ListedPairMerge>(characters, rule, options), null, characters);
        }

        if (_continuingPrefix.Length > 0)
        {
            throw _key["continuing_subword_prefix"].Refuse("is not supported in a byte-level model");
        }

        if (byteFallback)
        {
            throw _key["byte_fallback"].Refuse("is not supported in a byte-level model");
        }

        var table = new TokenTable([.. _spelled.Select(n => n is not null && ByteAlphabet.TryDecode(n, out byte[] bytes) ? bytes : null)]);
        int[] byteIds = [.. Enumerable.Range(0, 256).Select(b => _ids.GetValueOrDefault(ByteAlphabet.Of((byte)b).ToString(), unknown))];
        int[] lastByteIds = _endSuffix.Length == 0 ? byteIds
            : [.. Enumerable.Range(0, 256).Select(b => _ids.GetValueOrDefault(ByteAlphabet.Of((byte)b) + _endSuffix, unknown))];
        bool whole = _endSuffix.Length == 0 && Enumerable.Range(0, 256).All(b => _ids.ContainsKey(ByteAlphabet.Of((byte)b).ToString()));
        TextEncoder? fast = whole && pattern is not null ? Fast(pattern, table, rule, byteIds, ignoreMerges) : null;
        return (new BytePairWordEncoder(table, rule, byteIds, lastByteIds, ignoreMerges), fast, table);
    }

    /// <summary>Whether a mark never follows another character inside of a token, so that words may be cut before it.</summary>
    public bool StartsWordsOnly(char mark) => _ids.ContainsKey(mark.ToString()) && _names.All(name =>
    {
        int last = name?.LastIndexOf(mark) ?? -1;
        return last < 0 || name!.AsSpan(0, last).TrimStart(mark).IsEmpty;
    });

    private static TextEncoder? Fast(string pattern, TokenTable table, ListedPairMerge rule, int[] byteIds, bool ignoreMerges) => pattern switch
    {
        PatternNames.O200k => new ByteLevelEncoder<O200kScanner, ListedPairMerge>(table, rule, byteIds, ignoreMerges),
        PatternNames.Cl100k => new ByteLevelEncoder<Cl100kScanner<Cl100kVariant>, ListedPairMerge>(table, rule, byteIds, ignoreMerges),
        PatternNames.Llama3 => new ByteLevelEncoder<Cl100kScanner<Llama3Variant>, ListedPairMerge>(table, rule, byteIds, ignoreMerges),
        PatternNames.Qwen2 => new ByteLevelEncoder<Cl100kScanner<Qwen2Variant>, ListedPairMerge>(table, rule, byteIds, ignoreMerges),
        PatternNames.Gpt2 or PatternNames.Gpt2Possessive => new ByteLevelEncoder<Gpt2Scanner, ListedPairMerge>(table, rule, byteIds, ignoreMerges),
        _ => null,
    };

    private PairTable ReadMerges()
    {
        DefinitionKey[] items = [.. _key["merges"].Items()];
        var pairs = new PairTable(items.Length);
        var produced = new HashSet<string>(StringComparer.Ordinal);
        for (int rank = 0; rank < items.Length; rank++)
        {
            (string left, string right) = Pair(items[rank], produced);
            string merged = left + (_continuingPrefix.Length > 0 && right.StartsWith(_continuingPrefix, StringComparison.Ordinal)
                ? right[_continuingPrefix.Length..] : right);
            pairs.Add(IdOf(items[rank], left), IdOf(items[rank], right), rank, IdOf(items[rank], merged));
            produced.Add(merged);
        }

        return pairs;
    }

    /// <summary>The two sides of a merge: a list of two, or both in one string with a space between.</summary>
    private (string Left, string Right) Pair(DefinitionKey key, HashSet<string> produced)
    {
        if (key.Kind == JsonValueKind.Array)
        {
            return key.Items().ToArray() is [DefinitionKey left, DefinitionKey right]
                ? (left.String(), right.String())
                : throw key.Refuse("expected two texts");
        }

        string text = key.String();
        if (text.IndexOf(' ', StringComparison.Ordinal) is int only and >= 0 && text.IndexOf(' ', only + 1) < 0)
        {
            return (text[..only], text[(only + 1)..]);
        }

        var found = new List<(string Left, string Right)>();
        for (int space = text.IndexOf(' ', StringComparison.Ordinal); space >= 0; space = text.IndexOf(' ', space + 1))
        {
            // Where the sides themselves hold spaces, only sides that can exist by then are meant.
            (string left, string right) = (text[..space], text[(space + 1)..]);
            if (CanExist(left, produced) && CanExist(right, produced) && _ids.ContainsKey(left + right))
            {
                found.Add((left, right));
            }
        }

        return found.Count switch
        {
            1 => found[0],
            0 => throw key.Refuse($"{key.Describe()} is not two tokens with a space between whose joined text is a token"),
            _ => throw key.Refuse($"{key.Describe()} can be cut at {found.Count} spaces"),
        };
    }

    private bool CanExist(string token, HashSet<string> produced)
    {
        if (!_ids.ContainsKey(token))
        {
            return false;
        }

        string bare = _endSuffix.Length > 0 && token.EndsWith(_endSuffix, StringComparison.Ordinal) ? token[..^_endSuffix.Length] : token;
        bare = _continuingPrefix.Length > 0 && bare.StartsWith(_continuingPrefix, StringComparison.Ordinal) ? bare[_continuingPrefix.Length..] : bare;
        return produced.Contains(token) || bare.Length == 1 || (bare.Length == 2 && char.IsSurrogatePair(bare, 0));
    }

    private int IdOf(DefinitionKey key, string token) => _ids.TryGetValue(token, out int id)
        ? id
        : throw key.Refuse($"the token '{token}' is not in model.vocab");

    private int[] ByteFallbackIds()
    {
        int[] ids = [.. Enumerable.Range(0, 256).Select(b => _ids.GetValueOrDefault($"<0x{b:X2}>", -1))];
        int missing = Array.IndexOf(ids, -1);
        return missing < 0 ? ids : throw _key["byte_fallback"].Refuse($"is set, but model.vocab has no token <0x{missing:X2}>");
    }
}
