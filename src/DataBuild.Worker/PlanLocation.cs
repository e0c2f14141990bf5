using System.CommandLine;

namespace DataBuild.Worker;

/// <summary>Finds the plan that a build left: what the commands about a dataset start from.</summary>
internal static class PlanLocation
{
    private const string Suffix = ".databuild.plan.json";

    /// <summary>The option that names the dataset.</summary>
    public static Option<string> Option() => new("--project", "-p")
    {
        Description = "A dataset project, its folder, or a plan file (default: the current folder)",
        DefaultValueFactory = _ => ".",
    };

    /// <summary>Path of the plan file; null, with the reason on standard error, when there is none.</summary>
    public static string? Find(string project)
    {
        string path = Path.GetFullPath(project);
        if (File.Exists(path) && path.EndsWith(Suffix, StringComparison.Ordinal))
        {
            return path;
        }

        string folder = Directory.Exists(path) ? path : Path.GetDirectoryName(path)!;
        string name = File.Exists(path) ? Path.GetFileNameWithoutExtension(path) : "*";
        string obj = Path.Combine(folder, "obj");
        string[] plans = Directory.Exists(obj) ? Directory.GetFiles(obj, name + Suffix, SearchOption.AllDirectories) : [];
        if (plans.Length == 0)
        {
            Console.Error.WriteLine($"{path}: error DB1010: there is no plan of a dataset below '{obj}'; build the project first");
            return null;
        }

        // The configuration that was built last.
        return plans.OrderByDescending(File.GetLastWriteTimeUtc).ThenBy(p => p, StringComparer.Ordinal).First();
    }
}
