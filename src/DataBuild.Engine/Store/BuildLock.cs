using System.Globalization;

namespace DataBuild.Engine.Store;

/// <summary>
/// One build of a dataset at a time: a lock on a file beside its plan. The lock dies with its process, so a killed build never stops the next one, and a
/// process id that is used again means nothing.
/// </summary>
public sealed class BuildLock : IDisposable
{
    private readonly FileStream _file;

    private BuildLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <param name="planPath">The plan file.</param>
    /// <exception cref="StoreException">Another build of the dataset is at work; the message names its process.</exception>
    public static BuildLock Take(string planPath)
    {
        string path = planPath + ".lock";
        string ownerPath = planPath + ".owner";
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            string owner = File.Exists(ownerPath) ? File.ReadAllText(ownerPath).Trim() : "unknown";
            throw new StoreException("DB3084", $"another build of this dataset is at work (process {owner}); wait for it, or end it", planPath);
        }

        // In a file of its own: the locked one cannot be read by others.
        File.WriteAllText(ownerPath, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} on {Environment.MachineName}\n"));
        return new BuildLock(file);
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();
}
