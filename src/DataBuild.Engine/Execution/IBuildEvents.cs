using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution;

/// <summary>How important a message is, as in MSBuild.</summary>
public enum MessageImportance
{
    /// <summary>Shown by default on plain logs.</summary>
    High,

    /// <summary>Shown by detailed logs.</summary>
    Normal,

    /// <summary>Shown by diagnostic logs.</summary>
    Low,
}

/// <summary>How far a stage is.</summary>
/// <param name="Phase">Phase.</param>
/// <param name="Stage">Stage.</param>
/// <param name="ShardsDone">Shards finished.</param>
/// <param name="Shards">All shards.</param>
/// <param name="Documents">Documents worked on.</param>
/// <param name="Bytes">Bytes of input read.</param>
/// <param name="Seconds">Seconds since the stage began.</param>
/// <param name="Share">Share of its work that is done, 0 to 1; null when it cannot be told.</param>
public sealed record StageProgress(StagePhase Phase, string Stage, int ShardsDone, int Shards, long Documents, long Bytes, double Seconds, double? Share = null);

/// <summary>What a stage did.</summary>
public sealed class StageSummary
{
    /// <summary>Name of the stage.</summary>
    public required string Stage { get; init; }

    /// <summary>Registry name of the stage.</summary>
    public required string Kind { get; init; }

    /// <summary>Phase whose target ran it.</summary>
    public required StagePhase Phase { get; init; }

    /// <summary>Columns that the stage reads.</summary>
    public IReadOnlyList<string> Inputs { get; set; } = [];

    /// <summary>Options in canonical form, defaults included, a line each.</summary>
    public string Options { get; set; } = "";

    /// <summary>All shards.</summary>
    public int Shards { get; set; }

    /// <summary>Shards measured in this build.</summary>
    public int Computed { get; set; }

    /// <summary>Shards decided anew from stored figures in this build.</summary>
    public int Decided { get; set; }

    /// <summary>Shards taken from the store whole.</summary>
    public int Reused => Shards - Math.Max(Computed, Decided);

    /// <summary>True when the merge of a corpus stage ran in this build.</summary>
    public bool Merged { get; set; }

    /// <summary>Documents measured in this build.</summary>
    public long Documents { get; set; }

    /// <summary>Documents in, kept, dropped by reason.</summary>
    public DocumentCounts Counts { get; } = new();

    /// <summary>Seconds of work over all threads.</summary>
    public double Seconds { get; set; }
}

/// <summary>Kinds of actions.</summary>
public enum ActionKind
{
    /// <summary>Reading an input, together with the stage that needs the fetched bytes.</summary>
    Read,

    /// <summary>Measuring a stage on a shard.</summary>
    Measure,

    /// <summary>Deciding on a shard from stored figures.</summary>
    Decide,

    /// <summary>Merging a corpus stage over all shards.</summary>
    Merge,
}

/// <summary>Hears what happens during a build. Called from several threads.</summary>
public interface IBuildEvents
{
    /// <summary>A line for the log.</summary>
    void Message(MessageImportance importance, string text);

    /// <summary>An error or a warning.</summary>
    void Diagnostic(BuildDiagnostic diagnostic);

    /// <summary>The stages that will run, before the first of them does.</summary>
    void Planned(DatasetPlan plan)
    {
    }

    /// <summary>How far a stage is.</summary>
    void Progress(StageProgress progress);

    /// <summary>A stage is done.</summary>
    void StageFinished(StageSummary summary);

    /// <summary>An action was not in the store and has been computed.</summary>
    /// <param name="kind">Kind of action.</param>
    /// <param name="stage">Stage; for reading, <c>read</c>.</param>
    /// <param name="shard">Shard; empty for a merge.</param>
    void ActionComputed(ActionKind kind, string stage, string shard)
    {
    }
}
