namespace DataBuild.Engine.Planning;

/// <summary>What to do when a stage throws on a document.</summary>
public enum ErrorPolicy
{
    /// <summary>
    /// Unless the project says otherwise: the stage says by <see cref="InvalidDataException"/> that the document is at fault, and the document is dropped with
    /// the reason <c>bad_input</c>; any other exception is a defect of the code, and the build fails.
    /// </summary>
    ByCause,

    /// <summary>The build fails and names the document.</summary>
    Fail,

    /// <summary>The document is dropped with the reason <c>stage_error</c>, and a warning counts such documents.</summary>
    Drop,
}

/// <summary>One stage of a plan, bound and checked.</summary>
public sealed class PlannedStage
{
    /// <summary>Place in the plan.</summary>
    public required int Index { get; init; }

    /// <summary>The registry's entry.</summary>
    public required StageDescriptor Descriptor { get; init; }

    /// <summary>The stage.</summary>
    public required Stage Stage { get; init; }

    /// <summary>Name of this use: first part of its columns.</summary>
    public string Name => Stage.Name;

    /// <summary>Canonical form of the options that take part in measuring.</summary>
    public required string MeasureOptions { get; init; }

    /// <summary>Canonical form of the options that take part in deciding only.</summary>
    public required string ThresholdOptions { get; init; }

    /// <summary>Files that options name, by digest.</summary>
    public required IReadOnlyList<(string Path, string Digest)> Files { get; init; }

    /// <summary>Files that options name and that earlier stages make.</summary>
    public IReadOnlyList<InputFile> MadeInputs { get; init; } = [];

    /// <summary>Version, and for stages of the dataset's own the digest of their code.</summary>
    public required string CodeVersion { get; init; }

    /// <summary>Which documents are measured.</summary>
    public required MeasureScope Scope { get; init; }

    /// <summary>What to do when the stage throws.</summary>
    public required ErrorPolicy OnError { get; init; }

    /// <summary>Columns that measuring stores, absolute names.</summary>
    public required IReadOnlyList<ColumnSchema> FigureColumns { get; init; }

    /// <summary>Columns that a merge stores, absolute names; empty for other stages.</summary>
    public required IReadOnlyList<ColumnSchema> OutcomeColumns { get; init; }

    /// <summary>Phase whose target runs the stage.</summary>
    public required StagePhase RunsIn { get; init; }

    /// <summary>True for stages that read fetched bytes.</summary>
    public bool ReadsPayload => Stage is IPayloadStage;

    /// <summary>True for stages that see all documents.</summary>
    public bool IsCorpusStage => Stage is ICorpusStage;

    /// <summary>Name of the column that says whether a row was measured.</summary>
    public string StateColumn => Name + ".state";

    /// <summary>Name of the verdict column.</summary>
    public string VerdictColumn => Name + ".verdict";
}

/// <summary>The checked, resolved plan of one dataset.</summary>
public sealed class DatasetPlan
{
    /// <summary>The plan file that it was made from.</summary>
    public required PlanFile File { get; init; }

    /// <summary>Inputs, sorted by include path so that the order does not depend on the machine.</summary>
    public required IReadOnlyList<CrawlItem> Inputs { get; init; }

    /// <summary>Stages in declared order.</summary>
    public required IReadOnlyList<PlannedStage> Stages { get; init; }

    /// <summary>The sample to build; null for all documents.</summary>
    public SampleRule? Sample { get; init; }
}
