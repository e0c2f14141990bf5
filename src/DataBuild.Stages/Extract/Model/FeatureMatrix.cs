namespace DataBuild.Stages.Extract.Model;

/// <summary>Features of a page's blocks, column by column; columns are padded to a multiple of eight. Reused from page to page.</summary>
internal sealed class FeatureMatrix
{
    private float[] _values = new float[64 * 1024];

    /// <summary>Blocks.</summary>
    public int Rows { get; private set; }

    /// <summary>Values per column.</summary>
    public int Stride { get; private set; }

    /// <summary>Columns in use.</summary>
    public int Columns { get; private set; }

    /// <summary>All columns.</summary>
    public float[] Values => _values;

    /// <summary>Makes room for a page, all zero.</summary>
    public void Reset(int rows, int columns)
    {
        Rows = rows;
        Stride = (rows + 7) & ~7;
        Columns = columns;
        int need = Stride * columns;
        if (_values.Length < need || (_values.Length > 1 << 24 && need < 1 << 20))
        {
            _values = new float[Math.Max(need, 64 * 1024)];
        }
        else
        {
            _values.AsSpan(0, need).Clear();
        }
    }

    /// <summary>A column, padding left out.</summary>
    public Span<float> this[int column] => _values.AsSpan(column * Stride, Rows);
}
