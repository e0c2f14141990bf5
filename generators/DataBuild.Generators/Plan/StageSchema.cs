using DataBuild.Generators.Model;

namespace DataBuild.Generators.Plan;

/// <summary>An option of a stage as its schema says it.</summary>
/// <param name="Name">Metadata name.</param>
/// <param name="Kind">Member of <c>DataBuild.OptionKind</c>.</param>
/// <param name="Role">Member of <c>DataBuild.OptionRole</c>.</param>
/// <param name="IsWide">True for 64-bit integers and numbers.</param>
/// <param name="Default">Value when not given; null when there is none.</param>
/// <param name="Min">Smallest value.</param>
/// <param name="Max">Largest value.</param>
/// <param name="Unit">Unit.</param>
/// <param name="Choices">Names allowed; empty when free.</param>
/// <param name="Required">Must be given.</param>
/// <param name="Summary">One sentence.</param>
internal sealed record OptionSchema(
    string Name,
    string Kind,
    string Role,
    bool IsWide,
    string? Default,
    double Min,
    double Max,
    string Unit,
    EquatableArray<string> Choices,
    bool Required,
    string Summary);

/// <summary>A column of a stage, with a leading '.' when relative to the stage.</summary>
internal sealed record ColumnModel(string Name, string Type, bool IsNullable, string Description);

/// <summary>A stage as its assembly's <c>StageSchema</c> attribute says it.</summary>
/// <param name="Assembly">Assembly that declares it.</param>
/// <param name="Name">Name in project files.</param>
/// <param name="Phase">Member of <c>DataBuild.StagePhase</c>.</param>
/// <param name="ColumnPrefix">Default instance name.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="ReadsPayload">True when it reads fetched bytes.</param>
/// <param name="Options">Options in order.</param>
/// <param name="Columns">Columns in order.</param>
/// <param name="Published">Relative columns that the dataset holds.</param>
/// <param name="Problem">Why the schema cannot be read; null when it can.</param>
internal sealed record StageSchema(
    string Assembly,
    string Name,
    string Phase,
    string ColumnPrefix,
    string Summary,
    bool ReadsPayload,
    EquatableArray<OptionSchema> Options,
    EquatableArray<ColumnModel> Columns,
    EquatableArray<string> Published,
    string? Problem = null);
