using System.Runtime.InteropServices;
using DataBuild.Engine.Inputs;

namespace DataBuild.Engine.Store;

/// <summary>What a collection did.</summary>
/// <param name="BytesBefore">Bytes of records, files and fetched inputs before.</param>
/// <param name="BytesAfter">Bytes after.</param>
/// <param name="Records">Records removed.</param>
/// <param name="Files">Files removed.</param>
/// <param name="Inputs">Fetched inputs removed, unfinished ones included.</param>
/// <param name="BytesInUse">Bytes that running builds have used, which were not touched.</param>
public sealed record CollectionResult(long BytesBefore, long BytesAfter, int Records, int Files, int Inputs, long BytesInUse);

/// <summary>
/// Keeps a store within a size: removes the least recently used of records, with the files that only they name, and fetched inputs; and files that no record names.
/// What a running build has used or made is never removed; a collection may be stopped at any moment.
/// </summary>
public sealed class StoreCollector
{
    private readonly StoreLayout _layout;
    private readonly string _limbo;
    private readonly bool _dryRun;
    private readonly List<RecordEntry> _records = [];
    private readonly Dictionary<UInt128, FileEntry> _files = [];
    private readonly List<InputCopy> _inputs = [];
    private long _bytes;
    private int _removedRecords;
    private int _removedFiles;
    private int _removedInputs;

    private StoreCollector(StoreLayout layout, bool dryRun)
    {
        _layout = layout;
        _dryRun = dryRun;
        _limbo = Path.Combine(layout.Root, "collection");
    }

    /// <summary>Collects.</summary>
    /// <param name="root">Folder of the store.</param>
    /// <param name="maximumBytes">Bytes that may stay.</param>
    /// <param name="unusedSince">Records last used before this time go in any case; null for none.</param>
    /// <param name="dryRun">Only tells what would be removed.</param>
    /// <returns>What was removed; null when another collection is at work.</returns>
    public static CollectionResult? Collect(string root, long maximumBytes, DateTime? unusedSince = null, bool dryRun = false)
    {
        StoreLayout layout = new(Path.GetFullPath(root));
        layout.Create();
        using FileStream? collectionLock = TryLock(layout);
        return collectionLock is null ? null : new StoreCollector(layout, dryRun).Collect(maximumBytes, unusedSince ?? DateTime.MinValue);
    }

    private static FileStream? TryLock(StoreLayout layout)
    {
        // Builds that start hold the lock for an instant; a second collection holds it for long.
        for (int attempt = 0; attempt < 50; attempt++)
        {
            try
            {
                return new FileStream(layout.CollectionLock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.None);
            }
            catch (IOException) when (File.Exists(layout.CollectionLock))
            {
                Thread.Sleep(10);
            }
        }

        return null;
    }

    private CollectionResult Collect(long maximumBytes, DateTime unusedSince)
    {
        StoreLayout.Remove(_limbo);
        DateTime inUseSince = StoreLease.RemoveAbandoned(_layout);
        Scan();
        long before = _bytes;
        long inUse = 0;
        try
        {
            foreach ((DateTime used, string _, RecordEntry? record, InputCopy? input) in _records.Select(r => (r.Used, r.Path, (RecordEntry?)r, (InputCopy?)null))
                .Concat(_inputs.Select(i => (i.Used() ?? DateTime.MaxValue, i.Path, (RecordEntry?)null, (InputCopy?)i))).OrderBy(e => e.Item1).ThenBy(e => e.Item2, StringComparer.Ordinal))
            {
                if (used >= inUseSince)
                {
                    inUse += input?.Bytes ?? record!.Length + record.Files.Sum(f => _files.TryGetValue(f, out FileEntry? file) ? file.Length : 0);
                }
                else if (_bytes > maximumBytes || used < unusedSince)
                {
                    if (record is not null)
                    {
                        RemoveRecord(record, inUseSince);
                    }
                    else if (_dryRun || input!.TryRemove(inUseSince))
                    {
                        _removedInputs++;
                        _bytes -= input!.Bytes;
                    }
                }
            }

            foreach (FileEntry file in _files.Values.Where(f => f.Users == 0))
            {
                RemoveFile(file, inUseSince);
            }
        }
        finally
        {
            StoreLayout.Remove(_limbo);
        }

        return new CollectionResult(before, _bytes, _removedRecords, _removedFiles, _removedInputs, inUse);
    }

