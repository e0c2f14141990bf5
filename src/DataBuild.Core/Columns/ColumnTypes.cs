namespace DataBuild;

/// <summary>Maps .NET types to column types and makes builders.</summary>
public static class ColumnTypes
{
    /// <summary>The column type of a fixed-size value.</summary>
    /// <exception cref="NotSupportedException">The type has no column type.</exception>
    public static ColumnType OfValue<T>() where T : unmanaged =>
        typeof(T) == typeof(bool) ? ColumnType.Boolean
        : typeof(T) == typeof(int) ? ColumnType.Int32
        : typeof(T) == typeof(long) ? ColumnType.Int64
        : typeof(T) == typeof(ulong) ? ColumnType.UInt64
        : typeof(T) == typeof(float) ? ColumnType.Single
        : typeof(T) == typeof(double) ? ColumnType.Double
        : throw new NotSupportedException($"'{typeof(T)}' is not the type of a column value");

    /// <summary>The column type of a list of values.</summary>
    /// <exception cref="NotSupportedException">The type has no list column type.</exception>
    public static ColumnType OfList<T>() where T : unmanaged =>
        typeof(T) == typeof(int) ? ColumnType.Int32List
        : typeof(T) == typeof(ulong) ? ColumnType.UInt64List
        : typeof(T) == typeof(float) ? ColumnType.SingleList
        : throw new NotSupportedException($"'{typeof(T)}' is not the element type of a list column");

    /// <summary>A builder for columns of the given type.</summary>
    public static ColumnBuilder CreateBuilder(ColumnType type) => type switch
    {
        ColumnType.Boolean => new ValueColumnBuilder<bool>(),
        ColumnType.Int32 => new ValueColumnBuilder<int>(),
        ColumnType.Int64 => new ValueColumnBuilder<long>(),
        ColumnType.UInt64 => new ValueColumnBuilder<ulong>(),
        ColumnType.Single => new ValueColumnBuilder<float>(),
        ColumnType.Double => new ValueColumnBuilder<double>(),
        ColumnType.String or ColumnType.Binary => new StringColumnBuilder(type),
        ColumnType.Int32List => new ListColumnBuilder<int>(),
        ColumnType.UInt64List => new ListColumnBuilder<ulong>(),
        ColumnType.SingleList => new ListColumnBuilder<float>(),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "unknown column type"),
    };
}
