namespace DataBuild;

/// <summary>The type of a column. Each maps to one Arrow type; strings are UTF-8.</summary>
public enum ColumnType
{
    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>Signed 32-bit integer.</summary>
    Int32,

    /// <summary>Signed 64-bit integer.</summary>
    Int64,

    /// <summary>Unsigned 64-bit integer: digests and hashes.</summary>
    UInt64,

    /// <summary>32-bit floating point.</summary>
    Single,

    /// <summary>64-bit floating point.</summary>
    Double,

    /// <summary>UTF-8 text.</summary>
    String,

    /// <summary>Bytes.</summary>
    Binary,

    /// <summary>A list of signed 32-bit integers a row: token ids, spans.</summary>
    Int32List,

    /// <summary>A list of unsigned 64-bit integers a row: signatures, paragraph digests.</summary>
    UInt64List,

    /// <summary>A list of 32-bit floating point numbers a row: embeddings.</summary>
    SingleList,
}
