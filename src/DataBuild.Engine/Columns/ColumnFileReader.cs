using Apache.Arrow;
using Apache.Arrow.Ipc;
using DataBuild.Engine.Store;
using DataBuild.Formats.Arrow;

namespace DataBuild.Engine.Columns;

/// <summary>Reads a column file batch by batch.</summary>
public sealed class ColumnFileReader : IDisposable
{
    private readonly StoredFile _file;
    private readonly FileStream _stream;
    private readonly ArrowFileReader _reader;

    /// <summary>Opens a stored file after comparing it with its digest.</summary>
    /// <exception cref="StoreCorruptException">It is missing or damaged.</exception>
    public ColumnFileReader(ContentStore store, StoredFile file)
    {
        _file = file;
        _stream = new FileStream(store.OpenVerified(file.Digest), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16);
        _reader = new ArrowFileReader(_stream, PooledColumnMemory.Shared);
    }

    /// <summary>Reads a batch; its columns are valid until it is disposed.</summary>
    internal (RecordBatch Batch, Func<int, Column> ColumnAt) Read(int batch)
    {
        RecordBatch arrow = _reader.ReadRecordBatchAsync(batch).AsTask().GetAwaiter().GetResult();
        return (arrow, ordinal => ArrowColumns.FromArrow(arrow.Column(ordinal), _file.Columns[ordinal].Type));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
    }
}
