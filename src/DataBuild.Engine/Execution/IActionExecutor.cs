namespace DataBuild.Engine.Execution;

/// <summary>
/// Where the actions of a build are computed. Whatever an executor does, the build itself goes through every action in order and takes from the store what is
/// there: an executor can save work and can fail, and cannot change the result.
/// </summary>
public interface IActionExecutor
{
    /// <summary>True when the build is to find out first what the store lacks, because it is computed elsewhere.</summary>
    bool ComputesElsewhere { get; }

    /// <summary>Called once, before anything is looked for: takes up what an interrupted build left running.</summary>
    void Resume(DatasetBuild build, CancellationToken cancellation);

    /// <summary>Computes what is missing of a wave; afterwards it is in the store.</summary>
    /// <returns>Work done elsewhere, by stage.</returns>
    /// <exception cref="ExecutorException">It cannot be computed there.</exception>
    IReadOnlyDictionary<string, StageWork> Run(DatasetBuild build, Wave wave, CancellationToken cancellation);
}
