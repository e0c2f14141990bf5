using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DataBuild.Stages.Deduplicate;

/// <summary>A fixed-size record that <see cref="RunSorter{T}"/> sorts.</summary>
/// <typeparam name="T">The record's type.</typeparam>
public interface ISortRecord<T> where T : unmanaged
{
    /// <summary>First sort key.</summary>
    ulong SortKey { get; }

    /// <summary>Order of two records with the same <see cref="SortKey"/>.</summary>
    int CompareTies(in T other);
}

/// <summary>A 64-bit key and a row: the record of a bucket or digest.</summary>
/// <param name="Key">Key.</param>
/// <param name="Row">Ordinal of the row in the corpus.</param>
public readonly record struct KeyedRow(ulong Key, int Row) : ISortRecord<KeyedRow>
{
    /// <inheritdoc />
    public ulong SortKey => Key;

    /// <inheritdoc />
    public int CompareTies(in KeyedRow other) => Row.CompareTo(other.Row);
}

/// <summary>
/// Sorts records in bounded memory: full buffers are radix-sorted and written as runs to the scratch folder, and reading merges the runs.
/// What fits the buffer never touches the disk. The order is total, so the result does not depend on the buffer's size.
/// </summary>
/// <typeparam name="T">Type of a record.</typeparam>
public sealed class RunSorter<T> : IDisposable where T : unmanaged, ISortRecord<T>
{
    private readonly string _directory;
    private readonly string _name;
    private readonly int _capacity;
    private readonly CancellationToken _cancellation;
    private readonly List<string> _runs = [];
    private T[] _buffer;
    private T[] _spare = [];
    private int _count;

    /// <summary>Creates a sorter.</summary>
    /// <param name="directory">Scratch folder.</param>
    /// <param name="name">First part of the run files' names; unique in the folder.</param>
    /// <param name="memoryBytes">Memory for the two buffers of the radix sort together.</param>
    /// <param name="cancellation">Asked once a run, and once a block of a run when they are merged.</param>
    public RunSorter(string directory, string name, long memoryBytes, CancellationToken cancellation = default)
    {
        _cancellation = cancellation;
        _directory = directory;
        _name = name;
        _capacity = (int)Math.Clamp(memoryBytes / 2 / Unsafe.SizeOf<T>(), 16, Array.MaxLength / 2);
        _buffer = new T[Math.Min(_capacity, 1024)];
    }

    /// <summary>Records added.</summary>
    public long Count { get; private set; }

    /// <summary>Runs written to disk so far.</summary>
    public int RunCount => _runs.Count;

    /// <summary>Adds a record.</summary>
    public void Add(in T record)
    {
        if (_count == _buffer.Length)
        {
            if (_count < _capacity)
            {
                Array.Resize(ref _buffer, (int)Math.Min(_capacity, _buffer.Length * 2L));
            }
            else
            {
                WriteRun();
            }
        }

        _buffer[_count++] = record;
        Count++;
    }

    /// <summary>The records in order. Nothing may be added afterwards.</summary>
    public SortedRecords<T> Sort()
    {
        SortBuffer();
        if (_runs.Count == 0)
        {
            _spare = [];
            return new SortedRecords<T>(_buffer.AsMemory(0, _count));
        }

        if (_count > 0)
        {
            WriteRun();
        }

        long merged = (long)_buffer.Length * Unsafe.SizeOf<T>();
        _buffer = [];
        _spare = [];
        return new SortedRecords<T>(_runs, merged, _cancellation);
    }

    /// <summary>Removes the runs.</summary>
    public void Dispose()
    {
        foreach (string run in _runs)
        {
            File.Delete(run);
        }

        _runs.Clear();
    }

    private void WriteRun()
    {
        _cancellation.ThrowIfCancellationRequested();
        SortBuffer();
        string path = Path.Combine(_directory, $"{_name}.{_runs.Count:D5}.run");
        _runs.Add(path);
        using FileStream stream = new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        const int Piece = 1 << 22;
        for (int start = 0; start < _count; start += Piece)
        {
            stream.Write(MemoryMarshal.AsBytes(_buffer.AsSpan(start, Math.Min(_count - start, Piece))));
        }

        _count = 0;
    }

    private void SortBuffer()
    {
        if (_count < 512)
        {
            _buffer.AsSpan(0, _count).Sort(Compare);
            return;
        }

        if (_spare.Length < _count)
        {
            _spare = new T[_buffer.Length];
        }

        if (RadixSort.Sort(_buffer.AsSpan(0, _count), _spare.AsSpan(0, _count)))
        {
            (_buffer, _spare) = (_spare, _buffer);
        }

        Span<T> records = _buffer.AsSpan(0, _count);
        int start = 0;
        for (int i = 1; i <= records.Length; i++)
        {
            if (i == records.Length || records[i].SortKey != records[start].SortKey)
            {
                if (i - start > 1)
                {
                    SortTies(records[start..i]);
                }

                start = i;
            }
        }
    }

    // Rows are mostly added in order, and the radix sort is stable.
    private static void SortTies(Span<T> ties)
    {
        for (int i = 1; i < ties.Length; i++)
        {
            if (ties[i - 1].CompareTies(in ties[i]) > 0)
            {
                ties.Sort(Compare);
                return;
            }
        }
    }

    internal static int Compare(T first, T second)
    {
        int order = first.SortKey.CompareTo(second.SortKey);
        return order != 0 ? order : first.CompareTies(in second);
    }
}

/// <summary>Least-significant-digit radix sort by <see cref="ISortRecord{T}.SortKey"/>.</summary>
internal static class RadixSort
{
    /// <summary>Sorts stably.</summary>
    /// <returns>True when the result lies in the spare buffer.</returns>
    public static bool Sort<T>(Span<T> records, Span<T> spare) where T : unmanaged, ISortRecord<T>
    {
        const int Digits = 8;
        int[] counts = new int[Digits * 256];
        foreach (ref readonly T record in records)
        {
            ulong key = record.SortKey;
            for (int d = 0; d < Digits; d++)
            {
                counts[(d << 8) + (int)((key >> (d * 8)) & 0xFF)]++;
            }
        }

        bool inSpare = false;
        Span<int> offsets = stackalloc int[256];
        for (int d = 0; d < Digits; d++)
        {
            ReadOnlySpan<int> digitCounts = counts.AsSpan(d << 8, 256);
            if (records.IsEmpty || digitCounts[(int)((records[0].SortKey >> (d * 8)) & 0xFF)] == records.Length)
            {
                continue;
            }

            int sum = 0;
            for (int v = 0; v < 256; v++)
            {
                offsets[v] = sum;
                sum += digitCounts[v];
            }

            foreach (ref readonly T record in records)
            {
                spare[offsets[(int)((record.SortKey >> (d * 8)) & 0xFF)]++] = record;
            }

            Span<T> swap = records;
            records = spare;
            spare = swap;
            inSpare = !inSpare;
        }

        return inSpare;
    }
}
