using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using DataBuild.Stages.Tokenize.Encoders;
using DataBuild.Stages.Tokenize.Loading;

namespace DataBuild.Stages.Tokenize;

/// <summary>
/// Text to token ids and back, for every supported kind of tokenizer. Immutable and thread-safe: calls that run at
/// once each have their own memory of the words they met, without a lock between them.
/// </summary>
public sealed class TextTokenizer
{
    private readonly TokenizerModel _model;
    private readonly ConcurrentBag<EncoderState> _states = [];

    private TextTokenizer(string name, string digest, TokenizerModel model)
    {
        Name = name;
        Digest = digest;
        _model = model;
    }

    /// <summary>What <see cref="Load"/> was given: an encoding's name or a path.</summary>
    public string Name { get; }

    /// <summary>
    /// SHA-256, in lower-case hexadecimal, of the definition: equal definitions give equal ids. For cache keys.
    /// </summary>
    public string Digest { get; }

    /// <summary>One more than the highest id, special tokens included.</summary>
    public int VocabularySize => _model.VocabularySize;

    /// <summary>Id of the token that ends a text, or null where the definition names none.</summary>
    public int? EndOfTextId => _model.EndOfTextId;

    /// <summary>Ids that the definition's post-processor puts before a text (such as [CLS]); no method here adds them.</summary>
    public ReadOnlySpan<int> PrefixIds => _model.Prefix;

    /// <summary>Ids that the definition's post-processor puts after a text (such as [SEP]); no method here adds them.</summary>
    public ReadOnlySpan<int> SuffixIds => _model.Suffix;

    /// <summary>Names of the encodings that need no file.</summary>
    public static IReadOnlyList<string> BuiltInNames => TiktokenEncoding.BuiltIn;

    /// <summary>The <see cref="VocabularySize"/> of an encoding that needs no file, which need not be loaded for that; null for other names.</summary>
    public static int? VocabularySizeOf(string builtInName) =>
        BuiltInNames.Contains(builtInName) && TiktokenEncoding.TryGet(builtInName, out TiktokenEncoding? encoding) ? encoding.VocabularySize : null;

    /// <summary>Loads a tokenizer.</summary>
    /// <param name="nameOrPath">
    /// An encoding's name (<see cref="BuiltInNames"/>), or the path of a Hugging Face <c>tokenizer.json</c>, a SentencePiece
    /// <c>.model</c> or a <c>.tiktoken</c> file named for its encoding; each may be compressed with gzip (<c>.gz</c>).
    /// </param>
    /// <exception cref="TokenizerFormatException">The definition is malformed or asks for what is not supported.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static TextTokenizer Load(string nameOrPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrPath);
        if (TiktokenEncoding.TryGet(nameOrPath, out TiktokenEncoding? encoding))
        {
            return FromTiktoken(nameOrPath, encoding, encoding.ReadBuiltIn());
        }

        if (!File.Exists(nameOrPath))
        {
            throw new FileNotFoundException(
                $"'{nameOrPath}' is neither a built-in tokenizer ({string.Join(", ", BuiltInNames)}) nor a file.", nameOrPath);
        }

