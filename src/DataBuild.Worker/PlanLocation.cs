using System.CommandLine;

namespace DataBuild.Worker;

/// <summary>Finds the plan that a build left: what the commands about a dataset start from.</summary>
internal static class PlanLocation
{
    /// <summary>The option that names the dataset.</summary>
    public static Option<string> Option() => new("--project", "-p")
    {
        Description = "A dataset project, its folder, or a plan file (default: the current folder)",
        DefaultValueFactory = _ => ".",
    };

    /// <summary>Path of the plan file; null, with the reason on standard error, when there is none.</summary>
    public static string? Find(string project)
    {
        try
        {
            return DatasetArgument.PlanOf(project);
        }
        catch (InvalidDataException exception)
        {
            Console.Error.WriteLine($"{Path.GetFullPath(project)}: error DB1010: {exception.Message}");
            return null;
        }
    }
}
