using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DataBuild.Stages.Deduplicate;

/// <summary>The merged output of a <see cref="RunSorter{T}"/>, read once from first to last.</summary>
/// <typeparam name="T">Type of a record.</typeparam>
public sealed class SortedRecords<T> : IDisposable where T : unmanaged, ISortRecord<T>
{
    private readonly ReadOnlyMemory<T> _buffer;
    private readonly RunReader[] _heap = [];
    private int _heapCount;
    private int _next;

    internal SortedRecords(ReadOnlyMemory<T> buffer) => _buffer = buffer;

    internal SortedRecords(IReadOnlyList<string> runs, long memoryBytes, CancellationToken cancellation)
    {
        int perRun = (int)Math.Clamp(memoryBytes / runs.Count / Unsafe.SizeOf<T>(), 64, (1 << 22) / Unsafe.SizeOf<T>());
        _heap = new RunReader[runs.Count];
        foreach (string run in runs)
        {
            RunReader reader = new(run, perRun, cancellation);
            if (reader.MoveNext())
            {
                _heap[_heapCount++] = reader;
            }
            else
            {
                reader.Dispose();
            }
        }

        for (int i = (_heapCount / 2) - 1; i >= 0; i--)
        {
            SiftDown(i);
        }
    }

    /// <summary>Takes the next record.</summary>
    /// <returns>False at the end.</returns>
    public bool TryRead(out T record)
    {
        if (_heap.Length == 0)
        {
            if (_next < _buffer.Length)
            {
                record = _buffer.Span[_next++];
                return true;
            }

            record = default;
            return false;
        }

        if (_heapCount == 0)
        {
            record = default;
            return false;
        }

        RunReader top = _heap[0];
        record = top.Current;
        if (!top.MoveNext())
        {
            top.Dispose();
            _heap[0] = _heap[--_heapCount];
        }

        SiftDown(0);
        return true;
    }

    /// <summary>Closes the runs.</summary>
    public void Dispose()
    {
        for (int i = 0; i < _heapCount; i++)
        {
            _heap[i].Dispose();
        }

        _heapCount = 0;
    }

    private void SiftDown(int index)
    {
        while (true)
        {
            int child = (2 * index) + 1;
            if (child >= _heapCount)
            {
                return;
            }

            if (child + 1 < _heapCount && RunSorter<T>.Compare(_heap[child + 1].Current, _heap[child].Current) < 0)
            {
                child++;
            }

            if (RunSorter<T>.Compare(_heap[index].Current, _heap[child].Current) <= 0)
            {
                return;
            }

            (_heap[index], _heap[child]) = (_heap[child], _heap[index]);
            index = child;
        }
    }

    private sealed class RunReader(string path, int capacity, CancellationToken cancellation) : IDisposable
    {
        private readonly FileStream _stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        private readonly T[] _records = new T[capacity];
        private int _position;
        private int _count;

        public T Current => _records[_position];

        public bool MoveNext()
        {
            if (++_position < _count)
            {
                return true;
            }

            cancellation.ThrowIfCancellationRequested();
            Span<byte> bytes = MemoryMarshal.AsBytes(_records.AsSpan());
            int read = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (read % Unsafe.SizeOf<T>() != 0)
            {
                throw new InvalidDataException($"run '{path}' ends in the middle of a record: {_stream.Length} bytes are no multiple of {Unsafe.SizeOf<T>()}");
            }

            _count = read / Unsafe.SizeOf<T>();
            _position = 0;
            return _count > 0;
        }

        public void Dispose() => _stream.Dispose();
    }
}
