using DataBuild.Generators.Figures;
using DataBuild.Generators.Model;

namespace DataBuild.Generators.Stages;

/// <summary>.NET type of an option.</summary>
internal enum OptionType
{
    /// <summary><c>bool</c></summary>
    Boolean,

    /// <summary><c>int</c></summary>
    Int32,

    /// <summary><c>long</c></summary>
    Int64,

    /// <summary><c>float</c></summary>
    Single,

    /// <summary><c>double</c></summary>
    Double,

    /// <summary><c>string</c></summary>
    String,

    /// <summary><c>IReadOnlyList&lt;string&gt;</c></summary>
    StringList,

    /// <summary>An enum.</summary>
    Enum,

    /// <summary><c>InputFile</c></summary>
    File,

    /// <summary><c>IReadOnlyList&lt;InputFile&gt;</c></summary>
    FileList,
}

/// <summary>One option of a stage.</summary>
/// <param name="Name">Property and metadata name.</param>
/// <param name="Type">.NET type.</param>
/// <param name="TypeName">The enum's name with <c>global::</c>; empty for other types.</param>
/// <param name="IsNullable">The property may be null.</param>
/// <param name="Kind">Member of <c>DataBuild.OptionKind</c>.</param>
/// <param name="Role">Member of <c>DataBuild.OptionRole</c>.</param>
/// <param name="Default">Value when not given, as it would be written; null when there is none.</param>
/// <param name="Min">Smallest value.</param>
/// <param name="Max">Largest value.</param>
/// <param name="Unit">Unit.</param>
/// <param name="Choices">Names allowed.</param>
/// <param name="Required">Must be given.</param>
/// <param name="Summary">One sentence.</param>
internal sealed record OptionModel(
    string Name,
    OptionType Type,
    string TypeName,
    bool IsNullable,
    string Kind,
    string Role,
    string? Default,
    double Min,
    double Max,
    string Unit,
    EquatableArray<string> Choices,
    bool Required,
    string Summary)
{
    /// <summary>Smallest value that is allowed and fits the type.</summary>
    public double EffectiveMin => Type == OptionType.Int32 ? Math.Max(Min, int.MinValue) : Min;

    /// <summary>Largest value that is allowed and fits the type.</summary>
    public double EffectiveMax => Type == OptionType.Int32 ? Math.Min(Max, int.MaxValue) : Max;
}

/// <summary>A stage.</summary>
/// <param name="Declaration">Where its further part goes.</param>
/// <param name="Name">Name in project files.</param>
/// <param name="Version">Version of its output.</param>
/// <param name="Phase">Member of <c>DataBuild.StagePhase</c>.</param>
/// <param name="ColumnPrefix">First part of its columns' names.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="HidesDescriptor">True when a base record has a descriptor already.</param>
/// <param name="Options">Options: those of base records first, then in order of declaration.</param>
/// <param name="ColumnSources">Types whose <c>Columns</c> are the stage's columns, with <c>global::</c>.</param>
/// <param name="Columns">The columns as far as the compiler knows them.</param>
/// <param name="PublishedColumns">Relative columns that the published dataset holds, as far as the compiler knows them.</param>
/// <param name="ReadsPayload">True when it reads fetched bytes.</param>
internal sealed record StageModel(
    TypeDeclaration Declaration,
    string Name,
    int Version,
    string Phase,
    string ColumnPrefix,
    string Summary,
    bool HidesDescriptor,
    EquatableArray<OptionModel> Options,
    EquatableArray<string> ColumnSources,
    EquatableArray<FigureModel> Columns,
    EquatableArray<string> PublishedColumns,
    bool ReadsPayload);

/// <summary>A stage as the registry needs it.</summary>
internal sealed record StageEntry(string Name, string GlobalName, string Schema);

/// <summary>A stage's name and place, to find doubles.</summary>
internal sealed record StageName(string Name, string TypeName, LocationInfo? Location);

/// <summary>What parsing a declaration gave.</summary>
internal sealed record StageResult(StageModel? Model, StageName? Name, EquatableArray<DiagnosticInfo> Diagnostics);
