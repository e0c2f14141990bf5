using System.Globalization;

namespace DataBuild.Engine.Store;

/// <summary>
/// One build of a dataset at a time: a lock on a file beside its plan. The lock dies with its process, so a killed build never stops the next one, and a
/// process id that is used again means nothing.
/// </summary>
public sealed class BuildLock : IDisposable
{
    private const int OwnerAttempts = 50;
    private static readonly TimeSpan OwnerPoll = TimeSpan.FromMilliseconds(20);

    private readonly FileStream _file;
    private readonly string _ownerPath;

    private BuildLock(FileStream file, string ownerPath)
    {
        _file = file;
        _ownerPath = ownerPath;
    }

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
            throw new StoreException("DB3084", $"another build of this dataset is at work (process {OwnerOf(ownerPath)}); wait for it, or end it", planPath);
        }

        // In a file of its own: the locked one cannot be read by others.
        File.WriteAllText(ownerPath, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} on {Environment.MachineName}\n"));
        return new BuildLock(file, ownerPath);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        // Before the lock goes: whoever finds the lock taken must not read the name of an owner that has left.
        File.Delete(_ownerPath);
        _file.Dispose();
    }

    // The owner takes the lock first and writes its name then: for that moment there is no name, or the beginning of one.
    private static string OwnerOf(string path)
    {
        for (int attempt = 0; attempt < OwnerAttempts; attempt++)
        {
            try
            {
                if (File.ReadAllText(path) is { Length: > 0 } text && text[^1] == '\n')
                {
                    return text.Trim();
                }
            }
            catch (IOException)
            {
                // Not there yet, or being written.
            }

            Thread.Sleep(OwnerPoll);
        }

        return "unknown";
    }
}
