using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace DataBuild.Engine.Columns;

/// <summary>
/// Compares the lengths that a column file declares with the length that it has, before the reader of Arrow allocates them: that one trusts them.
/// Source of the layout: Arrow columnar format, "IPC File Format", File.fbs, Schema.fbs and Message.fbs.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="columns">Columns that it is to hold.</param>
internal sealed class ColumnFileBounds(SafeFileHandle file, int columns)
{
    private const int BlockLength = 24;
    private const int PairLength = 16;
    private const int PrefixLength = 8;
    private const byte RecordBatchHeader = 3;
    private const byte ListType = 12;
    private long[]? _batches;
    private long _bodiesEnd;

    private static ReadOnlySpan<byte> Magic => "ARROW1"u8;

    /// <summary>Looks at the footer, once, and at the message of a batch.</summary>
    /// <exception cref="InvalidDataException">Something is declared that the file does not hold.</exception>
    public void Check(int batch)
    {
        long[] batches = _batches ??= ReadFooter();
        if (batch >= batches.Length)
        {
            throw new InvalidDataException($"found {batches.Length} batches, expected more than {batch}");
        }

        long at = batches[batch];
        byte[] prefix = Read(at, PrefixLength);
        if (BinaryPrimitives.ReadInt32LittleEndian(prefix) != -1)
        {
            throw new InvalidDataException($"no message begins at {at}");
        }

        long bodyAt = at + PrefixLength;
        long length = Within("message", bodyAt, BinaryPrimitives.ReadInt32LittleEndian(prefix.AsSpan(sizeof(int))), _bodiesEnd);
        FlatTable message = FlatTable.Root(Read(bodyAt, length));
        long body = Within("body", bodyAt + length, message.Int64(3), _bodiesEnd);
        if (message.Byte(1) != RecordBatchHeader)
        {
            throw new InvalidDataException($"the message at {at} is of type {message.Byte(1)}, expected a batch of rows");
        }

        FlatTable rows = message.Table(2);
        for (ReadOnlySpan<byte> nodes = rows.Vector(1, PairLength); !nodes.IsEmpty; nodes = nodes[PairLength..])
        {
            // A row takes a bit at the least.
            long count = Within("rows of a column, in bits", 0, BinaryPrimitives.ReadInt64LittleEndian(nodes), 8 * body);
            Within("rows without a value", 0, BinaryPrimitives.ReadInt64LittleEndian(nodes[sizeof(long)..]), count);
        }

        for (ReadOnlySpan<byte> buffers = rows.Vector(2, PairLength); !buffers.IsEmpty; buffers = buffers[PairLength..])
        {
            Within("buffer", BinaryPrimitives.ReadInt64LittleEndian(buffers), BinaryPrimitives.ReadInt64LittleEndian(buffers[sizeof(long)..]), body);
        }
    }

    private long[] ReadFooter()
    {
        long lengthAt = RandomAccess.GetLength(file) - Magic.Length - sizeof(int);
        byte[] end = Read(lengthAt, sizeof(int) + Magic.Length);
        if (!end.AsSpan(sizeof(int)).SequenceEqual(Magic))
        {
            throw new InvalidDataException("it does not end as an Arrow file does");
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(end);
        _bodiesEnd = lengthAt - length;
        FlatTable footer = FlatTable.Root(Read(_bodiesEnd, Within("footer", 0, length, lengthAt)));
        if (!footer.Vector(2, BlockLength).IsEmpty)
        {
            throw new InvalidDataException("it holds dictionaries");
        }

        CheckFields(footer.Table(1), 1, columns, nested: false);
        ReadOnlySpan<byte> blocks = footer.Vector(3, BlockLength);
        long[] batches = new long[blocks.Length / BlockLength];
        for (int i = 0; i < batches.Length; i++, blocks = blocks[BlockLength..])
        {
            long at = BinaryPrimitives.ReadInt64LittleEndian(blocks);
            long metadata = Within("message of a batch", at, BinaryPrimitives.ReadInt32LittleEndian(blocks[8..]), _bodiesEnd);
            Within("body of a batch", at + metadata, BinaryPrimitives.ReadInt64LittleEndian(blocks[16..]), _bodiesEnd);
            batches[i] = at;
        }

        return batches;
    }

    // A schema that refers to itself would be followed without end: lists are of plain values, and nothing is deeper.
    private static void CheckFields(FlatTable owner, int vector, int expected, bool nested)
    {
        int count = owner.Vector(vector, sizeof(int)).Length / sizeof(int);
        if (count != expected)
        {
            throw new InvalidDataException($"found {count} {(nested ? "children of a column" : "columns")}, expected {expected}");
        }

        for (int i = 0; i < count; i++)
        {
            FlatTable field = owner.TableOf(vector, i);
            byte type = field.Byte(2);
            if (field.Has(4) || type is not (>= 2 and <= 6 or ListType) || (nested && type == ListType) || !field.Vector(6, sizeof(int)).IsEmpty)
            {
                throw new InvalidDataException($"column {i} has a type {type} that no column has");
            }

            CheckFields(field, 5, type == ListType ? 1 : 0, nested: true);
        }
    }

    private static long Within(string what, long at, long length, long end) =>
        at >= 0 && length >= 0 && length <= end && at <= end - length
            ? length
            : throw new InvalidDataException($"found a {what} of {length} at {at}, expected it before {end}");

    private byte[] Read(long at, long length)
    {
        Within("part", at, length, RandomAccess.GetLength(file));
        byte[] bytes = new byte[length];
        int done = 0;
        while (done < bytes.Length)
        {
            int read = RandomAccess.Read(file, bytes.AsSpan(done), at + done);
            done += read > 0 ? read : throw new EndOfStreamException($"the file ended at {at + done}");
        }

        return bytes;
    }
}
