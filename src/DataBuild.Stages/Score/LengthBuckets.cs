namespace DataBuild.Stages.Score;

/// <summary>
/// Shapes of batches. A row's length is rounded up to a fixed set of lengths, and every length has a fixed number of rows, so that what the runtime
/// computes for a text does not depend on which texts it shares a batch with.
/// </summary>
public sealed class LengthBuckets
{
    private const int Smallest = 32;

    private readonly int _fixedLength;
    private readonly int _fixedRows;
    private readonly int _cells;
    private readonly int _maxRows;

    /// <summary>Creates the shapes.</summary>
    /// <param name="cells">Ids in a batch, about: rows times length.</param>
    /// <param name="maxRows">Most rows.</param>
    /// <param name="fixedLength">Length that the model's graph demands; 0 when it is free.</param>
    /// <param name="fixedRows">Rows that the model's graph demands; 0 when they are free.</param>
    public LengthBuckets(int cells, int maxRows, int fixedLength = 0, int fixedRows = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cells);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRows);
        _cells = cells;
        _maxRows = maxRows;
        _fixedLength = fixedLength;
        _fixedRows = fixedRows;
    }

    /// <summary>The length that a row of <paramref name="count"/> ids is padded to: 32, 48, 64, 96, 128, 192, ...; at most half of it is padding.</summary>
    public int LengthFor(int count)
    {
        if (_fixedLength > 0)
        {
            return _fixedLength;
        }

        int length = Smallest;
        while (length < count)
        {
            // Powers of two and the points half way between them.
            length = int.PopCount(length) == 1 ? length + (length >> 1) : length / 3 * 4;
        }

        return length;
    }

    /// <summary>Rows of a batch of that length.</summary>
    public int RowsFor(int length) => _fixedRows > 0 ? _fixedRows : Math.Clamp(_cells / length, 1, _maxRows);
}
