using System.Buffers.Binary;
using DataBuild.Engine.Store;
using Microsoft.Win32.SafeHandles;

namespace DataBuild.Engine.Columns;

/// <summary>
/// Where the batches of a column file and their columns lie. Every length that the file declares is compared with the length that it has, and every type with the one
/// that is expected. Source of the layout: Arrow columnar format, "IPC File Format", File.fbs, Schema.fbs and Message.fbs.
/// </summary>
internal sealed class ColumnFileLayout
{
    private const int BlockLength = 24;
    private const int PairLength = 16;
    private const int PrefixLength = 8;
    private const byte RecordBatchHeader = 3;
    private const byte IntegerType = 2;
    private const byte FloatingType = 3;
    private const byte BinaryType = 4;
    private const byte TextType = 5;
    private const byte FlagType = 6;
    private const byte ListType = 12;

    private readonly IReadOnlyList<StoredColumn> _columns;
    private readonly (long At, int MessageLength, long BodyLength)[] _batches;
    private readonly long _bodiesEnd;

    private ColumnFileLayout(IReadOnlyList<StoredColumn> columns, (long At, int MessageLength, long BodyLength)[] batches, long bodiesEnd)
    {
        _columns = columns;
        _batches = batches;
        _bodiesEnd = bodiesEnd;
    }

    private static ReadOnlySpan<byte> Magic => "ARROW1"u8;

