using System.Globalization;

namespace DataBuild.Engine.Store;

/// <summary>
/// One user's stay in a store: a file in <c>leases/</c> that is locked for as long as the process lives, and a folder of its own in <c>tmp/</c>.
/// A lock dies with its process, on any machine that shares the folder, so neither a reused process id nor a crash leaves one behind.
/// Whatever was used since <see cref="Start"/> is safe from collection.
/// </summary>
internal sealed class StoreLease : IDisposable
{
    private static readonly TimeSpan CollectionPoll = TimeSpan.FromMilliseconds(20);

    private readonly FileStream _file;

    private StoreLease(FileStream file, string temporaryFolder)
    {
        _file = file;
        TemporaryFolder = temporaryFolder;
        Start = File.GetLastWriteTimeUtc(file.Name);
    }

    /// <summary>When the stay began, by the clock of the store's file system.</summary>
    public DateTime Start { get; }

    /// <summary>Folder for files that are being written.</summary>
    public string TemporaryFolder { get; }

    /// <summary>Takes a lease; waits while a collection is under way.</summary>
    /// <exception cref="IOException">The store cannot be written.</exception>
    public static StoreLease Take(StoreLayout layout)
    {
        while (true)
        {
            // The name says who it is, because a locked file cannot be read.
            string name = string.Create(CultureInfo.InvariantCulture, $"{Machine()}-{Environment.ProcessId}-{Guid.NewGuid():N}");
            string path = Path.Combine(layout.Leases, name);
            FileStream file;
            try
            {
                file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another user looked whether the lease was abandoned in the moment between its creation and its lock.
                continue;
            }

            if (!File.Exists(path))
            {
                file.Dispose();
                continue;
            }

            try
            {
                CheckLocks(layout, path);

                // Seen by a collection that begins later; one that began earlier is waited for.
                WaitForCollection(layout);
                return new StoreLease(file, Directory.CreateDirectory(Path.Combine(layout.Temporary, name)).FullName);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
    }

    /// <summary>The lease's owner as a file name tells it: <c>process 123 on host</c>.</summary>
    public static string Describe(string name)
    {
        string[] parts = name.Split('-');
        return parts.Length < 3 ? name : $"process {parts[^2]} on {string.Join('-', parts[..^2])}";
    }

    /// <summary>Removes leases whose owners are gone and the folders that they left.</summary>
    /// <returns>Start of the oldest stay that lasts; <see cref="DateTime.MaxValue"/> when there is none, or none but <paramref name="own"/>.</returns>
    public static DateTime RemoveAbandoned(StoreLayout layout, StoreLease? own = null)
    {
        DateTime oldest = DateTime.MaxValue;
        HashSet<string> alive = new(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFiles(layout.Leases))
        {
            DateTime start = File.GetLastWriteTimeUtc(path);
            if (path == own?._file.Name || !TryRemove(path))
            {
                alive.Add(Path.GetFileName(path));
                oldest = path != own?._file.Name && start < oldest ? start : oldest;
            }
        }

        foreach (string path in Directory.EnumerateFileSystemEntries(layout.Temporary))
        {
            // A lease is there before its folder: no lease means that nobody comes back to it.
            string name = Path.GetFileName(path);
            if (!alive.Contains(name) && !File.Exists(Path.Combine(layout.Leases, name)))
            {
                StoreLayout.Remove(path);
            }
        }

        return oldest;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        StoreLayout.Remove(TemporaryFolder);
        File.Delete(_file.Name);
        _file.Dispose();
    }

    // Some file systems, and a setting of .NET, take a lock and keep nobody out: then a lease would say nothing.
    private static void CheckLocks(StoreLayout layout, string path)
    {
        try
        {
            using FileStream second = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.None);
        }
        catch (IOException)
        {
            return;
        }

        File.Delete(path);
        throw new StoreException("DB3089", $"files in the store '{layout.Root}' cannot be locked, and without locks builds cannot tell what others use: the file system has none, or DOTNET_SYSTEM_IO_DISABLEFILELOCKING is set", layout.Root);
    }

    private static bool TryRemove(string path)
    {
        try
        {
            using FileStream locked = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.None);
            File.Delete(path);
            return true;
        }
        catch (FileNotFoundException)
        {
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Locked: its owner lives. Not ours to open: as good as alive.
            return false;
        }
    }

    private static void WaitForCollection(StoreLayout layout)
    {
        while (true)
        {
            try
            {
                using FileStream shared = new(layout.CollectionLock, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.None);
                return;
            }
            catch (IOException exception) when (exception is not (DirectoryNotFoundException or FileNotFoundException) && File.Exists(layout.CollectionLock))
            {
                Thread.Sleep(CollectionPoll);
            }
        }
    }

    private static string Machine() => string.Concat(Environment.MachineName.Select(c => char.IsAsciiLetterOrDigit(c) || c == '.' ? c : '_'));
}
