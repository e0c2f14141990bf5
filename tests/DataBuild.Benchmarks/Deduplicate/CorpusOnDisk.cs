using System.Runtime.InteropServices;
using DataBuild.Stages.Deduplicate;

namespace DataBuild.Benchmarks.Deduplicate;

/// <summary>A corpus whose signatures lie in a scratch file, as they do in a build; ids and lengths are derived or held.</summary>
internal sealed class CorpusOnDisk : Corpus, IDisposable
{
    private const int BatchRows = 1024;
    private readonly string _path;
    private readonly FileStream _file;
    private readonly string _stage;
    private readonly Func<int, string> _id;
    private readonly List<(long Offset, int Rows)> _batches = [];
    private readonly List<int> _lengths = [];
    private ListColumnBuilder<ulong> _signatures = new();

    public CorpusOnDisk(string path, string stage, Func<int, string> id)
    {
        _path = path;
        _file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite);
        _stage = stage;
        _id = id;
    }

    public override int ShardCount => 1;

    public override long RowCount => _lengths.Count;

    public long FileLength => _file.Length;

    public override long RowsOf(int shard) => _lengths.Count;

    public void Add(in MinHashFigures figures)
    {
        _signatures.Append(figures.Signature.Span);
        _lengths.Add(figures.Length);
        if (_signatures.Length == BatchRows)
        {
            Flush();
        }
    }

    public void Flush()
    {
        if (_signatures.Length > 0)
        {
            ListColumn<ulong> column = (ListColumn<ulong>)_signatures.Build();
            _batches.Add((_file.Position, column.Length));
            _file.Write(column.OffsetMemory.Span);
            _file.Write(column.ValueMemory.Span);
            _signatures = new ListColumnBuilder<ulong>();
        }
    }

    public override IEnumerable<CorpusBatch> Read(params IReadOnlyList<string> columns)
    {
        long first = 0;
        bool[] alive = new bool[BatchRows];
        Array.Fill(alive, true);
        foreach ((long offset, int rows) in _batches)
        {
            Dictionary<string, Column> found = new(StringComparer.Ordinal);
            foreach (string name in columns)
            {
                found[name] = name == _stage + ".signature" ? Signatures(offset, rows) : name == "id" ? Ids((int)first, rows) : Lengths((int)first, rows);
            }

            yield return new CorpusBatch(0, first, new DocumentBatch(rows, found), alive.AsMemory(0, rows));
            first += rows;
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        File.Delete(_path);
    }

    private ListColumn<ulong> Signatures(long offset, int rows)
    {
        byte[] offsets = new byte[(rows + 1) * 4];
        _file.Position = offset;
        _file.ReadExactly(offsets);
        byte[] values = new byte[MemoryMarshal.Cast<byte, int>(offsets)[rows] * sizeof(ulong)];
        _file.ReadExactly(values);
        return new ListColumn<ulong>(rows, offsets, values);
    }

    private Column Ids(int first, int rows)
    {
        StringColumnBuilder ids = new();
        for (int i = 0; i < rows; i++)
        {
            ids.Append(_id(first + i));
        }

        return ids.Build();
    }

    private Column Lengths(int first, int rows)
    {
        ValueColumnBuilder<int> lengths = new();
        for (int i = 0; i < rows; i++)
        {
            lengths.Append(_lengths[first + i]);
        }

        return lengths.Build();
    }
}

/// <summary>Keeps the outcomes' clusters.</summary>
internal sealed class ClusterSink : IOutcomeSink
{
    private readonly ColumnBuilder[] _builders = [new StringColumnBuilder(), new ValueColumnBuilder<int>(), new StringColumnBuilder()];
    private readonly Action<DuplicateOutcome> _receive;
    private int _rows;

    public ClusterSink(Action<DuplicateOutcome> receive) => _receive = receive;

    public ReadOnlySpan<ColumnBuilder> Builders => _builders;

    public void RowAppended()
    {
        if (++_rows == 4096)
        {
            Flush();
        }
    }

    public void Flush()
    {
        Column[] columns = [.. _builders.Select(b => b.Build())];
        for (int row = 0; row < _rows; row++)
        {
            _receive(DuplicateOutcome.Read(columns, row));
        }

        _rows = 0;
    }
}
