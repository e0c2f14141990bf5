using System.Text;
using System.Text.Json;
using DataBuild.Stages.Tokenize.Decoding;
using DataBuild.Stages.Tokenize.Encoders;
using DataBuild.Stages.Tokenize.Normalizing;
using DataBuild.Stages.Tokenize.PreTokenizing;

namespace DataBuild.Stages.Tokenize.Loading;

/// <summary>
/// Loads a Hugging Face <c>tokenizer.json</c>. <c>truncation</c> and <c>padding</c> belong to those who make batches and are
/// passed over; everything else that is not supported is refused by its key.
/// </summary>
internal static class HuggingFaceFile
{
    private const int MaxId = 16_777_216;

    /// <summary>Names of the token that ends a text, the likeliest first.</summary>
    private static readonly string[] EndOfTextNames = ["<|endoftext|>", "<|end_of_text|>", "</s>", "<eos>", "<|end|>", "<|im_end|>", "[EOS]"];

    /// <summary>Loads a definition.</summary>
    /// <param name="json">The file.</param>
    /// <param name="source">Name for messages.</param>
    public static PipelineModel Load(ReadOnlyMemory<byte> json, string source)
    {
        try
        {
            CheckStrings(json.Span, source);
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 64 });
            return Load(new DefinitionKey(document.RootElement, source));
        }
        catch (JsonException error)
        {
            throw new TokenizerFormatException(source, $"line {error.LineNumber + 1}", "is not JSON: " + error.Message);
        }
    }

    // The parser takes strings that are no text, and fails only when they are asked for.
    private static void CheckStrings(ReadOnlySpan<byte> json, string source)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 64 });
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName)
                || (!reader.ValueIsEscaped && System.Text.Unicode.Utf8.IsValid(reader.ValueSpan)))
            {
                continue;
            }

            try
            {
                reader.GetString();
            }
            catch (InvalidOperationException error)
            {
                throw new TokenizerFormatException(source, $"offset {reader.TokenStartIndex}", "is no text: " + error.Message);
            }
        }
    }

    private static PipelineModel Load(DefinitionKey root)
    {
        root.AllowOnly(
            "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model");
        if (root["version"].String("1.0") is not "1.0" and string version)
        {
            throw root["version"].Refuse($"'{version}' is not supported; supported is 1.0");
        }

        DefinitionKey model = root["model"];
        string type = ModelType(model);
        List<AddedToken> added = [.. root["added_tokens"].Items().Select(ReadAdded)];
        List<ITextNormalizer> normalizers = NormalizerReader.Read(root["normalizer"], out bool byteLevel);
        PreTokenizerSteps steps = PreTokenizerReader.Read(root["pre_tokenizer"]);
        byteLevel |= steps.ByteLevel;
        (string?[] vocabulary, double[] scores) = type == "Unigram" ? ReadScored(model["vocab"]) : (ReadVocabulary(model["vocab"]), []);
        string?[] spelled = WithoutControls(vocabulary, added);
        WordEncoder words;
        TextEncoder? fast = null;
        TokenTable? table = null;
        if (type == "BPE")
        {
            var reader = new PairModelReader(model, vocabulary, spelled);
            (words, fast, table) = reader.Read(byteLevel, steps.OnlyPattern);
            if (steps.Steps.Count == 0 && !byteLevel && reader.StartsWordsOnly('\u2581'))
            {
                steps.Steps.Add(new WordStartPreTokenizer(Encoding.UTF8.GetBytes("\u2581")));
            }
        }
        else if (byteLevel)
        {
            throw root["pre_tokenizer"].Refuse($"ByteLevel is not supported with a {type} model");
        }
        else
        {
            words = ReadWords(type, model, vocabulary, spelled, scores);
        }

        (int[] prefix, int[] suffix) = PostProcessorReader.Read(root["post_processor"]);
        List<ITokenDecoder> decoders = DecoderReader.Read(root["decoder"]);
        return new PipelineModel(new PipelineParts
        {
            Names = Names(vocabulary, added),
            AddedTokens = added,
            Normalizers = normalizers,
            PreTokenizers = steps.Steps,
            Words = words,
            Fast = fast,
            FastTable = table,
            Decoders = decoders,

            // A vocabulary of whole words needs spaces between them; the others' tokens follow each other directly.
            Separator = decoders.Count == 0 && type is "WordLevel" or "WordPiece" ? " " : "",
            Prefix = prefix,
            Suffix = suffix,
            EndOfTextId = EndOfTextNames.Select(n => added.Find(t => t.Special && t.Content == n)?.Id).FirstOrDefault(id => id is not null),
        });
    }

    private static string ModelType(DefinitionKey model)
    {
        if (!model["type"].IsMissing)
        {
            return model.Type is "BPE" or "Unigram" or "WordPiece" or "WordLevel"
                ? model.Type
                : throw model["type"].Refuse($"'{model.Type}' is not supported; supported are BPE, Unigram, WordPiece, WordLevel");
        }

        // Old files name no type.
        return !model["merges"].IsMissing ? "BPE"
            : model["vocab"].Kind == JsonValueKind.Array ? "Unigram"
            : !model["continuing_subword_prefix"].IsMissing ? "WordPiece"
            : throw model["type"].Refuse("is missing, and neither merges nor the form of vocab say what it is");
    }

    // Control tokens that stand in the model's vocabulary too (as </s> does in T5's) come from no text: where they are asked for, they are found before the model sees the text.
    private static string?[] WithoutControls(string?[] vocabulary, List<AddedToken> added)
    {
        HashSet<string> controls = [.. added.Where(t => t.Special && t.Content.EnumerateRunes().Skip(1).Any()).Select(t => t.Content)];
        return [.. vocabulary.Select(n => n is not null && controls.Contains(n) ? null : n)];
    }

    private static WordEncoder ReadWords(string type, DefinitionKey model, string?[] names, string?[] spelled, double[] scores)
    {
        var table = new TokenTable([.. spelled.Select(n => n is null ? null : Encoding.UTF8.GetBytes(n))]);
        switch (type)
        {
            case "Unigram":
                model.AllowOnly("type", "unk_id", "vocab", "byte_fallback");
                int unknown = model["unk_id"].IsMissing ? -1 : model["unk_id"].Integer();
                if (unknown >= names.Length)
                {
                    throw model["unk_id"].Refuse($"the id {unknown} is not in model.vocab");
                }

                int[] byteIds = [];
                if (model["byte_fallback"].Boolean(false))
                {
                    byteIds = [.. Enumerable.Range(0, 256).Select(b => Array.IndexOf(names, $"<0x{b:X2}>"))];

                    // Without all of them the unknown token stands, as in Hugging Face's own model.
                    byteIds = byteIds.Contains(-1) ? [] : byteIds;
                }

                return new UnigramEncoder(table, scores, static _ => true, unknown, byteIds);
            case "WordPiece":
                model.AllowOnly("type", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab");
                return new WordPieceEncoder(
                    table,
                    RequiredId(model["unk_token"], names, "[UNK]"),
                    model["continuing_subword_prefix"].String("##"),
                    model["max_input_chars_per_word"].IsMissing ? 100 : model["max_input_chars_per_word"].Integer());
            default:
                model.AllowOnly("type", "unk_token", "vocab");
                return new WordLevelEncoder(table, model["unk_token"].IsMissing ? -1 : RequiredId(model["unk_token"], names, ""));
        }
    }

    private static int RequiredId(DefinitionKey key, string?[] names, string fallback)
    {
        int id = Array.IndexOf(names, key.String(fallback));
        return id >= 0 ? id : throw key.Refuse($"'{key.String(fallback)}' is not in model.vocab");
    }

    private static AddedToken ReadAdded(DefinitionKey key)
    {
        key.AllowOnly("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
        bool special = key["special"].Boolean(false);
        if (key["content"].String().Length == 0)
        {
            throw key["content"].Refuse("is empty");
        }

        return new AddedToken(
            CheckedId(key["id"]),
            key["content"].String(),
            special,
            key["single_word"].Boolean(false),
            key["lstrip"].Boolean(false),
            key["rstrip"].Boolean(false),
            key["normalized"].Boolean(!special));
    }

    private static string?[] ReadVocabulary(DefinitionKey key)
    {
        var names = new List<string?>();
        foreach ((string name, DefinitionKey value) in key.Properties())
        {
            int id = CheckedId(value);
            while (names.Count <= id)
            {
                names.Add(null);
            }

            names[id] = names[id] is null ? name : throw value.Refuse($"the id {id} is also that of '{names[id]}'");
        }

        return [.. names];
    }

    private static (string?[] Names, double[] Scores) ReadScored(DefinitionKey key)
    {
        var names = new List<string?>();
        var scores = new List<double>();
        foreach (DefinitionKey item in key.Items())
        {
            if (item.Items().ToArray() is not [DefinitionKey name, DefinitionKey score])
            {
                throw item.Refuse("expected a text and its score");
            }

            names.Add(name.String());
            scores.Add(score.Number());
        }

        return ([.. names], [.. scores]);
    }

    private static string?[] Names(string?[] vocabulary, List<AddedToken> added)
    {
        string?[] names = new string?[Math.Max(vocabulary.Length, added.Count == 0 ? 0 : added.Max(t => t.Id) + 1)];
        vocabulary.CopyTo(names, 0);
        foreach (AddedToken token in added)
        {
            names[token.Id] = token.Content;
        }

        return names;
    }

    private static int CheckedId(DefinitionKey key)
    {
        int id = key.Integer();
        return id is >= 0 and < MaxId ? id : throw key.Refuse($"the id {id} is not between 0 and {MaxId - 1}");
    }
}
