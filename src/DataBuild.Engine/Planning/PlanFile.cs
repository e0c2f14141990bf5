using System.Text.Json;
using System.Text.Json.Serialization;
using DataBuild.Engine.Inputs;

namespace DataBuild.Engine.Planning;

/// <summary>The plan file: what a dataset project's items and properties evaluate to. Written by the build, read by the worker.</summary>
public sealed class PlanFile
{
    /// <summary>The version of the format that this engine reads.</summary>
    public const int CurrentFormatVersion = 1;

    /// <summary>Version of the file's format.</summary>
    public int FormatVersion { get; set; } = CurrentFormatVersion;

    /// <summary>Name of the dataset: the project's name.</summary>
    public required string Name { get; init; }

    /// <summary>Full path of the project file.</summary>
    public required string ProjectFile { get; init; }

    /// <summary>Folder of the project.</summary>
    public required string ProjectDirectory { get; init; }

    /// <summary>Build configuration.</summary>
    public string Configuration { get; set; } = "Debug";

    /// <summary>Folder that the dataset appears in.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>Folder of the store.</summary>
    public required string StoreDirectory { get; init; }

    /// <summary>Format of the published rows: <c>parquet</c>, <c>jsonl</c> or <c>jsonl.zst</c>.</summary>
    public string OutputFormat { get; set; } = "parquet";

    /// <summary>True when inputs must match <c>databuild.lock.json</c>.</summary>
    public bool LockedMode { get; set; }

    /// <summary>Further properties, by name.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; set; } = new Dictionary<string, string>();

    /// <summary>Crawl items.</summary>
    public IReadOnlyList<CrawlItem> Crawl { get; set; } = [];

    /// <summary>Stage items in declared order.</summary>
    public IReadOnlyList<StageItem> Stages { get; set; } = [];

    /// <summary>Full paths of takedown lists.</summary>
    public IReadOnlyList<string> Takedown { get; set; } = [];

    /// <summary>Assemblies that may hold stages of the dataset's own.</summary>
    public IReadOnlyList<string> StageAssemblies { get; set; } = [];

    /// <summary>What is known of inputs that were fetched, by include; filled by <see cref="RemoteInputs"/>.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, FetchedInput> Fetched { get; set; } = new Dictionary<string, FetchedInput>();

    /// <summary>Lists of paths that inputs were taken from, as included and as local files; filled by <see cref="RemoteInputs"/>.</summary>
    [JsonIgnore]
    public IReadOnlyList<(string Include, string Path)> PathLists { get; set; } = [];

    /// <summary>Reads a plan file.</summary>
    /// <exception cref="PlanException">The file cannot be read or is of another version.</exception>
    public static PlanFile Load(string path)
    {
        try
        {
            return Read(File.ReadAllBytes(path), path);
        }
        catch (IOException exception)
        {
            throw new PlanException("DB1010", $"the plan file '{path}' cannot be read: {exception.Message}", path);
        }
    }

    /// <summary>Reads the content of a plan file.</summary>
    /// <param name="json">Content.</param>
    /// <param name="path">Where it is from, for errors.</param>
    /// <exception cref="PlanException">It is no plan or is of another version.</exception>
    public static PlanFile Read(ReadOnlySpan<byte> json, string path)
    {
        PlanFile? plan;
        try
        {
            plan = JsonSerializer.Deserialize(json, PlanFileJson.Default.PlanFile);
        }
        catch (JsonException exception)
        {
            throw new PlanException("DB1010", $"'{path}' is no plan file: {exception.Message}", path);
        }

        if (plan is not { FormatVersion: CurrentFormatVersion })
        {
            throw new PlanException("DB1010", $"'{path}' has plan format {plan?.FormatVersion}; expected {CurrentFormatVersion}: build with matching versions of the SDK and the worker", path);
        }

        return plan.Crawl.FirstOrDefault(item => item.Path.Length == 0 || item.Path.Contains('\0', StringComparison.Ordinal)) is { } crawl
            ? throw new PlanException("DB1010", $"'{path}' gives the crawl input '{crawl.Include}' no path, or one with a NUL; expected a full path", path)
            : plan;
    }
}

/// <summary>A <c>Crawl</c> item.</summary>
public sealed class CrawlItem
{
    /// <summary>As evaluated from the project file.</summary>
    public required string Include { get; init; }

    /// <summary>Full path.</summary>
    public required string Path { get; init; }

    /// <summary>Metadata by name.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; set; } = new Dictionary<string, string>();

    /// <summary>The file that defines the item.</summary>
    public string? DefinedIn { get; set; }

    /// <summary>
    /// The name that rows, reports, lock file and errors know the input by: metadata <c>Source</c>, else the include path with forward slashes.
    /// </summary>
    public string Name => Metadata.GetValueOrDefault(SourceMetadata, "").Trim() is { Length: > 0 } source ? source : PlanResolver.Normalise(Include);

    /// <summary>True for metadata that describes an input for the dataset card and does not change what is read.</summary>
    public static bool IsDescriptive(string metadata) => metadata is LicenseMetadata or AttributionMetadata or SourceMetadata;

    /// <summary>Metadata with another name for the input than its path, such as that of a dataset whose rows it holds.</summary>
    public const string SourceMetadata = "Source";

    /// <summary>Metadata with the SPDX identifier of the input's licence, or several with <c>AND</c>.</summary>
    public const string LicenseMetadata = "License";

    /// <summary>Metadata that says whose work the input is and where it comes from.</summary>
    public const string AttributionMetadata = "Attribution";
}

/// <summary>A <c>Stage</c> item.</summary>
public sealed class StageItem
{
    /// <summary>Name of the stage.</summary>
    public required string Name { get; init; }

    /// <summary>Options by name.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; set; } = new Dictionary<string, string>();

    /// <summary>The file that defines the item.</summary>
    public string? DefinedIn { get; set; }

    /// <summary>Line of its element there, from 1; null where that is not known.</summary>
    public int? Line { get; set; }
}

/// <summary>A plan that cannot be run.</summary>
public sealed class PlanException(string code, string message, string? file = null) : DiagnosticException(code, message, file);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PlanFile))]
internal sealed partial class PlanFileJson : JsonSerializerContext;
