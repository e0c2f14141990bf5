using Apache.Arrow;
using Apache.Arrow.Types;

namespace DataBuild.Formats.Arrow;

/// <summary>Turns columns into Arrow arrays and back, without copying values (flags apart, which Arrow packs to bits).</summary>
public static class ArrowColumns
{
    /// <summary>The Arrow field of a column; nullable, as every column is.</summary>
    public static Field FieldOf(string name, ColumnType type) => new(name, TypeOf(type), nullable: true);

    /// <summary>A column as an Arrow array over the same memory.</summary>
    /// <exception cref="ArgumentException">The column has no Arrow form.</exception>
    public static IArrowArray ToArrow(Column column)
    {
        int length = column.Length;
        ArrowBuffer validity = column.Validity.IsEmpty ? ArrowBuffer.Empty : new ArrowBuffer(column.ValidityMemory);
        int nulls = column.Validity.IsEmpty ? 0 : CountNulls(column.Validity, length);
        return column switch
        {
            ValueColumn<bool> flags => ArrowArrayFactory.BuildArray(Data(BooleanType.Default, new ArrowBuffer(Pack(flags.Values)))),
            ValueColumn<int> values => ArrowArrayFactory.BuildArray(Data(Int32Type.Default, new ArrowBuffer(values.ValueMemory))),
            ValueColumn<long> values => ArrowArrayFactory.BuildArray(Data(Int64Type.Default, new ArrowBuffer(values.ValueMemory))),
            ValueColumn<ulong> values => ArrowArrayFactory.BuildArray(Data(UInt64Type.Default, new ArrowBuffer(values.ValueMemory))),
            ValueColumn<float> values => ArrowArrayFactory.BuildArray(Data(FloatType.Default, new ArrowBuffer(values.ValueMemory))),
            ValueColumn<double> values => ArrowArrayFactory.BuildArray(Data(DoubleType.Default, new ArrowBuffer(values.ValueMemory))),
            StringColumn strings => ArrowArrayFactory.BuildArray(new ArrayData(
                TypeOf(strings.Type), length, nulls, 0, [validity, new ArrowBuffer(strings.OffsetMemory), new ArrowBuffer(strings.ByteMemory)])),
            ListColumn<int> lists => List(Int32Type.Default, lists.OffsetMemory, lists.ValueMemory, sizeof(int)),
            ListColumn<ulong> lists => List(UInt64Type.Default, lists.OffsetMemory, lists.ValueMemory, sizeof(ulong)),
            ListColumn<float> lists => List(FloatType.Default, lists.OffsetMemory, lists.ValueMemory, sizeof(float)),
            _ => throw new ArgumentException($"column of type {column.GetType()} has no Arrow form"),
        };

        ArrayData Data(IArrowType type, ArrowBuffer values) => new(type, length, nulls, 0, [validity, values]);

        IArrowArray List(IArrowType element, ReadOnlyMemory<byte> offsets, ReadOnlyMemory<byte> values, int size)
        {
            ArrayData child = new(element, values.Length / size, 0, 0, [ArrowBuffer.Empty, new ArrowBuffer(values)]);
            return ArrowArrayFactory.BuildArray(new ArrayData(
                new ListType(new Field("item", element, nullable: false)), length, nulls, 0, [validity, new ArrowBuffer(offsets)], [child]));
        }
    }

    /// <summary>An Arrow array, or a slice of one, as a column over the same memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is no column type.</exception>
    public static Column FromArrow(IArrowArray array, ColumnType type)
    {
        ArrayData data = array.Data;
        int length = data.Length;
        ReadOnlyMemory<byte> validity = data.GetNullCount() == 0 ? default : Bits(data.Buffers[0].Memory, data.Offset, length);
        return type switch
        {
            ColumnType.Boolean => new ValueColumn<bool>(length, Unpack(data.Buffers[1].Span, data.Offset, length), validity),
            ColumnType.Int32 => new ValueColumn<int>(length, Values(data, sizeof(int)), validity),
            ColumnType.Int64 => new ValueColumn<long>(length, Values(data, sizeof(long)), validity),
            ColumnType.UInt64 => new ValueColumn<ulong>(length, Values(data, sizeof(ulong)), validity),
            ColumnType.Single => new ValueColumn<float>(length, Values(data, sizeof(float)), validity),
            ColumnType.Double => new ValueColumn<double>(length, Values(data, sizeof(double)), validity),
            ColumnType.String or ColumnType.Binary => new StringColumn(length, Offsets(data), data.Buffers[2].Memory, validity, type),
            ColumnType.Int32List => new ListColumn<int>(length, Offsets(data), Values(data.Children[0], sizeof(int)), validity),
            ColumnType.UInt64List => new ListColumn<ulong>(length, Offsets(data), Values(data.Children[0], sizeof(ulong)), validity),
            ColumnType.SingleList => new ListColumn<float>(length, Offsets(data), Values(data.Children[0], sizeof(float)), validity),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "unknown column type"),
        };
    }

    private static ReadOnlyMemory<byte> Values(ArrayData data, int size) => data.Buffers[1].Memory[(data.Offset * size)..];

    // Arrow allows an empty offset buffer for an empty array.
    private static ReadOnlyMemory<byte> Offsets(ArrayData data) =>
        data.Buffers[1].IsEmpty ? new byte[sizeof(int)] : data.Buffers[1].Memory[(data.Offset * sizeof(int))..];

    private static ReadOnlyMemory<byte> Bits(ReadOnlyMemory<byte> bits, int offset, int length)
    {
        if ((offset & 7) == 0)
        {
            return bits[(offset >> 3)..];
        }

        byte[] shifted = new byte[(length + 7) / 8];
        for (int i = 0; i < length; i++)
        {
            shifted[i >> 3] |= (byte)((bits.Span[(offset + i) >> 3] >> ((offset + i) & 7) & 1) << (i & 7));
        }

        return shifted;
    }

    private static IArrowType TypeOf(ColumnType type) => type switch
    {
        ColumnType.Boolean => BooleanType.Default,
        ColumnType.Int32 => Int32Type.Default,
        ColumnType.Int64 => Int64Type.Default,
        ColumnType.UInt64 => UInt64Type.Default,
        ColumnType.Single => FloatType.Default,
        ColumnType.Double => DoubleType.Default,
        ColumnType.String => StringType.Default,
        ColumnType.Binary => BinaryType.Default,
        ColumnType.Int32List => new ListType(new Field("item", Int32Type.Default, nullable: false)),
        ColumnType.UInt64List => new ListType(new Field("item", UInt64Type.Default, nullable: false)),
        ColumnType.SingleList => new ListType(new Field("item", FloatType.Default, nullable: false)),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "unknown column type"),
    };

    private static byte[] Pack(ReadOnlySpan<bool> flags)
    {
        byte[] bits = new byte[(flags.Length + 7) / 8];
        for (int i = 0; i < flags.Length; i++)
        {
            if (flags[i])
            {
                bits[i >> 3] |= (byte)(1 << (i & 7));
            }
        }

        return bits;
    }

    private static byte[] Unpack(ReadOnlySpan<byte> bits, int offset, int length)
    {
        byte[] flags = new byte[length];
        for (int i = 0; i < length; i++)
        {
            flags[i] = (byte)(bits[(offset + i) >> 3] >> ((offset + i) & 7) & 1);
        }

        return flags;
    }

    private static int CountNulls(ReadOnlySpan<byte> validity, int length)
    {
        int present = 0;
        for (int i = 0; i < length; i++)
        {
            present += validity[i >> 3] >> (i & 7) & 1;
        }

        return length - present;
    }
}
