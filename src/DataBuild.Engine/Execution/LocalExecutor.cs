namespace DataBuild.Engine.Execution;

/// <summary>Computes in this process, several shards side by side.</summary>
public sealed class LocalExecutor(int threads) : IActionExecutor
{
    private static readonly Dictionary<string, StageWork> NothingElsewhere = [];

    /// <inheritdoc />
    public bool ComputesElsewhere => false;

    /// <inheritdoc />
    public void Resume(DatasetBuild build, CancellationToken cancellation)
    {
    }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, StageWork> Run(DatasetBuild build, Wave wave, CancellationToken cancellation)
    {
        ParallelWork.ForEach(wave.Missing, threads, wave.Compute, cancellation);
        return NothingElsewhere;
    }
}
