using System.Buffers.Binary;
using System.Security.Cryptography;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using DataBuild.Engine.Store;
using DataBuild.Formats.Arrow;

namespace DataBuild.Engine.Columns;

/// <summary>Writes a column file: an Arrow IPC file of the columns that an action adds to a shard, batch by batch.</summary>
public sealed class ColumnFileWriter : IDisposable
{
    private readonly IReadOnlyList<ColumnSchema> _columns;
    private readonly Schema _schema;
    private readonly StoreFileStream _file;
    private readonly ArrowFileWriter _writer;
    private readonly IncrementalHash[] _hashes;

    /// <summary>Starts a file in the store.</summary>
    /// <param name="store">Store.</param>
    /// <param name="columns">Columns, absolute names.</param>
    public ColumnFileWriter(ContentStore store, IReadOnlyList<ColumnSchema> columns)
    {
        _columns = columns;
        _schema = new Schema(columns.Select(c => ArrowColumns.FieldOf(c.Name, c.Type)), null);
        _file = store.CreateFile();
        _writer = new ArrowFileWriter(_file, _schema, leaveOpen: true);
        _hashes = [.. columns.Select(_ => IncrementalHash.CreateHash(HashAlgorithmName.SHA256))];
        try
        {
            _writer.WriteStart();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Writes one batch.</summary>
    /// <param name="rows">Rows in the batch.</param>
    /// <param name="columns">Columns in the file's order, each of that many rows.</param>
    public void Write(int rows, IReadOnlyList<Column> columns)
    {
        IArrowArray[] arrays = new IArrowArray[columns.Count];
        for (int i = 0; i < arrays.Length; i++)
        {
            Column column = columns[i];
            if (column.Length != rows || column.Type != _columns[i].Type)
            {
                throw new InvalidOperationException(
                    $"column '{_columns[i].Name}' has {column.Length} rows of {column.Type}; expected {rows} rows of {_columns[i].Type}");
            }

            AppendTo(_hashes[i], column);
            arrays[i] = ArrowColumns.ToArrow(column);
        }

        using RecordBatch batch = new(_schema, arrays, rows);
        _writer.WriteRecordBatch(batch);
    }

    /// <summary>Completes the file and publishes it in the store.</summary>
    public StoredFile Complete()
    {
        _writer.WriteEnd();
        (string digest, long length) = _file.Commit();
        return new StoredFile(digest, length,
            [.. _columns.Select((c, i) => new StoredColumn(c.Name, c.Type, Convert.ToHexStringLower(_hashes[i].GetHashAndReset())))]);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _writer.Dispose();
        _file.Dispose();
        foreach (IncrementalHash hash in _hashes)
        {
            hash.Dispose();
        }
    }

    // The digest covers values, nulls and the cut into batches, and nothing of the file around them.
    private static void AppendTo(IncrementalHash hash, Column column)
    {
        Span<byte> head = stackalloc byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(head, column.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], (int)column.Type);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], column.Validity.Length);
        hash.AppendData(head);
        hash.AppendData(column.Validity);
        switch (column)
        {
            case StringColumn strings:
                hash.AppendData(strings.OffsetMemory.Span[..((column.Length + 1) * sizeof(int))]);
                hash.AppendData(strings.ByteMemory.Span);
                break;
            case ListColumn<int> lists:
                hash.AppendData(lists.OffsetMemory.Span[..((column.Length + 1) * sizeof(int))]);
                hash.AppendData(lists.ValueMemory.Span);
                break;
            case ListColumn<ulong> lists:
                hash.AppendData(lists.OffsetMemory.Span[..((column.Length + 1) * sizeof(int))]);
                hash.AppendData(lists.ValueMemory.Span);
                break;
            case ListColumn<float> lists:
                hash.AppendData(lists.OffsetMemory.Span[..((column.Length + 1) * sizeof(int))]);
                hash.AppendData(lists.ValueMemory.Span);
                break;
            case ValueColumn<bool> values:
                hash.AppendData(values.ValueMemory.Span[..column.Length]);
                break;
            case ValueColumn<int> values:
                hash.AppendData(values.ValueMemory.Span[..(column.Length * sizeof(int))]);
                break;
            case ValueColumn<float> values:
                hash.AppendData(values.ValueMemory.Span[..(column.Length * sizeof(float))]);
                break;
            case ValueColumn<long> values:
                hash.AppendData(values.ValueMemory.Span[..(column.Length * sizeof(long))]);
                break;
            case ValueColumn<ulong> values:
                hash.AppendData(values.ValueMemory.Span[..(column.Length * sizeof(ulong))]);
                break;
            case ValueColumn<double> values:
                hash.AppendData(values.ValueMemory.Span[..(column.Length * sizeof(double))]);
                break;
            default:
                throw new ArgumentException($"column of type {column.GetType()} cannot be stored");
        }
    }
}