    private void Scan()
    {
        _inputs.AddRange(DownloadedInputs.All(_layout.Root));
        _bytes += _inputs.Sum(i => i.Bytes);

        // A build may remove an entry, because it is damaged, between its being listed and its being looked at.
        foreach (FileInfo file in Entries(_layout.Files).Where(f => f.Exists))
        {
            _files[Prefix(file.Name)] = new FileEntry(file.FullName, file.Length, file.LastWriteTimeUtc);
            _bytes += file.Length;
        }

        foreach (FileInfo file in Entries(_layout.Records).Where(f => f.Exists))
        {
            UInt128[] files = [];
            try
            {
                files = [.. ActionRecord.Deserialize(file.Name, File.ReadAllBytes(file.FullName))?.AllFiles().Select(f => Prefix(f.Digest)).Distinct() ?? []];
            }
            catch (Exception exception) when (exception is FileNotFoundException or UnauthorizedAccessException)
            {
                // Unreadable: its files are kept by nothing, and the next build replaces it.
            }

            _records.Add(new RecordEntry(file.FullName, file.Length, file.LastWriteTimeUtc, files));
            _bytes += file.Length;
            foreach (UInt128 name in files)
            {
                if (_files.TryGetValue(name, out FileEntry? entry))
                {
                    entry.Users++;
                }
            }
        }
    }

    private static IEnumerable<FileInfo> Entries(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Where(f => StoreLayout.IsDigest(f.Name));

    // Half of a digest tells entries apart as well as the whole, in a fourth of the memory.
    private static UInt128 Prefix(string digest) => MemoryMarshal.Read<UInt128>(Convert.FromHexString(digest.AsSpan(0, 32)));

    private void RemoveRecord(RecordEntry record, DateTime inUseSince)
    {
        if (!TryRemove(record.Path, inUseSince))
        {
            return;
        }

        _removedRecords++;
        _bytes -= record.Length;
        foreach (UInt128 name in record.Files)
        {
            if (_files.TryGetValue(name, out FileEntry? file) && --file.Users == 0)
            {
                RemoveFile(file, inUseSince);
            }
        }
    }

    private void RemoveFile(FileEntry file, DateTime inUseSince)
    {
        if (!file.Removed && file.Written < inUseSince && TryRemove(file.Path, inUseSince))
        {
            file.Removed = true;
            _removedFiles++;
            _bytes -= file.Length;
        }
    }

    // An entry is moved away before its time is looked at for the last time: a build that used it in between has marked it, and gets it back.
    private bool TryRemove(string path, DateTime inUseSince)
    {
        if (_dryRun)
        {
            return true;
        }

        Directory.CreateDirectory(_limbo);
        string moved = Path.Combine(_limbo, Path.GetFileName(path));
        try
        {
            File.Move(path, moved, overwrite: true);
        }
        catch (FileNotFoundException)
        {
            return false;
        }

        if (File.GetLastWriteTimeUtc(moved) < inUseSince)
        {
            File.Delete(moved);
            return true;
        }

        File.Move(moved, path, overwrite: true);
        return false;
    }

    private sealed record RecordEntry(string Path, long Length, DateTime Used, UInt128[] Files);

    private sealed class FileEntry(string path, long length, DateTime written)
    {
        public string Path { get; } = path;

        public long Length { get; } = length;

        public DateTime Written { get; } = written;

        public int Users { get; set; }

        public bool Removed { get; set; }
    }
}
