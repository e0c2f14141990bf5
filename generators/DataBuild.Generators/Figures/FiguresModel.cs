using DataBuild.Generators.Model;

namespace DataBuild.Generators.Figures;

/// <summary>How a figure is stored.</summary>
internal enum FigureForm
{
    /// <summary>A fixed-size value.</summary>
    Value,

    /// <summary>A string.</summary>
    String,

    /// <summary>A string in memory.</summary>
    Characters,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>A list of fixed-size values.</summary>
    List,
}

/// <summary>One figure, hence one column.</summary>
/// <param name="Name">Name of the positional parameter.</param>
/// <param name="Column">Column name, with a leading '.' when relative to the stage.</param>
/// <param name="Form">How it is stored.</param>
/// <param name="Element">C# keyword of the value or of a list's element.</param>
/// <param name="ColumnType">Member of <c>DataBuild.ColumnType</c>.</param>
/// <param name="IsNullable">A row may have no value.</param>
/// <param name="Description">One sentence.</param>
internal sealed record FigureModel(string Name, string Column, FigureForm Form, string Element, string ColumnType, bool IsNullable, string Description);

/// <summary>A figures type.</summary>
internal sealed record FiguresModel(TypeDeclaration Declaration, EquatableArray<FigureModel> Figures);

/// <summary>What parsing a declaration gave.</summary>
internal sealed record FiguresResult(FiguresModel? Model, EquatableArray<DiagnosticInfo> Diagnostics);
