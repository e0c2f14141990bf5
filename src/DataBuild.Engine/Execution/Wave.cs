using DataBuild.Engine.Planning;

namespace DataBuild.Engine.Execution;

/// <summary>
/// Actions that wait for nothing but each other: on every shard the stages up to the next merge, and that merge. A wave reaches over the phases of a build,
/// because what separates them is what MSBuild shows, not what stages wait for.
/// </summary>
public sealed class Wave
{
    /// <summary>Shards of which results are missing, in corpus order.</summary>
    public required IReadOnlyList<Shard> Missing { get; init; }

    /// <summary>The stage that is merged when all shards are measured; null when the wave ends with the plan, or where nothing is to be merged.</summary>
    public PlannedStage? Merge { get; init; }

    /// <summary>Place of the last stage that is merged already; -1 before the first.</summary>
    public int MergedThrough { get; init; } = -1;

    /// <summary>True for the wave before all others, which finds how far a sample reaches.</summary>
    public bool IsSampling { get; init; }

    /// <summary>Computes in this process what is missing of a shard, after what is found in the store.</summary>
    public required Action<Shard> Compute { get; init; }
}
