using System.CommandLine;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Published;

namespace DataBuild.Worker;

/// <summary>
/// How commands name a dataset: the project, its folder, the plan file that its build left in obj/, or the folder of the finished dataset.
/// </summary>
internal static class DatasetArgument
{
    private const string PlanSuffix = ".databuild.plan.json";

    /// <summary>A dataset by any of its names; by default the project in this folder.</summary>
    public static Argument<string> Create(string name = "dataset") => new(name)
    {
        Description = "A dataset project or its folder, a plan file in obj/, or the folder of a finished dataset",
        DefaultValueFactory = _ => ".",
    };

    /// <summary>The configuration whose build is meant.</summary>
    public static Option<string?> Configuration() => new("--configuration", "-c") { Description = "Configuration of the build; default: Debug or, where that was not built, the one that was" };

    /// <summary>Full path of the plan file that is meant.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static string PlanOf(string argument, string? configuration = null)
    {
        string path = Path.GetFullPath(argument);
        if (path.EndsWith(PlanSuffix, StringComparison.Ordinal))
        {
            return File.Exists(path) ? path : throw new InvalidDataException($"there is no plan file '{path}'");
        }

        return FindPlan(argument, configuration)
            ?? throw new InvalidDataException($"there is no plan of a dataset{(configuration is null ? "" : $" in configuration {configuration}")} below '{Path.Combine(FolderOf(path), "obj")}'; build the project first");
    }

    /// <summary>The plan of a project or of the project in a folder; null where it was not built.</summary>
    public static string? FindPlan(string project, string? configuration)
    {
        string path = Path.GetFullPath(project);
        string pattern = File.Exists(path) ? Path.GetFileNameWithoutExtension(path) + PlanSuffix : "*" + PlanSuffix;
        string obj = Path.Combine(FolderOf(path), "obj");
        string[] plans = Directory.Exists(obj) ? [.. Directory.EnumerateFiles(obj, pattern, SearchOption.AllDirectories).OrderByDescending(File.GetLastWriteTimeUtc)] : [];
        return plans.FirstOrDefault(p => IsOf(p, configuration ?? "Debug")) ?? (configuration is null ? plans.FirstOrDefault() : null);
    }

    private static string FolderOf(string path) => File.Exists(path) ? Path.GetDirectoryName(path)! : path;

    private static bool IsOf(string plan, string configuration) => plan.Split('/', '\\').Contains(configuration, StringComparer.OrdinalIgnoreCase);

    /// <summary>The finished dataset that is meant.</summary>
    /// <exception cref="InvalidDataException">There is none, or it is incomplete.</exception>
    public static PublishedDataset Open(string argument, string? configuration = null)
    {
        string path = Path.GetFullPath(argument);
        return File.Exists(Path.Combine(path, "manifest.json"))
            ? PublishedDataset.Open(path)
            : PublishedDataset.Open(PlanFile.Load(PlanOf(argument, configuration)).OutputDirectory);
    }

    /// <summary>Runs a command; what it cannot work with is one line on standard error.</summary>
    public static int Guard(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (PlanException exception)
        {
            Console.Error.WriteLine($"{exception.File ?? "databuild"}: error {exception.Code}: {exception.Message}");
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"databuild: error: {exception.Message}");
        }

        return 1;
    }
}
