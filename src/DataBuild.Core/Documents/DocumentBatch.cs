namespace DataBuild;

/// <summary>Some consecutive documents of a shard, as columns of equal length.</summary>
public sealed class DocumentBatch
{
    private readonly Dictionary<string, Column> _columns;

    /// <summary>Creates a batch over columns by name.</summary>
    /// <param name="count">Number of documents.</param>
    /// <param name="columns">Columns, each of <paramref name="count"/> rows.</param>
    public DocumentBatch(int count, Dictionary<string, Column> columns)
    {
        Count = count;
        _columns = columns;
    }

    /// <summary>Number of documents.</summary>
    public int Count { get; }

    /// <summary>Names of the columns.</summary>
    public IReadOnlyCollection<string> ColumnNames => _columns.Keys;

    /// <summary>A column by its absolute name.</summary>
    /// <exception cref="KeyNotFoundException">There is no such column: the stage did not name it in its input columns, or no earlier stage makes it.</exception>
    public Column this[string name] => _columns.TryGetValue(name, out Column? column)
        ? column
        : throw new KeyNotFoundException($"there is no column '{name}' here; known are: {string.Join(", ", _columns.Keys.Order(StringComparer.Ordinal))}");

    /// <summary>A column by its name, or null.</summary>
    public Column? Find(string name) => _columns.GetValueOrDefault(name);
}
