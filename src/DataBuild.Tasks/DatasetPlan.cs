using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DataBuild.Tasks;

/// <summary>An input of a plan.</summary>
/// <param name="Include">As named by the project, with forward slashes.</param>
/// <param name="Path">Full path.</param>
/// <param name="Metadata">Options, in ordinal order.</param>
/// <param name="DefinedIn">Project file that holds the item.</param>
internal sealed record PlannedCrawl(string Include, string Path, KeyValuePair<string, string>[] Metadata, string DefinedIn);

/// <summary>A stage of a plan.</summary>
/// <param name="Name">Name of the stage.</param>
/// <param name="Metadata">Options, in ordinal order.</param>
/// <param name="DefinedIn">Project file that holds the item.</param>
/// <param name="Line">Line of the item's element, from 1; null when it cannot be told.</param>
internal sealed record PlannedStage(string Name, KeyValuePair<string, string>[] Metadata, string DefinedIn, int? Line);

/// <summary>What a dataset project asks for, in the form that the worker and the generator read. The same project gives the same bytes.</summary>
internal sealed class DatasetPlan
{
    /// <summary>Changes when a reader of the file must change.</summary>
    public const int FormatVersion = 1;

    // Paths and options stay readable: the file is never embedded in HTML.
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public required string Name { get; init; }

    public required string ProjectFile { get; init; }

    public required string ProjectDirectory { get; init; }

    public required string Configuration { get; init; }

    public required string OutputDirectory { get; init; }

    public required string StoreDirectory { get; init; }

    public required string OutputFormat { get; init; }

    public required bool LockedMode { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Properties { get; init; }

    public required IReadOnlyList<PlannedCrawl> Crawl { get; init; }

    public required IReadOnlyList<PlannedStage> Stages { get; init; }

    public IReadOnlyList<string> Takedown { get; init; } = [];

    public required IReadOnlyList<string> StageAssemblies { get; init; }

    /// <summary>The whole plan, which the worker reads.</summary>
    public byte[] ToJson() => Write(json =>
    {
        json.WriteString("name", Name);
        json.WriteString("projectFile", ProjectFile);
        json.WriteString("projectDirectory", ProjectDirectory);
        json.WriteString("configuration", Configuration);
        json.WriteString("outputDirectory", OutputDirectory);
        json.WriteString("storeDirectory", StoreDirectory);
        json.WriteString("outputFormat", OutputFormat);
        json.WriteBoolean("lockedMode", LockedMode);
        WriteStrings(json, "properties", Properties);

        json.WriteStartArray("crawl");
        foreach (PlannedCrawl crawl in Crawl)
        {
            json.WriteStartObject();
            json.WriteString("include", crawl.Include);
            json.WriteString("path", crawl.Path);
            WriteStrings(json, "metadata", crawl.Metadata);
            json.WriteString("definedIn", crawl.DefinedIn);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteStages(json, withLines: true);
        if (Takedown.Count > 0)
        {
            WriteStrings(json, "takedown", Takedown);
        }

        WriteStrings(json, "stageAssemblies", StageAssemblies);
    });

    /// <summary>What the compiler checks and types: stages and published columns. It says of the inputs only whether there are any.</summary>
    public byte[] ToCompilerJson() => Write(json =>
    {
        json.WriteString("name", Name);
        json.WriteString("projectFile", ProjectFile);
        json.WriteBoolean("hasInputs", Crawl.Count > 0);
        json.WriteString("outputColumns", Properties.FirstOrDefault(p => p.Key == "DataBuildOutputColumns").Value ?? "");
        WriteStages(json, withLines: false);
    });

    private static byte[] Write(Action<Utf8JsonWriter> properties)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, WriterOptions))
        {
            json.WriteStartObject();
            json.WriteNumber("formatVersion", FormatVersion);
            properties(json);
            json.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    private void WriteStages(Utf8JsonWriter json, bool withLines)
    {
        json.WriteStartArray("stages");
        foreach (PlannedStage stage in Stages)
        {
            json.WriteStartObject();
            json.WriteString("name", stage.Name);
            WriteStrings(json, "metadata", stage.Metadata);
            json.WriteString("definedIn", stage.DefinedIn);
            if (withLines && stage.Line is { } line)
            {
                json.WriteNumber("line", line);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        json.WriteStartObject(name);
        foreach ((string key, string value) in pairs)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
