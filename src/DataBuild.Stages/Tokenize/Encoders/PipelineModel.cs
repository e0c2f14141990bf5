using System.Buffers;
using System.Text;
using DataBuild.Stages.Tokenize.Decoding;
using DataBuild.Stages.Tokenize.Normalizing;
using DataBuild.Stages.Tokenize.PreTokenizing;

namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>The parts of a tokenizer that is defined as added tokens, normalisers, pre-tokenisers, a model and decoders.</summary>
internal sealed class PipelineParts
{
    /// <summary>Text of every id; null where an id is not in use.</summary>
    public required string?[] Names { get; init; }

    /// <summary>Tokens that are found in the text itself.</summary>
    public required IReadOnlyList<AddedToken> AddedTokens { get; init; }

    /// <summary>Normalisers in order.</summary>
    public required IReadOnlyList<ITextNormalizer> Normalizers { get; init; }

    /// <summary>Pre-tokenisers in order.</summary>
    public required IReadOnlyList<IPreTokenizer> PreTokenizers { get; init; }

    /// <summary>The model.</summary>
    public required WordEncoder Words { get; init; }

    /// <summary>Pre-tokenisers and model in one, for text that no normaliser changes; null where there is none.</summary>
    public TextEncoder? Fast { get; init; }

    /// <summary>Length in bytes of the text of an id, for <see cref="Fast"/>.</summary>
    public TokenTable? FastTable { get; init; }

    /// <summary>Decoders in order.</summary>
    public required IReadOnlyList<ITokenDecoder> Decoders { get; init; }

    /// <summary>What stands between tokens where there is no decoder.</summary>
    public required string Separator { get; init; }

    /// <summary>Ids that the post-processor puts before a text.</summary>
    public int[] Prefix { get; init; } = [];

    /// <summary>Ids that the post-processor puts after a text.</summary>
    public int[] Suffix { get; init; } = [];

    /// <summary>Id of the token that ends a text; null where there is none.</summary>
    public int? EndOfTextId { get; init; }
}

/// <summary>A tokenizer that is defined as added tokens, normalisers, pre-tokenisers, a model and decoders.</summary>
internal sealed class PipelineModel : TokenizerModel
{
    private readonly PipelineParts _parts;
    private readonly AddedTokenFinder _raw;
    private readonly AddedTokenFinder _normalized;
    private readonly bool _keepsAscii;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly byte[]?[]? _byteTexts;

    /// <summary>Puts the parts together.</summary>
    public PipelineModel(PipelineParts parts)
    {
        _parts = parts;
        _raw = new AddedTokenFinder(parts.AddedTokens.Where(t => !t.Normalized), t => Encoding.UTF8.GetBytes(t.Content));
        _normalized = new AddedTokenFinder(parts.AddedTokens.Where(t => t.Normalized), t => Normalize(t.Content));
        _keepsAscii = parts.Normalizers.All(n => n.KeepsAscii);
        for (int id = parts.Names.Length - 1; id >= 0; id--)
        {
            if (parts.Names[id] is string name)
            {
                _ids[name] = id;
            }
        }

        if (parts.Decoders is [ByteLevelDecoder])
        {
            // An added token is found in the text as it is written, even where its characters could stand for bytes (\u00A7, \u00E9).
            HashSet<int> added = [.. parts.AddedTokens.Select(t => t.Id)];
            _byteTexts = [.. parts.Names.Select((n, id) => n is null ? null
                : !added.Contains(id) && Loading.ByteAlphabet.TryDecode(n, out byte[] bytes) ? bytes : Encoding.UTF8.GetBytes(n))];
        }
    }

    /// <inheritdoc/>
    public override int VocabularySize => _parts.Names.Length;

    /// <inheritdoc/>
    public override bool TakesBytes => _parts.Normalizers.Count == 0 && _parts.PreTokenizers.Count == 0 && _parts.Words is BytePairWordEncoder;

    /// <inheritdoc/>
    public override int? EndOfTextId => _parts.EndOfTextId;

    /// <inheritdoc/>
    public override ReadOnlySpan<int> Prefix => _parts.Prefix;

