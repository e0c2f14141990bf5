using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace DataBuild.Stages.Score.Onnx;

/// <summary>Writes protocol buffer fields (the wire format of protobuf.dev/programming-guides/encoding) into memory.</summary>
internal sealed class ProtobufWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Writes an integer field (wire type 0).</summary>
    public ProtobufWriter Integer(int field, long value)
    {
        Varint((ulong)(uint)field << 3);
        Varint((ulong)value);
        return this;
    }

    /// <summary>Writes a 32-bit float field (wire type 5).</summary>
    public ProtobufWriter Single(int field, float value)
    {
        Varint(((ulong)(uint)field << 3) | 5);
        Span<byte> bits = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bits, value);
        _bytes.Write(bits);
        return this;
    }

    /// <summary>Writes a string field (wire type 2).</summary>
    public ProtobufWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Writes a bytes field (wire type 2).</summary>
    public ProtobufWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        Varint(((ulong)(uint)field << 3) | 2);
        Varint((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    /// <summary>Writes a message field (wire type 2).</summary>
    public ProtobufWriter Message(int field, ProtobufWriter message) =>
        Bytes(field, message._bytes.WrittenSpan);

    /// <summary>Everything written.</summary>
    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    private void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            _bytes.Write([(byte)(value | 0x80)]);
            value >>= 7;
        }

        _bytes.Write([(byte)value]);
    }
}
