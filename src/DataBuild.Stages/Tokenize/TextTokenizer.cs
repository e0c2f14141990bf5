using System.Buffers;
using System.Collections.Concurrent;
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

    /// <summary>Names of the encodings that need no file.</summary>
    public static IReadOnlyList<string> BuiltInNames => TiktokenEncoding.BuiltIn;

    /// <summary>Loads a tokenizer.</summary>
    /// <param name="nameOrPath">
    /// An encoding's name (<see cref="BuiltInNames"/>), or the path of a <c>.tiktoken</c> file named for its encoding.
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

        byte[] data = File.ReadAllBytes(nameOrPath);
        string fileName = Path.GetFileName(nameOrPath);
        if (fileName.EndsWith(".tiktoken", StringComparison.Ordinal))
        {
            string encodingName = fileName[..^".tiktoken".Length];
            return TiktokenEncoding.TryGet(encodingName, out encoding)
                ? FromTiktoken(nameOrPath, encoding, data)
                : throw new TokenizerFormatException(
                    nameOrPath, "file name", $"a .tiktoken file does not say its pattern, and '{encodingName}' is not a known encoding");
        }

        throw new TokenizerFormatException(nameOrPath, "file name", "expected .tiktoken");
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
            return EncodeValid(utf8, output, special);
        }

        byte[] sanitised = ArrayPool<byte>.Shared.Rent(checked(utf8.Length * 3));
        int length = Utf8Sanitiser.Replace(utf8, sanitised);
        int count = EncodeValid(sanitised.AsSpan(0, length), output, special);
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
        int count = EncodeValid(utf8.AsSpan(0, length), output, special);
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

    private int EncodeValid(ReadOnlySpan<byte> utf8, TokenBuffer output, SpecialTokens special)
    {
        int before = output.Count;
        if (!_states.TryTake(out EncoderState? state))
        {
            state = new EncoderState();
        }

        _model.Encode(utf8, output, state, special);
        _states.Add(state);
        return output.Count - before;
    }

    private static TextTokenizer FromTiktoken(string name, TiktokenEncoding encoding, byte[] data)
    {
        string digest = Convert.ToHexStringLower(SHA256.HashData(
            [.. Encoding.UTF8.GetBytes($"tiktoken\n{encoding.Name}\n"), .. SHA256.HashData(data)]));
        return new TextTokenizer(name, digest, TiktokenModel.Create(encoding, data, name));
    }
}
