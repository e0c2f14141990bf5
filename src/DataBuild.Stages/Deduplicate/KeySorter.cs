using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DataBuild.Stages.Deduplicate;

/// <summary>
/// Sorts rows by keys of any length, bytewise and then by row, in bounded memory: full buffers go to the scratch folder as sorted runs, which reading merges.
/// </summary>
public sealed class KeySorter : IDisposable
{
    private readonly string _directory;
    private readonly string _name;
    private readonly long _memoryBytes;
    private readonly List<string> _runs = [];
    private byte[] _bytes = new byte[4096];
    private int _byteCount;
    private Entry[] _entries = new Entry[256];
    private int _entryCount;

    /// <summary>Creates a sorter.</summary>
    /// <param name="directory">Scratch folder.</param>
    /// <param name="name">First part of the run files' names; unique in the folder.</param>
    /// <param name="memoryBytes">Memory for keys and entries, from 4,096 bytes to 1 GiB.</param>
    public KeySorter(string directory, string name, long memoryBytes)
    {
        _directory = directory;
        _name = name;
        _memoryBytes = Math.Clamp(memoryBytes, 4096, 1 << 30);
    }

    /// <summary>Runs written to disk so far.</summary>
    public int RunCount => _runs.Count;

    /// <summary>Adds a row.</summary>
    public void Add(ReadOnlySpan<byte> key, int row)
    {
        if (_entryCount > 0 && _byteCount + key.Length + ((_entryCount + 1L) * Entry.Size) > _memoryBytes)
        {
            WriteRun();
        }

        if (_byteCount + key.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Max(_byteCount + key.Length, Math.Min(Array.MaxLength, _bytes.Length * 2L)));
        }

        if (_entryCount == _entries.Length)
        {
            Array.Resize(ref _entries, _entries.Length * 2);
        }

        key.CopyTo(_bytes.AsSpan(_byteCount));
        _entries[_entryCount++] = new Entry(Prefix(key), _byteCount, key.Length, row);
        _byteCount += key.Length;
    }

    /// <summary>The rows in order of their keys. Nothing may be added afterwards.</summary>
    public IEnumerable<int> Sort()
    {
        SortEntries();
        if (_runs.Count == 0)
        {
            for (int i = 0; i < _entryCount; i++)
            {
                yield return _entries[i].Row;
            }

            yield break;
        }

        if (_entryCount > 0)
        {
            WriteRun();
        }

        _bytes = [];
        _entries = [];
        PriorityQueue<RunReader, RunReader> heap = new(Comparer<RunReader>.Create(RunReader.Compare));
        List<RunReader> readers = [];
        try
        {
            foreach (string run in _runs)
            {
                RunReader reader = new(run);
                readers.Add(reader);
                if (reader.MoveNext())
                {
                    heap.Enqueue(reader, reader);
                }
            }

            while (heap.TryDequeue(out RunReader? reader, out _))
            {
                yield return reader.Row;
                if (reader.MoveNext())
                {
                    heap.Enqueue(reader, reader);
                }
            }
        }
        finally
        {
            readers.ForEach(r => r.Dispose());
        }
    }

    /// <summary>Removes the runs.</summary>
    public void Dispose()
    {
        _runs.ForEach(File.Delete);
        _runs.Clear();
    }

    private static ulong Prefix(ReadOnlySpan<byte> key)
    {
        if (key.Length >= 8)
        {
            return BinaryPrimitives.ReadUInt64BigEndian(key);
        }

        Span<byte> padded = stackalloc byte[8];
        padded.Clear();
        key.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }

    private void SortEntries()
    {
        byte[] bytes = _bytes;
        _entries.AsSpan(0, _entryCount).Sort((x, y) =>
        {
            int order = x.Prefix.CompareTo(y.Prefix);
            if (order == 0)
            {
                order = bytes.AsSpan(x.Offset, x.Length).SequenceCompareTo(bytes.AsSpan(y.Offset, y.Length));
            }

            return order != 0 ? order : x.Row.CompareTo(y.Row);
        });
    }

    private void WriteRun()
    {
        SortEntries();
        string path = Path.Combine(_directory, $"{_name}.{_runs.Count:D5}.run");
        _runs.Add(path);
        using FileStream stream = new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 18);
        Span<byte> header = stackalloc byte[8];
        foreach (Entry entry in _entries.AsSpan(0, _entryCount))
        {
            BinaryPrimitives.WriteInt32LittleEndian(header, entry.Length);
            BinaryPrimitives.WriteInt32LittleEndian(header[4..], entry.Row);
            stream.Write(header);
            stream.Write(_bytes, entry.Offset, entry.Length);
        }

        _entryCount = 0;
        _byteCount = 0;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Entry(ulong Prefix, int Offset, int Length, int Row)
    {
        public const int Size = 24;
    }

    private sealed class RunReader(string path) : IDisposable
    {
        private readonly FileStream _stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.SequentialScan);
        private readonly byte[] _header = new byte[8];
        private byte[] _key = new byte[64];
        private int _length;

        public int Row { get; private set; }

        public bool MoveNext()
        {
            if (_stream.ReadAtLeast(_header, 8, throwOnEndOfStream: false) < 8)
            {
                return false;
            }

            _length = BinaryPrimitives.ReadInt32LittleEndian(_header);
            Row = BinaryPrimitives.ReadInt32LittleEndian(_header.AsSpan(4));
            if (_key.Length < _length)
            {
                _key = new byte[_length * 2];
            }

            _stream.ReadExactly(_key, 0, _length);
            return true;
        }

        public static int Compare(RunReader x, RunReader y)
        {
            int order = x._key.AsSpan(0, x._length).SequenceCompareTo(y._key.AsSpan(0, y._length));
            return order != 0 ? order : x.Row.CompareTo(y.Row);
        }

        public void Dispose() => _stream.Dispose();
    }
}
