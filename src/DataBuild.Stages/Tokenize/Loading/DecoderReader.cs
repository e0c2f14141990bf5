using DataBuild.Stages.Tokenize.Decoding;

namespace DataBuild.Stages.Tokenize.Loading;

/// <summary>Reads the <c>decoder</c> of a <c>tokenizer.json</c>.</summary>
internal static class DecoderReader
{
    /// <summary>The decoders in order; none where the key is missing.</summary>
    public static List<ITokenDecoder> Read(DefinitionKey key)
    {
        var decoders = new List<ITokenDecoder>();
        if (!key.IsMissing)
        {
            Add(key, decoders);
        }

        return decoders;
    }

    private static void Add(DefinitionKey key, List<ITokenDecoder> decoders)
    {
        switch (key.Type)
        {
            case "Sequence":
                key.AllowOnly("type", "decoders");
                foreach (DefinitionKey item in key["decoders"].Items())
                {
                    Add(item, decoders);
                }

                break;
            case "ByteLevel":
                key.AllowOnly("type", "add_prefix_space", "trim_offsets", "use_regex");
                decoders.Add(new ByteLevelDecoder());
                break;
            case "ByteFallback":
                key.AllowOnly("type");
                decoders.Add(new ByteFallbackDecoder());
                break;
            case "Fuse":
                key.AllowOnly("type");
                decoders.Add(new FuseDecoder());
                break;
            case "Strip":
                key.AllowOnly("type", "content", "start", "stop");
                string content = key["content"].String();
                decoders.Add(content.Length == 1
                    ? TokenDecoder.Strip(content[0], key["start"].Integer(), key["stop"].Integer())
                    : throw key["content"].Refuse("expected one character"));
                break;
            case "Replace":
                key.AllowOnly("type", "pattern", "content");
                string pattern = key["pattern"]["String"].IsMissing
                    ? throw key["pattern"].Refuse("only a String pattern is supported in a decoder")
                    : key["pattern"]["String"].String();
                string replacement = key["content"].String();
                decoders.Add(new TokenDecoder((token, _) => token.Replace(pattern, replacement, StringComparison.Ordinal)));
                break;
            case "Metaspace":
                key.AllowOnly("type", "replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split");
                bool prepended = key["prepend_scheme"].IsMissing
                    ? key["add_prefix_space"].Boolean(true)
                    : key["prepend_scheme"].String() switch
                    {
                        "always" or "first" => true,
                        "never" => false,
                        string other => throw key["prepend_scheme"].Refuse($"'{other}' is none of always, first, never"),
                    };
                decoders.Add(TokenDecoder.Metaspace(key["replacement"].String(), prepended));
                break;
            case "WordPiece":
                key.AllowOnly("type", "prefix", "cleanup");
                decoders.Add(TokenDecoder.WordPiece(key["prefix"].String("##"), key["cleanup"].Boolean(true)));
                break;
            case "BPEDecoder":
                key.AllowOnly("type", "suffix");
                decoders.Add(new EndOfWordDecoder(key["suffix"].String("</w>")));
                break;
            default:
                throw key["type"].Refuse(
                    $"'{key.Type}' is not supported; supported are Sequence, ByteLevel, ByteFallback, Fuse, Strip, Replace, Metaspace, WordPiece, BPEDecoder");
        }
    }
}
