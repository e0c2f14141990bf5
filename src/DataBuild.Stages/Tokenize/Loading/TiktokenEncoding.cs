using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Reflection;
using DataBuild.Stages.Tokenize.Scanning;

namespace DataBuild.Stages.Tokenize.Loading;

/// <summary>
/// The encodings that tiktoken names: pattern, special tokens and vocabulary size, as published in
/// openai/tiktoken, tiktoken_ext/openai_public.py.
/// </summary>
internal sealed record TiktokenEncoding(string Name, string Pattern, int VocabularySize, params (string Text, int Id)[] Special)
{
    private static readonly TiktokenEncoding[] Known =
    [
        new("o200k_base", PatternNames.O200k, 200019, ("<|endoftext|>", 199999), ("<|endofprompt|>", 200018)),
        new("cl100k_base", PatternNames.Cl100k, 100277,
            ("<|endoftext|>", 100257), ("<|fim_prefix|>", 100258), ("<|fim_middle|>", 100259), ("<|fim_suffix|>", 100260), ("<|endofprompt|>", 100276)),
        new("p50k_base", PatternNames.Gpt2, 50281, ("<|endoftext|>", 50256)),
        new("p50k_edit", PatternNames.Gpt2, 50284,
            ("<|endoftext|>", 50256), ("<|fim_prefix|>", 50281), ("<|fim_middle|>", 50282), ("<|fim_suffix|>", 50283)),
        new("r50k_base", PatternNames.Gpt2, 50257, ("<|endoftext|>", 50256)),
    ];

    /// <summary>Names of the encodings whose vocabulary comes with the program.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } = ["o200k_base", "cl100k_base"];

    /// <summary>The encoding of that name.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out TiktokenEncoding? encoding)
    {
        encoding = Array.Find(Known, e => e.Name == name);
        return encoding is not null;
    }

    /// <summary>
    /// The <c>.tiktoken</c> text of an encoding whose vocabulary comes with the program: a resource, compressed with
    /// deflate, of the data packages of Microsoft.ML.Tokenizers.
    /// </summary>
    public byte[] ReadBuiltIn()
    {
        // The packages have no public type, so the assemblies are named.
        var assembly = Assembly.Load(Name switch
        {
            "o200k_base" => "Microsoft.ML.Tokenizers.Data.O200kBase",
            "cl100k_base" => "Microsoft.ML.Tokenizers.Data.Cl100kBase",
            _ => throw new TokenizerFormatException(
                Name, "vocabulary", $"does not come with the program; name a {Name}.tiktoken file instead"),
        });
        string resource = Name + ".tiktoken.deflate";
        using Stream compressed = assembly.GetManifestResourceStream(resource)
            ?? throw new TokenizerFormatException(Name, resource, $"no such resource in {assembly.GetName().Name}");
        using var deflate = new DeflateStream(compressed, CompressionMode.Decompress);
        var bytes = new MemoryStream();
        deflate.CopyTo(bytes);
        return bytes.ToArray();
    }
}
