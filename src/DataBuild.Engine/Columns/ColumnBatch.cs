using System.Buffers;
using System.Runtime.InteropServices;

namespace DataBuild.Engine.Columns;

/// <summary>
/// Columns of a batch over memory from a pool, valid until it is disposed. Batches of some megabytes from the operating system would be cleared and given back one
/// after the other, and each would bring the next garbage collection nearer.
/// </summary>
internal sealed class ColumnBatch : IDisposable
{
    private byte[]? _bytes;

    /// <summary>Takes memory that was rented from the shared pool.</summary>
    /// <param name="bytes">The memory; it goes back to the pool with this object.</param>
    /// <param name="rows">Rows of the batch.</param>
    /// <param name="columns">The columns.</param>
    public ColumnBatch(byte[] bytes, int rows, Column[] columns)
    {
        _bytes = bytes;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>Rows of the batch.</summary>
    public int Rows { get; }

    /// <summary>The columns, in the order in which they were asked for.</summary>
    public Column[] Columns { get; }

    /// <summary>Makes a column of its parts in Arrow's layout.</summary>
    /// <param name="type">Type of the column.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="nulls">Rows without a value.</param>
    /// <param name="parts">Validity, then values; or validity, offsets, and the bytes; or validity, offsets, validity of the elements, and the elements.</param>
    /// <exception cref="InvalidDataException">A part is too short for so many rows, or offsets are not in order.</exception>
    public static Column ColumnOf(ColumnType type, int rows, int nulls, ReadOnlyMemory<byte>[] parts)
    {
        ReadOnlyMemory<byte> validity = nulls == 0 ? default : Sized(parts[0], Bits(rows));
        return type switch
        {
            ColumnType.Boolean => new ValueColumn<bool>(rows, Unpack(Sized(parts[1], Bits(rows)).Span, rows), validity),
            ColumnType.Int32 => new ValueColumn<int>(rows, Sized(parts[1], rows * (long)sizeof(int)), validity),
            ColumnType.Int64 => new ValueColumn<long>(rows, Sized(parts[1], rows * (long)sizeof(long)), validity),
            ColumnType.UInt64 => new ValueColumn<ulong>(rows, Sized(parts[1], rows * (long)sizeof(ulong)), validity),
            ColumnType.Single => new ValueColumn<float>(rows, Sized(parts[1], rows * (long)sizeof(float)), validity),
            ColumnType.Double => new ValueColumn<double>(rows, Sized(parts[1], rows * (long)sizeof(double)), validity),
            ColumnType.String or ColumnType.Binary => new StringColumn(rows, Offsets(parts[1], rows, parts[2].Length), parts[2], validity, type),
            ColumnType.Int32List => new ListColumn<int>(rows, Offsets(parts[1], rows, parts[3].Length / sizeof(int)), parts[3], validity),
            ColumnType.UInt64List => new ListColumn<ulong>(rows, Offsets(parts[1], rows, parts[3].Length / sizeof(ulong)), parts[3], validity),
            ColumnType.SingleList => new ListColumn<float>(rows, Offsets(parts[1], rows, parts[3].Length / sizeof(float)), parts[3], validity),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "unknown column type"),
        };
    }

    /// <summary>Elements of the lists of a column, row by row.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="offsets">Where the list of each row begins, and the end of the last.</param>
    /// <param name="elements">Elements that the column has.</param>
    /// <exception cref="InvalidDataException">Offsets are missing, not in order, or beyond the elements.</exception>
    public static int[] LengthsOf(int rows, ReadOnlyMemory<byte> offsets, int elements)
    {
        ReadOnlySpan<int> ends = MemoryMarshal.Cast<byte, int>(Offsets(offsets, rows, elements).Span);
        int[] lengths = new int[rows];
        for (int row = 0; row < rows; row++)
        {
            lengths[row] = ends[row + 1] - ends[row];
        }

        return lengths;
    }

    /// <summary>Bytes of an element of a list column.</summary>
    public static int WidthOf(ColumnType type) => type switch
    {
        ColumnType.Int32List or ColumnType.SingleList => sizeof(int),
        ColumnType.UInt64List => sizeof(ulong),
        _ => throw new InvalidDataException($"found a column of {type}, expected lists"),
    };

    /// <inheritdoc />
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _bytes, null) is { } bytes)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static int Bits(int rows) => (int)(((long)rows + 7) / 8);

    private static ReadOnlyMemory<byte> Sized(ReadOnlyMemory<byte> part, long least) =>
        part.Length >= least ? part : throw new InvalidDataException($"found {part.Length} bytes of a column, expected {least}");

    // Arrow allows an empty offset buffer for an empty array.
    private static ReadOnlyMemory<byte> Offsets(ReadOnlyMemory<byte> part, int rows, int most)
    {
        if (rows == 0 && part.IsEmpty)
        {
            return new byte[sizeof(int)];
        }

        ReadOnlySpan<int> offsets = MemoryMarshal.Cast<byte, int>(Sized(part, (rows + 1L) * sizeof(int)).Span);
        int last = offsets[0];
        bool inOrder = last >= 0;
        for (int i = 1; i <= rows; i++)
        {
            inOrder &= offsets[i] >= last;
            last = offsets[i];
        }

        return inOrder && last <= most ? part : throw new InvalidDataException($"found offsets that are not in order or go beyond {most}");
    }

    private static byte[] Unpack(ReadOnlySpan<byte> bits, int rows)
    {
        byte[] flags = new byte[rows];
        for (int i = 0; i < rows; i++)
        {
            flags[i] = (byte)(bits[i >> 3] >> (i & 7) & 1);
        }

        return flags;
    }
}
