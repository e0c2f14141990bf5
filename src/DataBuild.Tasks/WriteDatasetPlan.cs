using Microsoft.Build.Framework;
using Task = Microsoft.Build.Utilities.Task;

namespace DataBuild.Tasks;

/// <summary>
/// Writes the plan of a dataset project: its inputs, its stages in declared order and its settings, as JSON. What the compiler checks of it goes into a
/// file of its own, without the inputs: another crawl file is no reason to compile.
/// A file is touched only when its content changes, so that the compiler and the worker see a change only when there is one.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class WriteDatasetPlan : Task, IMultiThreadableTask
{
    /// <inheritdoc/>
    public TaskEnvironment TaskEnvironment { get; set; } = null!;

    /// <summary>Name of the dataset.</summary>
    [Required]
    public string DatasetName { get; set; } = "";

    /// <summary>Full path of the project file.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>Configuration, such as <c>Debug</c>.</summary>
    [Required]
    public string Configuration { get; set; } = "";

    /// <summary>Folder of the finished dataset, relative to the project.</summary>
    [Required]
    public string OutputDirectory { get; set; } = "";

    /// <summary>Folder of the store, relative to the project.</summary>
    [Required]
    public string StoreDirectory { get; set; } = "";

    /// <summary>Format of the published rows: <c>parquet</c>, <c>jsonl</c>, <c>jsonl.gz</c> or <c>jsonl.zst</c>.</summary>
    [Required]
    public string OutputFormat { get; set; } = "";

    /// <summary>Refuse inputs whose digests differ from the lock file.</summary>
    public bool LockedMode { get; set; }

    /// <summary>Settings to pass on: items named by the property, with metadata <c>Value</c>. Those without a value are left out.</summary>
    public ITaskItem[] Properties { get; set; } = [];

    /// <summary>Inputs.</summary>
    public ITaskItem[] Crawl { get; set; } = [];

    /// <summary>Stages in declared order.</summary>
    public ITaskItem[] Stages { get; set; } = [];

    /// <summary>Files of published rows of the datasets that stages name as <c>Against</c>, with the metadata <c>MSBuildSourceProjectFile</c>.</summary>
    public ITaskItem[] AgainstFiles { get; set; } = [];

    /// <summary>Takedown lists, relative to the project.</summary>
    public ITaskItem[] Takedown { get; set; } = [];

    /// <summary>Assemblies that may define stages, relative to the project.</summary>
    public ITaskItem[] StageAssemblies { get; set; } = [];

    /// <summary>The project's own assembly, relative to the project.</summary>
    public string Assembly { get; set; } = "";

    /// <summary>Sources of the project's own assembly.</summary>
    public ITaskItem[] Sources { get; set; } = [];

    /// <summary>Folder of the project's intermediate files, relative to the project; what the SDK generates there defines no stage.</summary>
    public string IntermediateDirectory { get; set; } = "";

    /// <summary>Assemblies that the build copies beside the project's own, of packages and other projects; those that hold stages join the stage assemblies.</summary>
    public ITaskItem[] CopiedAssemblies { get; set; } = [];

    /// <summary>Folder that they are copied to, relative to the project.</summary>
    public string CopiedTo { get; set; } = "";

    /// <summary>
    /// True while packages are restored: what they bring is not known then, so this is a guess at the plan of the build that follows. It says nothing of what is
    /// wrong, which that build will say; where the plan cannot be told without packages, or asks for files from afar, the plan file is removed.
    /// </summary>
    public bool IsGuess { get; set; }

    /// <summary>The plan file to write.</summary>
    [Required]
    public string PlanFile { get; set; } = "";

    /// <summary>The file for the compiler to write.</summary>
    [Required]
    public string CompilerPlanFile { get; set; } = "";

    /// <summary>True when what the build compiles or copies may define stages: the project has sources that a person wrote, or a package of stages.</summary>
    [Output]
    public bool DefinesStages { get; private set; }

    /// <summary>True when the project has sources that a person wrote.</summary>
    [Output]
    public bool HasSources { get; private set; }

    /// <summary>Files that options of stages name, such as models and word lists, relative to the project.</summary>
    [Output]
    public ITaskItem[] OptionFiles { get; private set; } = [];

    /// <summary>True when the plan file's content was changed.</summary>
    [Output]
    public bool Changed { get; private set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        if (OutputFormat is not ("parquet" or "jsonl" or "jsonl.gz" or "jsonl.zst"))
        {
            if (IsGuess)
            {
                return RemoveGuess();
            }

            LogError(DiagnosticCodes.InvalidProperty, $"DataBuildOutputFormat is '{OutputFormat}'; expected 'parquet', 'jsonl', 'jsonl.gz' or 'jsonl.zst'");
            return false;
        }

        string projectDirectory = WithSeparator(Path.GetDirectoryName(ProjectFile)!);
        StageLocations locations = new();
        string[] copiedStages = [.. CopiedStageAssemblies(projectDirectory)];
        HasSources = Sources.Any(source => !IsGenerated(projectDirectory, source));
        DefinesStages = Assembly.Length > 0 && (copiedStages.Length > 0 || HasSources);
        if (IsGuess && (DefinesStages || StageAssemblies.Length > 0 || Crawl.Any(item => IsAddress(item.ItemSpec))))
        {
            return RemoveGuess();
        }

        DatasetPlan plan = new()
        {
            Name = DatasetName,
            ProjectFile = ProjectFile,
            ProjectDirectory = projectDirectory,
            Configuration = Configuration,
            OutputDirectory = WithSeparator(Rooted(projectDirectory, OutputDirectory)),
            StoreDirectory = Rooted(projectDirectory, StoreDirectory).TrimEnd('/', '\\'),
            OutputFormat = OutputFormat,
            LockedMode = LockedMode,
            Properties = [.. Properties
                .Select(item => KeyValuePair.Create(item.ItemSpec, item.GetMetadata("Value")))
                .Where(property => property.Value.Length > 0)
                .OrderBy(property => property.Key, StringComparer.Ordinal)],
            Crawl = [.. DistinctCrawl(projectDirectory)],
            Stages = locations.Locate([.. Stages.Select(item => new PlannedStage(item.ItemSpec, WithFilesOfDatasets(CustomMetadata(item), projectDirectory), DefinedIn(item), null))]),
            Takedown = [.. Takedown.Select(item => Rooted(projectDirectory, item.ItemSpec)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            StageAssemblies = [.. StageAssemblies.Select(item => item.ItemSpec).Prepend(DefinesStages ? Assembly : "").Where(path => path.Length > 0).Select(path => Rooted(projectDirectory, path)).Concat(copiedStages).Distinct(StringComparer.Ordinal)],
        };

        if (IsGuess)
        {
            return WriteIfChanged(Rooted(projectDirectory, PlanFile), plan.ToJson()) is not null;
        }

        OptionFiles = [.. Stages.SelectMany(item => CustomMetadata(item)).SelectMany(option => option.Value.Split(';'))
            .Select(value => value.Trim()).Where(value => value.Length > 0 && File.Exists(Rooted(projectDirectory, value)))
            .Distinct(StringComparer.Ordinal).Select(value => new Microsoft.Build.Utilities.TaskItem(value))];
        if (WriteIfChanged(Rooted(projectDirectory, PlanFile), plan.ToJson()) is not { } changed
            || WriteIfChanged(Rooted(projectDirectory, CompilerPlanFile), plan.ToCompilerJson()) is null)
        {
            return false;
        }

        Changed = changed;
        return true;
    }

    private bool RemoveGuess()
    {
        File.Delete(Rooted(WithSeparator(Path.GetDirectoryName(ProjectFile)!), PlanFile));
        return true;
    }

    /// <summary>Writes a file unless it has that content; null after an error, which has been logged.</summary>
    private bool? WriteIfChanged(string path, byte[] content)
    {
        try
        {
            bool changed = !(File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content));
            if (changed)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                string temporary = path + ".partial";
                File.WriteAllBytes(temporary, content);
                File.Move(temporary, path, overwrite: true);
            }

            Log.LogMessage(MessageImportance.Low, changed ? $"{path}: written" : $"{path}: unchanged");
            return changed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogError(DiagnosticCodes.PlanNotWritten, $"the plan could not be written to '{path}': {e.Message}");
            return null;
        }
    }

    // Assembly information and global usings, which every project has.
    private bool IsGenerated(string projectDirectory, ITaskItem source)
    {
        string path = Rooted(projectDirectory, source.ItemSpec);
        return IntermediateDirectory.Length > 0
            && path.StartsWith(WithSeparator(Rooted(projectDirectory, IntermediateDirectory)), StringComparison.Ordinal)
            && (path.EndsWith(".AssemblyInfo.cs", StringComparison.Ordinal) || path.EndsWith(".AssemblyAttributes.cs", StringComparison.Ordinal) || path.EndsWith(".GlobalUsings.g.cs", StringComparison.Ordinal));
    }

    private IEnumerable<string> CopiedStageAssemblies(string projectDirectory) => CopiedAssemblies
        .Where(item => item.ItemSpec.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) && StageAssembly.HoldsStages(Rooted(projectDirectory, item.ItemSpec)))
        .Select(item => Rooted(projectDirectory, Path.Combine(CopiedTo, item.GetMetadata("DestinationSubDirectory"), Path.GetFileName(item.ItemSpec))))
        .Order(StringComparer.Ordinal);

    /// <summary>Sorted by name, because the order in which a file system lists a wildcard's files differs between machines.</summary>
    private IEnumerable<PlannedCrawl> DistinctCrawl(string projectDirectory)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (PlannedCrawl crawl in Crawl
            .Select(item => new PlannedCrawl(item.ItemSpec.Replace('\\', '/'), IsAddress(item.ItemSpec) ? item.ItemSpec : Rooted(projectDirectory, item.ItemSpec), CustomMetadata(item), DefinedIn(item)))
            .OrderBy(crawl => crawl.Include, StringComparer.Ordinal))
        {
            if (seen.Add(crawl.Path))
            {
                yield return crawl;
            }
            else if (!IsGuess)
            {
                Log.LogWarning(
                    null, DiagnosticCodes.DuplicateCrawl, null, DiagnosticCodes.HelpLink(DiagnosticCodes.DuplicateCrawl), crawl.DefinedIn, 0, 0, 0, 0,
                    $"crawl input '{crawl.Include}' is listed more than once; it is read once, with the options of its first mention", null);
            }
        }
    }

    /// <summary>Replaces the dataset projects in <c>Against</c> by the files of their rows; a project that has none (an editor asks before the first build) stays.</summary>
    private KeyValuePair<string, string>[] WithFilesOfDatasets(KeyValuePair<string, string>[] metadata, string projectDirectory)
    {
        ILookup<string, string> files = AgainstFiles.ToLookup(f => f.GetMetadata("MSBuildSourceProjectFile"), f => f.ItemSpec, StringComparer.Ordinal);
        return [.. metadata.Select(option => option.Key.Equals("Against", StringComparison.OrdinalIgnoreCase) && option.Value.Contains("proj", StringComparison.Ordinal)
            ? KeyValuePair.Create(option.Key, string.Join(';', option.Value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .SelectMany(entry => files[Rooted(projectDirectory, entry)].Order(StringComparer.Ordinal).DefaultIfEmpty(entry))))
            : option)];
    }

    private void LogError(string code, string message) =>
        Log.LogError(null, code, null, DiagnosticCodes.HelpLink(code), ProjectFile, 0, 0, 0, 0, message, null);

    private static string DefinedIn(ITaskItem item) => item.GetMetadata("DefiningProjectFullPath");

    private static KeyValuePair<string, string>[] CustomMetadata(ITaskItem item)
    {
        List<KeyValuePair<string, string>> metadata = [];
        foreach (System.Collections.DictionaryEntry entry in item.CloneCustomMetadata())
        {
            // MSBuild keeps metadata escaped in the clone; GetMetadata gives the text that the author wrote.
            string name = (string)entry.Key;
            metadata.Add(KeyValuePair.Create(name, item.GetMetadata(name)));
        }

        return [.. metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)];
    }

    // https://host/path or s3://bucket/key: fetched by the worker.
    private static bool IsAddress(string include) => include.Contains("://", StringComparison.Ordinal);

    private static string Rooted(string directory, string path)
    {
        string local = path.Replace('\\', '/');
        return Path.GetFullPath(Path.Combine(directory, local));
    }

    private static string WithSeparator(string directory) =>
        directory.EndsWith('/') || directory.EndsWith('\\') ? directory : directory + Path.DirectorySeparatorChar;
}
