using System.Text.Json;

namespace DataBuild.Stages.Sandboxing;

/// <summary>
/// Results of programs in a folder, a file each, named by a digest of everything that a result depends on (program, tests, limits, interpreter): nothing is run twice, and a killed
/// build goes on where it was. A file that cannot be read counts as missing.
/// </summary>
/// <typeparam name="T">A result, as JSON.</typeparam>
public sealed class GradeStore<T>(string folder)
    where T : class
{
    private readonly KeyedFiles _files = new(folder);

    /// <summary>The result of a key, from the folder or made now and kept.</summary>
    public T GetOrRun(string key, Func<T> run)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(run);
        if (Find(key) is { } known)
        {
            return known;
        }

        T result = run();
        _files.Add(key, file => JsonSerializer.Serialize(file, result));
        return result;
    }

    private T? Find(string key)
    {
        try
        {
            return _files.Find(key) is { } bytes ? JsonSerializer.Deserialize<T>(bytes) : null;
        }
        catch (JsonException)
        {
            // Damaged by a crash of the machine: run again and written anew.
            return null;
        }
    }
}