    /// <summary>Reads the end of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="columns">Columns that it is to hold.</param>
    /// <exception cref="InvalidDataException">It is no column file, or one of other columns.</exception>
    public static ColumnFileLayout Read(SafeFileHandle file, IReadOnlyList<StoredColumn> columns)
    {
        long lengthAt = RandomAccess.GetLength(file) - Magic.Length - sizeof(int);
        if (lengthAt < 0)
        {
            throw new InvalidDataException("it is too short for an Arrow file");
        }

        byte[] end = new byte[sizeof(int) + Magic.Length];
        ReadExactly(file, end, lengthAt);
        if (!end.AsSpan(sizeof(int)).SequenceEqual(Magic))
        {
            throw new InvalidDataException("it does not end as an Arrow file does");
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(end);
        byte[] bytes = new byte[Within("footer", 0, length, lengthAt)];
        ReadExactly(file, bytes, lengthAt - length);
        FlatTable footer = FlatTable.Root(bytes);
        if (!footer.Vector(2, BlockLength).IsEmpty)
        {
            throw new InvalidDataException("it holds dictionaries");
        }

        CheckFields(footer.Table(1), columns);
        ReadOnlySpan<byte> blocks = footer.Vector(3, BlockLength);
        var batches = new (long At, int MessageLength, long BodyLength)[blocks.Length / BlockLength];
        for (int i = 0; i < batches.Length; i++, blocks = blocks[BlockLength..])
        {
            long at = BinaryPrimitives.ReadInt64LittleEndian(blocks);
            int message = BinaryPrimitives.ReadInt32LittleEndian(blocks[8..]);
            long body = BinaryPrimitives.ReadInt64LittleEndian(blocks[16..]);
            Within("message of a batch", at, message, lengthAt - length);
            Within("body of a batch", at + message, body, lengthAt - length);
            batches[i] = (at, message, body);
        }

        return new ColumnFileLayout(columns, batches, lengthAt - length);
    }

    /// <summary>The part of the file that holds a batch, its message first; it is at least as long as the footer says.</summary>
    /// <param name="batch">Ordinal of the batch.</param>
    /// <returns>Offset in the file, bytes up to the end of the message, and bytes in all.</returns>
    /// <exception cref="InvalidDataException">There is no such batch.</exception>
    public (long At, int MessageLength, long Length) PlaceOf(int batch)
    {
        if (batch >= _batches.Length)
        {
            throw new InvalidDataException($"found {_batches.Length} batches, expected more than {batch}");
        }

        // Writers do not agree on whether the prefix belongs to the message.
        (long at, int message, long body) = _batches[batch];
        message = (int)Math.Min(message + (long)PrefixLength, _bodiesEnd - at);
        return (at, message, Math.Min(message + body, _bodiesEnd - at));
    }

    /// <summary>Where the columns of a batch lie.</summary>
    /// <param name="start">Its message, and as much of what follows as was read.</param>
    /// <param name="length">Bytes from the start of the message to the end of the batch.</param>
    /// <exception cref="InvalidDataException">Something is declared that the batch does not hold.</exception>
    public BatchLayout Locate(ReadOnlySpan<byte> start, long length)
    {
        if (start.Length < PrefixLength || BinaryPrimitives.ReadInt32LittleEndian(start) != -1)
        {
            throw new InvalidDataException("no message begins where the footer says");
        }

        int messageLength = (int)Within("message", PrefixLength, BinaryPrimitives.ReadInt32LittleEndian(start[sizeof(int)..]), start.Length);
        FlatTable message = FlatTable.Root(start.Slice(PrefixLength, messageLength));
        long bodyAt = PrefixLength + messageLength;
        long body = Within("body", bodyAt, message.Int64(3), length);
        if (message.Byte(1) != RecordBatchHeader)
        {
            throw new InvalidDataException($"found a message of type {message.Byte(1)}, expected a batch of rows");
        }

        FlatTable batch = message.Table(2);
        if (batch.Has(3))
        {
            throw new InvalidDataException("it is compressed");
        }

        // A row takes a bit at the least.
        int rows = (int)Within("number of rows, in bits", 0, batch.Int64(0), Math.Min(8 * body, int.MaxValue));
        ReadOnlySpan<byte> nodes = batch.Vector(1, PairLength);
        ReadOnlySpan<byte> buffers = batch.Vector(2, PairLength);
        var columns = new (int Nulls, (long At, int Length)[] Buffers)[_columns.Count];
        for (int i = 0; i < columns.Length; i++)
        {
            int nulls = TakeNode(ref nodes, rows);
            var parts = new (long At, int Length)[BuffersOf(_columns[i].Type)];
            for (int part = 0; part < parts.Length; part++)
            {
                if (part == 2 && parts.Length == 4)
                {
                    // The elements of lists are a node of their own, of as many rows as the lists have elements.
                    TakeNode(ref nodes, null);
                }

                (long at, int bytes) = TakeBuffer(ref buffers, body);
                parts[part] = (bodyAt + at, bytes);
            }

            columns[i] = (nulls, parts);
        }

        return new BatchLayout(rows, columns);
    }

    /// <summary>Fills memory from a place in a file.</summary>
    /// <exception cref="EndOfStreamException">The file is shorter than it was.</exception>
    public static void ReadExactly(SafeFileHandle file, Span<byte> bytes, long at)
    {
        for (int done = 0; done < bytes.Length;)
        {
            int read = RandomAccess.Read(file, bytes[done..], at + done);
            done += read > 0 ? read : throw new EndOfStreamException($"the file ended at {at + done}");
        }
    }

    private static int TakeNode(ref ReadOnlySpan<byte> nodes, int? rows)
    {
        ReadOnlySpan<byte> node = Take(ref nodes, "columns");
        long length = BinaryPrimitives.ReadInt64LittleEndian(node);
        if (rows is int expected && length != expected)
        {
            throw new InvalidDataException($"found a column of {length} rows in a batch of {expected}");
        }

        return (int)Within("number of rows without a value", 0, BinaryPrimitives.ReadInt64LittleEndian(node[sizeof(long)..]), Math.Min(length, int.MaxValue));
    }

    private static (long At, int Length) TakeBuffer(ref ReadOnlySpan<byte> buffers, long body)
    {
        ReadOnlySpan<byte> buffer = Take(ref buffers, "parts of columns");
        long at = BinaryPrimitives.ReadInt64LittleEndian(buffer);
        long length = Within("part of a column", at, BinaryPrimitives.ReadInt64LittleEndian(buffer[sizeof(long)..]), body);
        return (at, (int)Within("part of a column", 0, length, int.MaxValue));
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> pairs, string what)
    {
        if (pairs.IsEmpty)
        {
            throw new InvalidDataException($"a batch has fewer {what} than the file");
        }

        ReadOnlySpan<byte> pair = pairs[..PairLength];
        pairs = pairs[PairLength..];
        return pair;
    }

    private static int BuffersOf(ColumnType type) => type switch
    {
        ColumnType.String or ColumnType.Binary => 3,
        ColumnType.Int32List or ColumnType.UInt64List or ColumnType.SingleList => 4,
        _ => 2,
    };

    private static void CheckFields(FlatTable schema, IReadOnlyList<StoredColumn> columns)
    {
        int count = schema.Vector(1, sizeof(int)).Length / sizeof(int);
        if (count != columns.Count)
        {
            throw new InvalidDataException($"found {count} columns, expected {columns.Count}");
        }

        for (int i = 0; i < count; i++)
        {
            FlatTable field = schema.TableOf(1, i);
            int children = field.Vector(5, sizeof(int)).Length / sizeof(int);
            (byte type, bool isList) = TypeOf(columns[i].Type);
            if (children != (isList ? 1 : 0) || (isList && (field.Byte(2) != ListType || !IsPlain(field))))
            {
                throw new InvalidDataException($"column {i} has a type {field.Byte(2)} with {children} children, expected {columns[i].Type}");
            }

            FlatTable values = isList ? field.TableOf(5, 0) : field;
            if (!IsPlain(values) || values.Byte(2) != type || !HasWidth(values, columns[i].Type) || (isList && !values.Vector(5, sizeof(int)).IsEmpty))
            {
                throw new InvalidDataException($"column {i} has values of a type {values.Byte(2)}, expected {columns[i].Type}");
            }
        }
    }

    private static bool IsPlain(FlatTable field) => !field.Has(4) && field.Vector(6, sizeof(int)).IsEmpty;

    private static (byte Type, bool IsList) TypeOf(ColumnType type) => type switch
    {
        ColumnType.Boolean => (FlagType, false),
        ColumnType.Int32 or ColumnType.Int64 or ColumnType.UInt64 => (IntegerType, false),
        ColumnType.Single or ColumnType.Double => (FloatingType, false),
        ColumnType.String => (TextType, false),
        ColumnType.Binary => (BinaryType, false),
        ColumnType.Int32List or ColumnType.UInt64List => (IntegerType, true),
        ColumnType.SingleList => (FloatingType, true),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "unknown column type"),
    };

