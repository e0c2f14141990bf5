using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using DataBuild.Stages.Tokenize.Loading;
using DataBuild.Stages.Tokenize.Normalizing;
using DataBuild.Stages.Tokenize.Scanning;

namespace DataBuild.Stages.Tokenize.Training;

/// <summary>What <see cref="BpeTrainer"/> made: a vocabulary and its merges.</summary>
public sealed class TrainedTokenizer
{
    private readonly BpeTrainerOptions _options;
    private readonly byte[][] _tokens;
    private readonly (int Left, int Right)[] _merges;

    internal TrainedTokenizer(BpeTrainerOptions options, byte[][] tokens, (int Left, int Right)[] merges)
    {
        _options = options;
        _tokens = tokens;
        _merges = merges;
    }

    /// <summary>Number of tokens, special and custom ones and padding included.</summary>
    public int VocabularySize
    {
        get
        {
            Dictionary<string, int> learnt = Learnt();
            int size = _tokens.Length + _options.CustomTokens.Count(t => !learnt.ContainsKey(t));
            return _options.PadToPowerOfTwo ? (int)BitOperations.RoundUpToPowerOf2((uint)size) : size;
        }
    }

    /// <summary>The merges in order, by id.</summary>
    public IReadOnlyList<(int Left, int Right)> Merges => _merges;

    /// <summary>Bytes of the tokens before the custom ones, by id.</summary>
    public IReadOnlyList<byte[]> Tokens => _tokens;

    /// <summary>
    /// The smaller member of the family: the same ids up to its size, since merges come in their order. Custom tokens and
    /// padding get the ids after its last merge.
    /// </summary>
    /// <param name="vocabularySize">Tokens in all, as <see cref="BpeTrainerOptions.VocabularySize"/>.</param>
    /// <exception cref="ArgumentException">The size has no room for bytes, special and custom tokens.</exception>
    public TrainedTokenizer Truncate(int vocabularySize)
    {
        BpeTrainerOptions options = _options with { VocabularySize = vocabularySize };
        options.Validate();
        HashSet<string> custom = [.. _options.CustomTokens];
        int tokens = 0;
        while (tokens < _tokens.Length && tokens + 1 + custom.Count - (custom.Contains(ByteAlphabet.Encode(_tokens[tokens])) ? 1 : 0) <= vocabularySize)
        {
            _ = custom.Remove(ByteAlphabet.Encode(_tokens[tokens++]));
        }

        var known = _tokens.Take(tokens).Select(static bytes => ByteAlphabet.Encode(bytes)).ToHashSet(StringComparer.Ordinal);
        (int Left, int Right)[] merges = [.. _merges.TakeWhile(m =>
            m.Left < tokens && m.Right < tokens && known.Contains(ByteAlphabet.Encode([.. _tokens[m.Left], .. _tokens[m.Right]])))];
        return new TrainedTokenizer(options, _tokens[..tokens], merges);
    }

