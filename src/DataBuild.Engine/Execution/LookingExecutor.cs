namespace DataBuild.Engine.Execution;

/// <summary>Computes nothing: a build that only looks ends at the first result that the store lacks.</summary>
internal sealed class LookingExecutor : IActionExecutor
{
    /// <inheritdoc />
    public bool ComputesElsewhere => true;

    /// <inheritdoc />
    public void Resume(DatasetBuild build, CancellationToken cancellation)
    {
    }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, StageWork> Run(DatasetBuild build, Wave wave, CancellationToken cancellation) =>
        throw new OperationCanceledException("a result is not in the store");
}
