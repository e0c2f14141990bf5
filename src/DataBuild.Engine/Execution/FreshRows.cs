namespace DataBuild.Engine.Execution;

/// <summary>
/// Figures that a batch stage has measured in this build, by the hash of the text: of several documents with one text one is measured. Bounded: what was measured
/// first is forgotten first. Called under the stage's lock.
/// </summary>
/// <param name="maximumBytes">Bytes of figures and hashes, about.</param>
internal sealed class FreshRows(long maximumBytes)
{
    // What a dictionary takes for an entry, about.
    private const int EntryBytes = 64;

    private readonly Dictionary<UInt128, (Column[] Figures, int Row)> _rows = [];
    private readonly Queue<(UInt128[] Hashes, long Bytes)> _blocks = [];
    private long _bytes;

    /// <summary>Finds the figures of a text.</summary>
    public bool TryFind(UInt128 hash, out (Column[] Figures, int Row) place) => _rows.TryGetValue(hash, out place);

    /// <summary>Takes in the figures of texts that were measured together.</summary>
    /// <param name="hashes">Hashes of the texts.</param>
    /// <param name="rows">The row of each in the columns.</param>
    /// <param name="figures">A column a figure.</param>
    public void Add(UInt128[] hashes, int[] rows, Column[] figures)
    {
        for (int i = 0; i < hashes.Length; i++)
        {
            _rows[hashes[i]] = (figures, rows[i]);
        }

        long bytes = figures.Sum(BytesOf) + (hashes.Length * (long)EntryBytes);
        _blocks.Enqueue((hashes, bytes));
        _bytes += bytes;
        while (_bytes > maximumBytes && _blocks.Count > 1)
        {
            (UInt128[] old, long freed) = _blocks.Dequeue();
            Array.ForEach(old, h => _rows.Remove(h));
            _bytes -= freed;
        }
    }

    private static long BytesOf(Column column) => column switch
    {
        StringColumn strings => strings.ByteMemory.Length + strings.OffsetMemory.Length,
        ListColumn<int> lists => lists.ValueMemory.Length + lists.OffsetMemory.Length,
        ListColumn<ulong> lists => lists.ValueMemory.Length + lists.OffsetMemory.Length,
        ListColumn<float> lists => lists.ValueMemory.Length + lists.OffsetMemory.Length,
        _ => column.Length * (long)sizeof(ulong),
    };
}
