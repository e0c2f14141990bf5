using System.Text.Json;

namespace DataBuild.Engine.Inputs;

/// <summary>What was fetched: stands beside the local copy and, where it is asked for, in the lock file.</summary>
/// <param name="Address">Address.</param>
/// <param name="Sha256">SHA-256 of the bytes, lower-case hexadecimal.</param>
/// <param name="Bytes">Bytes.</param>
/// <param name="ETag">Entity tag that the server gave; null where it gave none.</param>
/// <param name="LastModified">Time of the last change that the server gave, in the form of HTTP; null where it gave none.</param>
public sealed record FetchedInput(string Address, string Sha256, long Bytes, string? ETag, string? LastModified)
{
    /// <summary>Reads it; null where there is nothing of use.</summary>
    internal static FetchedInput? Load(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), RemoteJson.Default.FetchedInput) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes it.</summary>
    internal void Save(string path) => RemoteJson.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, RemoteJson.Default.FetchedInput));
}
