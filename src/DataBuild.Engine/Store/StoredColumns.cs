using System.Collections;

namespace DataBuild.Engine.Store;

/// <summary>The columns of a stored file, in order.</summary>
public readonly struct StoredColumns : IReadOnlyList<StoredColumn>
{
    private readonly ContentDigest[] _digests;

    internal StoredColumns(IReadOnlyList<StoredColumn> columns) => (Schema, _digests) = (StoredSchema.Of(columns), [.. columns.Select(c => c.Content)]);

    /// <inheritdoc />
    public int Count => Schema.Count;

    internal StoredSchema Schema { get; }

    /// <inheritdoc />
    public StoredColumn this[int index]
    {
        get
        {
            (string name, ColumnType type) = Schema[index];
            return new StoredColumn(name, type, _digests[index]);
        }
    }

    /// <inheritdoc />
    public IEnumerator<StoredColumn> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    /// <inheritdoc />
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
