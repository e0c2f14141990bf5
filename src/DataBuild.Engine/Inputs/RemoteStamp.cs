using System.Text.Json;
using System.Text.Json.Serialization;

namespace DataBuild.Engine.Inputs;

/// <summary>What a server says of a file's version.</summary>
/// <param name="ETag">Entity tag with its quotes; null where there is none.</param>
/// <param name="LastModified">Time of the last change in the form of HTTP; null where there is none.</param>
/// <param name="Bytes">Length of the whole file; null where the server does not say.</param>
internal sealed record RemoteStamp(string? ETag, string? LastModified, long? Bytes)
{
    /// <summary>
    /// What a later part may be asked for with, so that it is a part of the same version (RFC 9110, section 13.1.5): a strong tag, else the time; null where there is neither.
    /// </summary>
    public string? Validator => ETag is not null ? (ETag.StartsWith("W/", StringComparison.Ordinal) ? LastModified : ETag) : LastModified;

    /// <summary>True where the other one can be of the same version.</summary>
    public bool Agrees(RemoteStamp other) =>
        (ETag is null || other.ETag is null || ETag == other.ETag) && (Bytes is null || other.Bytes is null || Bytes == other.Bytes);

    /// <summary>Reads what <see cref="Save"/> wrote; null where there is nothing of use.</summary>
    public static RemoteStamp? Load(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), RemoteJson.Default.RemoteStamp) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes it beside what has been received.</summary>
    public void Save(string path) => RemoteJson.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, RemoteJson.Default.RemoteStamp));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RemoteStamp))]
[JsonSerializable(typeof(FetchedInput))]
internal sealed partial class RemoteJson : JsonSerializerContext
{
    /// <summary>Writes a small file whole or not at all.</summary>
    public static void Write(string path, byte[] content)
    {
        string temporary = path + ".tmp";
        using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
