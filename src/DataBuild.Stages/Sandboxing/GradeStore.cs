using System.Text.Json;

namespace DataBuild.Stages.Sandboxing;

/// <summary>
/// Results of programs in a folder, a file each, named by a digest of everything that a result depends on (program, tests, limits, interpreter): nothing is run twice, and a killed
/// build goes on where it was. Files are written whole under another name and then renamed; a file that cannot be read counts as missing.
/// </summary>
/// <typeparam name="T">A result, as JSON.</typeparam>
public sealed class GradeStore<T>(string folder)
    where T : class
{
    /// <summary>The result of a key, from the folder or made now and kept.</summary>
    public T GetOrRun(string key, Func<T> run)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(run);
        string path = Path.Combine(folder, key[..2], key + ".json");
        if (Find(path) is { } known)
        {
            return known;
        }

        T result = run();
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        using (FileStream file = new(temporary, FileMode.CreateNew))
        {
            JsonSerializer.Serialize(file, result);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        return result;
    }

    private static T? Find(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }
}
