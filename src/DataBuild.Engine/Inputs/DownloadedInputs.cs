using System.Security.Cryptography;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Inputs;

/// <summary>The local copies of inputs from afar that lie in a store.</summary>
public static class DownloadedInputs
{
    /// <summary>What the name of a copy's description adds to its own.</summary>
    internal const string Description = ".json";

    /// <summary>What the name of an unfinished copy adds.</summary>
    internal const string Unfinished = ".partial";

    private const string Lock = ".lock";

    /// <summary>Folder of the copies in a store, where <c>DataBuildDownloadPath</c> names no other.</summary>
    public static string FolderIn(string store) => Path.Combine(store, "inputs");

    /// <summary>Counts the copies and what has been received of unfinished ones.</summary>
    /// <param name="store">Folder of the store.</param>
    public static (int Copies, long Bytes, int UnfinishedCopies, long UnfinishedBytes) Count(string store)
    {
        FileInfo[] copies = [.. Copies(store).Where(f => f.Exists)];
        FileInfo[] unfinished = [.. Files(store, "*" + Unfinished).Where(f => f.Exists)];
        return (copies.Length, copies.Sum(f => f.Length), unfinished.Length, unfinished.Sum(f => f.Length));
    }

    /// <summary>Reads every copy and compares it with the digest that it had when it was fetched.</summary>
    /// <param name="store">Folder of the store.</param>
    /// <param name="repair">Removes what is damaged; the next build that needs it fetches it again.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static IReadOnlyList<DamagedEntry> Verify(string store, bool repair, CancellationToken cancellation)
    {
        List<DamagedEntry> damaged = [];
        foreach (FileInfo copy in Copies(store).OrderBy(f => f.FullName, StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            string? found;
            if (FetchedInput.Load(copy.FullName + Description) is not { } input)
            {
                found = "has no description that can be read";
            }
            else
            {
                if (!File.Exists(copy.FullName))
                {
                    // A collection that is at work has removed it meanwhile.
                    continue;
                }

                using FileStream stream = new(copy.FullName, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 20, FileOptions.SequentialScan);
                string digest = Convert.ToHexStringLower(SHA256.HashData(stream));
                found = digest == input.Sha256 ? null : $"is the copy of '{input.Address}' and has SHA-256 {digest}, not {input.Sha256}";
            }

            if (found is null)
            {
                continue;
            }

            damaged.Add(new DamagedEntry(copy.FullName, found));
            if (repair)
            {
                StoreLayout.Remove(copy.FullName);
                StoreLayout.Remove(copy.FullName + Description);
            }
        }

        return damaged;
    }

    /// <summary>
    /// Marks a copy as used now. The mark is the time of its description: another time of the copy itself would have it digested anew. A file without a description
    /// is none of ours and stays as it is.
    /// </summary>
    /// <param name="path">The copy.</param>
    /// <param name="notBefore">The mark is no earlier than this, whatever the clock says.</param>
    internal static void MarkUsed(string path, DateTime notBefore)
    {
        string description = path + Description;
        DateTime now = DateTime.UtcNow;
        try
        {
            File.SetLastWriteTimeUtc(description, now > notBefore ? now : notBefore);
        }
        catch (FileNotFoundException)
        {
            // No fetched input.
        }
        catch (UnauthorizedAccessException) when (File.Exists(description))
        {
            // The time of another user's file cannot be set: it is replaced by a copy of one's own.
            FetchedInput.Load(description)?.Save(description);
        }
    }

    /// <summary>Waits for nobody: the lock that guards a copy; null where somebody has it.</summary>
    internal static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path + Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.None);
        }
        catch (IOException) when (File.Exists(path + Lock))
        {
            return null;
        }
    }

    /// <summary>Copies, whole and unfinished, for a collection.</summary>
    internal static IEnumerable<InputCopy> All(string store)
    {
        // A build may finish a copy between its being listed and its being looked at.
        foreach (FileInfo file in Copies(store).Concat(Files(store, "*" + Unfinished)).Where(f => f.Exists))
        {
            bool isWhole = file.Extension != Unfinished;
            InputCopy copy = new(isWhole ? file.FullName : file.FullName[..^Unfinished.Length], isWhole, file.Length);
            if (copy.Used() is not null)
            {
                yield return copy;
            }
        }
    }

    // A copy has a description beside it, which tells it from descriptions and locks; a file of JSON lines may itself end with that extension.
    private static IEnumerable<FileInfo> Copies(string store) => Files(store, "*").Where(f => f.Extension != Unfinished && File.Exists(f.FullName + Description));

    private static IEnumerable<FileInfo> Files(string store, string pattern) =>
        Directory.Exists(FolderIn(store)) ? new DirectoryInfo(FolderIn(store)).EnumerateFiles(pattern) : [];
}
