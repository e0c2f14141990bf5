namespace DataBuild;

/// <summary>Kind of an option's value.</summary>
public enum OptionKind
{
    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>Integer.</summary>
    Integer,

    /// <summary>Number.</summary>
    Number,

    /// <summary>Text.</summary>
    Text,

    /// <summary>Texts separated by ';' or ','.</summary>
    TextList,

    /// <summary>One of a set of names (an enum).</summary>
    Choice,

    /// <summary>A file.</summary>
    File,

    /// <summary>Files separated by ';'.</summary>
    FileList,

    /// <summary>A <c>Keep</c> expression over columns.</summary>
    Expression,
}

/// <summary>Which part of a stage an option acts on.</summary>
public enum OptionRole
{
    /// <summary>Part of the measure.</summary>
    Measure,

    /// <summary>Part of the decision only.</summary>
    Threshold,

    /// <summary>Never changes an output.</summary>
    WithoutEffectOnOutput,
}

/// <summary>An option of a stage.</summary>
/// <param name="Name">Metadata name.</param>
/// <param name="Kind">Kind of value.</param>
/// <param name="Role">What it acts on.</param>
/// <param name="Default">Value when not given, as it would be written; null when there is none.</param>
/// <param name="Min">Smallest value.</param>
/// <param name="Max">Largest value.</param>
/// <param name="Unit">Unit.</param>
/// <param name="Choices">Names allowed; empty when free.</param>
/// <param name="Required">Must be given.</param>
/// <param name="Summary">First sentence of the property's documentation.</param>
public sealed record OptionDescriptor(
    string Name,
    OptionKind Kind,
    OptionRole Role,
    string? Default,
    double Min,
    double Max,
    string Unit,
    IReadOnlyList<string> Choices,
    bool Required,
    string Summary);

/// <summary>A stage as the registry knows it. Written by the generator.</summary>
public sealed class StageDescriptor
{
    /// <summary>Name used in project files.</summary>
    public required string Name { get; init; }

    /// <summary>Version of its output.</summary>
    public required int Version { get; init; }

    /// <summary>Phase.</summary>
    public required StagePhase Phase { get; init; }

    /// <summary>Default instance name: first part of column names.</summary>
    public required string ColumnPrefix { get; init; }

    /// <summary>First sentence of the record's documentation.</summary>
    public required string Summary { get; init; }

    /// <summary>Options in order of declaration.</summary>
    public required IReadOnlyList<OptionDescriptor> Options { get; init; }

    /// <summary>Columns that the stage adds, relative names.</summary>
    public required IReadOnlyList<ColumnSchema> Columns { get; init; }

    /// <summary>Makes the stage from item metadata, reporting every error to the binder; null when there was one.</summary>
    public required Func<OptionBinder, Stage?> Bind { get; init; }

    /// <summary>Writes the options, in canonical form, that belong to a role.</summary>
    public required Action<Stage, OptionRole, CanonicalOptions> WriteCanonical { get; init; }

    /// <summary>The stage's type.</summary>
    public required Type StageType { get; init; }
}
