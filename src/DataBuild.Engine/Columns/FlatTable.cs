using System.Buffers.Binary;

namespace DataBuild.Engine.Columns;

/// <summary>A table of a FlatBuffers buffer, every access of which is within the buffer. Source of the layout: FlatBuffers internals, "Tables" and "Vectors".</summary>
internal readonly ref struct FlatTable
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _at;
    private readonly int _fields;
    private readonly int _fieldsEnd;

    private FlatTable(ReadOnlySpan<byte> bytes, long at)
    {
        _bytes = bytes;
        _at = Within(at, sizeof(int));
        _fields = Within(at - ReadInt32(at), 2 * sizeof(ushort));
        _fieldsEnd = _fields + ReadUInt16(_fields);
        Within(_fields, _fieldsEnd - _fields);
    }

    /// <summary>The table that a buffer begins with.</summary>
    /// <exception cref="InvalidDataException">It is not within the buffer.</exception>
    public static FlatTable Root(ReadOnlySpan<byte> bytes) =>
        bytes.Length < sizeof(int) ? throw new InvalidDataException($"found {bytes.Length} bytes where a table was expected") : new(bytes, BinaryPrimitives.ReadUInt32LittleEndian(bytes));

    /// <summary>Whether a field is present.</summary>
    public bool Has(int field) => Field(field) != 0;

    /// <summary>A field of one byte; 0 where it is absent.</summary>
    public byte Byte(int field) => Field(field) is var at and not 0 ? _bytes[Within(at, 1)] : (byte)0;

    /// <summary>A field of eight bytes; 0 where it is absent.</summary>
    public long Int64(int field) => Field(field) is var at and not 0 ? BinaryPrimitives.ReadInt64LittleEndian(_bytes[Within(at, sizeof(long))..]) : 0;

    /// <summary>A table that a field refers to.</summary>
    /// <exception cref="InvalidDataException">It is absent or not within the buffer.</exception>
    public FlatTable Table(int field) => Field(field) is var at and not 0 ? new(_bytes, Target(at)) : throw new InvalidDataException($"field {field} of a table is missing");

    /// <summary>The items of a vector; none where it is absent.</summary>
    /// <param name="field">Number of the field.</param>
    /// <param name="itemLength">Bytes an item takes.</param>
    /// <exception cref="InvalidDataException">It declares more items than the buffer holds.</exception>
    public ReadOnlySpan<byte> Vector(int field, int itemLength)
    {
        long at = Field(field);
        if (at == 0)
        {
            return [];
        }

        long vector = Target(at);
        long count = (uint)ReadInt32(vector);
        return _bytes.Slice(Within(vector + sizeof(int), count * itemLength), (int)(count * itemLength));
    }

    /// <summary>A table of a vector of tables.</summary>
    public FlatTable TableOf(int field, int index) => new(_bytes, Target(Target(Field(field)) + sizeof(int) + ((long)index * sizeof(int))));

    private long Field(int field)
    {
        int entry = _fields + (2 * sizeof(ushort)) + (field * sizeof(ushort));
        return entry + sizeof(ushort) <= _fieldsEnd && ReadUInt16(entry) is var offset and not 0 ? _at + offset : 0;
    }

    private long Target(long at) => at + (uint)ReadInt32(at);

    private int ReadInt32(long at) => BinaryPrimitives.ReadInt32LittleEndian(_bytes[Within(at, sizeof(int))..]);

    private ushort ReadUInt16(long at) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[Within(at, sizeof(ushort))..]);

    private int Within(long at, long length) =>
        at >= 0 && length >= 0 && at <= _bytes.Length - length ? (int)at : throw new InvalidDataException($"found {length} bytes declared at {at} of a table's buffer, expected them within its {_bytes.Length} bytes");
}
