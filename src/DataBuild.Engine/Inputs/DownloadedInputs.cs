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

    /// <summary>Folder of the copies in a store, where <c>DataBuildDownloadPath</c> names no other.</summary>
    public static string FolderIn(string store) => Path.Combine(store, "inputs");

    /// <summary>Counts the copies and what has been received of unfinished ones.</summary>
    /// <param name="store">Folder of the store.</param>
    public static (int Copies, long Bytes, int UnfinishedCopies, long UnfinishedBytes) Count(string store)
    {
        FileInfo[] copies = [.. Copies(store)];
        FileInfo[] unfinished = [.. Files(store, "*" + Unfinished)];
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

    // A copy has a description beside it, which tells it from descriptions and locks; a file of JSON lines may itself end with that extension.
    private static IEnumerable<FileInfo> Copies(string store) => Files(store, "*").Where(f => f.Extension != Unfinished && File.Exists(f.FullName + Description));

    private static IEnumerable<FileInfo> Files(string store, string pattern) =>
        Directory.Exists(FolderIn(store)) ? new DirectoryInfo(FolderIn(store)).EnumerateFiles(pattern) : [];
}