        byte[] data = Gunzip(File.ReadAllBytes(nameOrPath));
        string fileName = Path.GetFileName(nameOrPath);
        fileName = fileName.EndsWith(".gz", StringComparison.Ordinal) ? fileName[..^3] : fileName;
        string extension = Path.GetExtension(fileName);
        switch (extension)
        {
            case ".json":
                return new TextTokenizer(nameOrPath, DigestOf("tokenizer.json", data), HuggingFaceFile.Load(data, nameOrPath));
            case ".model":
                return new TextTokenizer(nameOrPath, DigestOf("sentencepiece", data), SentencePieceFile.Load(data, nameOrPath));
            case ".tiktoken":
                string encodingName = Path.GetFileNameWithoutExtension(fileName);
                return TiktokenEncoding.TryGet(encodingName, out encoding)
                    ? FromTiktoken(nameOrPath, encoding, data)
                    : throw new TokenizerFormatException(
                        nameOrPath, "file name", $"a .tiktoken file does not say its pattern, and '{encodingName}' is not a known encoding");
            default:
                throw new TokenizerFormatException(nameOrPath, "file name", $"ends in '{extension}'; expected .json, .model or .tiktoken");
        }
    }

    /// <summary>Whether <see cref="EncodeBytes"/> can be used: a byte-level model without normaliser and pre-tokeniser, as those for executables are.</summary>
    public bool TakesBytes => _model.TakesBytes;

    /// <summary>Appends the ids of bytes that need not be text.</summary>
    /// <returns>How many ids were appended.</returns>
    /// <exception cref="NotSupportedException">The definition looks at characters.</exception>
    public int EncodeBytes(ReadOnlySpan<byte> bytes, TokenBuffer output)
    {
        ArgumentNullException.ThrowIfNull(output);
        return TakesBytes
            ? EncodeValid(bytes, output, null, null, SpecialTokens.AsText)
            : throw new NotSupportedException($"the tokenizer '{Name}' has a normalizer or a pre_tokenizer that looks at characters, or is not byte-level: it encodes text only");
    }

    /// <summary>Appends the ids of a text.</summary>
    /// <param name="utf8">UTF-8; what is not valid counts as U+FFFD.</param>
    /// <param name="output">Where the ids go.</param>
    /// <param name="special">What becomes of text that spells a special token.</param>
    /// <returns>How many ids were appended.</returns>
    public int Encode(ReadOnlySpan<byte> utf8, TokenBuffer output, SpecialTokens special = SpecialTokens.AsText)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (Utf8.IsValid(utf8))
        {
            return EncodeValid(utf8, output, null, null, special);
        }

        byte[] sanitised = ArrayPool<byte>.Shared.Rent(checked(utf8.Length * 3));
        int length = Utf8Sanitiser.Replace(utf8, sanitised);
        int count = EncodeValid(sanitised.AsSpan(0, length), output, null, null, special);
        ArrayPool<byte>.Shared.Return(sanitised);
        return count;
    }

    /// <summary>Appends the ids of a text.</summary>
    /// <param name="text">UTF-16; a surrogate without its other half counts as U+FFFD.</param>
    /// <param name="output">Where the ids go.</param>
    /// <param name="special">What becomes of text that spells a special token.</param>
    /// <returns>How many ids were appended.</returns>
    public int Encode(ReadOnlySpan<char> text, TokenBuffer output, SpecialTokens special = SpecialTokens.AsText)
    {
        ArgumentNullException.ThrowIfNull(output);
        byte[] utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        int length = Encoding.UTF8.GetBytes(text, utf8);
        int count = EncodeValid(utf8.AsSpan(0, length), output, null, null, special);
        ArrayPool<byte>.Shared.Return(utf8);
        return count;
    }

    /// <summary>The ids of a text, as an array of their own.</summary>
    /// <param name="text">UTF-16; a surrogate without its other half counts as U+FFFD.</param>
    /// <param name="special">What becomes of text that spells a special token.</param>
    public int[] Encode(string text, SpecialTokens special = SpecialTokens.AsText)
    {
        ArgumentNullException.ThrowIfNull(text);
        using var buffer = new TokenBuffer(Math.Max(16, text.Length / 3));
        Encode(text.AsSpan(), buffer, special);
        return buffer.ToArray();
    }

    /// <summary>Appends the ids of a text and, for each, the bytes of the text that it stands for.</summary>
    /// <param name="utf8">UTF-8; a <see cref="ArgumentException"/> where it is not valid, since offsets into it would mean nothing.</param>
    /// <param name="ids">Where the ids go.</param>
    /// <param name="starts">Where each token's first byte goes.</param>
    /// <param name="ends">Where the byte after each token's last one goes.</param>
    /// <param name="special">What becomes of text that spells a special token.</param>
    /// <returns>How many ids were appended.</returns>
    /// <exception cref="ArgumentException">The text is not valid UTF-8.</exception>
    public int EncodeWithOffsets(
        ReadOnlySpan<byte> utf8, TokenBuffer ids, TokenBuffer starts, TokenBuffer ends, SpecialTokens special = SpecialTokens.AsText)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(starts);
        ArgumentNullException.ThrowIfNull(ends);
        return Utf8.IsValid(utf8)
            ? EncodeValid(utf8, ids, starts, ends, special)
            : throw new ArgumentException("The text is not valid UTF-8.", nameof(utf8));
    }

    /// <summary>Writes the bytes that ids stand for. Tokens may end inside a character, so the bytes of a part of a text need not be valid UTF-8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public void Decode(ReadOnlySpan<int> ids, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        _model.Decode(ids, output);
    }

    /// <summary>The text that ids stand for; bytes that are not valid UTF-8 read as U+FFFD.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public string Decode(ReadOnlySpan<int> ids)
    {
        var bytes = new ArrayBufferWriter<byte>(Math.Max(16, ids.Length * 4));
        _model.Decode(ids, bytes);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Id of a token by its text, special tokens included; null where there is none.</summary>
    public int? FindToken(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return _model.Find(token);
    }

    private int EncodeValid(ReadOnlySpan<byte> utf8, TokenBuffer output, TokenBuffer? starts, TokenBuffer? ends, SpecialTokens special)
    {
        int before = output.Count;
        if (!_states.TryTake(out EncoderState? state))
        {
            state = new EncoderState();
        }

        state.Sink.Reset(output, starts, ends);
        _model.Encode(utf8, state.Sink, state, special);
        _states.Add(state);
        return output.Count - before;
    }

    private static TextTokenizer FromTiktoken(string name, TiktokenEncoding encoding, byte[] data) =>
        new(name, DigestOf($"tiktoken\n{encoding.Name}", data), TiktokenModel.Create(encoding, data, name));

    private static string DigestOf(string kind, byte[] data) => Convert.ToHexStringLower(SHA256.HashData(
        [.. Encoding.UTF8.GetBytes(kind + "\n"), .. SHA256.HashData(data)]));

    private static byte[] Gunzip(byte[] data)
    {
        if (data is not [0x1F, 0x8B, ..])
        {
            return data;
        }

        using var gzip = new GZipStream(new MemoryStream(data), CompressionMode.Decompress);
        var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