    /// <inheritdoc/>
    public override ReadOnlySpan<int> Suffix => _parts.Suffix;

    /// <inheritdoc/>
    public override int? Find(string token) => _ids.TryGetValue(token, out int id) ? id : null;

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<byte> text, TokenSink sink, EncoderState state, SpecialTokens special)
    {
        _raw.Find(text, special, state.Segments);
        foreach (TextSegment segment in state.Segments)
        {
            if (segment.Token >= 0)
            {
                sink.Add(segment.Token, segment.Start, segment.End);
            }
            else
            {
                EncodeSection(text[segment.Start..segment.End], segment.Start, sink, state, special);
            }
        }
    }

    /// <inheritdoc/>
    public override void Decode(ReadOnlySpan<int> ids, IBufferWriter<byte> output)
    {
        var tokens = new List<string>(_byteTexts is null ? ids.Length : 0);
        foreach (int id in ids)
        {
            if ((uint)id >= (uint)_parts.Names.Length || _parts.Names[id] is not string name)
            {
                throw new ArgumentOutOfRangeException(nameof(ids), id, "The vocabulary has no such id.");
            }

            if (_byteTexts is not null)
            {
                output.Write(_byteTexts[id]!);
            }
            else
            {
                tokens.Add(name);
            }
        }

        foreach (ITokenDecoder decoder in _parts.Decoders)
        {
            if (_byteTexts is null)
            {
                decoder.Apply(tokens);
            }
        }

        output.Write(Encoding.UTF8.GetBytes(string.Join(_parts.Separator, tokens)));
    }

    private void EncodeSection(ReadOnlySpan<byte> text, int origin, TokenSink sink, EncoderState state, SpecialTokens special)
    {
        if (_parts.Fast is not null && (_parts.Normalizers.Count == 0 || (_keepsAscii && Ascii.IsValid(text))))
        {
            _normalized.Find(text, special, state.SectionSegments);
            foreach (TextSegment segment in state.SectionSegments)
            {
                if (segment.Token >= 0)
                {
                    sink.Add(segment.Token, origin + segment.Start, origin + segment.End);
                }
                else
                {
                    sink.AddTiled(_parts.Fast, _parts.FastTable!, text[segment.Start..segment.End], origin + segment.Start, state);
                }
            }

            return;
        }

        state.Section.Load(text, origin, sink.Tracks);
        foreach (ITextNormalizer normalizer in _parts.Normalizers)
        {
            state.SpareSection.Clear(sink.Tracks);
            normalizer.Apply(state.Section, state.SpareSection);
            (state.Section, state.SpareSection) = (state.SpareSection, state.Section);
        }

        NormalizedText section = state.Section;
        _normalized.Find(section.Bytes, special, state.SectionSegments);
        foreach (TextSegment segment in state.SectionSegments)
        {
            if (segment.Token >= 0)
            {
                sink.Add(segment.Token, section, segment.Start, segment.End);
            }
            else
            {
                EncodePieces(section, segment, origin == 0 && segment.Start == 0, sink, state);
            }
        }
    }

    private void EncodePieces(NormalizedText section, TextSegment segment, bool atInputStart, TokenSink sink, EncoderState state)
    {
        PreTokenizedText pieces = state.Pieces;
        pieces.Text.Clear(section.Tracks);
        pieces.Text.AppendUnchanged(section, segment.Start, segment.End);
        pieces.AtInputStart = atInputStart;
        pieces.TakeWhole();
        foreach (IPreTokenizer preTokenizer in _parts.PreTokenizers)
        {
            preTokenizer.Apply(pieces);
        }

        foreach ((int start, int end) in pieces.Pieces)
        {
            _parts.Words.Encode(pieces.Text, start, end, sink, state);
        }
    }

    private byte[] Normalize(string content)
    {
        var text = new NormalizedText();
        text.Load(Encoding.UTF8.GetBytes(content), 0, tracks: false);
        foreach (ITextNormalizer normalizer in _parts.Normalizers)
        {
            var next = new NormalizedText();
            normalizer.Apply(text, next);
            text = next;
        }

        return text.Bytes.ToArray();
    }
}
