using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using DataBuild.Engine.Store;
using DataBuild.Formats.Arrow;

namespace DataBuild.Engine.Columns;

/// <summary>Reads a column file batch by batch.</summary>
public sealed class ColumnFileReader : IDisposable
{
    private readonly ContentStore _store;
    private readonly StoredFile _file;
    private readonly FileStream _stream;
    private readonly ArrowFileReader _reader;
    private readonly ColumnFileBounds _bounds;

    /// <summary>Opens a stored file after comparing it with its digest.</summary>
    /// <exception cref="StoreCorruptException">It is missing or damaged.</exception>
    public ColumnFileReader(ContentStore store, StoredFile file)
    {
        _store = store;
        _file = file;
        _stream = new FileStream(store.OpenVerified(file.Digest), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16);
        _reader = new ArrowFileReader(_stream, PooledColumnMemory.Shared);
        _bounds = new ColumnFileBounds(_stream.SafeFileHandle, file.Columns.Count);
    }

    /// <summary>Reads a batch; its columns are valid until it is disposed.</summary>
    /// <exception cref="StoreCorruptException">The file holds no such columns, although it has its digest: who wrote it was not us. It has been removed.</exception>
    internal (RecordBatch Batch, Func<int, Column> ColumnAt) Read(int batch)
    {
        RecordBatch arrow;
        try
        {
            _bounds.Check(batch);
            arrow = _reader.ReadRecordBatchAsync(batch).AsTask().GetAwaiter().GetResult();
            if (Defect(arrow) is { } defect)
            {
                arrow.Dispose();
                throw new InvalidDataException(defect);
            }
        }
        catch (Exception exception) when (exception is EndOfStreamException or not (IOException or OutOfMemoryException))
        {
            throw _store.Refuse(_file.Digest, $"is no column file that we wrote (batch {batch}: {exception.Message})");
        }

        return (arrow, ordinal => ArrowColumns.FromArrow(arrow.Column(ordinal), _file.Columns[ordinal].Type));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
    }

    // What spans would find out of range later, in the middle of a stage.
    private string? Defect(RecordBatch batch)
    {
        if (batch.ColumnCount != _file.Columns.Count || batch.Length < 0)
        {
            return $"found {batch.ColumnCount} columns of {batch.Length} rows, expected {_file.Columns.Count} columns";
        }

        for (int i = 0; i < batch.ColumnCount; i++)
        {
            ArrayData data = batch.Column(i).Data;
            StoredColumn column = _file.Columns[i];
            int bits = (int)(((long)batch.Length + 7) / 8);
            bool fits = data.Length == batch.Length && data.Offset == 0 && data.DataType.TypeId == ArrowColumns.FieldOf(column.Name, column.Type).DataType.TypeId
                && (data.GetNullCount() == 0 || data.Buffers[0].Length >= bits)
                && column.Type switch
                {
                    ColumnType.Boolean => data.Buffers[1].Length >= bits,
                    ColumnType.Int32 or ColumnType.Single => data.Buffers[1].Length >= (long)batch.Length * sizeof(int),
                    ColumnType.Int64 or ColumnType.UInt64 or ColumnType.Double => data.Buffers[1].Length >= (long)batch.Length * sizeof(long),
                    ColumnType.String or ColumnType.Binary => OffsetsFit(data, data.Buffers[2].Length),
                    ColumnType.Int32List or ColumnType.SingleList => OffsetsFit(data, data.Children[0].Buffers[1].Length / sizeof(int)),
                    ColumnType.UInt64List => OffsetsFit(data, data.Children[0].Buffers[1].Length / sizeof(ulong)),
                    _ => false,
                };
            if (!fits)
            {
                return $"column '{column.Name}' is no {column.Type} of {batch.Length} rows";
            }
        }

        return null;
    }

    private static bool OffsetsFit(ArrayData data, int most)
    {
        ReadOnlySpan<int> offsets = MemoryMarshal.Cast<byte, int>(data.Buffers[1].Span);
        if (data.Length == 0 && offsets.IsEmpty)
        {
            return true;
        }

        if (offsets.Length <= data.Length || offsets[0] < 0 || offsets[data.Length] > most)
        {
            return false;
        }

        for (int i = 0; i < data.Length; i++)
        {
            if (offsets[i] > offsets[i + 1])
            {
                return false;
            }
        }

        return true;
    }
}
