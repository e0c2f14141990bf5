using System.Text;
using DataBuild.Stages.Tokenize.Normalizing;

namespace DataBuild.Stages.Tokenize.Loading;

/// <summary>Reads the <c>normalizer</c> of a <c>tokenizer.json</c>.</summary>
internal static class NormalizerReader
{
    /// <summary>The normalisers in order; none where the key is missing.</summary>
    /// <param name="key">The key.</param>
    /// <param name="byteLevel">Whether a normaliser makes the text byte-level.</param>
    public static List<ITextNormalizer> Read(DefinitionKey key, out bool byteLevel)
    {
        var normalizers = new List<ITextNormalizer>();
        byteLevel = false;
        if (!key.IsMissing)
        {
            Add(key, normalizers, ref byteLevel);
        }

        return normalizers;
    }

    private static void Add(DefinitionKey key, List<ITextNormalizer> normalizers, ref bool byteLevel)
    {
        if (byteLevel)
        {
            throw key.Refuse("a normalizer after ByteLevel is not supported");
        }

        switch (key.Type)
        {
            case "Sequence":
                key.AllowOnly("type", "normalizers");
                foreach (DefinitionKey item in key["normalizers"].Items())
                {
                    Add(item, normalizers, ref byteLevel);
                }

                break;
            case "NFC":
                key.AllowOnly("type");
                normalizers.Add(new UnicodeNormalizer(compatibility: false, compose: true));
                break;
            case "NFD":
                key.AllowOnly("type");
                normalizers.Add(new UnicodeNormalizer(compatibility: false, compose: false));
                break;
            case "NFKC":
                key.AllowOnly("type");
                normalizers.Add(new UnicodeNormalizer(compatibility: true, compose: true));
                break;
            case "NFKD":
                key.AllowOnly("type");
                normalizers.Add(new UnicodeNormalizer(compatibility: true, compose: false));
                break;
            case "Lowercase":
                key.AllowOnly("type");
                normalizers.Add(CodePointNormalizer.Lowercase);
                break;
            case "StripAccents":
                key.AllowOnly("type");
                normalizers.Add(CodePointNormalizer.StripMarks);
                break;
            case "Prepend":
                key.AllowOnly("type", "prepend");
                normalizers.Add(new PrependNormalizer(Encoding.UTF8.GetBytes(key["prepend"].String())));
                break;
            case "Strip":
                key.AllowOnly("type", "strip_left", "strip_right");
                normalizers.Add(new StripNormalizer(key["strip_left"].Boolean(true), key["strip_right"].Boolean(true)));
                break;
            case "Replace":
                key.AllowOnly("type", "pattern", "content");
                normalizers.Add(new ReplaceNormalizer(MatcherReader.Read(key["pattern"]), Encoding.UTF8.GetBytes(key["content"].String())));
                break;
            case "Precompiled":
                key.AllowOnly("type", "precompiled_charsmap");
                AddPrecompiled(key["precompiled_charsmap"], normalizers);
                break;
            case "BertNormalizer":
                AddBert(key, normalizers);
                break;
            case "ByteLevel":
                key.AllowOnly("type");
                byteLevel = true;
                break;
            default:
                throw key["type"].Refuse(
                    $"'{key.Type}' is not supported; supported are Sequence, NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Prepend, Strip, Replace, Precompiled, BertNormalizer, ByteLevel");
        }
    }

    private static void AddPrecompiled(DefinitionKey key, List<ITextNormalizer> normalizers)
    {
        if (key.IsMissing)
        {
            return;
        }

        try
        {
            byte[] map = Convert.FromBase64String(key.String());
            if (map.Length > 0)
            {
                normalizers.Add(new PrecompiledNormalizer(map, byGrapheme: true));
            }
        }
        catch (FormatException error)
        {
            throw key.Refuse(error.Message);
        }
    }

    private static void AddBert(DefinitionKey key, List<ITextNormalizer> normalizers)
    {
        key.AllowOnly("type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase");
        bool lowercase = key["lowercase"].Boolean(true);
        if (key["clean_text"].Boolean(true))
        {
            normalizers.Add(CodePointNormalizer.BertClean);
        }

        if (key["handle_chinese_chars"].Boolean(true))
        {
            normalizers.Add(CodePointNormalizer.BertIdeographs);
        }

        if (key["strip_accents"].Boolean(lowercase))
        {
            normalizers.Add(new UnicodeNormalizer(compatibility: false, compose: false));
            normalizers.Add(CodePointNormalizer.StripNonspacingMarks);
        }

        if (lowercase)
        {
            normalizers.Add(CodePointNormalizer.Lowercase);
        }
    }
}
