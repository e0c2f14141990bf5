using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace DataBuild.Engine.Store;

/// <summary>
/// Results by content: files named by their SHA-256 (<c>cas/</c>) and action records named by their key (<c>ac/</c>). A file appears complete or not at all:
/// it is written under a temporary name, flushed, then renamed. Any number of builds may use one store.
/// </summary>
public sealed class ContentStore
{
    private readonly string _cas;
    private readonly string _ac;
    private readonly string _temporary;
    private readonly ConcurrentDictionary<string, bool> _verified = new(StringComparer.Ordinal);
    private int _corrupt;

    /// <summary>Opens a store, creating its folders.</summary>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    public ContentStore(string root)
    {
        Root = Path.GetFullPath(root);
        _cas = Path.Combine(Root, "cas");
        _ac = Path.Combine(Root, "ac");
        _temporary = Path.Combine(Root, "tmp");
        Directory.CreateDirectory(_cas);
        Directory.CreateDirectory(_ac);
        Directory.CreateDirectory(_temporary);
        RemoveAbandonedFiles();
    }

    /// <summary>Folder of the store.</summary>
    public string Root { get; }

    /// <summary>Stored files and records that were found damaged, and removed, since the store was opened.</summary>
    public int CorruptEntries => _corrupt;

    /// <summary>Path of a stored file.</summary>
    public string PathOf(string digest) => Path.Combine(_cas, digest[..2], digest);

    /// <summary>Starts a new file.</summary>
    public StoreFileStream CreateFile() => new(this, NewTemporaryPath());

    /// <summary>An empty temporary folder below the store.</summary>
    public string CreateScratchDirectory()
    {
        string path = NewTemporaryPath();
        Directory.CreateDirectory(path);
        return path;
    }

    /// <summary>Path of a stored file whose content has been compared with its digest (once a process).</summary>
    /// <exception cref="StoreCorruptException">It is missing or damaged; what was there has been removed.</exception>
    public string OpenVerified(string digest)
    {
        string path = PathOf(digest);
        if (_verified.ContainsKey(digest) && File.Exists(path))
        {
            return path;
        }

        string found;
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 20, FileOptions.SequentialScan);
            found = Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StoreCorruptException(digest, path);
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            found = "a folder";
        }

        if (found != digest)
        {
            Interlocked.Increment(ref _corrupt);
            Remove(path);
            throw new StoreCorruptException(digest, path);
        }

        _verified[digest] = true;
        return path;
    }

    /// <summary>The record of an action, when it is there, undamaged, and all files that it names are there.</summary>
    public ActionRecord? TryGetRecord(string key)
    {
        string path = RecordPath(key);
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            bytes = [];
        }

        ActionRecord? record = ActionRecord.Deserialize(bytes);
        if (record is null)
        {
            Interlocked.Increment(ref _corrupt);
            Remove(path);
            return null;
        }

        foreach (StoredFile file in record.AllFiles())
        {
            FileInfo info = new(PathOf(file.Digest));
            if (!info.Exists)
            {
                return null;
            }

            if (info.Length != file.Length)
            {
                Interlocked.Increment(ref _corrupt);
                Remove(info.FullName);
                return null;
            }
        }

        return record;
    }

    /// <summary>Stores the record of an action, replacing one of the same key.</summary>
    public void PutRecord(string key, ActionRecord record)
    {
        string path = RecordPath(key);
        Publish(record.Serialize(), path);
    }

    internal void Publish(byte[] bytes, string path)
    {
        string temporary = NewTemporaryPath();
        using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Replace(temporary, path);
    }

    internal void PublishFile(string temporary, string digest)
    {
        string path = PathOf(digest);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Replace(temporary, path);
        _verified[digest] = true;
    }

    private static void Replace(string temporary, string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
    }

    private string RecordPath(string key) => Path.Combine(_ac, key[..2], key);

    // The process id in the name lets a later build tell an abandoned file from one in use.
    private string NewTemporaryPath() => Path.Combine(_temporary, $"{Environment.ProcessId}-{Guid.NewGuid():N}");

    private void RemoveAbandonedFiles()
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(_temporary))
        {
            string name = Path.GetFileName(path);
            int dash = name.IndexOf('-', StringComparison.Ordinal);
            if (dash > 0 && int.TryParse(name.AsSpan(0, dash), out int process) && process != Environment.ProcessId && !IsRunning(process))
            {
                try
                {
                    Remove(path);
                }
                catch (IOException)
                {
                    // Another build removes it at the same time.
                }
            }
        }
    }

    private static bool IsRunning(int process)
    {
        try
        {
            using System.Diagnostics.Process running = System.Diagnostics.Process.GetProcessById(process);
            return !running.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
