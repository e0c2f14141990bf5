using System.Security.Cryptography;

namespace DataBuild.Engine.Store;

/// <summary>What a store holds.</summary>
/// <param name="Records">Records.</param>
/// <param name="Files">Files.</param>
/// <param name="Bytes">Bytes of both.</param>
/// <param name="UnnamedFiles">Files that no record names; the next collection removes them.</param>
/// <param name="UnnamedBytes">Their bytes.</param>
/// <param name="LeastRecentUse">When the record that would go first was last used; null in an empty store.</param>
/// <param name="Users">Processes that are using the store.</param>
public sealed record StoreStatistics(
    long Records, long Files, long Bytes, long UnnamedFiles, long UnnamedBytes, DateTime? LeastRecentUse, IReadOnlyList<string> Users);

/// <summary>A damaged entry of a store.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Found">What was found.</param>
public sealed record DamagedEntry(string Path, string Found);

/// <summary>Looks at all that a store holds.</summary>
public static class StoreContents
{
    /// <summary>Counts a store's entries.</summary>
    public static StoreStatistics Count(string root)
    {
        StoreLayout layout = new(Path.GetFullPath(root));
        layout.Create();
        StoreLease.RemoveAbandoned(layout);
        HashSet<string> named = new(StringComparer.Ordinal);
        long records = 0, bytes = 0, files = 0, unnamedFiles = 0, unnamedBytes = 0;
        DateTime? oldest = null;
        foreach (FileInfo file in Entries(layout.Records).Where(f => f.Exists))
        {
            records++;
            bytes += file.Length;
            oldest = oldest is null || file.LastWriteTimeUtc < oldest ? file.LastWriteTimeUtc : oldest;
            named.UnionWith(Record(file)?.AllFiles().Select(f => f.Digest) ?? []);
        }

        foreach (FileInfo file in Entries(layout.Files).Where(f => f.Exists))
        {
            files++;
            bytes += file.Length;
            if (!named.Contains(file.Name))
            {
                unnamedFiles++;
                unnamedBytes += file.Length;
            }
        }

        return new StoreStatistics(
            records, files, bytes, unnamedFiles, unnamedBytes, oldest,
            [.. Directory.EnumerateFiles(layout.Leases).Select(p => StoreLease.Describe(Path.GetFileName(p))).Order(StringComparer.Ordinal)]);
    }

    /// <summary>Whether a process uses the store, or one that was ended has left its lease there.</summary>
    public static bool IsInUse(string root)
    {
        StoreLayout layout = new(Path.GetFullPath(root));
        return Directory.Exists(layout.Leases) && Directory.EnumerateFiles(layout.Leases).Any();
    }

    /// <summary>Reads everything and compares it with its digest.</summary>
    /// <param name="root">Folder of the store.</param>
    /// <param name="repair">Removes what is damaged; the next build that needs it makes it again.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static IReadOnlyList<DamagedEntry> Verify(string root, bool repair, CancellationToken cancellation)
    {
        StoreLayout layout = new(Path.GetFullPath(root));
        layout.Create();
        List<DamagedEntry> damaged = [];
        Parallel.ForEach(Entries(layout.Files), new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, file =>
        {
            try
            {
                using FileStream stream = new(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 20, FileOptions.SequentialScan);
                string digest = Convert.ToHexStringLower(SHA256.HashData(stream));
                if (digest != file.Name)
                {
                    Found(file.FullName, $"has SHA-256 {digest}");
                }
            }
            catch (FileNotFoundException)
            {
                // A build or a collection that is at work has removed it meanwhile.
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Found(file.FullName, $"cannot be read ({exception.Message})");
            }
        });
        foreach (FileInfo file in Entries(layout.Records))
        {
            cancellation.ThrowIfCancellationRequested();
            if (Record(file) is null && file.Exists)
            {
                Found(file.FullName, "is no record of its key");
            }
        }

        foreach (string folder in new[] { layout.Files, layout.Records })
        {
            foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Where(f => !StoreLayout.IsDigest(f.Name)))
            {
                Found(file.FullName, "has a name that is no digest");
            }
        }

        return [.. damaged.OrderBy(d => d.Path, StringComparer.Ordinal)];

        void Found(string path, string what)
        {
            lock (damaged)
            {
                damaged.Add(new DamagedEntry(path, what));
            }

            if (repair)
            {
                StoreLayout.Remove(path);
            }
        }
    }

    // Null for one that is no record, cannot be read, or is gone, which the file then says.
    private static ActionRecord? Record(FileInfo file)
    {
        try
        {
            return ActionRecord.Deserialize(file.Name, File.ReadAllBytes(file.FullName));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            file.Refresh();
            return null;
        }
    }

    private static IEnumerable<FileInfo> Entries(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Where(f => StoreLayout.IsDigest(f.Name));
}
