using Microsoft.Build.Framework;
using Task = Microsoft.Build.Utilities.Task;

namespace DataBuild.Tasks;

/// <summary>Ends a worker that was started early and has no more to do: a target that is not part of a build uses the dataset, or removes it.</summary>
[MSBuildMultiThreadableTask]
public sealed class EndRehearsal : Task
{
    /// <summary>Full path of the plan.</summary>
    [Required]
    public string PlanFile { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        (BuildEngine4.GetRegisteredTaskObject(RehearsingWorker.KeyOf(PlanFile), RegisteredTaskObjectLifetime.Build) as RehearsingWorker)?.Dispose();
        return true;
    }
}
