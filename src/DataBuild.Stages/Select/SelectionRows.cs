namespace DataBuild.Stages.Select;

/// <summary>The rows that a selection chooses among, in the order of their ids: neither shards nor rows have a part in the choice.</summary>
internal sealed class SelectionRows
{
    private readonly List<(long Row, string Id, string Group, double Value)> _rows = [];

    private SelectionRows(long count) => Count = count;

    /// <summary>Rows of the corpus.</summary>
    public long Count { get; }

    /// <summary>Rows that take part, by id.</summary>
    public IReadOnlyList<(long Row, string Id, string Group, double Value)> Rows => _rows;

    /// <summary>Reads the rows that take part.</summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="columns">Columns to read besides the id.</param>
    /// <param name="groupColumn">Column that divides the rows; empty for one group.</param>
    /// <param name="value">Number of a row; null leaves the row out.</param>
    public static SelectionRows Read(Corpus corpus, IReadOnlyList<string> columns, string groupColumn, Func<DocumentBatch, int, long, double?> value)
    {
        SelectionRows rows = new(corpus.RowCount);
        string[] read = ["id", .. columns.Where(c => c != "id"), .. groupColumn.Length > 0 && groupColumn != "id" && !columns.Contains(groupColumn) ? [groupColumn] : Array.Empty<string>()];
        foreach (CorpusBatch batch in corpus.Read(read))
        {
            StringColumn ids = (StringColumn)batch.Documents["id"];
            Column? groups = groupColumn.Length == 0 ? null : batch.Documents.Find(groupColumn);
            for (int row = 0; row < batch.Count; row++)
            {
                if (batch.Alive.Span[row] && value(batch.Documents, row, batch.FirstRow + row) is { } number)
                {
                    rows._rows.Add((batch.FirstRow + row, ids.GetString(row) ?? "", groups?.Format(row) ?? "", number));
                }
            }
        }

        rows._rows.Sort(static (a, b) => string.CompareOrdinal(a.Id, b.Id) is not 0 and int byId ? byId : a.Row.CompareTo(b.Row));
        return rows;
    }

    /// <summary>The vectors of chosen rows, in their order.</summary>
    /// <exception cref="StageException">DB4080: they have different lengths.</exception>
    public static float[][] Vectors(Corpus corpus, string column, int[] members)
    {
        Dictionary<long, int> placeOf = [];
        for (int i = 0; i < members.Length; i++)
        {
            placeOf.Add(members[i], i);
        }

        float[][] vectors = new float[members.Length][];
        int length = 0;
        foreach (CorpusBatch batch in corpus.Read(column))
        {
            for (int row = 0; row < batch.Count; row++)
            {
                if (placeOf.TryGetValue(batch.FirstRow + row, out int place))
                {
                    vectors[place] = ((ListColumn<float>)batch.Documents[column])[row].ToArray();
                    length = length == 0 ? vectors[place].Length : length;
                    if (vectors[place].Length != length)
                    {
                        throw new StageException("DB4080", $"the column '{column}' holds a vector of {vectors[place].Length} numbers; expected {length} as in the rows before");
                    }
                }
            }
        }

        return vectors;
    }

    /// <summary>The number in a column's row; null where there is none.</summary>
    public static double? Number(DocumentBatch batch, string column, int row) => batch.Find(column) is not { } found || found.IsNull(row) ? null : found switch
    {
        ValueColumn<double> values => double.IsNaN(values[row]) ? null : values[row],
        ValueColumn<float> values => float.IsNaN(values[row]) ? null : values[row],
        ValueColumn<int> values => values[row],
        ValueColumn<long> values => values[row],
        _ => throw new StageException("DB4080", $"the column '{column}' holds {found.Type}; expected numbers"),
    };
}