    // Int has its width in bits and whether it has a sign, FloatingPoint its precision: 1 single, 2 double.
    private static bool HasWidth(FlatTable field, ColumnType type) => type switch
    {
        ColumnType.Int32 or ColumnType.Int32List => field.Table(3).Byte(0) == 32 && field.Table(3).Byte(1) != 0,
        ColumnType.Int64 => field.Table(3).Byte(0) == 64 && field.Table(3).Byte(1) != 0,
        ColumnType.UInt64 or ColumnType.UInt64List => field.Table(3).Byte(0) == 64 && field.Table(3).Byte(1) == 0,
        ColumnType.Single or ColumnType.SingleList => field.Table(3).Byte(0) == 1,
        ColumnType.Double => field.Table(3).Byte(0) == 2,
        _ => true,
    };

    private static long Within(string what, long at, long length, long end) =>
        at >= 0 && length >= 0 && length <= end && at <= end - length
            ? length
            : throw new InvalidDataException($"found a {what} of {length} at {at}, expected it before {end}");
}

/// <summary>Where the columns of a batch lie.</summary>
/// <param name="Rows">Rows of the batch.</param>
/// <param name="Columns">Of each column the number of rows without a value, and its buffers, by their distance from the start of the batch's message.</param>
internal sealed record BatchLayout(int Rows, (int Nulls, (long At, int Length)[] Buffers)[] Columns)
{
    /// <summary>The bytes that hold the buffers of a column.</summary>
    public (long At, long End) SpanOf(int column)
    {
        long at = long.MaxValue;
        long end = 0;
        foreach ((long start, int length) in Columns[column].Buffers)
        {
            if (length > 0)
            {
                at = Math.Min(at, start);
                end = Math.Max(end, start + length);
            }
        }

        return end == 0 ? (0, 0) : (at, end);
    }
}
