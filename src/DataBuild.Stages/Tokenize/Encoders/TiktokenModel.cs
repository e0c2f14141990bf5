using System.Buffers;
using System.Text;
using DataBuild.Stages.Tokenize.Loading;
using DataBuild.Stages.Tokenize.Scanning;

namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>A tiktoken encoding.</summary>
internal sealed class TiktokenModel : TokenizerModel
{
    private readonly TokenTable _table;
    private readonly TextEncoder _encoder;
    private readonly TokenTrie _special = new();
    private readonly Dictionary<int, byte[]> _specialBytes = [];

    private TiktokenModel(TiktokenEncoding encoding, TokenTable table, TextEncoder encoder)
    {
        _table = table;
        _encoder = encoder;
        VocabularySize = encoding.VocabularySize;
        foreach ((string text, int id) in encoding.Special)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            _special.Add(bytes, id);
            _specialBytes.Add(id, bytes);
            if (text == "<|endoftext|>")
            {
                EndOfTextId = id;
            }
        }

        _special.Freeze();
    }

    /// <inheritdoc/>
    public override int VocabularySize { get; }

    /// <inheritdoc/>
    public override int? EndOfTextId { get; }

    /// <summary>Makes the model of an encoding.</summary>
    /// <param name="encoding">Pattern and special tokens.</param>
    /// <param name="data">A <c>.tiktoken</c> file.</param>
    /// <param name="source">Name for messages.</param>
    public static TiktokenModel Create(TiktokenEncoding encoding, ReadOnlySpan<byte> data, string source)
    {
        byte[]?[] tokens = TiktokenFile.Parse(data, source);
        int[] byteIds = TiktokenFile.ByteIds(tokens, source);
        var table = new TokenTable(tokens);
        var rule = new JoinedBytesMerge(table);
        TextEncoder encoder = encoding.Pattern switch
        {
            PatternNames.O200k => new ByteLevelEncoder<O200kScanner, JoinedBytesMerge>(table, rule, byteIds, wholeWordFirst: true),
            PatternNames.Cl100k => new ByteLevelEncoder<Cl100kScanner<Cl100kVariant>, JoinedBytesMerge>(table, rule, byteIds, wholeWordFirst: true),
            PatternNames.Gpt2 => new ByteLevelEncoder<Gpt2Scanner, JoinedBytesMerge>(table, rule, byteIds, wholeWordFirst: true),
            _ => throw new InvalidOperationException($"No scanner for the pattern of {encoding.Name}."),
        };
        return new TiktokenModel(encoding, table, encoder);
    }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<byte> text, TokenSink sink, EncoderState state, SpecialTokens special)
    {
        int from = 0;
        while (special == SpecialTokens.Recognise && _special.TryFind(text, from, out int start, out int size, out int id))
        {
            sink.AddTiled(_encoder, _table, text[from..start], from, state);
            sink.Add(id, start, start + size);
            from = start + size;
        }

        sink.AddTiled(_encoder, _table, text[from..], from, state);
    }

    /// <inheritdoc/>
    public override void Decode(ReadOnlySpan<int> ids, IBufferWriter<byte> output)
    {
        foreach (int id in ids)
        {
            if ((uint)id < (uint)_table.Count && _table.LengthOf(id) > 0)
            {
                output.Write(_table[id]);
            }
            else if (_specialBytes.TryGetValue(id, out byte[]? bytes))
            {
                output.Write(bytes);
            }
            else
            {
                throw new ArgumentOutOfRangeException(nameof(ids), id, "The vocabulary has no such id.");
            }
        }
    }

    /// <inheritdoc/>
    public override int? Find(string token)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(token);
        int id = _table.Find(bytes);
        if (id < 0 && !_special.IsEmpty && _special.Longest(bytes, out int size) is int special && size == bytes.Length)
        {
            id = special;
        }

        return id < 0 ? null : id;
    }
}
