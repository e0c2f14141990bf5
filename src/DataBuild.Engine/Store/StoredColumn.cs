namespace DataBuild.Engine.Store;

/// <summary>A column inside a stored column file.</summary>
public readonly record struct StoredColumn
{
    /// <summary>Describes a column.</summary>
    /// <param name="name">Absolute name.</param>
    /// <param name="type">Type.</param>
    /// <param name="digest">SHA-256 of its values and batch layout: 64 lower-case hexadecimal digits.</param>
    /// <exception cref="FormatException">The digest is none.</exception>
    public StoredColumn(string name, ColumnType type, string digest)
        : this(name, type, ContentDigest.Parse(digest))
    {
    }

    internal StoredColumn(string name, ColumnType type, ContentDigest content) => (Name, Type, Content) = (name, type, content);

    /// <summary>Absolute name.</summary>
    public string Name { get; }

    /// <summary>Type.</summary>
    public ColumnType Type { get; }

    /// <summary>SHA-256 of its values and batch layout.</summary>
    public string Digest => Content.ToString();

    internal ContentDigest Content { get; }
}
