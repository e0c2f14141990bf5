using System.Collections.Concurrent;

namespace DataBuild.Formats.Parquet;

/// <summary>
/// Writes what <see cref="ParquetTableWriter"/> writes, to the byte, with row groups encoded side by side. In memory at most are the rows of as many row groups as
/// there are threads, and what became of them.
/// </summary>
public sealed class ParallelParquetWriter : IDisposable
{
    private readonly Stream _output;
    private readonly IReadOnlyList<ColumnSchema> _schema;
    private readonly IReadOnlyDictionary<string, string>? _metadata;
    private readonly long _rowGroupBytes;
    private readonly int _threads;
    private readonly ColumnSink[] _measures;
    private readonly RowGroupMerger _merger;
    private readonly Queue<Group> _groups = new();
    private Group? _open;
    private long _groupBytes;
    private bool _hasGroups;
    private bool _closed;

    /// <summary>Starts a file.</summary>
    /// <param name="output">Where it goes; left open.</param>
    /// <param name="schema">The columns, all of them nullable.</param>
    /// <param name="threads">Row groups encoded at a time; at least 1.</param>
    /// <param name="metadata">Key-value metadata; written in ordinal order of the keys.</param>
    /// <param name="rowGroupBytes">Uncompressed bytes after which a row group is closed; default 64 MiB.</param>
    public ParallelParquetWriter(
        Stream output, IReadOnlyList<ColumnSchema> schema, int threads, IReadOnlyDictionary<string, string>? metadata = null, long rowGroupBytes = ParquetTableWriter.DefaultRowGroupBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfZero(schema.Count);
        _output = output;
        _schema = schema;
        _threads = threads;
        _metadata = metadata;
        _rowGroupBytes = rowGroupBytes;
        _measures = [.. schema.Select(c => ColumnSink.Create(c.Type))];
        _merger = new RowGroupMerger(output);
    }

    /// <summary>Appends a batch of rows, one column for each of the schema, in its order.</summary>
    /// <param name="columns">The columns; they must not change until their owner is disposed.</param>
    /// <param name="owner">Disposed, on any thread, when the columns are no longer read; null where they stay valid.</param>
    /// <exception cref="ArgumentException">Number, types or lengths of the columns are not those of the schema.</exception>
    public void Write(Column[] columns, IDisposable? owner = null)
    {
        Lease lease = new(owner);
        try
        {
            ParquetTableWriter.Check(_schema, columns);
            int rows = columns[0].Length;
            int start = 0;
            for (int from = 0; from < rows; from += ParquetTableWriter.SliceRows)
            {
                int count = Math.Min(ParquetTableWriter.SliceRows, rows - from);
                for (int i = 0; i < columns.Length; i++)
                {
                    _groupBytes += _measures[i].Measure(columns[i], from, count);
                }

                if (_groupBytes >= _rowGroupBytes || from + count == rows)
                {
                    (_open ??= OpenGroup()).Add(columns, start, from + count - start, lease.Share());
                    start = from + count;
                }

                if (_groupBytes >= _rowGroupBytes)
                {
                    CloseGroup();
                }
            }
        }
        finally
        {
            lease.Dispose();
        }
    }

    /// <summary>Writes the footer; without it the file is not readable.</summary>
    public void Complete()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        CloseGroup();
        while (_groups.Count > 0)
        {
            TakeFirst();
        }

        if (_hasGroups)
        {
            _merger.Complete();
            return;
        }

        using ParquetTableWriter empty = new(_output, _schema, _metadata, _rowGroupBytes);
        empty.Complete();
    }

    /// <summary>Releases the writer. A file that was not completed stays unreadable.</summary>
    public void Dispose()
    {
        _closed = true;
        CloseGroup();
        foreach (Group group in _groups)
        {
            group.Dispose();
        }

        _groups.Clear();
    }

    private Group OpenGroup()
    {
        while (_groups.Count >= _threads)
        {
            TakeFirst();
        }

        _hasGroups = true;
        Group group = new(_schema, _metadata);
        _groups.Enqueue(group);
        return group;
    }

    private void CloseGroup()
    {
        _open?.EndOfRows();
        _open = null;
        _groupBytes = 0;
    }

    private void TakeFirst()
    {
        using Group first = _groups.Dequeue();
        _merger.Add(first.Encoded());
    }

    /// <summary>Disposes what it leases when all who share it have.</summary>
    private sealed class Lease(IDisposable? owner) : IDisposable
    {
        private int _shares = 1;

        public Lease Share()
        {
            Interlocked.Increment(ref _shares);
            return this;
        }

        public void Dispose()
        {
            if (Interlocked.Decrement(ref _shares) == 0)
            {
                owner?.Dispose();
            }
        }
    }

    /// <summary>A row group that is encoded on a thread of its own, while its rows come.</summary>
    private sealed class Group : IDisposable
    {
        private readonly BlockingCollection<(Column[] Columns, int From, int Count, Lease Lease)> _rows = [];
        private readonly EncodedFile _file = new();
        private readonly Task _encoding;

        public Group(IReadOnlyList<ColumnSchema> schema, IReadOnlyDictionary<string, string>? metadata) =>
            _encoding = Task.Factory.StartNew(() => Encode(schema, metadata), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        public void Add(Column[] columns, int from, int count, Lease lease) => _rows.Add((columns, from, count, lease));

        public void EndOfRows() => _rows.CompleteAdding();

        /// <summary>The group as a file of its own, when it is complete; valid until this is disposed.</summary>
        public EncodedFile Encoded()
        {
            _encoding.GetAwaiter().GetResult();
            return _file;
        }

        public void Dispose()
        {
            // Whoever wants the group has asked for it, and knows why it failed.
            ((IAsyncResult)_encoding).AsyncWaitHandle.WaitOne();
            _ = _encoding.Exception;
            _encoding.Dispose();
            _rows.Dispose();
            _file.Dispose();
        }

        private void Encode(IReadOnlyList<ColumnSchema> schema, IReadOnlyDictionary<string, string>? metadata)
        {
            try
            {
                using ParquetTableWriter writer = new(_file, schema, metadata, long.MaxValue);
                foreach ((Column[] columns, int from, int count, Lease lease) in _rows.GetConsumingEnumerable())
                {
                    using (lease)
                    {
                        writer.Write(columns, from, count);
                    }
                }

                writer.Complete();
            }
            finally
            {
                // After a failure: the memory that rows lie in goes back all the same.
                foreach ((_, _, _, Lease lease) in _rows.GetConsumingEnumerable())
                {
                    lease.Dispose();
                }
            }
        }
    }
}
