using System.Buffers.Binary;
using System.Text;

namespace DataBuild.Tests.Tokenize;

/// <summary>Writes SentencePiece models (google/sentencepiece, src/sentencepiece_model.proto) for tests.</summary>
internal static class SentencePieceModel
{
    /// <summary>The bytes of a model.</summary>
    /// <param name="modelType">1 for unigram, 2 for BPE.</param>
    /// <param name="pieces">Pieces with their scores and types.</param>
    /// <param name="byteFallback">Bytes stand for what is unknown.</param>
    /// <param name="map">Precompiled normalization; null for none.</param>
    public static byte[] Write(int modelType, IReadOnlyList<(string Text, float Score, int Type)> pieces, bool byteFallback, byte[]? map = null)
    {
        var model = new MemoryStream();
        foreach ((string text, float score, int type) in pieces)
        {
            var piece = new MemoryStream();
            Delimited(piece, 1, Encoding.UTF8.GetBytes(text));
            piece.WriteByte((2 << 3) | 5);
            byte[] bits = new byte[4];
            BinaryPrimitives.WriteSingleLittleEndian(bits, score);
            piece.Write(bits);
            Number(piece, 3, type);
            Delimited(model, 1, piece.ToArray());
        }

        var trainer = new MemoryStream();
        Number(trainer, 3, modelType);
        Number(trainer, 35, byteFallback ? 1 : 0);
        Delimited(model, 2, trainer.ToArray());
        var normalizer = new MemoryStream();
        Delimited(normalizer, 1, "identity"u8.ToArray());
        Delimited(normalizer, 2, map ?? []);
        Number(normalizer, 3, 1);
        Number(normalizer, 4, map is null ? 0 : 1);
        Number(normalizer, 5, 1);
        Delimited(model, 3, normalizer.ToArray());
        return model.ToArray();
    }

    private static void Number(MemoryStream stream, int field, int value)
    {
        Varint(stream, (uint)field << 3);
        Varint(stream, (uint)value);
    }

    private static void Delimited(MemoryStream stream, int field, byte[] bytes)
    {
        Varint(stream, ((uint)field << 3) | 2);
        Varint(stream, (uint)bytes.Length);
        stream.Write(bytes);
    }

    private static void Varint(MemoryStream stream, uint value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            stream.WriteByte((byte)(value | 0x80));
        }

        stream.WriteByte((byte)value);
    }
}
