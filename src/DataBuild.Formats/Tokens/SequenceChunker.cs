namespace DataBuild.Formats.Tokens;

/// <summary>Cuts documents, one after the other, into sequences of a fixed length and writes them; the last one may be shorter.</summary>
public sealed class SequenceChunker
{
    private readonly MegatronWriter _writer;
    private readonly int[] _sequence;
    private int _used;

    /// <summary>Makes a chunker.</summary>
    /// <param name="writer">Where sequences go, each as a document of its own.</param>
    /// <param name="contextLength">Tokens of a sequence; at least 1.</param>
    public SequenceChunker(MegatronWriter writer, int contextLength)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(contextLength);
        _writer = writer;
        _sequence = new int[contextLength];
    }

    /// <summary>Adds a document.</summary>
    public void Add(ReadOnlySpan<int> ids)
    {
        while (!ids.IsEmpty)
        {
            int taken = Math.Min(ids.Length, _sequence.Length - _used);
            ids[..taken].CopyTo(_sequence.AsSpan(_used));
            ids = ids[taken..];
            _used += taken;
            if (_used == _sequence.Length)
            {
                Complete();
            }
        }
    }

    /// <summary>Writes the sequence that is not full yet, if any.</summary>
    public void Complete()
    {
        if (_used > 0)
        {
            _writer.AddDocument(_sequence.AsSpan(0, _used));
            _used = 0;
        }
    }
}
