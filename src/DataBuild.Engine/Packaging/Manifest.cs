using System.Text.Json;
using System.Text.Json.Serialization;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Packaging;

/// <summary>
/// What a dataset was made of and what came out: <c>manifest.json</c>. It holds nothing of the build itself (no times, no paths of the machine), so the same
/// inputs and the same plan give the same bytes.
/// </summary>
public sealed class Manifest
{
    /// <summary>Version of the manifest's format.</summary>
    public int FormatVersion { get; set; } = 1;

    /// <summary>Name of the dataset.</summary>
    public required string Name { get; init; }

    /// <summary>Version of DataBuild that made it.</summary>
    public required string DataBuild { get; init; }

    /// <summary>Digest of everything that the outputs depend on.</summary>
    public required string PackageKey { get; init; }

    /// <summary>What the project says of the dataset; null where it says nothing.</summary>
    public ManifestDescription? Description { get; init; }

    /// <summary>The sample that was built; null for all documents.</summary>
    public ManifestSample? Sample { get; init; }

    /// <summary>Inputs in corpus order.</summary>
    public required IReadOnlyList<ManifestInput> Inputs { get; init; }

    /// <summary>Stages in order.</summary>
    public required IReadOnlyList<ManifestStage> Stages { get; init; }

    /// <summary>Columns of the published rows.</summary>
    public required IReadOnlyList<ManifestColumn> Columns { get; init; }

    /// <summary>Documents in the dataset.</summary>
    public required long Documents { get; init; }

    /// <summary>Bytes of UTF-8 text in the dataset.</summary>
    public required long TextBytes { get; init; }

    /// <summary>Bytes that the published values take in memory.</summary>
    public required long ValueBytes { get; init; }

    /// <summary>Documents by language code; empty where no stage told languages.</summary>
    public required SortedDictionary<string, long> Languages { get; init; }

    /// <summary>First day on which a document of the dataset was fetched, by its own date.</summary>
    public string? FirstDate { get; init; }

    /// <summary>Last such day.</summary>
    public string? LastDate { get; init; }

    /// <summary>Tokens in the dataset, where it was tokenized.</summary>
    public long? Tokens { get; set; }

    /// <summary>Files of the dataset, by path.</summary>
    public required IReadOnlyList<ManifestFile> Files { get; set; }

    /// <summary>The manifest as indented JSON with '\n' line ends.</summary>
    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Default.Manifest), (byte)'\n'];

    /// <summary>Reads a manifest; null when the file is missing or no manifest.</summary>
    public static Manifest? TryLoad(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), ManifestJson.Default.Manifest);
        }
        catch (Exception exception) when (exception is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>An input of a dataset.</summary>
/// <param name="Path">Include path, forward slashes.</param>
/// <param name="Sha256">Digest of its bytes.</param>
/// <param name="Bytes">Bytes of the file.</param>
/// <param name="Records">Records by type.</param>
/// <param name="Documents">Documents in it.</param>
/// <param name="Kept">Documents of it in the dataset.</param>
/// <param name="TextBytes">Bytes of their text.</param>
/// <param name="Defects">Damaged records by diagnostic code.</param>
/// <param name="License">SPDX identifiers, as the project declares; null where it does not.</param>
/// <param name="Attribution">Whose work it is, as the project declares.</param>
public sealed record ManifestInput(
    string Path, string Sha256, long Bytes, SortedDictionary<string, long> Records, long Documents, long Kept, long TextBytes,
    SortedDictionary<string, long> Defects, string? License = null, string? Attribution = null);

/// <summary>What a project says of its dataset.</summary>
/// <param name="Text">One paragraph.</param>
/// <param name="License">SPDX identifier of the whole.</param>
/// <param name="Url">Page of the dataset.</param>
/// <param name="Creator">Who made it.</param>
/// <param name="DatePublished">Declared day of publication.</param>
/// <param name="Version">Version.</param>
public sealed record ManifestDescription(string? Text, string? License, string? Url, string? Creator, string? DatePublished, string? Version);

/// <summary>Which documents of the inputs a sampled dataset is made of: those whose digest of seed and id is small enough.</summary>
/// <param name="Rate">Share of the documents.</param>
/// <param name="MaxDocuments">Documents at most, before any stage.</param>
/// <param name="Seed">Seed.</param>
public sealed record ManifestSample(double Rate, int? MaxDocuments, long Seed);

/// <summary>A stage of a dataset.</summary>
/// <param name="Name">Name of this use.</param>
/// <param name="Stage">Name of the stage.</param>
/// <param name="Code">Version, with the code's digest for stages of the dataset's own.</param>
/// <param name="Options">Options in canonical form, defaults included.</param>
/// <param name="Files">Files that options name, by digest.</param>
/// <param name="Counts">Documents in, kept, dropped by reason.</param>
public sealed record ManifestStage(
    string Name, string Stage, string Code, SortedDictionary<string, string> Options, IReadOnlyList<ManifestFile> Files, DocumentCounts Counts);

/// <summary>A column of the published rows.</summary>
/// <param name="Name">Published name.</param>
/// <param name="Type">Type.</param>
/// <param name="Description">Meaning.</param>
/// <param name="Stages">Names of the stages that make it, in order; <c>read</c> for what the input gives. Null in datasets of earlier versions.</param>
public sealed record ManifestColumn(string Name, ColumnType Type, string Description, IReadOnlyList<string>? Stages = null);

/// <summary>A file.</summary>
/// <param name="Path">Path relative to the dataset's folder, or the file's name.</param>
/// <param name="Sha256">Digest.</param>
/// <param name="Bytes">Length.</param>
/// <param name="Rows">Rows; null where it has none.</param>
public sealed record ManifestFile(string Path, string Sha256, long Bytes, long? Rows = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Manifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