    /// <summary>Writes a <c>tokenizer.json</c> that Hugging Face tokenizers load; the same bytes for the same tokenizer.</summary>
    public void WriteJson(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions
        {
            Indented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        WriteAddedTokens(json);
        WriteNormalizer(json);
        WritePreTokenizer(json);
        json.WriteNull("post_processor");
        WriteByteLevel(json, "decoder", useRegex: true);
        WriteModel(json);
        json.WriteEndObject();
    }

    internal static List<ITextNormalizer> NormalizersOf(TrainingNormalizer normalizer) => normalizer switch
    {
        TrainingNormalizer.Nfc => [new UnicodeNormalizer(compatibility: false, compose: true)],
        TrainingNormalizer.Nfkc => [new UnicodeNormalizer(compatibility: true, compose: true)],
        TrainingNormalizer.NfkcLowercase => [new UnicodeNormalizer(compatibility: true, compose: true), CodePointNormalizer.Lowercase],
        _ => [],
    };

    private void WriteAddedTokens(Utf8JsonWriter json)
    {
        json.WriteStartArray("added_tokens");
        for (int id = 0; id < _options.SpecialTokens.Count; id++)
        {
            WriteAddedToken(json, id, _options.SpecialTokens[id], special: true);
        }

        Dictionary<string, int> learnt = Learnt();
        int next = _tokens.Length;
        foreach (string token in _options.CustomTokens)
        {
            WriteAddedToken(json, learnt.TryGetValue(token, out int id) ? id : next++, token, special: false);
        }

        int missing = VocabularySize - next;
        foreach (string filler in (_options.Padding == TokenPadding.Runs ? Runs() : Enumerable.Range(0, missing).Select(i => $"<|unused{i}|>")).Take(missing))
        {
            WriteAddedToken(json, next++, filler, _options.Padding == TokenPadding.Unused);
        }

        json.WriteEndArray();
    }

    private Dictionary<string, int> Learnt() => _tokens.Index().Skip(_options.SpecialTokens.Count).ToDictionary(t => ByteAlphabet.Encode(t.Item), t => t.Index, StringComparer.Ordinal);

    private IEnumerable<string> Runs()
    {
        HashSet<string> custom = [.. _options.CustomTokens];
        for (int length = 2; ; length++)
        {
            foreach (char character in " \n")
            {
                string run = new(character, length);
                if (!custom.Contains(run))
                {
                    yield return run;
                }
            }
        }
    }

    private static void WriteAddedToken(Utf8JsonWriter json, int id, string content, bool special)
    {
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteString("content", content);
        json.WriteBoolean("single_word", false);
        json.WriteBoolean("lstrip", false);
        json.WriteBoolean("rstrip", false);
        json.WriteBoolean("normalized", false);
        json.WriteBoolean("special", special);
        json.WriteEndObject();
    }

    private void WriteNormalizer(Utf8JsonWriter json)
    {
        string[] types = _options.Normalizer switch
        {
            TrainingNormalizer.Nfc => ["NFC"],
            TrainingNormalizer.Nfkc => ["NFKC"],
            TrainingNormalizer.NfkcLowercase => ["NFKC", "Lowercase"],
            _ => [],
        };
        if (types.Length == 0)
        {
            json.WriteNull("normalizer");
            return;
        }

        json.WriteStartObject("normalizer");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("normalizers");
        foreach (string type in types)
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WritePreTokenizer(Utf8JsonWriter json)
    {
        string? pattern = _options.BoundaryProbability < 1 ? null : _options.Pattern switch
        {
            TrainingPattern.Llama3 => PatternNames.Llama3,
            TrainingPattern.O200k => PatternNames.O200k,
            _ => null,
        };
        if (pattern is null)
        {
            bool useRegex = _options.Pattern == TrainingPattern.Gpt2 && _options.BoundaryProbability >= 1;
            WriteByteLevel(json, "pre_tokenizer", useRegex);
            return;
        }

        json.WriteStartObject("pre_tokenizer");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("pretokenizers");
        json.WriteStartObject();
        json.WriteString("type", "Split");
        json.WriteStartObject("pattern");
        json.WriteString("Regex", pattern);
        json.WriteEndObject();
        json.WriteString("behavior", "Isolated");
        json.WriteBoolean("invert", false);
        json.WriteEndObject();
        WriteByteLevel(json, null, useRegex: false);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter json, string? name, bool useRegex)
    {
        if (name is null)
        {
            json.WriteStartObject();
        }
        else
        {
            json.WriteStartObject(name);
        }

        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", useRegex);
        json.WriteEndObject();
    }

    private void WriteModel(Utf8JsonWriter json)
    {
        string[] names = [.. _tokens.Select((bytes, id) =>
            id < _options.SpecialTokens.Count ? _options.SpecialTokens[id] : ByteAlphabet.Encode(bytes))];
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteNull("unk_token");
        json.WriteNull("continuing_subword_prefix");
        json.WriteNull("end_of_word_suffix");
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteBoolean("ignore_merges", false);
        json.WriteStartObject("vocab");
        for (int id = 0; id < names.Length; id++)
        {
            json.WriteNumber(names[id], id);
        }

        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach ((int left, int right) in _merges)
        {
            json.WriteStartArray();
            json.WriteStringValue(names[left]);
            json.WriteStringValue(names[right]);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
