namespace DataBuild;

/// <summary>
/// Marks a <c>readonly partial record struct</c> as figures: each positional parameter becomes a column, named <c>.camelCase</c> (relative to the stage) unless
/// <see cref="ColumnAttribute"/> says otherwise. Types: <c>bool</c>, <c>int</c>, <c>long</c>, <c>ulong</c>, <c>float</c>, <c>double</c> and their nullable forms,
/// <c>string?</c>, <c>ReadOnlyMemory&lt;char&gt;</c> (string), <c>ReadOnlyMemory&lt;byte&gt;</c> (binary),
/// <c>ReadOnlyMemory&lt;int|ulong|float&gt;</c> (list). The generator writes the implementation of <see cref="IFigures{TSelf}"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class FiguresAttribute : Attribute;

/// <summary>Gives a figure a column name of its own, and a description.</summary>
/// <param name="name">Absolute (<c>text</c>), or relative to the stage when it starts with '.'.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class ColumnAttribute(string name) : Attribute
{
    /// <summary>Name of the column.</summary>
    public string Name { get; } = name;
}

/// <summary>Figures of a document, stored as one row over several columns. Implemented by the generator.</summary>
/// <typeparam name="TSelf">The figures' type.</typeparam>
public interface IFigures<TSelf> where TSelf : struct, IFigures<TSelf>
{
    /// <summary>The columns, in the order of the fields.</summary>
    static abstract IReadOnlyList<ColumnSchema> Columns { get; }

    /// <summary>Appends one row.</summary>
    /// <param name="figures">The row.</param>
    /// <param name="builders">One builder a column.</param>
    static abstract void Append(in TSelf figures, ReadOnlySpan<ColumnBuilder> builders);

    /// <summary>Reads a row back. Lists and texts come back too.</summary>
    static abstract TSelf Read(ReadOnlySpan<Column> columns, int row);
}

/// <summary>A figures type without any field: for stages that store only a verdict.</summary>
public readonly record struct NoFigures : IFigures<NoFigures>
{
    /// <inheritdoc />
    public static IReadOnlyList<ColumnSchema> Columns => [];

    /// <inheritdoc />
    public static void Append(in NoFigures figures, ReadOnlySpan<ColumnBuilder> builders)
    {
    }

    /// <inheritdoc />
    public static NoFigures Read(ReadOnlySpan<Column> columns, int row) => default;
}
