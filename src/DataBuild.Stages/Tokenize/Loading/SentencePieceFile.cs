using System.Buffers.Binary;
using System.Text;
using DataBuild.Stages.Tokenize.Decoding;
using DataBuild.Stages.Tokenize.Encoders;
using DataBuild.Stages.Tokenize.Normalizing;
using DataBuild.Stages.Tokenize.PreTokenizing;
using DataBuild.Stages.Tokenize.Scanning;

namespace DataBuild.Stages.Tokenize.Loading;

/// <summary>
/// Loads a SentencePiece <c>.model</c>: a ModelProto (google/sentencepiece, src/sentencepiece_model.proto), read by hand.
/// Models of type UNIGRAM and BPE are supported.
/// </summary>
internal static class SentencePieceFile
{
    private const int Normal = 1;
    private const int Unknown = 2;
    private const int Control = 3;
    private const int UserDefined = 4;
    private const int Unused = 5;
    private const int Byte = 6;

    private static readonly byte[] Mark = Encoding.UTF8.GetBytes("\u2581");

    /// <summary>Loads a model.</summary>
    /// <param name="data">The file.</param>
    /// <param name="source">Name for messages.</param>
    public static PipelineModel Load(ReadOnlySpan<byte> data, string source)
    {
        var proto = Proto.Read(data, source);
        string?[] names = [.. proto.Pieces.Select(p => p.Text)];
        int[] byteIds = proto.ByteFallback ? ByteIds(proto, source) : [];
        int unknown = proto.Pieces.FindIndex(p => p.Type == Unknown);
        var table = new TokenTable([.. proto.Pieces.Select(p => p.Type is Normal or UserDefined ? Encoding.UTF8.GetBytes(p.Text) : null)]);
        WordEncoder words;
        if (proto.ModelType == 2)
        {
            if (proto.Pieces.Exists(p => p.Type == Unused))
            {
                throw new TokenizerFormatException(source, "pieces.type", "UNUSED is not supported in a model of type BPE");
            }

            // The higher the score, the earlier the merge.
            int[] ranks = new int[names.Length];
            int[] order = [.. Enumerable.Range(0, names.Length).OrderByDescending(id => proto.Pieces[id].Score).ThenBy(id => id)];
            for (int rank = 0; rank < order.Length; rank++)
            {
                ranks[order[rank]] = rank > 0 && proto.Pieces[order[rank]].Score == proto.Pieces[order[rank - 1]].Score
                    ? ranks[order[rank - 1]] : rank;
            }

            words = new CharacterPairEncoder<ScoredJoinMerge>(
                table, new ScoredJoinMerge(table, ranks), new CharacterPairOptions(unknown, FuseUnknown: true, byteIds, false, "", ""));
        }
        else if (proto.ModelType == 1)
        {
            double[] scores = [.. proto.Pieces.Select(p => (double)p.Score)];
            words = new UnigramEncoder(table, scores, id => table.LengthOf(id) > 0, unknown, byteIds);
        }
        else
        {
            throw new TokenizerFormatException(source, "trainer_spec.model_type", $"{proto.ModelType} is neither UNIGRAM (1) nor BPE (2)");
        }

        bool startsWordsOnly = proto.Pieces.TrueForAll(p => p.Text.LastIndexOf('\u2581') is int last && (last < 0 || p.Text.AsSpan(0, last).TrimStart('\u2581').IsEmpty));
        return new PipelineModel(new PipelineParts
        {
            Names = names,
            AddedTokens = [.. proto.Pieces.Select((p, id) => (p, id)).Where(e => e.p.Type is UserDefined or Control)
                .Select(e => new AddedToken(e.id, e.p.Text, Special: e.p.Type == Control, Normalized: e.p.Type == UserDefined))],
            Normalizers = Normalizers(proto, source),
            PreTokenizers = startsWordsOnly ? [new WordStartPreTokenizer(Mark)] : [],
            Words = words,
            Decoders =
            [
                new TokenDecoder((token, _) => token.Replace('\u2581', ' ')),
                new ByteFallbackDecoder(),
                new FuseDecoder(),
                TokenDecoder.Strip(' ', proto.AddDummyPrefix ? 1 : 0, 0),
            ],
            Separator = "",
            EndOfTextId = proto.EndId >= 0 && proto.EndId < names.Length && proto.Pieces[proto.EndId].Type == Control ? proto.EndId : null,
        });
    }

