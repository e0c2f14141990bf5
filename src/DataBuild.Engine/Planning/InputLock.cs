using System.Text;
using System.Text.Json;
using DataBuild.Engine.Inputs;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Planning;

/// <summary>
/// <c>databuild.lock.json</c> beside the project file: the digests of all inputs. Written by a build with <c>DataBuildWriteLock=true</c>; a build with
/// <c>DataBuildLockedMode=true</c> refuses inputs that differ from it.
/// </summary>
public sealed class InputLock(PlanFile file, FileDigests digests)
{
    private readonly string _path = PathOf(file);

    /// <summary>Writes the lock file or compares the inputs with it, as the plan's properties ask.</summary>
    /// <returns>Errors: one for each input that is new, missing or changed.</returns>
    public IReadOnlyList<BuildDiagnostic> Check(DatasetPlan plan)
    {
        SortedDictionary<string, string> found = new(StringComparer.Ordinal);
        if (file.LockedMode || IsSet("DataBuildWriteLock"))
        {
            foreach (CrawlItem input in plan.Inputs)
            {
                found[input.Name] = digests.Of(input.Path);
            }

            foreach ((string include, string path) in file.PathLists)
            {
                found[PlanResolver.Normalise(include)] = digests.Of(path);
            }

            foreach ((string path, string digest) in plan.Stages.SelectMany(s => s.Files))
            {
                found[PlanResolver.Normalise(Path.GetRelativePath(file.ProjectDirectory, path))] = digest;
            }
        }

        if (!file.LockedMode)
        {
            if (IsSet("DataBuildWriteLock"))
            {
                Write(found);
            }

            return [];
        }

        if (!File.Exists(_path))
        {
            return [Error($"DataBuildLockedMode is true and there is no '{_path}'; build once with -p:DataBuildWriteLock=true to make it")];
        }

        Dictionary<string, string> locked;
        try
        {
            locked = Read(_path);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return [Error($"'{_path}' is no lock file: {exception.Message}")];
        }

        List<BuildDiagnostic> errors = [];
        foreach ((string path, string digest) in found)
        {
            if (!locked.TryGetValue(path, out string? expected))
            {
                errors.Add(Error($"the input '{path}' is not in the lock file"));
            }
            else if (expected != digest)
            {
                errors.Add(Error($"the input '{path}' has SHA-256 {digest}; the lock file has {expected}"));
            }
        }

        errors.AddRange(locked.Keys.Except(found.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(p => Error($"the lock file names '{p}', which the dataset does not read")));
        return errors;
    }

    /// <summary>The digests of a plan's lock file, by include; null where there is none that can be read, which <see cref="Check"/> reports.</summary>
    public static IReadOnlyDictionary<string, string>? Locked(PlanFile file)
    {
        string path = PathOf(file);
        try
        {
            return File.Exists(path) ? Read(path) : null;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string PathOf(PlanFile file) => Path.Combine(file.ProjectDirectory, "databuild.lock.json");

    private static Dictionary<string, string> Read(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.GetProperty("inputs").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString() ?? "", StringComparer.Ordinal);
    }

    private bool IsSet(string property) => file.Properties.TryGetValue(property, out string? value) && value.Equals("true", StringComparison.OrdinalIgnoreCase);

    private BuildDiagnostic Error(string message) => new(true, "DB3010", message, _path);

    private void Write(SortedDictionary<string, string> found)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("formatVersion", 1);
            writer.WriteStartObject("inputs");
            foreach ((string path, string digest) in found)
            {
                writer.WriteString(path, digest);
            }

            writer.WriteEndObject();
            if (file.Fetched.Count > 0)
            {
                WriteFetched(writer);
            }

            writer.WriteEndObject();
        }

        string temporary = $"{_path}.tmp";
        File.WriteAllText(temporary, Encoding.UTF8.GetString(stream.ToArray()) + "\n");
        CrashPoint.Reached();
        File.Move(temporary, _path, overwrite: true);
    }

    // For people who ask a server what it has now; what is compared is the digest.
    private void WriteFetched(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("fetched");
        foreach ((string include, FetchedInput input) in file.Fetched.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            writer.WriteStartObject(include);
            writer.WriteNumber("bytes", input.Bytes);
            if (input.ETag is not null)
            {
                writer.WriteString("etag", input.ETag);
            }

            if (input.LastModified is not null)
            {
                writer.WriteString("lastModified", input.LastModified);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
