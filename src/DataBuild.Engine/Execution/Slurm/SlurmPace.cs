namespace DataBuild.Engine.Execution.Slurm;

/// <summary>How often a build looks after its jobs, and how long it believes in one that Slurm no longer knows.</summary>
/// <param name="Shortest">Time between two looks at first.</param>
/// <param name="Longest">Time between two looks in a long wave: every look costs the controller a request.</param>
/// <param name="ResultLag">A task ended without a result: for so long a file may take to be seen on another machine, when the task's state says that it failed.</param>
/// <param name="LostLag">The same when Slurm says that it succeeded, or knows nothing of it.</param>
internal sealed record SlurmPace(TimeSpan Shortest, TimeSpan Longest, TimeSpan ResultLag, TimeSpan LostLag)
{
    /// <summary>NFS clients see a new file after 3 to 60 seconds.</summary>
    public static readonly SlurmPace Default = new(TimeSpan.FromSeconds(0.25), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60));
}
