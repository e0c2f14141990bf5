using System.Buffers;
using DataBuild.Engine.Store;
using Microsoft.Win32.SafeHandles;

namespace DataBuild.Engine.Columns;

/// <summary>
/// Reads chosen columns of a column file batch by batch. A build reads each batch of each file several times, and most are small: a batch takes one call of the
/// operating system, and of a large one only the columns that are asked for are read.
/// </summary>
public sealed class ColumnFileReader : IDisposable
{
    /// <summary>Bytes up to which a batch is read whole.</summary>
    private const int SmallBatch = 1 << 16;

    private readonly ContentStore _store;
    private readonly StoredFile _file;
    private readonly SafeFileHandle _handle;
    private ColumnFileLayout? _layout;

    /// <summary>Opens a stored file after comparing it with its digest.</summary>
    /// <exception cref="StoreCorruptException">It is missing or damaged.</exception>
    public ColumnFileReader(ContentStore store, StoredFile file)
    {
        _store = store;
        _file = file;
        _handle = File.OpenHandle(store.OpenVerified(file.Digest), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
    }

    /// <summary>Reads columns of a batch; they are valid until it is disposed.</summary>
    /// <param name="batch">Ordinal of the batch.</param>
    /// <param name="ordinals">Places of the columns in the file.</param>
    /// <exception cref="StoreCorruptException">The file holds no such columns, although it has its digest: who wrote it was not us. It has been removed.</exception>
    internal ColumnBatch Read(int batch, IReadOnlyList<int> ordinals) => Checked(batch, (ref byte[]? rented) =>
    {
        ColumnBatch read = Read(_layout!, batch, ordinals, ref rented);
        rented = null;
        return read;
    });

    /// <summary>Reads how many elements the lists of a column have in the rows of a batch, and none of the elements.</summary>
    /// <param name="batch">Ordinal of the batch.</param>
    /// <param name="ordinal">Place of the column in the file.</param>
    /// <exception cref="StoreCorruptException">As of <see cref="Read(int, IReadOnlyList{int})"/>.</exception>
    internal int[] ReadLengths(int batch, int ordinal) => Checked(batch, (ref byte[]? rented) =>
    {
        (long at, int messageLength, long length) = _layout!.PlaceOf(batch);
        rented = ArrayPool<byte>.Shared.Rent(messageLength);
        ColumnFileLayout.ReadExactly(_handle, rented.AsSpan(0, messageLength), at);
        BatchLayout parts = _layout.Locate(rented.AsSpan(0, messageLength), length);
        (long offsetsAt, int offsetsLength) = parts.Columns[ordinal].Buffers[1];
        byte[] offsets = new byte[offsetsLength];
        ColumnFileLayout.ReadExactly(_handle, offsets, at + offsetsAt);
        return ColumnBatch.LengthsOf(parts.Rows, offsets, parts.Columns[ordinal].Buffers[^1].Length / ColumnBatch.WidthOf(_file.Columns[ordinal].Type));
    });

    private delegate T Reading<T>(ref byte[]? rented);

    private T Checked<T>(int batch, Reading<T> read)
    {
        byte[]? rented = null;
        try
        {
            _layout ??= ColumnFileLayout.Read(_handle, _file.Columns);
            return read(ref rented);
        }
        catch (Exception exception) when (exception is EndOfStreamException or not (IOException or OutOfMemoryException))
        {
            throw _store.Refuse(_file.Digest, $"is no column file that we wrote (batch {batch}: {exception.Message})");
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _handle.Dispose();

    private ColumnBatch Read(ColumnFileLayout layout, int batch, IReadOnlyList<int> ordinals, ref byte[]? rented)
    {
        (long at, int messageLength, long length) = layout.PlaceOf(batch);
        bool whole = length <= SmallBatch || ordinals.Count == _file.Columns.Count;
        int first = checked((int)(whole ? length : messageLength));
        rented = ArrayPool<byte>.Shared.Rent(first);
        ColumnFileLayout.ReadExactly(_handle, rented.AsSpan(0, first), at);
        BatchLayout parts = layout.Locate(rented.AsSpan(0, first), length);

        // Where in the memory what lies at a column's place in the batch is found.
        long[] moved = new long[ordinals.Count];
        if (!whole)
        {
            ArrayPool<byte>.Shared.Return(rented);
            rented = null;
            rented = ReadParts(at, parts, ordinals, moved);
        }

        Column[] columns = new Column[ordinals.Count];
        for (int i = 0; i < columns.Length; i++)
        {
            (int nulls, (long At, int Length)[] buffers) = parts.Columns[ordinals[i]];
            var memory = new ReadOnlyMemory<byte>[buffers.Length];
            for (int part = 0; part < memory.Length; part++)
            {
                memory[part] = buffers[part].Length == 0 ? default : rented.AsMemory((int)(buffers[part].At - moved[i]), buffers[part].Length);
            }

            columns[i] = ColumnBatch.ColumnOf(_file.Columns[ordinals[i]].Type, parts.Rows, nulls, memory);
        }

        return new ColumnBatch(rented, parts.Rows, columns);
    }

    private byte[] ReadParts(long at, BatchLayout parts, IReadOnlyList<int> ordinals, long[] moved)
    {
        int total = 0;
        for (int i = 0; i < moved.Length; i++)
        {
            (long start, long end) = parts.SpanOf(ordinals[i]);
            // Values stay at multiples of eight bytes, as they are in the file.
            moved[i] = start - total;
            total = checked((int)(total + ((end - start + 7) & ~7L)));
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent(total);
        for (int i = 0; i < moved.Length; i++)
        {
            (long start, long end) = parts.SpanOf(ordinals[i]);
            ColumnFileLayout.ReadExactly(_handle, bytes.AsSpan((int)(start - moved[i]), (int)(end - start)), at + start);
        }

        return bytes;
    }
}
