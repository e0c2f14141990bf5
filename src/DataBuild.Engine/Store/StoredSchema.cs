using System.Collections.Concurrent;

namespace DataBuild.Engine.Store;

/// <summary>Names and types of the columns of a stored file. Files with the same ones share one object: a build of many shards holds millions of files.</summary>
internal sealed class StoredSchema : IEquatable<StoredSchema>
{
    private static readonly ConcurrentDictionary<StoredSchema, StoredSchema> Known = [];

    private readonly (string Name, ColumnType Type)[] _columns;
    private readonly int _hash;

    private StoredSchema((string Name, ColumnType Type)[] columns)
    {
        _columns = columns;
        HashCode hash = default;
        foreach ((string name, ColumnType type) in columns)
        {
            hash.Add(name);
            hash.Add(type);
        }

        _hash = hash.ToHashCode();
    }

    /// <summary>Number of columns.</summary>
    public int Count => _columns.Length;

    /// <summary>The column at a place.</summary>
    public (string Name, ColumnType Type) this[int ordinal] => _columns[ordinal];

    /// <summary>The one schema of these columns.</summary>
    public static StoredSchema Of(IReadOnlyList<StoredColumn> columns)
    {
        StoredSchema schema = new([.. columns.Select(c => (c.Name, c.Type))]);
        return Known.GetOrAdd(schema, schema);
    }

    /// <inheritdoc />
    public bool Equals(StoredSchema? other) => other is not null && _columns.AsSpan().SequenceEqual(other._columns);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as StoredSchema);

    /// <inheritdoc />
    public override int GetHashCode() => _hash;
}
