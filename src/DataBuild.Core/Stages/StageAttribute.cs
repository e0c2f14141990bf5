namespace DataBuild;

/// <summary>
/// Marks a <c>partial record</c> as a stage. Its init properties are its options; the generator makes from it the binding of
/// item metadata, the canonical form for action keys, the registry entry and the documentation.
/// </summary>
/// <param name="name">Name used in project files: <c>&lt;Stage Include="GopherQuality" /&gt;</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class StageAttribute(string name) : Attribute
{
    /// <summary>Name used in project files.</summary>
    public string Name { get; } = name;

    /// <summary>Changes whenever the same input and options give another output. Part of every action key.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The phase, hence the MSBuild target, that the stage belongs to.</summary>
    public StagePhase Phase { get; init; } = StagePhase.Clean;

    /// <summary>
    /// First part of the stage's column names where no <c>Name</c> is given in the project file (<c>gopher</c> in <c>gopher.words</c>).
    /// Default: the stage's name in camelCase.
    /// </summary>
    public string? ColumnPrefix { get; init; }
}

/// <summary>The phases of a build, in order; each is one MSBuild target.</summary>
public enum StagePhase
{
    /// <summary>Reading crawl inputs and extracting text (target <c>ExtractDocuments</c>).</summary>
    Extract,

    /// <summary>Filters and refiners (target <c>CleanDocuments</c>).</summary>
    Clean,

    /// <summary>Deduplication and decontamination (target <c>DeduplicateDocuments</c>).</summary>
    Deduplicate,

    /// <summary>Model scores and selection (target <c>ScoreDocuments</c>).</summary>
    Score,

    /// <summary>Tokens (target <c>TokenizeDocuments</c>).</summary>
    Tokenize,

    /// <summary>The published dataset (target <c>PackageDataset</c>).</summary>
    Package,
}