    private static List<ITextNormalizer> Normalizers(Proto proto, string source)
    {
        var normalizers = new List<ITextNormalizer>();
        try
        {
            if (proto.CharacterMap.Length > 0)
            {
                normalizers.Add(new PrecompiledNormalizer(proto.CharacterMap, byGrapheme: false));
            }
        }
        catch (FormatException error)
        {
            throw new TokenizerFormatException(source, "normalizer_spec.precompiled_charsmap", error.Message);
        }

        if (proto.RemoveExtraWhitespace)
        {
            normalizers.Add(new ReplaceNormalizer(new PatternMatcher(new TextPattern("^ +| +$")), []));
            normalizers.Add(new ReplaceNormalizer(new PatternMatcher(new TextPattern(" +")), " "u8.ToArray()));
        }

        if (proto.AddDummyPrefix)
        {
            normalizers.Add(new PrependNormalizer(" "u8.ToArray()));
        }

        normalizers.Add(new ReplaceNormalizer(new LiteralMatcher(" "u8.ToArray()), Mark));
        return normalizers;
    }

    private static int[] ByteIds(Proto proto, string source)
    {
        int[] ids = [.. Enumerable.Range(0, 256).Select(b => proto.Pieces.FindIndex(p => p.Type == Byte && p.Text == $"<0x{b:X2}>"))];
        int missing = Array.IndexOf(ids, -1);
        return missing < 0 ? ids : throw new TokenizerFormatException(source, "trainer_spec.byte_fallback", $"is set, but no piece <0x{missing:X2}> is of type BYTE");
    }

    /// <summary>The fields of a ModelProto that encoding needs, with the defaults of the schema.</summary>
    private sealed class Proto
    {
        public List<(string Text, float Score, int Type)> Pieces { get; } = [];

        public int ModelType { get; private set; } = 1;

        public bool ByteFallback { get; private set; }

        public int EndId { get; private set; } = 2;

        public byte[] CharacterMap { get; private set; } = [];

        public bool AddDummyPrefix { get; private set; } = true;

        public bool RemoveExtraWhitespace { get; private set; } = true;

        public static Proto Read(ReadOnlySpan<byte> data, string source)
        {
            var proto = new Proto();
            var reader = new ProtobufReader(data, source);
            while (reader.Next(out int field, out ReadOnlySpan<byte> bytes, out _))
            {
                switch (field)
                {
                    case 1:
                        proto.ReadPiece(bytes, source);
                        break;
                    case 2:
                        proto.ReadTrainer(bytes, source);
                        break;
                    case 3:
                        proto.ReadNormalizer(bytes, source);
                        break;
                }
            }

            return proto.Pieces.Count > 0 ? proto : throw new TokenizerFormatException(source, "pieces", "there are none");
        }

        private void ReadPiece(ReadOnlySpan<byte> data, string source)
        {
            (string text, float score, int type) = ("", 0, Normal);
            var reader = new ProtobufReader(data, source);
            while (reader.Next(out int field, out ReadOnlySpan<byte> bytes, out ulong number))
            {
                switch (field)
                {
                    case 1:
                        text = Encoding.UTF8.GetString(bytes);
                        break;
                    case 2:
                        score = bytes.Length == sizeof(float)
                            ? BinaryPrimitives.ReadSingleLittleEndian(bytes)
                            : throw new TokenizerFormatException(source, $"piece {Pieces.Count}, score", $"found {bytes.Length} bytes, expected a number of 4");
                        break;
                    case 3:
                        type = (int)number;
                        break;
                }
            }

            Pieces.Add((text, score, type));
        }

        private void ReadTrainer(ReadOnlySpan<byte> data, string source)
        {
            var reader = new ProtobufReader(data, source);
            while (reader.Next(out int field, out _, out ulong number))
            {
                switch (field)
                {
                    case 3:
                        ModelType = (int)number;
                        break;
                    case 24 when number != 0:
                        throw new TokenizerFormatException(source, "trainer_spec.treat_whitespace_as_suffix", "is not supported");
                    case 35:
                        ByteFallback = number != 0;
                        break;
                    case 42:
                        EndId = (int)number;
                        break;
                }
            }
        }

        private void ReadNormalizer(ReadOnlySpan<byte> data, string source)
        {
            var reader = new ProtobufReader(data, source);
            while (reader.Next(out int field, out ReadOnlySpan<byte> bytes, out ulong number))
            {
                switch (field)
                {
                    case 2:
                        CharacterMap = bytes.ToArray();
                        break;
                    case 3:
                        AddDummyPrefix = number != 0;
                        break;
                    case 4:
                        RemoveExtraWhitespace = number != 0;
                        break;
                    case 5 when number == 0:
                        throw new TokenizerFormatException(source, "normalizer_spec.escape_whitespaces", "false is not supported");
                }
            }
        }
    }
}
