using DataBuild.Stages.Filter;

namespace DataBuild.Engine.Planning;

/// <summary>Makes a stage of the takedown lists of a plan.</summary>
internal static class TakedownItems
{
    /// <summary>The plan's stages, with the takedown before all of them but the one that reads fetched bytes.</summary>
    public static IReadOnlyList<StageItem> InsertInto(PlanFile file, StageRegistry registry)
    {
        if (file.Takedown.Count == 0)
        {
            return file.Stages;
        }

        StageItem takedown = new()
        {
            Name = Takedown.Descriptor.Name,
            Metadata = new Dictionary<string, string> { [nameof(Takedown.Lists)] = string.Join(';', file.Takedown) },
            DefinedIn = file.ProjectFile,
        };
        int first = file.Stages.Count > 0 && registry.Find(file.Stages[0].Name) is { } entry && entry.Descriptor.StageType.IsAssignableTo(typeof(IPayloadStage)) ? 1 : 0;
        return [.. file.Stages.Take(first), takedown, .. file.Stages.Skip(first)];
    }
}
